# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of the module cpe_nat_eips: read, decide, carry out, report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..client import Ec2Client, describe_by
from ..executor import Work
from ..resources.elastic_ip import reverse_dns_of
from ..resources.network_interface import NETWORK_INTERFACE
from ..resources.subnet import reserved_in
from .executor import apply
from .planner import decide, is_settled, needed_interfaces
from .reader import Found, read_addresses, read_interfaces, read_limits, read_subnets
from .request import CpeNatError, Request
from .steps import Step

KIND = "cpe_nat_eip"
PARALLEL = 8
PRIMARY_INDEX = 0


def run(client: Ec2Client, params: Mapping[str, Any], check_mode: bool, parallel: int = PARALLEL) -> dict[str, Any]:
    """Make the wanted entries true and return the module's result: changed, objects, diff, warnings.

    `params` are the options of cpe_nat_eips. Raises CpeNatError (nothing was changed), Ec2Error (a listing failed,
    nothing was changed) and ApplyError (a change failed; the next run goes on from there).
    """
    request = Request.of(_with_primary_interfaces(client, params))
    found = read(client, request)
    decision = decide(request, found)
    for subnet_id in sorted(decision.choosing):
        subnet = found.subnets[subnet_id]
        found.subnets[subnet_id] = replace(subnet, reserved=reserved_in(client, subnet_id))
    if decision.choosing:
        decision = decide(request, found)
    if not check_mode:
        apply(Work(client, request.network, parallel), found, decision.steps)
    changed = [step for step in decision.steps if step.action != "none"]
    return {
        "changed": bool(changed),
        "objects": [_object(step) for step in decision.steps],
        "diff": [_diff(step) for step in changed],
        "warnings": decision.warnings,
    }


def read(client: Ec2Client, request: Request) -> Found:
    """Read what the decision needs: two calls if nothing changes, up to five more for entries that need addresses.

    The CIDR reservations of a subnet are read after that, and only if an address of the subnet is chosen.
    """
    present = request.state == "present"
    adopt = {entry.public_ip for entry in request.entries if entry.public_ip} if present else set()
    found = read_addresses(client, request.network, adopt)
    read_interfaces(client, found, needed_interfaces(request, found))
    if not present:
        return found
    unsettled = {entry.interface_id for entry in request.entries if not is_settled(entry, found)}
    interfaces = [found.interfaces[name] for name in sorted(unsettled) if name in found.interfaces]
    if interfaces:
        read_subnets(client, found, {interface.subnet_id for interface in interfaces})
        read_limits(client, found, interfaces)
    named = {entry.key for entry in request.entries if entry.reverse_dns is not None}
    theirs = {item.allocation_id for item in found.addresses if item.key in named}
    adopted = {item.allocation_id for item in found.others.values() if item.public_ip in adopt} if named else set()
    found.reverse_dns.update(reverse_dns_of(client, theirs | adopted))
    return found


def _with_primary_interfaces(client: Ec2Client, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options with the network interface of each entry that names an instance; one call if any does.

    Raises CpeNatError for an entry that names both, and for an unknown instance.
    """
    entries = params.get("entries") or []
    wanted = {entry["instance_id"] for entry in entries if entry.get("instance_id")}
    if not wanted or params.get("state") == "absent":
        return params
    found = {
        item["Attachment"]["InstanceId"]: item["NetworkInterfaceId"]
        for item in describe_by(client, NETWORK_INTERFACE.listing, "attachment.instance-id", wanted)
        if item["Attachment"].get("DeviceIndex") == PRIMARY_INDEX
    }
    problems = []
    for entry in entries:
        instance = entry.get("instance_id")
        if instance and entry.get("interface_id"):
            problems.append(f"entry {entry['key']}: instance_id and interface_id are both given; wanted one of them")
        elif instance and instance not in found:
            problems.append(
                f"entry {entry['key']}: instance_id {instance} is not an instance of this account and region"
            )
    if problems:
        raise CpeNatError(problems)
    named = [
        {**entry, "interface_id": found[entry["instance_id"]]} if entry.get("instance_id") else entry
        for entry in entries
    ]
    return {**params, "entries": named}


def _object(step: Step) -> dict[str, Any]:
    """Return the entry as it is now; one that was retired or released as it was."""
    data = dict((step.before if step.removal else step.after()) or {})
    data.pop("retired", None)
    return {
        "name": step.key,
        "key": step.key,
        "kind": KIND,
        **data,
        "changed": step.action != "none",
        "action": step.action,
    }


def _diff(step: Step) -> dict[str, Any]:
    before, after = step.before or {}, step.after() or {}
    if step.reverse_dns is not None:
        after = {**after, "reverse_dns": step.reverse_dns}
    title = f"{KIND} {step.key}"
    return {"before_header": title, "after_header": title, "before": before, "after": after}
