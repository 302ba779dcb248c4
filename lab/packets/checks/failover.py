# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bonds move without BGP, an aggregator hangs, and the playbooks of docs/failover.md repair it, under traffic.

Each check goes on from what the one before has left. Bond 22 moves to agg1 first, so that agg1 has two addresses and
the gateway when it hangs.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from lab.demo.playbook import Outcome

from ..aws_topology import INTERNET, INTERNET_HOST
from ..bonders import LanHost
from ..echo_servers import Conversation
from ..lab import Lab, until
from ..live_changes.failover import FIRST_GATEWAY, SPACE, STANDBY, Network
from ..probes import INTERVAL, Path, Probes, Traffic
from ..report import Check, Failed, need
from . import defaults
from .cpe_nat import goes_out, public_of
from .non_disruptive_changes import succeeded
from .repairs import DIES, HANDED_OVER, UNHARMED, Repair, judged
from .traffic import AFTER, DEADLINE, all_answer, following

TITLE = "When an aggregator dies"
BONDS = {17: "acme-berlin", 22: "globex-lyon"}
"""The bonds with a public address."""
THIRD = "agg2"
"""The member of the space that is neither the gateway nor the standby; bond 18 is on it."""
PAIR = (FIRST_GATEWAY, STANDBY)
MEMBERS = (FIRST_GATEWAY, THIRD, STANDBY)
LANS = {17: "acme-berlin to the Internet", 18: "acme-hamburg to the Internet"}
"""The bonds whose LANs go out by the gateway: each on one connection, and with a new one for each datagram."""
FOLLOWED = {
    "acme-berlin's address": UNHARMED,
    "globex-lyon's address": DIES,
    "acme-berlin to the Internet": UNHARMED,
    "acme-berlin to the Internet, anew": UNHARMED,
    "acme-hamburg to the Internet": UNHARMED,
    "acme-hamburg to the Internet, anew": UNHARMED,
    "agg2's own": UNHARMED,
}
"""Expectation of the first move: globex-lyon goes to agg1."""
EVACUATED = {
    "acme-berlin's address": DIES,
    "globex-lyon's address": DIES,
    # acme-berlin moves to the standby's own aggregator, which has seen this connection leave by the mesh: it translates
    # the connection since the space has its conntrack zone there.
    "acme-berlin to the Internet": DIES,
    "acme-berlin to the Internet, anew": DIES,
    "acme-hamburg to the Internet": DIES,
    "acme-hamburg to the Internet, anew": DIES,
    "agg2's own": UNHARMED,
}
"""Expectation of the evacuation: agg1 hangs, and its bonds move to agg3."""
HANDED = {
    "acme-berlin's address": DIES,
    "globex-lyon's address": UNHARMED,
    "acme-berlin to the Internet": HANDED_OVER,
    "acme-berlin to the Internet, anew": HANDED_OVER,
    "acme-hamburg to the Internet": HANDED_OVER,
    "acme-hamburg to the Internet, anew": HANDED_OVER,
    "agg2's own": UNHARMED,
}
"""Expectation of the restore, and of an evacuation of agg1 while it lives: acme-berlin moves first."""
DEAD = 2.0
"""Seconds for which nothing may come through before the run, where nothing may."""
LOOK = 0.05
"""Seconds between two looks at the defaults that a member hears."""
OVERLAP = 3.0
"""Seconds for which a member may hear both defaults while the two change places: each has its filter by a write of its
own, and Babel says it within a second.
"""
HOME, MOVED = {17: "agg1", 22: "agg3"}, {17: "agg1", 22: "agg1"}
"""Owner of each bond's address: at first and at last; when agg1 hangs."""
AWAY = {17: "agg3", 22: "agg3"}
"""Owners after the evacuation."""


def checks(lab: Lab) -> Iterator[Check]:
    """Return the checks in order: each goes on from what the one before has left."""
    story = Story(lab)
    yield Check("the network, a gateway with a standby, made from nothing", story.made)
    yield Check("the standby announces no default, members go out by the first", story.standby_is_silent)
    yield Check("no BGP: a moved bond is dead until follow_bonds; TCP goes on", story.follows)
    yield Check("agg1 hangs: its addresses and gateway are dead until evacuate", story.hangs)
    yield Check("... the addresses are back, where their bonds are; TCP goes on", story.addresses_are_back)
    yield Check("... the standby has the gateway's public address", story.standby_is_used)
    yield Check("agg1 is back, and announces no default", story.wakes)
    yield Check("restore: out by the first again, one default of the two", story.restored)
    yield Check("agg1 is drained alive: its bond moves, then evacuate", story.drained)


