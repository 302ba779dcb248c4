# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""run_record: it runs in Ansible's worker on the controller, and has no module of its own."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain
from ansible_collections.bonded.internet.plugins.plugin_utils._record import RecordError, write_record

PLAN = ("network", "digest", "counts", "lines")


class ActionModule(ActionBase):
    """The action of run_record."""

    _VALID_ARGS = frozenset({"record", "phase", *PLAN})
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the record, except in check mode."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = plain(self._task.args)
        missing = [name for name in ("record", *PLAN) if name not in given]
        if missing:
            raise AnsibleActionFail(f"run_record: {', '.join(missing)} is missing. Nothing was written.")
        if not self._task.check_mode:
            try:
                write_record(given["record"], {name: given[name] for name in PLAN}, given.get("phase"))
            except RecordError as error:
                raise AnsibleActionFail(str(error)) from None  # Ansible repeats the text of a cause
        return {**result, "changed": False, "path": given["record"]["path"]}
