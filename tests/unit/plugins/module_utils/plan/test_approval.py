# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan that is not the approved one is refused, with the items that differ as far as they are known."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.approval.approved import (
    MOST_SHOWN,
    Approved,
    refusal,
)

APPROVED = ["add: create a #00000001", "add: create b #00000002", "add: create d #00000003"]
NOW = ["add: create a #00000001", "add: create c #00000004", "add: create d #00000009"]
HEAD = (
    "bonding_approved_digest: the plan made now is not the approved one (got the digest now, expected before). Nothing "
    "was changed. Read the plan of a run with --check, and approve that one."
)


def difference(approved: list[str], now: list[str], left_out: int = 0) -> list[str]:
    text = refusal(Approved("before", tuple(approved), left_out), "now", now)
    assert text is not None
    head, *lines = text.splitlines()
    assert head == HEAD
    return [line.strip() for line in lines]


def test_the_approved_plan_is_not_refused() -> None:
    assert refusal(Approved("same", ("add: create a #00000001",)), "same", []) is None
    assert refusal(Approved("same"), "same", NOW) is None


def test_a_difference_is_named_both_ways() -> None:
    assert difference(APPROVED, NOW) == [
        "planned now, and not approved: 1",
        "add: create c",
        "approved, and not planned now: 1",
        "add: create b",
        "planned otherwise than approved: 1",
        "add: create d",
    ]
    assert difference([], NOW[:1]) == ["planned now, and not approved: 1", "add: create a"]
    assert difference(NOW[:1], []) == ["approved, and not planned now: 1", "add: create a"]


def test_nothing_is_said_of_items_behind_the_last_known_one() -> None:
    found = difference(APPROVED[:2], [*NOW, "add: create e #00000005"], left_out=7)
    assert found[:2] == ["approved, and not planned now: 1", "add: create b"]
    assert found[2].startswith("7 more items of the approved plan are not known here")
    assert len(found) == 3


def test_of_many_items_the_first_are_named() -> None:
    lines = [f"add: create {number:03} #00000001" for number in range(MOST_SHOWN + 5)]
    found = difference([], lines)
    assert found[0] == f"planned now, and not approved: {MOST_SHOWN + 5}"
    assert (len(found), found[-1]) == (MOST_SHOWN + 2, "... and 5 more")


RESULT = {"digest": "before", "lines": APPROVED, "left_out": {"lines": 4}}


@pytest.mark.parametrize(
    "result",
    [None, {}, {**RESULT, "digest": "another"}, {"digest": "before"}, {"digest": "before", "lines": "text"}],
)
def test_another_result_tells_no_items(result: dict[str, Any] | None) -> None:
    approved = Approved.of("before", result)
    assert approved.lines is None
    text = refusal(approved, "now", NOW)
    assert text is not None
    assert text.startswith(HEAD)
    assert "Only the digest of the approved plan is known" in text
    assert "create c" not in text


def test_the_approved_plans_own_result_tells_its_items() -> None:
    assert Approved.of("before", RESULT) == Approved("before", tuple(APPROVED), 4)
    assert Approved.of("before", {**RESULT, "left_out": "text"}).left_out == 0


def test_foreign_text_is_one_printable_line() -> None:
    text = refusal(Approved("be\x1bfore", ("add: create \x1b[31m\n #1",)), "now", [])
    assert text is not None
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3
