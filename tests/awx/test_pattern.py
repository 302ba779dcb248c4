# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pattern's data: awx_setup uses all of it, and the data names only what exists."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import DEFAULT_FOLLOW_MAX
from lab.process import ROOT
from tests.awx.credential_types import PATTERN, Json, load

TASKS = yaml.safe_load((ROOT / "playbooks" / "tasks" / "awx" / "objects.yml").read_text(encoding="utf-8"))
DATA: Json = load("setup.yml") | load("credential_types.yml")
LISTS = {name: value for name, value in DATA.items() if name.startswith("controller_")}
SURVEYS = sorted(PATTERN.glob("template_surveys/*.yml"))


def options_of(name: str) -> Json:
    """Return the options of the task that loops over a list of the data."""
    (task,) = (one for one in TASKS if one["loop"] == f"{{{{ {name} }}}}")
    (options,) = (value for key, value in task.items() if key.startswith("awx.awx."))
    return dict(options)


@pytest.mark.parametrize("name", LISTS)
def test_awx_setup_hands_on_every_key(name: str) -> None:
    """Check that what the roles of infra.aap_configuration read is what awx_setup reads."""
    keys = {key for entry in LISTS[name] for key in entry}
    assert {key for key, text in options_of(name).items() if f"item.{key} " in str(text)} == keys


def test_every_list_has_a_task() -> None:
    looped = {task["loop"].strip("{} ") for task in TASKS}
    assert looped - {"bonding_awx_credentials"} == set(LISTS)


def test_templates_run_playbooks_of_the_site_repository() -> None:
    playbooks = {template["playbook"] for template in DATA["controller_templates"]}
    assert playbooks == {"site.yml", "audit.yml", "follow_bonds.yml", "evacuate.yml", "teardown.yml", "info.yml"}
    for name in playbooks - {"info.yml"}:
        (play,) = yaml.safe_load((ROOT / "examples" / "site-repository" / name).read_text(encoding="utf-8"))
        assert play["ansible.builtin.import_playbook"] == f"bonded.internet.{name.removesuffix('.yml')}"


def test_nodes_of_the_workflow_are_templates() -> None:
    names = {template["name"] for template in DATA["controller_templates"]}
    (workflow,) = DATA["controller_workflows"]
    jobs = [node["unified_job_template"] for node in workflow["workflow_nodes"]]
    assert {job["name"] for job in jobs if job["type"] == "job_template"} < names
    assert [job["type"] for job in jobs].count("workflow_approval") == 1


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_surveys_ask_for_variables_of_the_collection(path: Any) -> None:
    survey = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert f"template_surveys/{path.name}'" in (PATTERN / "setup.yml").read_text(encoding="utf-8")
    explained = (ROOT / "plugins" / "plugin_utils" / "_variables.py").read_text(encoding="utf-8")
    for question in survey["spec"]:
        assert f'"{question["variable"]}"' in explained
        assert question.get("default", "false") in ("false", DEFAULT_FOLLOW_MAX)


def test_variables_of_the_data_are_in_the_docs() -> None:
    text = (PATTERN / "setup.yml").read_text(encoding="utf-8") + yaml.safe_dump(TASKS)
    names = set(re.findall(r"\bbonding_awx_\w+", text)) - {"bonding_awx_template"}
    page = (ROOT / "docs" / "awx.md").read_text(encoding="utf-8")
    assert len(names) > 10
    assert {name for name in names if f"| `{name}` |" not in page} == set()
    written = {f"| `{name}` | `{value}` |" for name, value in DATA.items() if name in names and isinstance(value, str)}
    assert {row for row in written if row not in page} == set()
