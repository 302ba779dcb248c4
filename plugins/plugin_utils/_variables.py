# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of the inventory variables that the playbooks read.

A variable is in one group, by what becomes of it. Its type is that of the option that it is given to, or stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import MEMBERS
from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import AGGREGATOR, ARGUMENT_SPEC

Spec = Mapping[str, Any]

PLAN = {
    "bonding_network": "network",
    "bonding_plan_state": "state",
    "bonding_spaces": "spaces",
    "bonding_cpe_nat_ips": "cpe_nat_ips",
    "bonding_bgp": "bgp",
    "bonding_vni_base": "vni_base",
    "bonding_tunnel_device": "tunnel_device",
    "bonding_decommissioned": "decommissioned",
    "bonding_deviations": "deviations",
    "bonding_follow_bonds": "follow_bonds",
    "bonding_follow_max": "follow_max",
    "bonding_followed": "followed",
    "bonding_evacuate": "evacuate",
    "bonding_evacuate_to": "evacuate_to",
    "bonding_restore": "restore",
    "bonding_allow_disruption": "allow_disruption",
    "bonding_allow_nonconforming": "allow_nonconforming",
    "bonding_adopt": "adopt",
    "bonding_prune": "prune",
    "bonding_prune_elastic_ips": "prune_addresses",
    "bonding_release_elastic_ips": "release_addresses",
    "bonding_teardown_private_wan": "teardown_private_wan",
    "bonding_confirm_teardown": "confirm_teardown",
    "bonding_approved_digest": "approved_digest",
    "bonding_result": "earlier_result",
    "bonding_plan_file": "plan_file",
    "bonding_max_deletions": "max_deletions",
    "bonding_check_rights": "check_rights",
    "bonding_security_groups": "security_groups",
    "bonding_tags": "tags",
    "bonding_keep_public_address": "keep_public_address",
    "bonding_warn_unprotected": "warn_unprotected",
    "bonding_cpe_nat_inbound": "cpe_nat_inbound",
    "bonding_managed_mesh_ports": "managed_mesh_ports",
    "bonding_quotas": "quotas",
    "bonding_parts": "parts",
    "bonding_describe": "describe",
}
"""Options of network_plan, each the same on all hosts."""

SERVER_OPTIONS = (
    "api_url",
    "api_username",
    "api_password",
    "api_token",
    "api_map",
    "api_timeout",
    "ca_path",
    "validate_certs",
)
SERVER = {f"bonding_api_{name.removeprefix('api_')}": name for name in SERVER_OPTIONS}
"""Options of the connection to the management server, each the same on all hosts."""

AWS: dict[str, Spec] = {
    "aws_endpoint_url": {},
    "aws_access_key": {},
    "aws_secret_key": {"no_log": True},
    "aws_session_token": {"no_log": True},
    "aws_profile": {},
}
"""Options of the connection to AWS, each the same on all hosts; the option is the name without `aws_`."""

RUN: dict[str, Spec] = {
    "bonding_converge_seconds": {"type": "int", "least": 0, "default": 15},
    "bonding_converge_timeout": {"type": "int", "least": 1, "default": 60},
    "bonding_host_cloud_init": {"type": "bool", "default": False},
    "bonding_record_directory": {"type": "path", "default": ""},
    "bonding_report_file": {"type": "path", "default": "report.html"},
    "bonding_audit": {"type": "dict", "default": {}},
    "bonding_audit_earlier": {"type": "path", "default": ""},
    "bonding_audit_file": {"type": "path", "default": ""},
    "bonding_audit_metrics": {"type": "path", "default": ""},
    MEMBERS: {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "aggregator": {"type": "str"},
            "instance_id": {"type": "str"},
            "region": {"type": "str"},
        },
    },
}
"""Options of the playbooks themselves, each the same on all hosts."""

HOST = {
    "bonding_aggregator": "aggregator",
    "bonding_aggregator_index": "index",
    "aws_instance_id": "instance_id",
    "aws_region": "region",
    "aws_private_ip_address": "private_ip_address",
    "bonding_reachable": "reachable",
    "bonding_primary_devices": "primary_devices",
    "bonding_manage_hosts": "manage_host",
    "bonding_host_skip": "host_skip",
    "bonding_renamed_from": "renamed_from",
}
"""Options of an entry of network_plan's `aggregators`, each host's own."""

