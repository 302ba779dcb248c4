# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_import_info, called in Ansible's worker (see plugin_utils/_in_controller.py), and its text displayed."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.display import Display

from ansible_collections.bonded.internet.plugins.modules import network_import_info
from ansible_collections.bonded.internet.plugins.plugin_utils._import_variables import (
    unknown_variables,
    wrong_values,
)
from ansible_collections.bonded.internet.plugins.plugin_utils._in_controller import InController


class ActionModule(InController):
    """The action of network_import_info."""

    module = network_import_info

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the inventory, and display its text if the task wants that.

        Line by line: AWX shows the first 1,024 bytes of a result, and each line that is displayed as a whole.
        """
        given = task_vars or {}
        if problems := unknown_variables(given):
            raise AnsibleActionFail(f"{' '.join(problems)} Nothing was changed. Correct the name, or remove it.")
        if problems := wrong_values(given, lambda name: self._templar.template(given[name])):
            raise AnsibleActionFail(f"{' '.join(problems)} Nothing was changed. Correct the value.")
        result = super().run(tmp, task_vars)
        if boolean(self._task.args.get("display", False)):
            for line in result.get("text", []):
                Display().display(line)
        return result
