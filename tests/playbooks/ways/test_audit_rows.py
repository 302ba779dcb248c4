# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each difference of audit_table.py alone, but those that test_audit_table.py plants alone."""

from __future__ import annotations

import pytest

from .audit_plants import Ground
from .audit_row import Row
from .audit_table import ROWS
from .auditing import advice, answers, ground, judge

__all__ = ["advice", "answers", "ground"]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.alone], ids=lambda row: row.name)
def test_a_difference_is_found_and_nothing_is_invented(row: Row, ground: Ground, advice: set[str]) -> None:
    judge(row, ground, advice)