class Story:
    """The network, and what the checks hand on."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.network = lab, Network(lab)
        self.public: dict[int, str] = {}
        self.private: dict[int, str] = {}
        self.gateway = ""
        self.talk: Conversation | None = None
        self.evacuated: tuple[Repair, list[Traffic]] | None = None

    # What is there

    def cpe_nat(self, bond: int) -> LanHost:
        """Return the host behind a bond's public address."""
        return self.lab.host(bond, cpe_nat=True)

    def owners(self) -> dict[int, str]:
        """Return the owner of each bond's address, by AWS."""
        owners = self.lab.server.owners()
        return {bond: owners.get(str(self.cpe_nat(bond).cpe_nat_ip), "nobody") for bond in BONDS}

    def paths(self) -> list[Path]:
        """Return the ways from the Internet to the public addresses and to agg2, and those out by the gateway."""
        public = [Path(f"{name}'s address", INTERNET, self.public[bond]) for bond, name in BONDS.items()]
        steady = [Path(name, self.lab.host(bond).namespace, INTERNET_HOST) for bond, name in LANS.items()]
        anew = [replace(path, name=f"{path.name}, anew", anew=True) for path in steady]
        own = Path(f"{THIRD}'s own", INTERNET, public_of(self.lab, self.lab.device(THIRD).addresses[0]))
        return [*public, *steady, *anew, own]

    def same_addresses(self, owners: dict[int, str]) -> None:
        """Raises Failed if an address is elsewhere, or another one than at first."""
        need(self.owners() == owners, f"the addresses are on {self.owners()}, not on {owners}")
        for bond in BONDS:
            private = str(self.cpe_nat(bond).cpe_nat_ip)
            need(private == self.private[bond], f"bond {bond} has {private}, it had {self.private[bond]}")
            need(public_of(self.lab, private) == self.public[bond], f"{private} is not {self.public[bond]} any more")

    def out_as(self) -> None:
        """Raises Failed if the LANs do not go out with the gateway's public address."""
        for bond in LANS:
            host = self.lab.host(bond)
            until(partial(goes_out, host), DEADLINE)
            need(goes_out(host) == self.gateway, f"{host.bond} is seen as '{goes_out(host)}', not as {self.gateway}")

    def look(self, *members: str) -> defaults.Defaults:
        """Return the defaults of these members."""
        return defaults.seen(self.lab, SPACE, PAIR, members)

    def settled(self, active: str, *members: str) -> defaults.Defaults:
        """Return the defaults once this one of the two is used alone. Raises Failed if that does not come."""
        until(lambda: not self.look(*members).faults(active), DEADLINE, 0.2)
        found = self.look(*members)
        need(not found.faults(active), "; ".join(found.faults(active)))
        return found

    # What is done

    def play(self, playbook: str, **extra: Any) -> tuple[Outcome, Repair]:
        """Run a playbook while the lab follows it; its outcome, and its times."""
        began = time.monotonic()
        with following(self.lab):
            outcome = self.network.play(playbook, **extra)
            ended = time.monotonic()
        return outcome, Repair(began, began, ended)

    def made(self) -> str:
        """Make the network."""
        outcome, _times = self.play("site.yml", bonding_converge_seconds=0)
        did = succeeded(outcome)
        self.private = {bond: str(self.cpe_nat(bond).cpe_nat_ip) for bond in BONDS}
        self.public = {bond: public_of(self.lab, address) for bond, address in self.private.items()}
        self.same_addresses(HOME)
        all_answer(self.paths(), "it is made, but these do not answer")
        device = next(
            one
            for one in self.lab.fabric.devices
            if one.holder == self.lab.server.namespace(FIRST_GATEWAY) and not one.primary
        )
        self.gateway = public_of(self.lab, device.addresses[0])
        self.out_as()
        return f"{did}; LANs of {SPACE} are seen as {self.gateway}"

    def standby_is_silent(self) -> str:
        """The first gateway is used alone; not so, if the standby had the filter of an ordinary gateway."""
        found = self.settled(FIRST_GATEWAY, *MEMBERS)
        with self.ordinary_filter():
            until(lambda: len(self.look(*MEMBERS).faults(FIRST_GATEWAY)) >= 3, DEADLINE, 0.2)
            faults = self.look(*MEMBERS).faults(FIRST_GATEWAY)
            need(len(faults) >= 3, f"with the filter of an ordinary gateway it is almost the same: {faults}")
        self.settled(FIRST_GATEWAY, *MEMBERS)
        return f"out by: {dict(found.ways)}; with an ordinary filter {'; '.join(faults)}"

    @contextlib.contextmanager
    def ordinary_filter(self) -> Iterator[None]:
        """Inside, the standby has the import filter of the first one."""
        body, path = dict[str, str](), ""
        for one in self.lab.server.aggregators():
            for found in one["filters"] if one["name"] in PAIR else ():
                if "gateway_import" in found["name"]:
                    body[one["name"]] = found["body"]
                    path = f"aggregators/{one['id']}/filters/{found['id']}" if one["name"] == STANDBY else path
        need(body[STANDBY] != body[FIRST_GATEWAY], "both have the same filter")
        self.lab.hands.patch(path, body=body[FIRST_GATEWAY])
        self.lab.sync()
        try:
            yield
        finally:
            self.lab.hands.patch(path, body=body[STANDBY])
            self.lab.sync()

    def follows(self) -> str:
        """Bond 22 moves inside its subnet, and follow_bonds brings its address along."""
        paths = self.paths()
        all_answer(paths, "these do not work even without a move")
        self.talk = Conversation(INTERNET, self.public[22])
        need(self.talk.goes_on("before the move"), "the connection does not work even before the move")
        with Probes(paths) as probes:
            self.lab.move(22, MOVED[22])
            failed = time.monotonic()
            probes.go_on(DEAD)
            outcome, times = self.play("follow_bonds.yml", bonding_follow_bonds=[22])
            probes.go_on(AFTER)
        did, repair = succeeded(outcome), Repair(failed, times.began, times.ended)
        told = as_expected(repair, probes.traffic, FOLLOWED)
        self.same_addresses(MOVED)
        need(self.talk.goes_on("after the move"), "the connection that was open has ended")
        return f"{did}: {told}; the connection goes on; nothing lost on {len(paths) - 1} other paths"

    def hangs(self) -> str:
        """agg1 hangs, its bonds move, and it is evacuated; what came of it the next checks say."""
        paths = self.paths()
        all_answer(paths, "these do not work even before it hangs")
        vpc = self.lab.device(FIRST_GATEWAY).vpc
        dropped = self.lab.counter(vpc, "dead_drop")
        with Probes(paths) as probes:
            hang(self.lab, FIRST_GATEWAY, True)
            hung = time.monotonic()
            for bond in BONDS:
                self.lab.move(bond, AWAY[bond])
            probes.go_on(DEAD)
            outcome, times = self.play("evacuate.yml", bonding_evacuate=FIRST_GATEWAY)
            until(lambda: all(goes_out(self.lab.host(bond)) for bond in LANS), DEADLINE)
            probes.go_on(AFTER)
        self.evacuated = Repair(hung, times.began, times.ended), probes.traffic
        did = succeeded(outcome)
        dropped = self.lab.counter(vpc, "dead_drop") - dropped
        need(dropped > 0, "nothing was dropped for the instance that hangs")
        self.evacuation("own")
        return f"{did}; dead_drop +{dropped}, nothing lost on {THIRD}'s own"

    def evacuation(self, text: str) -> str:
        """Return the times of the paths with this text in their names. Raises Failed if they are not as expected."""
        if self.evacuated is None:
            raise Failed("there was no evacuation")
        repair, traffic = self.evacuated
        chosen = [one for one in traffic if text in one.path.name]
        return as_expected(repair, chosen, {name: kind for name, kind in EVACUATED.items() if text in name})

    def addresses_are_back(self) -> str:
        """The addresses are where their bonds are."""
        told = self.evacuation("address")
        self.same_addresses(AWAY)
        need(self.talk is not None and self.talk.goes_on("evacuated"), "the connection that was open has ended")
        return told

    def standby_is_used(self) -> str:
        """The LANs go out by the standby, with the public address that they had."""
        told = self.evacuation("to the Internet")
        self.out_as()
        self.settled(STANDBY, THIRD, STANDBY)
        return f"{told}; seen as {self.gateway}"

    def wakes(self) -> str:
        """agg1 goes on, and gets its configuration: that of a standby."""
        with Probes(self.paths()) as probes:
            hang(self.lab, FIRST_GATEWAY, False)
            found = self.settled(STANDBY, *MEMBERS)
            probes.go_on(AFTER)
        self.out_as()
        return f"out by: {dict(found.ways)}; lost: {lost(probes.traffic)}"

    def restored(self) -> str:
        """Bond 17 is at home again, and agg1 gets back what it had; the address of bond 22 is at home already."""
        return self._handed_over(HOME, STANDBY, FIRST_GATEWAY, bonding_restore=FIRST_GATEWAY)

    def drained(self) -> str:
        """agg1 lives, and is maintained next: bond 17 leaves it, and its address and the gateway do so after that."""
        return self._handed_over(AWAY, FIRST_GATEWAY, STANDBY, bonding_evacuate=FIRST_GATEWAY)

    def _handed_over(self, owners: dict[int, str], before: str, after: str, **extra: str) -> str:
        """Move bond 17, and then its address and the gateway by evacuate, between two aggregators that live."""
        self.lab.move(17, owners[17])
        failed = time.monotonic()
        self.settled(before, *MEMBERS)
        time.sleep(DEAD)  # until its LAN is known by its new tunnel
        with Probes(self.paths()) as probes, self.heard() as looks:
            outcome, times = self.play("evacuate.yml", **extra)
            found = self.settled(after, *MEMBERS)
            probes.go_on(AFTER)
        did, two = succeeded(outcome), overlap(looks)
        as_expected(Repair(failed, times.began, times.ended), probes.traffic, HANDED)
        need(two <= OVERLAP, f"{THIRD} hears two defaults for {two:.1f} s, at most {OVERLAP:g} s may be")
        self.same_addresses(owners)
        self.out_as()
        all_answer(self.paths(), "these do not answer after the run")
        need(self.talk is not None and self.talk.goes_on("handed over"), "the connection that was open has ended")
        return f"{did}; out by: {dict(found.ways)}; lost: {lost(probes.traffic)}; two defaults for {two:.1f} s"

    @contextlib.contextmanager
    def heard(self) -> Iterator[list[tuple[float, int]]]:
        """Inside, the list grows by the time of each look, and the number of defaults that the third member hears."""
        looks, ended = list[tuple[float, int]](), threading.Event()

        def watch() -> None:
            while not ended.wait(LOOK):
                looks.append((time.monotonic(), self.look(THIRD).heard[THIRD]))

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield looks
        finally:
            ended.set()
            thread.join()


