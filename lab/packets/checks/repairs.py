# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judgement of a failure that a playbook repairs: each path is dead until the run, and alive soon after it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..probes import INTERVAL, Traffic

DIES = "dies"
"""Path that the failure ends, and that the run brings back."""
HANDED_OVER = "handed over"
"""Path that works before the run, which interrupts it, and after it."""
UNHARMED = "unharmed"
"""Path that loses nothing."""
OPEN = "open"
"""Path of which nothing is asserted."""
SOON = 3.0
"""Seconds after the end of the run by which a path must be back: some looks of the lab at the stand-ins."""
FLICKER = 1.0
"""Seconds that a path may lose once it is back: the two gateways' routes change one after the other."""


@dataclass(frozen=True)
class Repair:
    """Times of a failure and of the run that repairs it (seconds, monotonic).

    :param failed: everything that fails has failed
    :param began: the command was started
    :param ended: the command has ended
    """

    failed: float
    began: float
    ended: float

    def back(self, one: Traffic) -> float | None:
        """Return the time of the first datagram since the start of the run that came back."""
        return min((one.sent[number] for number in one.back if one.sent[number] >= self.began), default=None)

    def told(self, one: Traffic) -> str:
        """Return a path's times as a sentence."""
        first = self.back(one)
        if first is None:
            return f"{one.path.name} is not back"
        return (
            f"{one.path.name} back {first - self.began:.1f} s after the command, dead for {first - self.failed:.1f} s"
        )

    def faults(self, one: Traffic, kind: str) -> list[str]:
        """Return what of a path of this kind is not as it must be."""
        name, lost = one.path.name, [one.sent[number] for number in one.lost()]
        if kind == UNHARMED:
            return [f"{name} lost {len(lost)} of {len(one.sent)}, and may lose nothing"] if lost else []
        if kind == HANDED_OVER:
            late = [when for when in lost if not self.began <= when <= self.ended + SOON]
            found = [f"{name} lost {len(late)} before the run, or later than {SOON:g} s after it"] if late else []
            back = any(one.sent[number] > self.ended for number in one.back)
            return found if back else [*found, f"{name} is not back after the run"]
        return self._dead_until_the_run(one) if kind == DIES else []

    def _dead_until_the_run(self, one: Traffic) -> list[str]:
        name, first = one.path.name, self.back(one)
        early = [number for number in one.back if self.failed <= one.sent[number] < self.began]
        found = [f"{name}: {len(early)} datagrams came back before the run"] if early else []
        if first is None:
            return [*found, f"{name} does not come back"]
        if first > self.ended + SOON:
            found.append(f"{name} is back {first - self.ended:.1f} s after the end of the run, not {SOON:g} s")
        lost = INTERVAL * sum(one.sent[number] > first for number in one.lost())
        if lost > FLICKER:
            found.append(f"{name} loses {lost:.2f} s once it is back, at most {FLICKER:g} s may be")
        return found


def judged(repair: Repair, traffic: Sequence[Traffic], kinds: Mapping[str, str]) -> list[str]:
    """Return what is not as expected.

    :param kinds: kind of each path by its name; a path that is not watched is a fault, and so is one without a kind
    """
    names = [one.path.name for one in traffic]
    found = [f"{name} was not watched" for name in kinds if name not in names]
    found += [f"nothing is expected of {name}" for name in names if name not in kinds]
    for one in traffic:
        found += repair.faults(one, kinds.get(one.path.name, OPEN))
    return found