MEMBERS = "bonding_members"
"""The aggregators of the network, declared for runs whose inventory does not have all of them."""
MEMBER: Spec = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str", "required": True},
        **{option: {**AGGREGATOR[option], "required": False} for option in HOST.values()},
    },
}
"""Its type: `name` is that of the host in the inventory, the other keys are options of an aggregator."""

ROLE: dict[str, Spec] = {
    "aggregator_host_directory": {"default": "/etc/bonded-internet"},
    "aggregator_host_rule_priority": {"type": "int", "default": 10},
    "aggregator_host_interval": {"type": "int", "default": 10},
    "pwan_gateway_watch_seconds": {"type": "int", "least": 0, "default": 10},
}
"""Options of roles that the playbooks leave to the operator, each host's own; a test compares them with the roles."""

INTERNAL = frozenset(
    {
        "bonding_inventory",
        "bonding_plan",
        "bonding_host_found",
        "bonding_converged",
        "bonding_verified",
        "bonding_audit_begun",
        "bonding_audited",
    }
)
"""Results that the playbooks register: a variable of one of these names would take its place."""

GROUP = "bonding_group"
"""The name of the group of aggregators, an extra variable."""

ROLE_VXLAN = {
    "type": "dict",
    "options": {
        name: option
        for name, option in ARGUMENT_SPEC["spaces"]["options"]["vxlan"]["options"].items()
        if name != "aggregators"
    },
}
"""Keys of `pwan_mesh_vxlan`: those of `bonding_spaces[].vxlan`, whose members the role is given itself."""
ROLE_MEMBERS: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "aggregator": {"type": "str", "required": True},
        "private_ip_address": {"type": "str", "required": True},
        "index": {"type": "int"},
    },
}
"""`pwan_mesh_members`, with the keys of an aggregator of network_plan."""
ROLE_BGP = {
    "type": "dict",
    "options": {
        name: option
        for name, option in ARGUMENT_SPEC["bgp"]["options"].items()
        if name not in ("aggregators", "password", "update_password")
    },
}
"""Keys of `cpe_nat_bgp_options`: those of `bonding_bgp` that the role has no option of its own for."""
ROLE_SPEAKERS = {**ROLE_MEMBERS, "options": {**ROLE_MEMBERS["options"], "subnet": {"type": "str", "required": True}}}
"""`cpe_nat_bgp_members`: as `pwan_mesh_members`, with the network whose addresses the sessions pass on."""
ROLE_GATEWAY = {
    name: option
    for name, option in ARGUMENT_SPEC["spaces"]["options"]["gateways"]["options"].items()
    if name not in ("aggregator", "max_networks", "standby", "standby_interface", "interface_id")
}
"""Keys of `pwan_gateway_gateway`: those of an entry of `bonding_spaces[].gateways` that need no plan."""
PREFIXES = ("bonding_", "eip_cpe_nat_", "cpe_nat_bgp_", "pwan_vpc_", "pwan_mesh_", "pwan_gateway_", "aggregator_host_")
"""Variables of these names are the collection's."""

ROLES = PREFIXES[1:]


def shared_specs() -> dict[str, Spec]:
    """Return each variable that is the same on all hosts, with its type."""
    server = {name: CONNECTION_SPEC[option] for name, option in SERVER.items()}
    return {name: ARGUMENT_SPEC[option] for name, option in PLAN.items()} | server | AWS | RUN | {MEMBERS: MEMBER}


def host_specs() -> dict[str, Spec]:
    """Return each variable that is a host's own, with its type."""
    return {name: AGGREGATOR[option] for name, option in HOST.items()} | ROLE


def is_ours(name: str) -> bool:
    """Return True if a variable of this name decides what a run does, or would be taken for one that does."""
    return name.startswith(PREFIXES) or name in SHARED_NAMES or name in HOST_NAMES


SHARED_NAMES = frozenset(shared_specs())
HOST_NAMES = frozenset(host_specs())
