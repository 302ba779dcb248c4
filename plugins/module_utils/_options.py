# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the connection to the management server, for all modules."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback

Spec = dict[str, dict[str, Any]]
"""Options as Ansible's argument specifications describe them."""


def _connection_option(name: str, **more: Any) -> dict[str, Any]:
    variable = f"BONDING_API_{name.removeprefix('api_').upper()}"
    return {"type": "str", "fallback": (env_fallback, [variable]), **more}


CONNECTION_SPEC: Spec = {
    "api_url": _connection_option("api_url"),
    "api_username": _connection_option("api_username"),
    "api_password": _connection_option("api_password", no_log=True),
    "api_token": _connection_option("api_token", no_log=True),
    "validate_certs": _connection_option("validate_certs", type="bool", default=True),
    "ca_path": _connection_option("ca_path", type="path"),
    "api_map": _connection_option("api_map", type="raw"),
    "api_timeout": _connection_option("api_timeout", type="int", default=30),
}
