# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that no piece has taken, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._design.checks.foreign_protocols import ROUTING
from .._design.mesh.discovery import protocol_patterns
from .._model.state import ElasticIp
from .._objects import SLOTS, Object
from .model import Claim, Findings, Host, Live, aws_claim, some_of

REASONS = {
    "ethernet_interface": "no network interface of the aggregator's instance has its address",
    "vlan_interface": "the collection makes no VLAN interfaces",
    "static_protocol": "it has no default route by a gateway's network interface",
    "bgp_protocol": "its neighbour is not an aggregator, or it is in a space",
}


def leave_rest(live: Live, findings: Findings) -> None:
    """Note every object of both sides that is neither placed nor explained yet."""
    claimed = findings.claimed
    hosts = {host.aggregator: host for host in live.hosts}
    for number, objects in sorted(live.server.objects.items()):
        for obj in objects:
            if obj.identity not in claimed:
                reason = _reason_of_filter(obj, objects) if obj.kind == "filter" else _reason(obj)
                if number not in hosts:
                    reason = "its aggregator is not a host of the inventory"
                findings.leave(obj.title, reason, obj.identity)
    for subject, reason, claim in _of_aws(live):
        if claim not in claimed:
            findings.leave(subject, reason, claim)


def _reason_of_filter(obj: Object, objects: Iterable[Object]) -> str:
    users = [one.key for one in objects if any((one.data.get(slot) or {}).get("filter") == obj.key for slot in SLOTS)]
    return f"it belongs to {some_of(users)}, whose filters stay as they are" if users else "no protocol uses it"


def _reason(obj: Object) -> str:
    if obj.kind == "vxlan_interface":
        return "it has no space, and no BGP session runs over it" if obj.data.get("space") is None else "no mesh has it"
    if obj.kind == "ethernet_interface" and obj.data.get("space") is None:
        return "it is in no space"
    if obj.kind in ROUTING:
        return (
            f"it names no interface of a mesh that is placed (its patterns: {some_of(sorted(protocol_patterns(obj)))})"
        )
    return REASONS.get(obj.kind, "the collection makes no objects of this kind")


def _of_aws(live: Live) -> Iterator[tuple[str, str, Claim]]:
    """Yield (subject, reason, claim) of what the aggregators have on AWS, and of all Elastic IPs."""
    machines = {host.instance.id: host for host in live.hosts if host.instance}
    primaries = {host.instance.interface_id: host for host in live.hosts if host.instance}
    for elastic_ip in live.cloud.addresses:
        claim = aws_claim("elastic_ip", elastic_ip.allocation_id)
        yield f"Elastic IP {elastic_ip.public_ip}", _reason_of_address(elastic_ip, primaries, live), claim
    for host in primaries.values():
        instance: Any = host.instance
        with_public = {one.private_ip for one in live.cloud.addresses if one.interface_id == instance.interface_id}
        for address in instance.addresses:
            if address != instance.private_ip and address not in with_public:
                claim = aws_claim("private_address", f"{instance.interface_id} {address}")
                yield f"private address {address} of {host.name}", "it carries no Elastic IP", claim
    for number, interface in sorted(live.cloud.interfaces.items()):
        owner = machines.get(interface.instance_id or "")
        if owner and number not in primaries:
            text = f"no Ethernet interface of {owner.name} in a space has its address {interface.private_ip}"
            yield f"network interface {number} of {owner.name}", text, aws_claim("network_interface", number)
    attached = {number for number, one in live.cloud.interfaces.items() if one.instance_id in machines}
    for number, table in sorted(live.cloud.route_tables.items()):
        for route in table.routes:
            target = route.target or ""
            lost = target.startswith("eni-") and (route.state == "blackhole" or _is_detached(target, live))
            if lost or (target in attached and target not in primaries):
                text = f"{target} is attached to no instance" if lost else f"{target} is not a gateway that is placed"
                claim = aws_claim("route", f"{number} {route.destination}")
                yield f"route of {route.destination} in {number} to {target}", text, claim


def _is_detached(number: str, live: Live) -> bool:
    found = live.cloud.interfaces.get(number)
    return found is None or found.instance_id is None


def _reason_of_address(elastic_ip: ElasticIp, primaries: dict[str, Host], live: Live) -> str:
    if elastic_ip.interface_id is None:
        return "it is associated with nothing"
    host = primaries.get(elastic_ip.interface_id)
    if host is None:
        interface = live.cloud.interfaces.get(elastic_ip.interface_id)
        place = f" of {interface.instance_id}" if interface and interface.instance_id else ""
        return f"it is on {elastic_ip.private_ip} of {elastic_ip.interface_id}{place}, no gateway that is placed"
    if elastic_ip.private_ip == host.private_ip:
        return f"it is the aggregator's own address, on the primary private address of {host.name}"
    return f"no bond has {elastic_ip.private_ip} of {host.name} as its CPE NAT IP"
