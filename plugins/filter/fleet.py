# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet of aggregators, out of the inventory, for network_plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bonded.internet.plugins.plugin_utils._found import found_of

INTENT = (
    "bonding_network",
    "bonding_spaces",
    "bonding_cpe_nat_ips",
    "bonding_bgp",
    "bonding_vni_base",
    "bonding_tunnel_device",
    "bonding_leaving",
    "bonding_prune",
    "bonding_allow_disruption",
    "bonding_quotas",
    "bonding_security_groups",
    "bonding_cpe_nat_inbound",
    "bonding_managed_mesh_ports",
)
"""Variables that describe the one network, and so have to be the same on every host."""


def _plain(value: Any) -> Any:
    """Plain data out of Ansible's lazily templated containers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in value}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _digest(value: Any) -> str:
    text = json.dumps(_plain(value), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fleet(hosts: list[str], hostvars: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What network_plan has to know of each host: who it is on the server and on AWS, and a digest of its intent.

    A digest, since the intent itself is the same on all hosts and may be large.
    """
    if not isinstance(hosts, list):
        raise AnsibleFilterError(
            f"bonded.internet.fleet expects a list of host names (groups['aggregators']), not {type(hosts).__name__}"
        )
    found = []
    for host in hosts:
        variables = hostvars[host]
        entry = {
            "host": str(host),
            "aggregator": str(variables.get("bonding_aggregator", host)),
            "index": variables.get("bonding_aggregator_index"),
            "instance_id": variables.get("aws_instance_id"),
            "region": variables.get("aws_region"),
            "private_ip_address": variables.get("aws_private_ip_address"),
            "reachable": bool(variables.get("bonding_reachable", False)),
            "primary_devices": variables.get("bonding_primary_devices"),
            "host_side": bool(variables.get("bonding_host_side", True)),
            "host_skip": variables.get("bonding_host_skip"),
            "found": _plain(found_of(variables.get("bonding_host_found"))),
        }
        entry = {key: value for key, value in entry.items() if value is not None}
        entry["intent"] = {name: _digest(variables.get(name)) for name in INTENT}
        found.append(entry)
    return found


class FilterModule:
    """The filter, by the name that Ansible looks for."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file by name."""
        return {"fleet": fleet}
