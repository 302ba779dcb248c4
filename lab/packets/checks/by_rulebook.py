# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Public addresses follow, and a standby takes over, by the event source and a rulebook alone, under traffic.

Each check goes on from what the one before has left. The network has no BGP. The
intervals of the event source are the defaults.
"""

from __future__ import annotations

import pathlib
import time
from collections.abc import Iterator, Mapping
from functools import partial

from ..lab import Lab, until
from ..live_changes import ENVIRONMENT
from ..live_changes.failover import FIRST_GATEWAY
from ..probes import Probes, Traffic
from ..report import Check, Failed, need
from ..rulebook import missing, running
from .failover import AWAY, BONDS, HOME, MOVED, Story, hang
from .traffic import AFTER, all_answer, answers, following

TITLE = "When a rulebook follows"
INTERVALS = 5 + 30 + 5
"""Most seconds from a move to its event, beyond `after` and QUIET: reads of aggregators and bonds, and one more."""
QUIET = 3
"""Seconds without a further move before the event."""
OUT = "acme-hamburg to the Internet, anew"
"""Path of a LAN on another aggregator, out by the gateway of the one that hangs."""
DEAD_AFTER = 30
"""Seconds after which an aggregator that is down is evacuated; by default 120."""
RUN = 120.0
"""Most seconds of ansible-rulebook and the run, on a machine that others use."""


def checks(lab: Lab) -> Iterator[Check]:
    """Return the checks in order: each goes on from what the one before has left."""
    story = ByRulebook(lab)
    yield Check("the network without BGP, made from nothing", story.made)
    yield Check("a bond moves, follow_after 0: its address is back", partial(story.moves, MOVED, 0))
    yield Check("... and moves home, follow_after 60", partial(story.moves, HOME, 60))
    yield Check("an aggregator hangs, follow_after 0: its address is back, and its gateway", story.owner_hangs)


class ByRulebook(Story):
    """The network of an aggregator that dies, whose addresses a rulebook moves."""

    def made(self) -> str:
        """Make the network."""
        if reason := missing():
            raise Failed(reason)
        return super().made()

    def moves(self, owners: Mapping[int, str], after: int) -> str:
        """Move bond 22; return for how long its address was dead. Raises Failed if another path loses anything."""
        return self._follows({22: owners[22]}, dict(owners), after)

    def owner_hangs(self) -> str:
        """Let agg1 hang and bond 17 move away; the rulebook evacuates agg1, and the standby takes over."""
        inside = [path for path in self.paths() if path.name == OUT]
        all_answer(inside, "the LANs do not go out even before it hangs")
        # agg1 has other bonds, which the management server of the lab leaves there: those with an address count alone.
        given: dict[str, int | list[int]] = {
            "bonding_follow_after": 0,
            "bonding_dead_after": DEAD_AFTER,
            "bonding_watched_bonds": [*BONDS],
        }
        evacuating = running("evacuate", self.lab, self.network.write(), ENVIRONMENT, **given)
        with evacuating as log, Probes(inside) as probes:
            said = self._under_traffic({17: AWAY[17]}, 0, hangs=True)
            began = time.monotonic()
            with following(self.lab):
                until(lambda: all(map(answers, inside)), DEAD_AFTER + INTERVALS + RUN, 0.2)
            probes.go_on(AFTER)
            self._ended(log, 2)
        self.same_addresses(AWAY)
        self.out_as()
        (out,) = probes.traffic
        back = [out.sent[number] for number in out.back if out.sent[number] >= began]
        need(back, f"{OUT} does not come back")
        need(out.lost(), f"{OUT} has lost nothing: agg1 does not hang")
        lost = [out.sent[number] for number in out.lost()]
        return f"{said}, {OUT} was dead for {max(lost) - min(lost):.1f} s"

    def _follows(self, moves: Mapping[int, str], owners: dict[int, str], after: int) -> str:
        with running("follow_bonds", self.lab, self.network.write(), ENVIRONMENT, bonding_follow_after=after) as log:
            said = self._under_traffic(moves, after)
            self._ended(log, 1)
        self.same_addresses(owners)
        return said

    def _ended(self, log: pathlib.Path, runs: int) -> None:
        """Wait until so many playbooks have ended. Raises Failed if one of them failed."""
        until(lambda: log.read_text().count("PLAY RECAP") >= runs, RUN, 0.2)
        need("failed=1" not in log.read_text(), f"the playbook failed: {log.read_text()[-800:]}")
        need(log.read_text().count("PLAY RECAP") == runs, f"not {runs} runs: {log.read_text()[-800:]}")

    def _under_traffic(self, moves: Mapping[int, str], after: int, hangs: bool = False) -> str:
        # What goes out by the gateway of an aggregator that hangs comes back later: those paths are not watched here.
        paths = [path for path in self.paths() if path.name.endswith(("'s address", "'s own"))]
        all_answer(paths, "these do not work even without a move")
        moved = {f"{BONDS[bond]}'s address" for bond in moves}
        dead = [path for path in paths if path.name in moved]
        with Probes(paths) as probes:
            if hangs:
                hang(self.lab, FIRST_GATEWAY, True)
            for bond, aggregator in moves.items():
                self.lab.move(bond, aggregator)
            began = time.monotonic()
            with following(self.lab):
                until(lambda: not any(map(answers, dead)), AFTER)
                until(lambda: all(map(answers, dead)), INTERVALS + after + QUIET + RUN, 0.2)
            probes.go_on(AFTER)
        for one in probes.traffic:
            need(one.path.name in moved or not one.lost(), f"{one.path.name} lost {len(one.lost())} of {len(one.sent)}")
        return ", ".join(told(one, began, after) for one in probes.traffic if one.path.name in moved)


def told(one: Traffic, began: float, after: int) -> str:
    """Return for how long a path was dead. Raises Failed if it came back before the bond could count as moved."""
    late = began + after + QUIET
    early = [number for number in one.back if began < one.sent[number] < late]
    need(not early, f"{one.path.name}: {len(early)} datagrams came back within {after + QUIET:g} s")
    back = [one.sent[number] for number in one.back if one.sent[number] >= late]
    need(back, f"{one.path.name} does not come back")
    return f"{one.path.name} was dead for {min(back) - began:.1f} s"
