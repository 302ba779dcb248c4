# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each row of the table of changes holds; and no key of the inventory is without its rows."""

from __future__ import annotations

from collections import Counter

import pytest

from tools.change_table import Row, read_table

from .judge import judge
from .keys import changes_of, keys

ROWS = {row.name: row for section in read_table() for row in section.rows}


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.name)
def test_row_holds(row: Row) -> None:
    assert judge(row) == []


def test_each_row_has_a_name_of_its_own() -> None:
    names = Counter(row.name for section in read_table() for row in section.rows)
    assert [name for name, count in names.items() if count > 1] == []


def test_the_table_has_the_keys_of_the_inventory_and_no_others() -> None:
    assert {row.key for row in ROWS.values()} == set(keys())


@pytest.mark.parametrize("key", keys())
def test_a_key_has_a_row_for_each_change_that_applies_to_it(key: str) -> None:
    found = {change for row in ROWS.values() if row.key == key for change in row.change.split(", ")}
    assert changes_of(key) - found == set()
