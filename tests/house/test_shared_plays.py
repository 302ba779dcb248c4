# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays that site.yml, audit.yml and report.yml have each: Ansible shares tasks between playbooks, no plays."""

from __future__ import annotations

from typing import Any

import yaml

from tools.fresh_copy import ROOT

AUDIT_ALONE = "bonded.internet.network_audit"


def plays(name: str) -> dict[str, dict[str, Any]]:
    found = yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8"))
    return {one["name"]: one for one in found}


def shared(play: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tasks of a play without those that only an audit has."""
    return [task for task in play["tasks"] if AUDIT_ALONE not in task]


def test_the_report_reads_the_aggregators_as_the_audit_does() -> None:
    audit, report = plays("audit"), plays("report")
    read = "Read the aggregators"
    assert shared(audit[read]) == shared(report[read])
    assert audit["Audit"]["tasks"][0] == report["Audit"]["tasks"][0]
    assert {**audit[read]["vars"], "bonding_describe": True} == report[read]["vars"]


def test_a_plan_has_the_same_connections_in_each_playbook() -> None:
    planning = [plays("site")["Preflight"], plays("audit")["Audit"], plays("report")["Audit"]]
    assert all(one["module_defaults"] == planning[0]["module_defaults"] for one in planning)
    own = ("bonding_plan_state", "bonding_describe")
    named = [{name: value for name, value in one["vars"].items() if name not in own} for one in planning]
    assert all(one == named[0] for one in named)
