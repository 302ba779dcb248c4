# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Public addresses follow by the event source and the rulebook alone, without BGP, under traffic.

Each check goes on from what the one before has left. The intervals of the event source are the defaults.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial

from ..lab import Lab, until
from ..live_changes import ENVIRONMENT
from ..live_changes.failover import FIRST_GATEWAY
from ..probes import Probes, Traffic
from ..report import Check, Failed, need
from ..rulebook import following_bonds, missing
from .failover import AWAY, BONDS, HOME, MOVED, Story, hang
from .traffic import AFTER, all_answer, answers, following

TITLE = "When a rulebook follows"
INTERVALS = 5 + 30 + 5
"""Most seconds from a move to its event, beyond `after` and QUIET: reads of aggregators and bonds, and one more."""
QUIET = 3
"""Seconds without a further move before the event."""
RUN = 120.0
"""Most seconds of ansible-rulebook and the run, on a machine that others use."""


def checks(lab: Lab) -> Iterator[Check]:
    """In order: each goes on from what the one before has left."""
    story = ByRulebook(lab)
    yield Check("the network without BGP, made from nothing", story.made)
    yield Check("a bond moves, follow_after 0: its address is back", partial(story.moves, MOVED, 0))
    yield Check("... and moves home, follow_after 60", partial(story.moves, HOME, 60))
    yield Check("an aggregator hangs, follow_after 0: its address is back", story.owner_hangs)


class ByRulebook(Story):
    """The network of an aggregator that dies, whose addresses a rulebook moves."""

    def made(self) -> str:
        """Make the network."""
        if reason := missing():
            raise Failed(reason)
        return super().made()

    def moves(self, owners: Mapping[int, str], after: int) -> str:
        """Bond 22 moves; return for how long its address was dead. Raises Failed if another path loses anything."""
        return self._follows({22: owners[22]}, dict(owners), after)

    def owner_hangs(self) -> str:
        """agg1 hangs, and the management server moves its bond 17."""
        return self._follows({17: AWAY[17]}, AWAY, 0, hangs=True)

    def _follows(self, moves: Mapping[int, str], owners: dict[int, str], after: int, hangs: bool = False) -> str:
        # What goes out by the gateway of an aggregator that hangs waits for a person: those paths are not watched.
        paths = [path for path in self.paths() if path.name.endswith(("'s address", "'s own"))]
        all_answer(paths, "these do not work even without a move")
        moved = {f"{BONDS[bond]}'s address" for bond in moves}
        dead = [path for path in paths if path.name in moved]
        with following_bonds(self.lab, self.network.write(), ENVIRONMENT, bonding_follow_after=after) as log:
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
            until(lambda: "PLAY RECAP" in log.read_text(), RUN, 0.2)
            need("failed=1" not in log.read_text(), f"the playbook failed: {log.read_text()[-800:]}")
        self.same_addresses(owners)
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
