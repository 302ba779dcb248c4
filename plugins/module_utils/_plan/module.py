# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_plan as a module: its options, its two connections, and how it ends. Private to the collection."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Protocol

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.warnings import warn

from .._aws._ec2 import Ec2Error, ec2_client
from .._client import REQUESTS_IMPORT_ERROR, Client, ClientError
from .._design.intent import DEFAULT_TUNNEL_DEVICE, DEFAULT_VNI_BASE, PARTS
from .._design.limits import QUOTAS
from .._module import connection_of
from .._reconcile import ReconcileError
from .engine import DEFAULT_MAX_DELETIONS, PlanError, make_plan

Spec = dict[str, dict[str, Any]]


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


_AGGREGATOR: Spec = {
    "host": _str(required=True),
    "aggregator": _str(required=True),
    "index": {"type": "int"},
    "instance_id": _str(),
    "region": _str(),
    "private_ip_address": _str(),
    "reachable": _bool(),
    "primary_devices": _list(default=["eth0", "ens5"]),
    "host_side": _bool(),
    "host_skip": _list(default=[], choices=["attach", "checks", "masquerade", "settle", "ways_back"]),
    "found": {"type": "dict"},
    "intent": {"type": "dict"},
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
}
_BGP: Spec = {
    "asn": {"type": "int", "required": True},
    "mode": _str(choices=["transit", "direct"], default="transit"),
    "subnet": _str(),
    "route_reflectors": _list(default=[]),
}
_INBOUND: Spec = {
    "protocol": _str(choices=["tcp", "udp", "icmp", "all"], required=True),
    "ports": _str(),
    "from": _list(default=["0.0.0.0/0"]),
}
ARGUMENT_SPEC: Spec = {
    "network": _str(required=True),
    "state": _str(choices=["present", "absent"], default="present"),
    "aggregators": _list(_AGGREGATOR, required=True),
    "spaces": _list(_SPACE, default=[]),
    "cpe_nat_ips": _list(_CPE_NAT, default=[]),
    "bgp": {"type": "dict", "options": _BGP},
    "vni_base": {"type": "int", "default": DEFAULT_VNI_BASE},
    "tunnel_device": _str(default=DEFAULT_TUNNEL_DEVICE),
    "leaving": _list(default=[]),
    "allow_disruption": _bool(),
    "prune": _bool(),
    "prune_addresses": _bool(),
    "release_addresses": _bool(),
    "teardown_private_wan": _bool(),
    "verify": _bool(),
    "max_deletions": {"type": "int", "default": DEFAULT_MAX_DELETIONS},
    "check_rights": _bool(),
    "details": _bool(True),
    "security_groups": _bool(),
    "cpe_nat_inbound": _list(_INBOUND, default=[]),
    "managed_mesh_ports": _list(default=[]),
    "quotas": {"type": "dict", "options": {quota.name: {"type": "int"} for quota in QUOTAS}},
    "hosts": _list(),
    "parts": _list(choices=list(PARTS)),
}


SECRETS = ("api_password", "api_token", "secret_key", "session_token")
"""Options whose values Ansible masks wherever they occur in a result."""


class PlanModule(Protocol):
    """The part of AnsibleAWSModule that is used here."""

    params: dict[str, Any]
    check_mode: bool
    _diff: bool

    def fail_json(self, msg: str, **more: Any) -> Any:
        """End the module with an error."""

    def exit_json(self, **result: Any) -> Any:
        """End the module with a result."""

    def client(self, service: str, retry_decorator: Any = None, **extra_params: Any) -> Any:
        """A boto3 client; `extra_params` go to boto3."""


def run(module: PlanModule, client_class: type[Client]) -> None:
    """Make the plan, and end the module with it or with all problems."""
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)

    @cache  # botocore reads the whole model of a service for each
    def client_of(region: str | None, service: str) -> Any:
        # validate_certs is the management server's; AWS's certificate is always checked
        more: dict[str, Any] = {"verify": module.params.get("aws_ca_bundle") or True}
        if region:
            more["region"] = region
        return ec2_client(module, **more) if service == "ec2" else module.client(service, **more)

    try:
        with client_class(connection_of(module.params)) as client:
            # amazon.aws finds the actions that this option wants by the log of its own process
            forked = not module.params.get("debug_botocore_endpoint_logs")
            result = make_plan(module.params, client, client_of, forked=forked)
    except PlanError as error:
        for text in error.warnings:
            warn(text)
        module.fail_json(msg=str(error), problems=error.problems)
    except ClientError as error:
        module.fail_json(msg=f"{error} Nothing was changed.", failure=error.failure())
    except (ReconcileError, Ec2Error) as error:
        module.fail_json(msg=f"{error} Nothing was changed.")
    else:
        for text in result.pop("warnings"):
            warn(text)  # not module.warn: amazon.aws hands its own on in a way that newer cores deprecate
        _refuse_masking(module, result["work"])
        if module._diff:
            result["diff"] = diff_of(result["plan"])
        if not module.params["details"]:
            for item in result["plan"] + result["deferred"]:
                del item["before"], item["after"]
        module.exit_json(changed=module.check_mode and bool(result["plan"]), **result)


def _refuse_masking(module: PlanModule, work: dict[str, Any]) -> None:
    """Ansible masks secrets in what a module returns: one that is part of a name would reach the roles mangled."""
    text = json.dumps(work)
    if any(module.params.get(name) and module.params[name] in text for name in SECRETS):
        module.fail_json(
            msg="A password, token or secret key is also part of a name or address of the network, and Ansible would "
            "mask it there, so the roles would get a mangled plan. Use another secret. Nothing was changed."
        )


def diff_of(plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One diff for each item, under a heading that says what, where and when."""
    diffs = []
    for item in plan:
        place = f" on {item['host']}" if item["host"] else ""
        parent = f"{item['parent']} " if item["parent"] else ""
        flag = f", DISRUPTIVE: {item['interrupts']}" if item["disruptive"] else ""
        title = f"{item['phase']}: {item['verb']} {item['system']} {item['kind']} {parent}{item['key']}{place}{flag}"
        diffs.append(
            {
                "before_header": title,
                "after_header": title,
                "before": item["before"] or {},
                "after": item["after"] or {},
            }
        )
    return diffs
