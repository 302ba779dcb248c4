# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module of this collection without a process of its own, where it would run on the controller anyway.

To run a module, Ansible packs a zip file, starts a Python and compiles everything in the zip, every time: on the
controller that takes longer than the module's own work. Ansible's worker for the task is a process already, so the
module is called in it: the same `main()`, and so the same validation, check mode, diff, masking and errors. What the
module imports is loaded once for all tasks and hosts, with this plugin. (The field's precedent is `import_modules` of
ansible.netcommon.)

A task that asks for more than that is run as any module is: `InController._why_not_here`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, cast

from ansible import constants as C
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash

from ._call import call, without_invocation


class InController(NormalAction):
    """The action of a module, which a subclass names."""

    module: ModuleType

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module's result."""
        variables = task_vars or {}
        reason = self._why_not_here(variables)
        if reason:
            Display().vvv(f"{self._task.action} has a process of its own, because {reason}")
            return cast("dict[str, Any]", super().run(tmp, task_vars))
        result = super(NormalAction, self).run(tmp, task_vars)
        arguments = dict(self._task.args)
        self._update_module_args(self._task.action, arguments, variables)
        Display().vvv(f"Using module file {self.module.__file__} in Ansible's worker")
        returned = without_invocation(call(self.module.main, arguments), Display().verbosity)
        return cast("dict[str, Any]", merge_hash(result, returned))

    def _why_not_here(self, variables: Mapping[str, Any]) -> str | None:
        """Return the reason why the task needs a process of its own, or None if it needs none."""
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}"
        if self._play_context.become:
            return "it becomes another user"
        if self._task.async_val:
            return "it is asynchronous"
        if any(self._task.environment or ()):
            return "it has an environment"
        if C.DEFAULT_KEEP_REMOTE_FILES:
            return "its files are to be kept"
        interpreter = self._interpreter(variables)
        return None if interpreter == sys.executable else f"its Python is {interpreter}, not {sys.executable}"

    def _interpreter(self, variables: Mapping[str, Any]) -> str:
        """Return the Python that the task would be run by, or the way in which one would be searched for ("auto")."""
        if self._task.delegate_to:
            variables = variables["ansible_delegated_vars"][self._task.delegate_to]
        configured = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        return str(self._templar.template(configured))
