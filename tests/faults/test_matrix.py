# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cell of each fault on each side; `make faults` runs them all."""

from __future__ import annotations

import pytest

from tests.faults import expected
from tests.faults.cells import Cell
from tests.faults.page import PAGE, page
from tests.faults.sides import SIDES, Side
from tests.faults.world import World

CELLS = [cell for side in SIDES for cell in side.one_of_each_fault()]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_cell_holds(world: World, cell: Cell) -> None:
    cell.check(world)


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side.name)
def test_expectations_are_those_of_the_tables(side: Side) -> None:
    written = {(kind, fault) for kind, faults in expected.read(side.name).items() for fault in faults}
    assert written == {(kind.name, fault.name) for kind, fault in side.pairs()}


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side.name)
def test_every_fault_is_put_into_something(side: Side) -> None:
    assert {fault.name for _kind, fault in side.pairs()} == {fault.name for fault in side.faults}


def test_page_is_written_from_the_expectations() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it: python -m tests.faults --rewrite"
