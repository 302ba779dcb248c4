# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_audit has documentation alone: its action does the work, which tests/playbooks/ways/test_audit.py runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ansible_collections.bonded.internet.plugins.action.network_audit import ActionModule
from ansible_collections.bonded.internet.plugins.modules import network_audit

PLAYBOOK = Path(__file__).parents[4] / "playbooks" / "audit.yml"


def calls() -> list[dict[str, Any]]:
    tasks = [task for play in yaml.safe_load(PLAYBOOK.read_text(encoding="utf-8")) for task in play["tasks"]]
    return [task["bonded.internet.network_audit"] for task in tasks if "bonded.internet.network_audit" in task]


def test_documentation_has_the_options_of_the_action_and_the_playbook_gives_them() -> None:
    options = set(yaml.safe_load(network_audit.DOCUMENTATION)["options"])
    assert options == ActionModule._VALID_ARGS
    assert set().union(*calls()) == options


def test_the_playbook_begins_before_the_inventory_is_read_and_once_again_with_its_network() -> None:
    first, second, last = calls()
    assert set(first) == {"file", "metrics", "earlier"}
    assert set(second) == {"network", "file", "metrics", "earlier", "artifact", "begun"}
    assert set(last) == {"network", "begun", "plan"}
