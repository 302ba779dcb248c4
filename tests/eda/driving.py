# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server in memory whose reads a Watcher gets by a clock that jumps: an hour passes in a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from extensions.eda.plugins.event_source.bonds import Event, Objects, ReadError, Settings, Watcher


@dataclass
class Driver:
    """Drives a Watcher as main() does.

    :ivar places: aggregator of each bond
    :ivar hidden: bonds that are in no list at the moment
    :ivar unread: aggregators whose list of bonds cannot be read
    :ivar is_down: whether the server answers nothing
    :ivar names: names of aggregators that have another one than agg<id>
    :ivar repeated: whether the list of aggregators has each of them twice
    """

    places: dict[int, int]
    settings: Settings = field(default_factory=Settings)
    status: dict[int, str] = field(default_factory=lambda: dict.fromkeys((7, 8, 9), "up"))
    hidden: set[int] = field(default_factory=set)
    unread: set[int] = field(default_factory=set)
    is_down: bool = False
    names: dict[int, str] = field(default_factory=dict)
    repeated: bool = False
    now: float = 0.0
    requests: int = 0
    timed: list[tuple[float, Event]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watcher = Watcher(self.settings)
        self.step()

    def step(self) -> list[Event]:
        """Do what is due now."""
        events = self._round() if self.now >= self.watcher.next_read else self.watcher.flush(self.now)
        self.timed += [(self.now, event) for event in events]
        return events

    def run(self, seconds: float) -> list[Event]:
        """Let time pass; return the events."""
        end, events = self.now + seconds, []
        while self.now + self.watcher.pause(self.now) <= end:
            self.now = math.nextafter(self.now + self.watcher.pause(self.now), math.inf)
            events += self.step()
        self.now = end
        return events

    def move(self, *bonds: int, to: int) -> None:
        self.places |= dict.fromkeys(bonds, to)

    def _round(self) -> list[Event]:
        self.requests += 1
        if self.is_down:
            return self.watcher.failed(self.now, ReadError("GET aggregators/: HTTP 500"))
        found = [
            {"id": number, "name": self.names.get(number, f"agg{number}"), "status": one}
            for number, one in self.status.items()
        ]
        events = self.watcher.aggregators(self.now, found * 2 if self.repeated else found)
        if self.watcher.bonds_due(self.now):
            asked = self.watcher.lists_wanted()
            lists = self._lists(asked)
            missing = self.watcher.lists_missing(asked, lists)
            lists |= self._lists(missing)
            problem = "GET aggregators/X/bonds_current/: HTTP 500" if self.unread & {*asked, *missing} else ""
            events += self.watcher.bonds(self.now, lists, problem)
        return [*self.watcher.succeeded(self.now), *events]

    def _lists(self, numbers: list[int]) -> dict[int, Objects]:
        self.requests += len(numbers)
        return {number: self._listed(number) for number in numbers if number not in self.unread}

    def _listed(self, number: int) -> Objects:
        return [
            {"id": bond, "name": f"bond-{bond}"}
            for bond, place in self.places.items()
            if place == number and bond not in self.hidden
        ]


def moves(bonds: dict[int, tuple[int, int]]) -> list[dict[str, object]]:
    """Return the moves of an event: (from, to) by bond."""
    return [
        {"bond": bond, "name": f"bond-{bond}", "from": a, "from_name": f"agg{a}", "to": b, "to_name": f"agg{b}"}
        for bond, (a, b) in bonds.items()
    ]


def moved(bonds: dict[int, tuple[int, int]]) -> Event:
    """Return the event of moves."""
    return {"bonds_moved": {"moves": moves(bonds), "bonds": sorted(bonds)}}
