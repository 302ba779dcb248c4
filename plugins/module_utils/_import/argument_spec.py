# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of network_import_info."""

from __future__ import annotations

from .._options import Spec

ARGUMENT_SPEC: Spec = {
    "network": {"type": "str", "required": True},
    "regions": {"type": "list", "elements": "str", "default": []},
    "join": {"type": "list", "elements": "str", "default": ["public_ip"]},
    "instances": {"type": "dict", "default": {}},
    "directory": {"type": "path"},
    "overwrite": {"type": "bool", "default": False},
    "display": {"type": "bool", "default": False},
}
