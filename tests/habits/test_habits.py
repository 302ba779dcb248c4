# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines make the same of a server with each habit, with all and with none; and each tolerance is needed."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import ClientError
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import ReconcileError
from tests.second_server.fields import Json
from tests.second_server.habits import HABITS

from .breaking import BREAKS, Intolerant
from .engine import tell
from .page import PAGE, text

ALL = frozenset(HABITS)


@pytest.fixture(scope="module")
def plain() -> Json:
    """Return the results of the engines on a server without habits."""
    return tell(frozenset())


def test_the_engines_do_something(plain: Json) -> None:
    assert plain["again"] == (False, False)
    assert {one["action"] for one in plain["built"] + plain["translated"]} == {"create"}
    assert {one["action"] for one in plain["changed"]} == {"update"}
    assert {one["action"] for one in plain["emptied"]} == {"delete"}
    assert {one["enabled"] for one in plain["made"]["cpe_nat_ip"]} == {True}
    assert plain["moved"]["vxlan"] != plain["made"]["vxlan"]
    assert not {"vxlan", "ospf", "filter", "cpe_nat_ip"} & set(plain["left"])
    assert [len(one) if isinstance(one, tuple) else one for one in plain["refused"]] == [2, 2, 2, 404]


@pytest.mark.parametrize("habit", HABITS)
def test_each_habit_is_tolerated(plain: Json, habit: str) -> None:
    assert tell(frozenset({habit})) == plain


def test_all_habits_together_are_tolerated(plain: Json) -> None:
    assert tell(ALL) == plain


def test_all_habits_together_are_tolerated_over_http(plain: Json) -> None:
    assert tell(ALL, by_http=True) == plain


def test_each_habit_has_a_tolerance_to_take_out() -> None:
    assert set(BREAKS) == set(HABITS)


@pytest.mark.parametrize("habit", HABITS)
def test_a_habit_hurts_without_its_tolerance_and_no_other_does(
    plain: Json, habit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    BREAKS[habit](monkeypatch)
    assert outcome(ALL) != plain
    assert outcome(ALL - {habit}) == plain


def outcome(habits: frozenset[str]) -> Json | str:
    """Return what the engines tell, or the words with which they fail."""
    try:
        return tell(habits)
    except (Intolerant, ClientError, ReconcileError, KeyError) as error:
        return f"{type(error).__name__}: {error}"


def test_the_page_has_all_habits() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "run python -m tests.habits"
