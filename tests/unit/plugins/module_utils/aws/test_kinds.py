# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of EC2 objects name the calls that runs send, and the policies of docs/ are theirs.

The golden files hold what whole runs have planned, and what the roles' modules, amazon.aws's too, have sent for that.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.kind import AwsState
from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import calls_of
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Cloud
from tests.golden.files import FILES
from tools.fresh_copy import ROOT
from tools.iam_policies import policies

RUNS = sorted(path.parent for path in FILES.glob("*/plan.jsonl"))
KINDS = sorted((ROOT / "plugins/module_utils/_aws/resources").glob("*.py"))
EMPTY = {"parent": "", "before": None, "after": None, "host": None}


def sent(run: Path, verb: str) -> set[str]:
    """The actions of EC2 among the requests of a run; a request to the server begins with its method."""
    lines = (run / "requests.txt").read_text(encoding="utf-8")
    return set(re.findall(rf"^{verb} (?:\d+ x )?([A-Z][a-z]\w+)", lines, re.MULTILINE))


def named(run: Path) -> set[str]:
    """The actions that the kinds name for what a run has planned."""
    items = map(json.loads, (run / "plan.jsonl").read_text(encoding="utf-8").splitlines())
    planned = [PlannedChange(**(EMPTY | item)) for item in items]
    return {call.action for item in planned for call in calls_of(item, AwsState("demo", Cloud()))}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_a_run_changes_by_the_calls_that_the_kinds_name(run: Path) -> None:
    wanted = named(run)
    assert {action for action in wanted if not action.startswith("Describe")} == sent(run, "write")
    assert {action for action in wanted if action.startswith("Describe")} <= sent(run, "read")


def test_most_calls_are_seen_in_some_run() -> None:
    assert len(RUNS) >= 10
    assert {"CreateNatGateway", "ModifyVpcAttribute", "AttachInternetGateway", "AssociateRouteTable"} <= set().union(
        *map(named, RUNS)
    )


def test_each_file_names_the_tasks_of_its_kind() -> None:
    """Its docstring names files of tasks that are there, and together they name amazon.aws's modules that change."""
    docstrings = "".join(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in KINDS)
    tasks = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "roles").glob("pwan_*/tasks/*.yml")}
    assert set(re.findall(r"\w+\.yml", docstrings)) <= tasks.keys()
    called = set(re.findall(r"amazon\.aws\.(\w+):", "".join(tasks.values())))
    assert set(re.findall(r"amazon\.aws\.(\w+)", docstrings)) == {one for one in called if not one.endswith("_info")}


@pytest.mark.parametrize("name", policies())
def test_a_policy_allows_the_calls_of_the_kinds(name: str) -> None:
    """`python -m tools.iam_policies` rewrites it."""
    assert json.loads((ROOT / "docs" / name).read_text(encoding="utf-8")) == policies()[name]
