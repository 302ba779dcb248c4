# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of missing rights name tasks that exist: a renamed task fails here, not in a walk that takes minutes."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.playbooks.ways import missing_rights, test_server_rights

ROOT = Path(__file__).parents[2]


def _tasks() -> set[str]:
    """Return each named task as the callback reports it: `role: name`, or the name alone in a playbook."""
    files = {f"{path.parents[1].name}: ": path.parent.glob("*.yml") for path in ROOT.glob("roles/*/tasks/main.yml")}
    files[""] = (ROOT / "playbooks").rglob("*.yml")
    return {
        prefix + name
        for prefix, paths in files.items()
        for path in paths
        for name in _names(yaml.safe_load(path.read_text()))
    }


def _names(node: object) -> list[str]:
    """Return the names of all tasks of a file, those of blocks and plays too."""
    if isinstance(node, list):
        return [name for entry in node for name in _names(entry)]
    if not isinstance(node, dict):
        return []
    own = [str(node["name"])] if "name" in node else []
    return own + [name for key, value in node.items() if key != "vars" for name in _names(value)]


def test_a_step_of_a_table_is_a_task() -> None:
    """A step of missing_rights.py or of the walk on the management server is the name of a task."""
    named = {step for table in missing_rights.ALL for step in table.values()}
    server = [test_server_rights.ADD, test_server_rights.CHANGE, test_server_rights.DELETE]
    named |= {step for table in server for step, _words in table.values()}
    assert len(named) > 20
    assert named - _tasks() == set()
