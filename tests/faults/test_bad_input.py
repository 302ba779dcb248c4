# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Most mistakes of an inventory are refused by name, with nothing written; `make faults` makes them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.bad_input import Given, cells, planned
from tests.faults.cells import Cell, spread
from tests.faults.world import World

MISTAKES = 60


@pytest.fixture(scope="module")
def empty(world: World) -> Iterator[World]:
    world.quiet()
    world.site.reset()
    yield world


@pytest.mark.parametrize("cell", spread(cells(), MISTAKES), ids=lambda cell: cell.name)
def test_mistake_is_refused(empty: World, cell: Cell) -> None:
    cell.check(empty)


def test_inventory_without_a_mistake_is_accepted(empty: World) -> None:
    result = planned(empty, Given())
    assert not result.get("failed") and len(result["plan"]) > 100
