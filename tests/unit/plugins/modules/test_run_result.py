# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""run_result has documentation alone: its action does the work, which tests/playbooks/ways/test_result.py runs."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.bonded.internet.plugins.action.run_result import REQUIRED, ActionModule
from ansible_collections.bonded.internet.plugins.modules import run_result

SITE = Path(__file__).parents[4] / "playbooks" / "site.yml"


def test_documentation_has_the_options_of_the_action_and_the_playbook_gives_them() -> None:
    options = yaml.safe_load(run_result.DOCUMENTATION)["options"]
    assert set(options) == ActionModule._VALID_ARGS
    assert {name for name, option in options.items() if option.get("required")} == set(REQUIRED)
    (task,) = [
        task["bonded.internet.run_result"]
        for play in yaml.safe_load(SITE.read_text(encoding="utf-8"))
        for task in play.get("tasks", [])
        if "bonded.internet.run_result" in task
    ]
    (example,) = yaml.safe_load(run_result.EXAMPLES)
    assert task == example["bonded.internet.run_result"]
    assert set(task) == set(options)
