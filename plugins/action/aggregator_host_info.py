# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""aggregator_host_info, and the judgement of its answer: whoever controls the host writes it."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.bonded.internet.plugins.plugin_utils._answer import answer_of


class ActionModule(NormalAction):
    """The action of aggregator_host_info."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer, or a failure in its place if it has not the shape that the module returns."""
        try:
            result: dict[str, Any] = super().run(tmp, task_vars)
        except AnsibleConnectionFailure as error:
            result = {"unreachable": True, "changed": False, "msg": str(error)}
        host = str((task_vars or {}).get("inventory_hostname", ""))
        return answer_of(host, result)
