# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role pwan_gateway, over the functions that also plan a gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bonded.internet.plugins.module_utils._design.roles import gateway_aws
from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_device import (
    attached_device,
    device_files,
)
from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_objects import (
    named_objects,
    server_objects,
)
from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_options import (
    input_of_options,
    masquerade_rules,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import GatewayInput
from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain
from ansible_collections.bonded.internet.plugins.plugin_utils._typed import ABSENT, typed
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import ROLE_GATEWAY

_ENTRY = {"type": "dict", "options": ROLE_GATEWAY}


def _read(gateway: Mapping[str, Any]) -> GatewayInput:
    return GatewayInput(**plain(gateway))


def gateway_input(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the role's input from the operator's options. Raises AnsibleFilterError with all problems."""
    problems: list[str] = []
    given = plain(options)
    entry = typed(given["gateway"], _ENTRY, "pwan_gateway_gateway", problems)
    made = None
    if not problems:
        made, problems = input_of_options({**given, "gateway": {} if entry is ABSENT else entry})
    if made is None:
        raise AnsibleFilterError(f"pwan_gateway: {' '.join(problems)} Nothing was changed.")
    return asdict(made)


def gateway_found(gateway: Mapping[str, Any], lookups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the objects of a gateway on AWS by their role in it."""
    return gateway_aws.find_objects(_read(gateway), plain(lookups))


def gateway_routes(gateway: Mapping[str, Any], route_tables: Sequence[Any], interfaces: Sequence[str]) -> list[Any]:
    """Return the routes to a gateway that are wanted, and those that go."""
    return gateway_aws.route_changes(_read(gateway), plain(route_tables), plain(interfaces))


def gateway_objects(gateway: Mapping[str, Any], interface: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the objects of a gateway on the management server, with the addresses that EC2 has chosen.

    Without these return the names of the objects that are deleted with the gateway.
    """
    if interface is None:
        return named_objects(_read(gateway))
    given = plain(interface)
    return server_objects(_read(gateway), given["subnet"], given["private_ip"], given["ipv6"])


def gateway_device_files(name: str, managers: Mapping[str, bool] | None = None) -> list[dict[str, str]]:
    """Return the files that name a gateway's device."""
    return device_files(str(name), plain(managers))


def gateway_device(mac: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return a device that was attached, and the harm that it did."""
    return attached_device(str(mac), plain(before), plain(after))


def gateway_masquerade(
    gateway: Mapping[str, Any], installed: Sequence[Any], subnet: str, in_zone: bool = True
) -> list[Any]:
    """Return the translation of the host with the gateway's rule, or without it."""
    return list(masquerade_rules(_read(gateway), plain(installed), str(subnet), in_zone))


FilterModule = filter_module(
    gateway_input,
    gateway_found,
    gateway_routes,
    gateway_objects,
    gateway_device_files,
    gateway_device,
    gateway_masquerade,
)
