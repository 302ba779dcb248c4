# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet: inventory hosts matched with the server's aggregators and AWS's instances. Private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field

from .given import number_of
from .intent import HostIntent, Intent, Report
from .ownership import own_thing
from .state import Cloud, Instance, Server

MINIMUM_VERSION = (6, 5)
"""Aggregator interfaces and custom routing protocols came with Bonded Internet 6.5 (AN-001)."""


@dataclass(frozen=True)
class Member:
    """One aggregator of the network."""

    host: str
    id: int
    name: str
    index: int
    private_ip: str | None
    instance: Instance | None = None
    subnet: str | None = None
    reachable: bool = False
    primary_devices: tuple[str, ...] = ()
    host_side: bool = False
    """Whether the aggregator's own side is looked after, over SSH."""

    @property
    def parent(self) -> str:
        """The aggregator's path on the server."""
        return f"aggregators/{self.id}"


@dataclass
class Fleet:
    """The members that stay, those that leave, and what is known of the latter's addresses."""

    members: list[Member] = field(default_factory=list)
    leaving: list[Member] = field(default_factory=list)
    """Leaving aggregators; `host` is empty where the inventory has none any more."""
    leaving_addresses: set[str] = field(default_factory=set)
    leaving_unknown: bool = False
    """Whether one leaves whose private address nobody knows any more."""
    primary_devices: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def by_host(self, host: str) -> Member | None:
        """The member of this inventory name."""
        return next((member for member in self.members if member.host == host), None)

    def by_id(self, number: int | None) -> Member | None:
        """The member with this aggregator id."""
        return next((member for member in self.members if member.id == number), None)

    def by_interface(self, interface_id: str | None) -> Member | None:
        """The member, leaving or not, with this primary network interface."""
        return next(
            (m for m in (*self.members, *self.leaving) if m.instance and m.instance.interface_id == interface_id), None
        )

    def by_instance(self, instance_id: str | None) -> Member | None:
        """The member, leaving or not, that is this instance."""
        return next((m for m in (*self.members, *self.leaving) if m.instance and m.instance.id == instance_id), None)


def find_aggregator(reference: str, server: Server) -> int | str:
    """The id of the aggregator named by digits (its id) or by its exact name; else a sentence that says why not."""
    number = number_of(reference)
    if number is not None:
        return number if number in server.aggregators else f"the server has no aggregator with the id {number}"
    found = [aggregator for aggregator in server.aggregators.values() if aggregator.name == reference]
    if len(found) == 1:
        return found[0].id
    if not found:
        names = ", ".join(sorted(aggregator.name for aggregator in server.aggregators.values())) or "none"
        return f"the server has no aggregator named {reference!r} (it has: {names})"
    listing = ", ".join(f"id {aggregator.id} in space {aggregator.space}" for aggregator in found)
    return f"the name {reference!r} is not unique on the server ({listing}): give the id"


def _version(text: str | None) -> tuple[int, ...]:
    numbers = (number_of(part) for part in (text or "").split(".")[:2])
    return tuple(number for number in numbers if number is not None)


def _instance(host: HostIntent, intent: Intent, cloud: Cloud, report: Report) -> Instance | None:
    if not host.instance_id:
        return None
    instance = cloud.instances.get(host.instance_id)
    if instance is None and not intent.absent:
        report.problem(f"{host.host}: AWS has no instance {host.instance_id} in the region {host.region or 'given'}.")
    if instance and host.private_ip and host.private_ip != instance.private_ip:
        report.problem(
            f"{host.host}: aws_private_ip_address is {host.private_ip}, but the primary address of {instance.id} is "
            f"{instance.private_ip}."
        )
    return instance


