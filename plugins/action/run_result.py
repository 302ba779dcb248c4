# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""run_result: it runs in Ansible's worker on the controller, and has no module of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.bonded.internet.plugins.plugin_utils._closing import closing_lines, wrapped
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain

REQUIRED = ("result", "left", "started")


class ActionModule(ActionBase):
    """The action of run_result."""

    _VALID_ARGS = frozenset({*REQUIRED, "planned_only"})
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Display the last lines of the run, and hand its artifact to Ansible as set_stats does."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = plain(self._task.args)
        missing = [name for name in REQUIRED if name not in given]
        if missing:
            raise AnsibleActionFail(f"run_result: {', '.join(missing)} is missing. The changes of the run were made.")
        made = not (self._task.check_mode or boolean(given.get("planned_only", False)))
        artifact, now = given["result"], datetime.now(UTC)
        lines = closing_lines(artifact["network"], artifact["counts"], given["left"], given["started"], now, made=made)
        for line in wrapped(lines):
            Display().display(line)
        stats = {"data": {"bonding_result": artifact}, "per_host": False, "aggregate": False}
        return {**result, "changed": False, "text": lines, "ansible_stats": stats}
