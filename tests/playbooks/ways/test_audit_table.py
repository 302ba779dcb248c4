# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences of audit_table.py all at once, and alone those that hide others; nothing is found that is not there.

test_audit_rows.py, left to `make test`, plants each of the others alone too.
"""

from __future__ import annotations

import pytest

from tests.playbooks import planning

from .audit_plants import Ground
from .audit_row import Row
from .audit_table import ROWS
from .auditing import advice, answers, audited, ground, judge, unlike

__all__ = ["advice", "answers", "ground"]


@pytest.mark.parametrize("row", [row for row in ROWS if row.alone], ids=lambda row: row.name)
def test_a_difference_that_hides_others_is_found_and_nothing_is_invented(
    row: Row, ground: Ground, advice: set[str]
) -> None:
    judge(row, ground, advice)


def test_all_differences_at_once_are_found(ground: Ground, advice: set[str]) -> None:
    together = [row for row in ROWS if not row.alone]
    for row in together:
        row.plant(ground)
    new = [one for one in audited(ground)["findings"] if one["id"] not in advice]
    lines = [line for line in unlike(together, new) if line.startswith("missing")]
    assert not lines, "\n".join(lines)


def test_a_region_that_cannot_be_read_is_a_line_and_the_other_one_is_judged(ground: Ground) -> None:
    row = next(row for row in ROWS if row.name == "Babel is disabled")
    row.plant(ground)
    audit = planning.audit(ground.site, ground.variables, ground.hosts, denied={"agg2": "eu-north-1"})
    found = {(one["kind"], one["object"]) for one in audit["findings"] if one["severity"] != "info"}
    assert audit["status"] == "incomplete"
    assert found == {("aws", "eu-north-1"), ("babel_protocol", "aggregators/7/demo_babel_11")}
