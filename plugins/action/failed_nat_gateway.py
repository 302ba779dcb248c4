# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""failed_nat_gateway, called in Ansible's worker: see plugin_utils/_in_controller.py."""

from __future__ import annotations

from ansible_collections.bonded.internet.plugins.modules import failed_nat_gateway
from ansible_collections.bonded.internet.plugins.plugin_utils._in_controller import InController


class ActionModule(InController):
    """The action of failed_nat_gateway."""

    module = failed_nat_gateway
