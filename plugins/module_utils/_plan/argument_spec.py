# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_plan's options."""

from __future__ import annotations

from typing import Any

from .._model.desired_network import DEFAULT_FOLLOW_MAX, DEFAULT_TUNNEL_DEVICE, DEFAULT_VNI_BASE, PARTS
from .._model.quotas import QUOTAS
from .._options import Spec

DEFAULT_MAX_DELETIONS = 25


def _list(options: Spec | None = None, **more: Any) -> dict[str, Any]:
    return {
        "type": "list",
        "elements": "dict" if options else "str",
        **({"options": options} if options else {}),
        **more,
    }


def _str(**more: Any) -> dict[str, Any]:
    return {"type": "str", **more}


def _bool(default: bool | None = False) -> dict[str, Any]:
    return {"type": "bool"} if default is None else {"type": "bool", "default": default}


AGGREGATOR: Spec = {
    "host": _str(required=True),
    "aggregator": _str(required=True),
    "index": {"type": "int"},
    "instance_id": _str(),
    "region": _str(),
    "private_ip_address": _str(),
    "reachable": _bool(),
    "primary_devices": _list(default=["eth0", "ens5"]),
    "manage_host": _bool(),
    "renamed_from": _str(),
    "host_skip": _list(default=[], choices=["attach", "checks", "firewall", "masquerade", "converge", "return_routes"]),
    "found": {"type": "dict"},
}
_VXLAN: Spec = {
    "subnet": _str(required=True),
    "vni": {"type": "int"},
    "interface": _str(),
    "addresses": {"type": "dict", "default": {}},
    "aggregators": _list(default=["all"]),
    "protocol": _str(choices=["babel", "ospf"], default="babel"),
}
_VPC: Spec = {
    "cidr": _str(),
    "id": _str(),
    "ipv6": _bool(),
    "subnets": _list({"zone": _str(required=True), "cidr": _str(required=True)}),
    "public_subnets": _list({"zone": _str(required=True), "cidr": _str(required=True)}),
}
_GATEWAY: Spec = {
    "aggregator": _str(required=True),
    "networks": _list(default=[]),
    "max_networks": {"type": "int", "default": 4},
    "egress": _str(choices=["masquerade", "nat_gateway", "none"], default="masquerade"),
    "vpc_routes": _bool(True),
    "route_tables": _list(),
    "interface": _str(),
    "subnet_id": _str(),
    "pool": _str(),
    "public_ip": _str(),
    "interface_id": _str(),
    "standby": _str(),
    "standby_interface": _str(),
    "incoming": _list(),
    "port_forwards": _list(
        {
            "protocol": _str(choices=["tcp", "udp"], required=True),
            "port": {"type": "int", "required": True},
            "to": _str(required=True),
            "to_port": {"type": "int"},
            "from": _list(),
        }
    ),
}
_SPACE: Spec = {
    "key": _str(required=True, no_log=False),
    "private_wan": _str(required=True),
    "vxlan": {"type": "dict", "options": _VXLAN},
    "vpc": {"type": "dict", "options": _VPC},
    "gateways": _list(_GATEWAY, default=[]),
    "tags": {"type": "dict", "default": {}},
    "renamed_from": _str(),
}
_CPE_NAT: Spec = {
    "bond": _str(required=True),
    "interface": _str(required=True),
    "connected_ip": _str(required=True),
    "nat_ip": _str(required=True),
    "name": _str(),
    "aggregator": _str(),
    "private_ip": _str(),
    "pool": _str(),
    "public_ip": _str(),
    "reverse_dns": _str(),
    "include_private_wan": _bool(None),
    "standby_bond": _str(),
    "pinned": _bool(),
    "renamed_from": _str(),
}
_BGP: Spec = {
    "asn": {"type": "int", "required": True},
    "mode": _str(choices=["transit", "direct"], default="transit"),
    "subnet": _str(),
    "aggregators": _list(default=["all"]),
    "route_reflectors": _list(default=[]),
    "password": _str(no_log=True),
    "update_password": _str(choices=["on_create", "always"], default="on_create", no_log=False),
}
_INBOUND: Spec = {
    "protocol": _str(choices=["tcp", "udp", "icmp", "all"], required=True),
    "ports": _str(),
    "from": _list(default=["0.0.0.0/0"]),
}
ARGUMENT_SPEC: Spec = {
    "network": _str(required=True),
    "state": _str(choices=["present", "absent", "followed", "evacuated", "audited"], default="present"),
    "aggregators": _list(AGGREGATOR, required=True),
    "spaces": _list(_SPACE, default=[]),
    "cpe_nat_ips": _list(_CPE_NAT, default=[]),
    "bgp": {"type": "dict", "options": _BGP},
    "vni_base": {"type": "int", "default": DEFAULT_VNI_BASE},
    "tunnel_device": _str(default=DEFAULT_TUNNEL_DEVICE),
    "decommissioned": _list(default=[]),
    "deviations": {"type": "dict", "default": {}},
    "follow_bonds": _list(),
    "follow_max": {"type": "int", "default": DEFAULT_FOLLOW_MAX},
    "followed": _bool(),
    "evacuate": _str(),
    "evacuate_to": _str(),
    "restore": _str(),
    "allow_disruption": _bool(),
    "allow_nonconforming": _bool(),
    "adopt": _bool(),
    "prune": _bool(),
    "prune_addresses": _bool(),
    "release_addresses": _bool(),
    "teardown_private_wan": _bool(),
    "confirm_teardown": _str(),
    "approved_digest": _str(),
    "earlier_result": {"type": "dict"},
    "plan_file": {"type": "path"},
    "record": _bool(),
    "verify": _bool(),
    "max_deletions": {"type": "int", "default": DEFAULT_MAX_DELETIONS},
    "check_rights": _bool(),
    "details": _bool(True),
    "describe": _bool(),
    "display": _bool(),
    "tags": {"type": "dict", "default": {}},
    "security_groups": _bool(),
    "keep_public_address": _bool(),
    "warn_unprotected": _bool(),
    "cpe_nat_inbound": _list(_INBOUND, default=[]),
    "managed_mesh_ports": _list(default=[]),
    "quotas": {"type": "dict", "options": {quota.name: {"type": "int"} for quota in QUOTAS}},
    "hosts": _list(),
    "shared_by": _str(),
    "parts": _list(choices=list(PARTS)),
}
