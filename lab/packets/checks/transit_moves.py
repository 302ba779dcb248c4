# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bonds move between living aggregators with BGP by transit, and their addresses after or before them, under traffic.

Each check goes on from what the one before has left. All moves are inside the subnet of agg1 and agg3.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from lab.demo.playbook import Outcome

from ..aws_topology import INTERNET
from ..lab import Lab, until
from ..live_changes.failover import TRANSIT, Network
from ..probes import INTERVAL, Path, Probes, Traffic
from ..report import Check, need
from .bond_failover import ALLOWED, bgp_down
from .cpe_nat import public_of
from .failover import DEAD, as_expected, hang
from .non_disruptive_changes import succeeded
from .repairs import DIES, UNHARMED, Repair
from .traffic import AFTER, DEADLINE, all_answer, following

TITLE = "When a bond moves between living aggregators, with BGP"
BONDS = {17: "acme-berlin", 22: "globex-lyon"}
HOME = {17: "agg1", 22: "agg3"}
THIRD = "agg2's own"
HANDED_ON = 3.0
"""Seconds of traffic after a move that BGP alone answers."""
SWITCHED = 10.0
"""Seconds that a moved address may lose on a machine that others use: a write to EC2, and a command on a host."""


def checks(lab: Lab) -> Iterator[Check]:
    """Return the checks in order: each goes on from what the one before has left."""
    story = Moves(lab)
    yield Check("the network with BGP by transit, made from nothing", story.made)
    yield Check("a bond moves: BGP hands its traffic on", story.handed_on)
    yield Check("... follow_bonds: its address moves after it", story.followed)
    yield Check("site.yml moves an address after its bond", story.moved_by_site)
    yield Check("agg3 is drained alive: its bond moves away", story.left)
    yield Check("... evacuate: the address moves after it", story.drained)
    yield Check("agg1 hangs: its addresses are dead until evacuate", story.hangs)


class Moves:
    """The network, and what the checks hand on."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.network = lab, Network(lab, TRANSIT)
        self.public: dict[int, str] = {}

    def owners(self) -> dict[int, str]:
        """Return the owner of each bond's address, by AWS."""
        owners = self.lab.server.owners()
        return {bond: owners.get(str(self.lab.host(bond, cpe_nat=True).cpe_nat_ip), "nobody") for bond in BONDS}

    def paths(self) -> list[Path]:
        """Return the ways from the Internet to the public addresses, and to the third aggregator."""
        own = Path(THIRD, INTERNET, public_of(self.lab, self.lab.device("agg2").addresses[0]))
        return [*(Path(f"{name}'s address", INTERNET, self.public[bond]) for bond, name in BONDS.items()), own]

    def play(self, playbook: str, most: Mapping[int, float], **extra: Any) -> tuple[Outcome, str]:
        """Run a playbook under traffic; its outcome, and what was lost.

        Raises Failed if it failed, or a path lost more than its seconds: of a bond in `most`, else none.
        """
        with Probes(self.paths()) as probes:
            probes.go_on(AFTER)
            with following(self.lab):
                outcome = self.network.play(playbook, **extra)
            probes.go_on(AFTER)
        did = succeeded(outcome)
        return outcome, f"{did}; {judged(probes.traffic, {BONDS[bond]: seconds for bond, seconds in most.items()})}"

    def check_owners(self, owners: dict[int, str]) -> None:
        """Require that each address is where its owner is, and answers. Raises Failed if not."""
        need(self.owners() == owners, f"the addresses are on {self.owners()}, not on {owners}")
        all_answer(self.paths(), "these do not answer")

    def made(self) -> str:
        """Make the network."""
        with following(self.lab):
            outcome = self.network.play("site.yml", bonding_converge_seconds=0)
        did = succeeded(outcome)
        for bond in BONDS:
            self.public[bond] = public_of(self.lab, str(self.lab.host(bond, cpe_nat=True).cpe_nat_ip))
        down = list[str]()
        need(until(lambda: not bgp_down(self.lab, down), DEADLINE, 0.2) is not None, f"sessions that are down: {down}")
        self.check_owners(HOME)
        return did

    def move(self, moves: Mapping[int, str], most: float) -> str:
        """Move bonds under traffic, and no address; return what was lost. Raises Failed beyond `most` seconds."""
        with Probes(self.paths()) as probes:
            probes.go_on(AFTER)
            swaps = [self.lab.move(bond, aggregator) for bond, aggregator in moves.items()]
            probes.go_on(HANDED_ON)
        allowed = {BONDS[bond]: sum(swaps) + most for bond in moves}
        return f"{judged(probes.traffic, allowed)}; the tunnels' swap took {sum(swaps):.2f} s"

    def handed_on(self) -> str:
        """Move bond 22 from agg3 to agg1, and leave its address on agg3."""
        told = self.move({22: "agg1"}, ALLOWED)
        self.check_owners(HOME)
        return told

    def followed(self) -> str:
        """Let follow_bonds move the address of bond 22 from agg3, which hands its traffic on, to its bond on agg1."""
        _outcome, told = self.play("follow_bonds.yml", {22: SWITCHED}, bonding_follow_bonds=[22])
        self.check_owners({17: "agg1", 22: "agg1"})
        return told

    def moved_by_site(self) -> str:
        """Let site.yml move the address of bond 17 to agg3, where the bond is by then."""
        self.lab.move(17, "agg3")
        all_answer(self.paths(), "these do not answer after the bond's move")
        self.network.entry(17)["aggregator"] = "agg3"
        _outcome, told = self.play("site.yml", {17: SWITCHED}, bonding_allow_disruption=True)
        self.check_owners({17: "agg3", 22: "agg1"})
        return told

    def left(self) -> str:
        """Move bond 17 away from agg3, which is maintained next."""
        told = self.move({17: "agg1"}, ALLOWED)
        self.check_owners({17: "agg3", 22: "agg1"})
        return told

    def drained(self) -> str:
        """Evacuate agg3, which lives and hands the traffic on."""
        _outcome, told = self.play("evacuate.yml", {17: SWITCHED}, bonding_evacuate="agg3")
        self.check_owners({17: "agg1", 22: "agg1"})
        return told

    def hangs(self) -> str:
        """agg1 hangs, and both bonds move to agg3: the run asks agg1 for nothing."""
        with Probes(self.paths()) as probes:
            hang(self.lab, "agg1", True)
            hung = time.monotonic()
            for bond in BONDS:
                self.lab.move(bond, "agg3")
            probes.go_on(DEAD)
            began = time.monotonic()
            with following(self.lab):
                outcome = self.network.play("evacuate.yml", bonding_evacuate="agg1")
                ended = time.monotonic()
            probes.go_on(AFTER)
        kinds = {**{f"{name}'s address": DIES for name in BONDS.values()}, THIRD: UNHARMED}
        told = as_expected(Repair(hung, began, ended), probes.traffic, kinds)
        self.check_owners({17: "agg3", 22: "agg3"})
        return f"{succeeded(outcome)}; {told}"


def judged(traffic: list[Traffic], most: Mapping[str, float]) -> str:
    """Return what was lost. Raises Failed if a path lost more than its seconds, none by default."""
    found: list[str] = []
    for one in traffic:
        seconds, name = INTERVAL * len(one.lost()), one.path.name
        allowed = next((most[bond] for bond in most if name.startswith(bond)), 0.0)
        need(seconds <= allowed, f"{name} lost {seconds:.2f} s, at most {allowed:.2f} s may be")
        found += [f"{name} lost {1000 * seconds:.0f} ms"] if seconds else []
    return ", ".join(found) or "nothing lost"
