# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_audit: it runs in Ansible's worker on the controller, and has no module of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.bonded.internet.plugins.plugin_utils._audit import AuditFileError, begin, end
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain

VERIFIED = "bonding_verified"
PATHS = ("file", "metrics", "earlier")


def _whole(path: Any) -> str:
    """Return a path as Ansible's type `path` has it, so that the inventory's and the play's are the same."""
    return os.path.expanduser(os.path.expandvars(str(path or "")))


class ActionModule(ActionBase):
    """The action of network_audit."""

    _VALID_ARGS = frozenset({"network", "begun", "plan", "artifact", *PATHS})
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Begin an audit, or end that of a plan. Its files are no change of the network, so check mode writes them."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = plain(self._task.args)
        if "plan" in given and "begun" not in given:
            raise AnsibleActionFail("network_audit: begun is missing. Nothing was written.")
        try:
            done = self._end(given, task_vars or {}) if "plan" in given else self._begin(given)
        except AuditFileError as error:
            raise AnsibleActionFail(str(error)) from None  # Ansible repeats the text of a cause
        for line in done.get("text", ()):
            Display().display(line)
        return {**result, "changed": False, **done}

    def _begin(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Begin an audit."""
        paths = {name: _whole(given.get(name)) for name in PATHS}
        return begin(str(given.get("network") or ""), paths, given.get("begun") or {}, given.get("artifact") or {})

    def _end(self, given: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """End an audit with what the hosts have answered in this run."""
        expected = list(given["plan"]["work"]["verify"])
        hostvars = task_vars["hostvars"]
        answers = {host: plain(hostvars[host].get(VERIFIED)) for host in expected if host in hostvars}
        return end(given["begun"], given["plan"]["audit"], answers, expected)
