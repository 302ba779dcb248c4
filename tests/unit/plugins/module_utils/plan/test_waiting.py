# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting of a slice for what another slice's run creates: how long, for what, and how it gives up."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.phases import Phase
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange, Scope
from ansible_collections.bonded.internet.plugins.module_utils._objects import Verb
from ansible_collections.bonded.internet.plugins.module_utils._plan import waiting
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import NetworkPlan, PlanError
from ansible_collections.bonded.internet.plugins.module_utils._plan.role_inputs import Plan

SCOPE = Scope(hosts={"agg2"}, parts={"private_wan", "gateways"}, limited=True, absent=False, shared_by="agg1")
PARTIAL = Scope(hosts={"agg2"}, parts={"gateways"}, limited=True, absent=False, shared_by="agg1")


def item(kind: str, host: str | None = None, verb: Verb = "create", phase: Phase = "add") -> PlannedChange:
    part = "gateways" if host else "private_wan"
    return PlannedChange("aws", verb, kind, "", f"{kind}/acme", None, None, phase, host, part)


VPC, TABLE, OWN = item("vpc"), item("route_table"), item("network_interface", "agg2")


def planned(*items: PlannedChange, scope: Scope = SCOPE) -> NetworkPlan:
    """Return the plan of a slice with agg2 that has these items."""
    return NetworkPlan("demo", "present", Plan.of(items, scope), [], [], [], [], [], ["a warning"], {})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made; each takes its time at once."""
    slept: list[float] = []
    monkeypatch.setattr(waiting.time, "sleep", slept.append)
    monkeypatch.setattr(waiting.time, "monotonic", lambda: sum(slept))
    return slept


def wait(*plans: NetworkPlan) -> tuple[NetworkPlan, int]:
    """Wait over these plans, the last one again and again; return what comes of it and how many were made."""
    made: list[NetworkPlan] = []

    def plan() -> NetworkPlan:
        made.append(plans[min(len(made), len(plans) - 1)])
        return made[-1]

    return waiting.wait_for_shared(plan, "agg1"), len(made)


def test_the_run_of_the_owner_leaves_nothing_that_is_shared() -> None:
    assert Scope(SCOPE.hosts, SCOPE.parts, limited=True, absent=False).reason(VPC) is None
    assert SCOPE.reason(VPC) == "it belongs to no aggregator: the run that has agg1 changes it"
    assert SCOPE.reason(OWN) is None


def test_a_slice_plans_again_until_the_shared_objects_are_there(clock: list[float]) -> None:
    last = planned(OWN)
    assert wait(planned(VPC, TABLE, OWN), planned(TABLE, OWN), last) == (last, 3)
    assert clock == [waiting.PAUSE] * 2


@pytest.mark.parametrize(
    "plan",
    [
        planned(VPC),
        planned(OWN),
        planned(item("object_tags", verb="update"), OWN),
        planned(item("vpc", phase="remove", verb="delete"), OWN),
        planned(VPC, OWN, scope=PARTIAL),
    ],
    ids=["nothing of its own", "nothing shared", "tags", "a removal", "a part that is not run"],
)
def test_it_waits_for_nothing_that_it_does_not_need(clock: list[float], plan: NetworkPlan) -> None:
    assert wait(plan) == (plan, 1)
    assert clock == []


def test_it_waits_for_the_mode_of_a_space(clock: list[float]) -> None:
    last = planned(OWN)
    assert wait(planned(item("space", verb="update"), OWN), last) == (last, 2)


def test_it_gives_up_without_progress_and_says_what_to_do(clock: list[float]) -> None:
    with pytest.raises(PlanError) as caught:
        wait(planned(VPC, TABLE, OWN), planned(TABLE, OWN))
    assert sum(clock) == waiting.PATIENCE + waiting.PAUSE
    assert caught.value.problems == [
        "agg1: the run with this aggregator creates the objects that belong to no aggregator, and these do not exist "
        "yet: route_table route_table/acme (got no new one within 300 s). Run all slices at once, or the one with agg1 "
        "first. If agg1 is disabled, enable it, and leave it out by --limit."
    ]
    assert "Nothing was changed." in str(caught.value)
    assert caught.value.warnings == ["a warning"]


def test_a_problem_of_the_plan_ends_the_waiting(clock: list[float]) -> None:
    def plan() -> Any:
        if clock:
            raise PlanError(["no"], [])
        return planned(VPC, OWN)

    with pytest.raises(PlanError, match="no"):
        waiting.wait_for_shared(plan, "agg1")
    assert len(clock) == 1