def resolve_fleet(intent: Intent, server: Server, cloud: Cloud, report: Report) -> Fleet:
    """Match every host with its aggregator and instance; name whatever does not fit."""
    fleet = Fleet()
    seen: dict[int, str] = {}
    left = set(intent.leaving)
    for host in intent.hosts:
        number = find_aggregator(host.aggregator, server)
        instance = _instance(host, intent, cloud, report)
        leaves = host.host in intent.leaving
        left.discard(host.host)
        fleet.primary_devices[host.host] = host.primary_devices
        if isinstance(number, str):
            # a teardown also clears the AWS side of an aggregator that the server has forgotten
            if intent.absent or leaves:
                fleet.leaving.append(_member(host, -1, host.aggregator, instance, cloud))
            else:
                report.problem(f"{host.host}: bonding_aggregator: {number}.")
            continue
        if number in seen:
            report.problem(f"{host.host}: is aggregator {number} on the server, and so is {seen[number]}.")
            continue
        seen[number] = host.host
        member = _member(host, number, server.aggregators[number].name, instance, cloud)
        if leaves or intent.absent:
            fleet.leaving.append(member)
            left -= {member.name, str(member.id)}
            continue
        fleet.members.append(member)
        version = server.aggregators[number].version
        if version and _version(version) < MINIMUM_VERSION:
            report.problem(
                f"{host.host}: aggregator {member.name} runs version {version}; interfaces and protocols need 6.5 or "
                "later."
            )
        if member.private_ip is None and (intent.bgp or any(space.vxlan for space in intent.spaces)):
            report.problem(
                f"{host.host}: its private address is not known: set aws_instance_id (it is looked up) or "
                "aws_private_ip_address. A mesh is never built without a member that should be in it."
            )
    _leave(left, intent, server, fleet, report)
    _refuse_gone(intent, server, fleet, report)
    return fleet


def _member(host: HostIntent, number: int, name: str, instance: Instance | None, cloud: Cloud) -> Member:
    subnet = cloud.subnets.get(instance.subnet_id) if instance else None
    return Member(
        host=host.host,
        id=number,
        name=name,
        index=host.index if host.index is not None else number,
        private_ip=instance.private_ip if instance else host.private_ip,
        instance=instance,
        subnet=subnet.cidr if subnet else None,
        reachable=host.reachable,
        primary_devices=host.primary_devices,
        host_side=host.host_side,
    )


def _is_address(text: str) -> bool:
    try:
        return bool(ipaddress.IPv4Address(text))
    except ValueError:
        return False


def _leave(names: Iterable[str], intent: Intent, server: Server, fleet: Fleet, report: Report) -> None:
    """Those named in bonding_leaving that are no host of the inventory: an aggregator on the server, or an address."""
    for name in names:
        if _is_address(name):
            fleet.leaving_addresses.add(name)
            continue
        number = find_aggregator(name, server)
        if isinstance(number, str):
            report.warn(
                f"bonding_leaving: {name!r}: {number}, and the inventory has no such host; it has left already?"
            )
            fleet.leaving_unknown = True
            continue
        aggregator = server.aggregators[number]
        if host := fleet.by_id(number):
            report.problem(
                f"bonding_leaving: {name!r} is aggregator {number}, which is host {host.host} of the "
                "inventory: name the host."
            )
            continue
        fleet.leaving.append(Member(host="", id=number, name=aggregator.name, index=number, private_ip=None))
        fleet.leaving_unknown = True
    fleet.leaving_addresses |= {member.private_ip for member in fleet.leaving if member.private_ip}


def _refuse_gone(intent: Intent, server: Server, fleet: Fleet, report: Report) -> None:
    """An aggregator that has this network's objects, but is no host any more, is a refusal, never a smaller mesh."""
    known = {member.id for member in (*fleet.members, *fleet.leaving)}
    for number, things in server.things.items():
        if number in known:
            continue
        names = sorted(t.key for t in things if "protocol" in t.kind and own_thing(intent.network, t))
        if not names:
            continue
        aggregator = server.aggregators[number]
        if intent.absent:
            fleet.leaving.append(Member(host="", id=number, name=aggregator.name, index=number, private_ip=None))
            continue
        report.problem(
            f"aggregator {aggregator.name} (id {number}) has objects of the network {intent.network} "
            f"({', '.join(names[:3])}{', ...' if len(names) > 3 else ''}), but no host of the inventory is this "
            f"aggregator. A mesh is not made smaller by an inventory that lost a host: if it is to leave, say "
            f"bonding_leaving: [{aggregator.name}]."
        )
