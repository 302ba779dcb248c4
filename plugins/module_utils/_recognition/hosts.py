# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of the inventory: aggregators joined to instances, as the inventory plugin joins them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._live_inventory import HOSTNAME, Instance, Joined
from .._model.state import Aggregator, Cloud, Server
from .model import Findings, Host, aws_claim, some_of


@dataclass(frozen=True)
class _Endpoints:
    """Members of the VXLAN of one space and VNI, and the private addresses that their endpoints name."""

    members: frozenset[int]
    named: frozenset[str]


def recognise_hosts(server: Server, cloud: Cloud, joined: Joined, findings: Findings) -> tuple[Host, ...]:
    """Return a host for each aggregator whose private address is known."""
    names = _names(server)
    found: dict[int, Host] = {}
    for number, aggregator in sorted(server.aggregators.items()):
        instance = None if number in joined.unclear else joined.instances.get(number)
        same_name = Counter(one.name for one in server.aggregators.values())[aggregator.name]
        by_name = same_name == 1 and not aggregator.name.isdigit() and bool(HOSTNAME.fullmatch(aggregator.name))
        found[number] = Host(
            name=names[number],
            aggregator=number,
            reference=aggregator.name if by_name else str(number),
            instance=cloud.instances.get(instance.id) if instance else None,
            region=instance.region if instance else None,
            private_ip=instance.private_ip if instance else None,
            ip=aggregator.ip,
            reason=_reason(aggregator, instance) if instance else "",
        )
    known = {number: host.private_ip for number, host in found.items() if host.private_ip}
    for number, host in found.items():
        if number not in known:
            address = _deduced(number, server, known)
            reason = f"it is on no instance; the endpoints of the others name {address}" if address else ""
            found[number] = replace(host, private_ip=address, reason=reason)
    for host in found.values():
        if host.private_ip is None:
            text = (
                f"no instance that was read is joined to it (its address is {host.ip or 'none'}), and no endpoint "
                "tells its private one: name its region (bonding_import_regions) or its instance "
                "(bonding_import_instances)"
            )
            subject = f"aggregator {server.aggregators[host.aggregator].name} (id {host.aggregator})"
            findings.leave(subject, joined.unclear.get(host.aggregator, text))
    _leave_instances(tuple(found.values()), cloud, findings)
    return tuple(host for host in found.values() if host.private_ip is not None)


def _reason(aggregator: Aggregator, instance: Instance) -> str:
    if aggregator.ip in instance.public_ips:
        return f"its address {aggregator.ip} is that of {instance.id}"
    return "a tag or bonding_import_instances joins it"


def _names(server: Server) -> dict[int, str]:
    """Return each aggregator's name in the inventory: its own, if Ansible takes it and no other has it."""
    counts = Counter(one.name for one in server.aggregators.values())
    return {
        number: one.name if HOSTNAME.fullmatch(one.name) and counts[one.name] == 1 else f"aggregator-{number}"
        for number, one in server.aggregators.items()
    }


def _deduced(number: int, server: Server, known: Mapping[int, str]) -> str | None:
    """Return the private address of an aggregator without an instance, if every mesh that it is in leaves one alone.

    The others' endpoints name an address that is nobody's, and it is the only member whose address is not known.
    """
    answers: set[str] = set()
    for mesh in _meshes(server):
        lacking = mesh.members - known.keys()
        if number not in mesh.members:
            continue
        unknown = mesh.named - set(known.values())
        if lacking != {number} or len(unknown) != 1:
            return None
        answers |= unknown
    return answers.pop() if len(answers) == 1 else None


def _meshes(server: Server) -> list[_Endpoints]:
    members: dict[tuple[str | None, int], set[int]] = {}
    named: dict[tuple[str | None, int], set[str]] = {}
    for number, objects in server.objects.items():
        for obj in objects:
            if obj.kind == "vxlan_interface":
                mesh = (obj.data.get("space"), obj.data["vni"])
                members.setdefault(mesh, set()).add(number)
                named.setdefault(mesh, set()).update(one["ip"] for one in obj.data.get("endpoints") or ())
    return [_Endpoints(frozenset(members[mesh]), frozenset(named[mesh])) for mesh in sorted(members, key=str)]


def _leave_instances(hosts: tuple[Host, ...], cloud: Cloud, findings: Findings) -> None:
    """Name the instances in the aggregators' VPCs that are no aggregator; those elsewhere are none of this network."""
    used = {host.instance.id for host in hosts if host.instance}
    places = {host.instance.vpc_id for host in hosts if host.instance}
    for number, instance in sorted(cloud.instances.items()):
        if number not in used and instance.vpc_id in places:
            publics = some_of(sorted(instance.publics.values())) or "no public address"
            text = f"it is in a VPC of aggregators, and no aggregator has its address ({publics})"
            findings.leave(f"instance {number}", text, aws_claim("instance", number))
