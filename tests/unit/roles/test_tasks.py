# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for each task of each role and playbook: who runs it with which rights, and whose the files it writes are."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[3]
WRITERS = {f"ansible.builtin.{name}" for name in ("assemble", "blockinfile", "copy", "file", "get_url", "lineinfile")}
WRITERS |= {f"ansible.builtin.{name}" for name in ("replace", "template", "unarchive")}
LONGEST_NAME = 60
Task = dict[str, Any]


def tasks_of(tasks: list[Task]) -> Iterator[Task]:
    """Yield each task, also those in blocks."""
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks_of(task.get(part, []))


def all_tasks() -> list[tuple[str, Task]]:
    """Return (role/file: name, task) of all roles, and of the playbooks' files of tasks."""
    return [
        (f"{path.parent.parent.name}/{path.name}: {task.get('name')}", task)
        for path in sorted([*(ROOT / "roles").glob("*/tasks/*.yml"), *(ROOT / "playbooks" / "tasks").glob("*.yml")])
        for task in tasks_of(yaml.safe_load(path.read_text(encoding="utf-8")))
    ]


def keywords_of(task: Task) -> Task:
    """Return the keywords that a task, or an include for its tasks, gives itself."""
    include = task.get("ansible.builtin.include_tasks") or task.get("ansible.builtin.include_role")
    apply = include.get("apply") if isinstance(include, dict) else None
    return {**task, **(apply or {})}


DELEGATED = [(name, task) for name, task in all_tasks() if "delegate_to" in keywords_of(task)]
WRITING = [
    (name, task[module])
    for name, task in all_tasks()
    for module in WRITERS & task.keys()
    if task[module].get("state") != "absent"
]


@pytest.mark.parametrize(("name", "task"), DELEGATED, ids=[name for name, _task in DELEGATED])
def test_a_task_on_the_controller_takes_no_rights_there(name: str, task: Task) -> None:
    """`ansible-playbook -b` and AWX's privilege escalation are for aggregators alone."""
    keywords = keywords_of(task)
    assert (keywords["delegate_to"], keywords.get("become")) == ("localhost", False), name


@pytest.mark.parametrize(("name", "options"), WRITING, ids=[name for name, _options in WRITING])
def test_a_file_on_a_host_is_roots_and_its_mode_is_said(name: str, options: Task) -> None:
    assert (options.get("owner"), options.get("group")) == ("root", "root"), name
    assert "mode" in options, name
    assert options["mode"].startswith(("0644", "0755", "{{")), name


def test_names_of_tasks_are_short() -> None:
    """Check names without their expressions: style-guide.md, "Tasks"."""
    names = [name.split(": ", 1)[1] for name, _task in all_tasks()]
    plain = [re.sub(r"{{.*?}}", "", name) for name in names]
    assert [name for name in plain if len(name) > LONGEST_NAME] == []


@pytest.mark.parametrize("option", ["--list-tags", "--list-tasks"])
def test_a_listing_of_the_playbook_names_its_parts(option: str) -> None:
    """Check that an operator, or AWX, sees the parts, and the work of switch and remove."""
    program, playbook = pathlib.Path(sys.executable).parent / "ansible-playbook", ROOT / "playbooks/site.yml"
    command = [str(program), str(playbook), "-i", "agg1,", option]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert {"cpe_nat", "private_wan", "gateways"} <= set(re.findall(r"\w+", listed))
    if option == "--list-tags":
        assert "verify" in listed
    else:
        assert "Update the CPE NAT IPs" in listed
        assert "Create or delete gateways" in listed


def test_the_rules_see_the_tasks() -> None:
    roles = {name.split("/")[0] for name, _task in DELEGATED}
    assert roles == {"playbooks", "cpe_nat_bgp", "eip_cpe_nat", "pwan_gateway", "pwan_mesh", "pwan_vpc"}
    assert {name.split("/")[0] for name, _options in WRITING} == {"aggregator_host", "pwan_gateway"}
    assert len(WRITING) == 7
