# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of follow_table.py that test_follow_bonds.py leaves out, and each row killed at each write."""

from __future__ import annotations

import pytest

from tests.playbooks.running import Json, Site

from .follow_table import FIRST, ROWS
from .following import judge_killed_runs, judge_row

WITHOUT_WRITES = {
    "pinned entry",
    "bond that no entry names",
    "bond on an aggregator without an instance",
    "server in maintenance mode: no bond moves",
    "two terminated, addresses followed between the evacuations",
}
WRITING = [name for name, row in ROWS.items() if row.code == 0 and name not in WITHOUT_WRITES]
"""The rows whose run is not refused, and moves an address."""


@pytest.mark.parametrize("name", [name for name in ROWS if name not in FIRST])
def test_row(network: Site, variables: Json, name: str) -> None:
    judge_row(ROWS[name], network, variables)


@pytest.mark.parametrize("name", WRITING)
def test_killed_at_each_write(network: Site, variables: Json, name: str) -> None:
    judge_killed_runs(ROWS[name], network, variables)
