# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cell of the harness, and the parts that the cells are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults.world import World


@dataclass(frozen=True)
class Cell:
    """One thing that must hold. `check` raises AssertionError where it does not."""

    name: str
    check: Callable[[World], None]


@dataclass
class Outcome:
    """Result of a part: its number of cells, and the names of those that failed, each with the reason."""

    part: str
    cells: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def held(self) -> int:
        """Return how many cells held."""
        return self.cells - len(self.failed)


def tried(part: str, world: World, cells: Iterable[Cell]) -> Outcome:
    """Check each cell, whatever comes of the others."""
    outcome = Outcome(part)
    for cell in cells:
        outcome.cells += 1
        try:
            cell.check(world)
        except Exception as error:  # a defect of the harness counts as one of the cell
            outcome.failed.append((cell.name, f"{type(error).__name__}: {error}"))
            world.quiet()
    return outcome


def spread(cells: Sequence[Cell], number: int) -> list[Cell]:
    """Return so many of the cells, evenly spread, the first and the last among them."""
    if number >= len(cells):
        return list(cells)
    return [cells[round(index * (len(cells) - 1) / (number - 1))] for index in range(number)]