def hang(lab: Lab, aggregator: str, hung: bool) -> None:
    """Let an aggregator hang for the fabric, its own programs, SSH and the management server, or end that."""
    if hung:
        lab.stop_programs(aggregator, True)
    lab.hang(aggregator, hung)
    if not hung:
        lab.stop_programs(aggregator, False)
    lab.server_stand_in.control("POST", "status", {"aggregator": aggregator, "status": "down" if hung else "up"})


def overlap(looks: Sequence[tuple[float, int]]) -> float:
    """Return the seconds for which more than one default was heard, by the times of the looks."""
    return sum(after - when for (when, heard), (after, _next) in itertools.pairwise(looks) if heard > 1)


def as_expected(repair: Repair, traffic: Sequence[Traffic], kinds: Mapping[str, str]) -> str:
    """Return the times of what has failed. Raises Failed with all that is not as expected."""
    faults = judged(repair, traffic, kinds)
    need(not faults, "; ".join(faults))
    return "; ".join(repair.told(one) for one in traffic if kinds[one.path.name] == DIES)


def lost(traffic: Sequence[Traffic]) -> str:
    """Return the seconds that paths have lost, in words."""
    found = [f"{one.path.name} {INTERVAL * len(one.lost()):.1f} s" for one in traffic if one.lost()]
    return ", ".join(found) or "nothing"
