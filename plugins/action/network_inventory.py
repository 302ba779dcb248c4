# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin network_inventory: runs in Ansible's worker, where the variables are, without a module of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible import context
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.bonded.internet.plugins.module_utils._printable import printable
from ansible_collections.bonded.internet.plugins.plugin_utils._closing import TIME
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import (
    Inventory,
    InventoryError,
    TemplateError,
)
from ansible_collections.bonded.internet.plugins.plugin_utils._record import RecordError, new_record
from ansible_collections.bonded.internet.plugins.plugin_utils._report.page_path import page_path, page_problem
from ansible_collections.bonded.internet.plugins.plugin_utils._tags import RunTags

LONGEST = 300
"""Characters of an error of Ansible that are shown; the first line says it, the others repeat it with its place."""


class TaskVariables:
    """The variables as a task has them; see `Variables` in plugin_utils/_inventory.py."""

    def __init__(self, task_vars: Mapping[str, Any], templar: Any) -> None:
        self._task_vars = task_vars
        self._templar = templar

    def names(self, host: str) -> Iterable[str]:
        """Return the names of a host's variables."""
        return [str(name) for name in self._task_vars["hostvars"][host]]

    def value(self, host: str, name: str) -> Any:
        """Return a host's value of a variable."""
        try:
            return self._task_vars["hostvars"][host].get(name)
        except AnsibleError as error:
            raise TemplateError(_first_line(error)) from error

    def play_names(self) -> Iterable[str]:
        """Return the names of the play's variables."""
        return self._task_vars

    def play_value(self, name: str) -> Any:
        """Return the value of a variable in the play."""
        try:
            return self._templar.template(self._task_vars.get(name))
        except AnsibleError as error:
            raise TemplateError(_first_line(error)) from error


def _first_line(error: AnsibleError) -> str:
    return str(error).strip().splitlines()[0][:LONGEST]


class ActionModule(ActionBase):
    """The action of network_inventory."""

    _VALID_ARGS = frozenset({"group"})
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the inventory; the result is never printed, since it holds credentials."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        started = f"{datetime.now(UTC):{TIME}}"
        variables = task_vars or {}
        group = str(self._task.args.get("group") or "aggregators")
        hosts = [str(host) for host in variables["groups"].get(group, [])]
        try:
            found = Inventory(hosts, TaskVariables(variables, self._templar), group).read()
        except InventoryError as error:
            raise AnsibleActionFail(str(error)) from None  # Ansible repeats the text of a cause
        tags = RunTags(variables["ansible_run_tags"], variables["ansible_skip_tags"], self._task.tags)
        if problem := tags.problem(found["plan"].get("parts")):
            raise AnsibleActionFail(printable(problem))
        if text := tags.warning():
            Display().warning(printable(text))
        # Refused before either side is read, since no report can be written there.
        if found["plan"].get("describe") and (problem := page_problem(page_path(found["report_file"]))):
            raise AnsibleActionFail(printable(problem))
        if found["left_out"]:
            Display().warning(found["left_out"])  # not of the result, which Ansible does not print
        more = {"started": started, "record": self._record(found), "tagged_parts": tags.parts}
        return {**result, "changed": False, "_ansible_no_log": True, **found, **more}

    def _record(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record of this run; a run in check mode has none.

        Its name is chosen before a host is asked for anything: no fact of a host may say where the controller writes.
        """
        if not found["record_directory"] or self._task.check_mode:
            return {}
        playbooks = context.CLIARGS.get("args") or ()
        try:
            return new_record(found["record_directory"], found["network"], playbooks)
        except RecordError as error:
            raise AnsibleActionFail(str(error)) from None  # Ansible repeats the text of a cause
