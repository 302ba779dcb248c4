# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_plan, called in Ansible's worker: see plugin_utils/_in_controller.py.

A run asks for it once. So it is not loaded with this plugin, which Ansible does in its own process: there all later
workers would be forked with what only the plan needs, and all of it be taken apart in the end.
"""

from __future__ import annotations

from types import ModuleType

from ansible_collections.bonded.internet.plugins.plugin_utils._in_controller import InController


class ActionModule(InController):
    """The action of network_plan."""

    def load(self) -> ModuleType:
        """The module, imported when it is called."""
        from ansible_collections.bonded.internet.plugins.modules import network_plan

        return network_plan
