# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audits of the demo's built network by network_plan's engine, without a playbook: a load, a change by hand, a plan."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

import pytest

from tests.playbooks import planning
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

from .audit_plants import Ground
from .audit_row import Found, Row

__all__ = ["advice", "answers", "ground"]

ADVICE = ("advice", "plan")
CLEAN = "clean"
FACTS: Json = {"devices": [], "programs": {"nft": True, "ping": True}, "managers": {}}


@pytest.fixture(scope="module")
def answers(stand_ins: Site, first_run: Outcome) -> dict[str, Json]:
    """Answers of the aggregators over SSH once a run has configured them; the clean network is saved."""
    assert first_run.code == 0
    stand_ins.load("built")
    stand_ins.server.control("POST", "move", {"bond": 19, "aggregator": "agg1"})  # it was on its secondary aggregator
    stand_ins.save(CLEAN)
    given = planning.options_of(demo_variables(), demo_hosts())["aggregators"]
    asked = [{**one, "manage_host": True, "found": {**FACTS, "installed": {}}} for one in given]
    work = planning.plan(stand_ins, aggregators=asked)["work"]["host_config"]
    return {host: {**FACTS, "installed": phases["remove"]} for host, phases in work.items()}


@pytest.fixture
def ground(stand_ins: Site, answers: dict[str, Json]) -> Iterator[Ground]:
    stand_ins.load(CLEAN)
    yield Ground(stand_ins, demo_variables(), copy.deepcopy(answers))


def audited(ground: Ground) -> Json:
    found = planning.audit(ground.site, ground.variables, ground.hosts)
    assert ground.site.writes() == []
    return found


@pytest.fixture(scope="module")
def advice(stand_ins: Site, answers: dict[str, Json]) -> set[str]:
    """The ids of what an audit of the clean network says, none of which is a difference."""
    stand_ins.load(CLEAN)
    found = audited(Ground(stand_ins, demo_variables(), copy.deepcopy(answers)))
    assert found["status"] == "clean", found["findings"]
    assert {one["severity"] for one in found["findings"]} <= {"info"}
    return {one["id"] for one in found["findings"]}


def fits(one: Json, found: Found) -> bool:
    wanted = (found.source, found.severity, found.kind, found.next)
    return (one["source"], one["severity"], one["kind"], one["at_next_run"]) == wanted and found.object in one["object"]


def unlike(rows: Iterable[Row], findings: list[Json]) -> list[str]:
    """Return a sentence for each finding that is missing, and for each that no row has."""
    wanted = [found for row in rows for found in row.finds]
    more = {kind for row in rows for kind in row.more}
    lines = [f"missing: {found}" for found in wanted if not any(fits(one, found) for one in findings)]
    for one in findings:
        if one["kind"] not in more and not any(fits(one, found) for found in wanted):
            lines.append(f"invented: { {name: value for name, value in one.items() if value} }")
    return lines


def judge(row: Row, ground: Ground, advice: set[str]) -> None:
    """Plant a difference; its findings have to be there, and no others."""
    row.plant(ground)
    audit = audited(ground)
    new = [one for one in audit["findings"] if one["id"] not in advice and (one["kind"], one["source"]) != ADVICE]
    lines = unlike([row], new)
    assert not lines, "\n".join(lines)
    assert audit["status"] in ("drift", "incomplete") or all(found.severity == "info" for found in row.finds)
