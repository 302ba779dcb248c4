# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""run_record has documentation alone: its action does the work, which tests/playbooks/ways/test_records.py runs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleActionFail

from ansible_collections.bonded.internet.plugins.action.run_record import PLAN, ActionModule
from ansible_collections.bonded.internet.plugins.modules import run_record

PLAYBOOKS = Path(__file__).parents[4] / "playbooks" / "tasks"


def test_documentation_has_the_options_of_the_action_and_the_playbooks_give_them() -> None:
    options = yaml.safe_load(run_record.DOCUMENTATION)["options"]
    assert set(options) == ActionModule._VALID_ARGS
    required = {name for name, option in options.items() if option.get("required")}
    for name, given in (("record", set(options)), ("record_end", required)):
        (task,) = yaml.safe_load((PLAYBOOKS / f"{name}.yml").read_text(encoding="utf-8"))
        assert set(task["bonded.internet.run_record"]) == given
    (example,) = yaml.safe_load(run_record.EXAMPLES)
    assert set(example["bonded.internet.run_record"]) == set(options)


def test_each_phase_that_changes_something_is_recorded_before_its_first_step() -> None:
    plays = yaml.safe_load((PLAYBOOKS.parent / "site.yml").read_text(encoding="utf-8"))
    found = {}
    for play in plays:
        for number, task in enumerate(play.get("tasks", [])):
            if task.get("ansible.builtin.import_tasks") == "tasks/record.yml":
                found[play["name"]] = (number, task["vars"]["bonding_phase"], list(play["tasks"][0])[1])
    # The add phase has its steps from the plan.
    assert found == {
        "Switch the network": (1, "switch", "ansible.builtin.meta"),
        "Remove objects": (1, "remove", "ansible.builtin.meta"),
    }


def test_a_record_that_cannot_be_written_is_named_without_the_error_behind_it(tmp_path: Path) -> None:
    """Ansible repeats the text of each cause behind that of the error."""
    record = {"path": str(tmp_path / "none" / "x.json"), "started": "", "user": "", "playbook": ""}
    args = {"record": record, "phase": "add", **dict.fromkeys(PLAN, {})}
    task = SimpleNamespace(args=args, check_mode=False, async_val=0, diff=False, environment=None, action="x")
    unused: Any = SimpleNamespace()
    connection: Any = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None), has_native_async=False)
    with pytest.raises(AnsibleActionFail, match="The phase add was not begun") as caught:
        ActionModule(task, connection, unused, unused, unused, unused).run(task_vars={})
    assert caught.value.__cause__ is None
