# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet: inventory hosts matched with the server's aggregators and AWS's instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..._grammar import nearest
from ..._model.desired_network import DesiredHost, DesiredNetwork, Report
from ..._model.finding import Difference
from ..._model.ownership import is_own_object
from ..._model.state import Cloud, Instance, Server
from ..._parents import AGGREGATOR, parent_of
from ..inputs.values import is_address, number_of
from .differences import about_aggregator, about_instance, about_no_instance

NO_INSTANCE = (
    "has no aws_instance_id, which its CPE NAT entries and gateways need to find its network interface. Set it."
)

LEFT_OUT = (
    'This run changes nothing of this aggregator and keeps all that it has; removals wait (docs/how-to.md, "Go on '
    'without an aggregator").'
)


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
    manage_host: bool = False
    """True if the collection manages the aggregator's host configuration, over SSH."""

    @property
    def parent(self) -> str:
        """Return the name by which objects belong to the aggregator: "aggregators/7"."""
        return parent_of(AGGREGATOR, self.id)


@dataclass
class Fleet:
    """The members that stay, those that leave, and what is known of the latter's addresses."""

    members: list[Member] = field(default_factory=list)
    decommissioned: list[Member] = field(default_factory=list)
    """Decommissioned aggregators; `host` is empty where the inventory has none any more."""
    decommissioned_addresses: set[str] = field(default_factory=set)
    decommissioned_unknown: bool = False
    """True if an aggregator to decommission has a private address that is not known any more."""
    primary_devices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    speakers: tuple[Member, ...] = ()
    """The members between which BGP runs (`bonding_bgp.aggregators`); none without `bonding_bgp`."""
    is_incomplete: bool = False
    """A host is wrong, or an aggregator of the network has none: much else that is wrong only follows from that."""
    unavailable: dict[str, str] = field(default_factory=dict)
    """Hosts that a run leaves out, without an instance or out of reach of SSH -> the reason: "has no instance"."""
    lost: dict[int, str] = field(default_factory=dict)
    """Names, by id, of the aggregators with objects of this network that no host of the inventory is."""

    def by_host(self, host: str) -> Member | None:
        """Return the member of this inventory name."""
        return next((member for member in self.members if member.host == host), None)

    def by_id(self, number: int | None) -> Member | None:
        """Return the member with this aggregator id."""
        return next((member for member in self.members if member.id == number), None)

    def lacks_instance(self, member: Member) -> bool:
        """Return True if a run leaves the member out because EC2 has no instance of it."""
        return member.instance is None and member.host in self.unavailable

    def by_interface(self, interface_id: str | None) -> Member | None:
        """Return the member, decommissioned or not, with this primary network interface."""
        return next(
            (
                m
                for m in (*self.members, *self.decommissioned)
                if m.instance and m.instance.interface_id == interface_id
            ),
            None,
        )

    def by_instance(self, instance_id: str | None) -> Member | None:
        """Return the member, decommissioned or not, that is this instance."""
        return next(
            (m for m in (*self.members, *self.decommissioned) if m.instance and m.instance.id == instance_id), None
        )


def is_down(member: Member, server: Server) -> bool:
    """Return True if the management server sees an aggregator as down, or has it no more."""
    found = server.aggregators.get(member.id)
    return found is None or found.status == "down"


def is_alive(member: Member, server: Server) -> bool:
    """Return True if an aggregator's instance runs, and the management server does not see it as down.

    EC2 says of an instance that hangs that it runs.
    """
    return member.instance is not None and member.instance.state == "running" and not is_down(member, server)


def some(names: Sequence[str], most: int = 3) -> str:
    """Return the first names, and how many more there are: a message stays readable with hundreds of them."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f", and {more} more" if more > 0 else "")


def refuse(fleet: Fleet, text: str, report: Report) -> None:
    """Note a problem of the fleet itself."""
    fleet.is_incomplete = True
    report.problem(text)


def leave_out(host: str, reason: str, text: str, fleet: Fleet, report: Report, about: Difference) -> None:
    """Leave an aggregator out of this run, whose others go on."""
    fleet.unavailable[host] = reason
    report.warn(text, about)


def refuse_unless_incomplete(fleet: Fleet, text: str, report: Report) -> None:
    """Report a problem; leave it out where a wrong or absent host causes it, since that host is reported."""
    if fleet.is_incomplete:
        report.leave_out(text)
    else:
        report.problem(text)


def refuse_host(name: str, option: str, fleet: Fleet, report: Report) -> None:
    """Note a name that no member has; the name of a lost aggregator only follows from its loss."""
    if any(name == member.host for member in fleet.decommissioned):
        text = f"{option}: {name!r} is in bonding_decommissioned. Name an aggregator that stays."
    else:
        meant = nearest(name, (member.host for member in fleet.members)) or "."
        text = f"{option}: {name!r} is not a host of the inventory's group{meant}"
    if name in fleet.lost.values():
        report.leave_out(text)
    else:
        report.problem(text)


def find_aggregator(reference: str, server: Server) -> int | str:
    """Return the id of the aggregator named by its id or exact name; else a sentence that says why not."""
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


def _instance(host: DesiredHost, cloud: Cloud, fleet: Fleet, report: Report) -> Instance | None:
    instance = cloud.instances.get(host.instance_id or "")
    if instance and host.private_ip and host.private_ip != instance.private_ip:
        text = f"{host.host}: aws_private_ip_address is {host.private_ip}, but the primary address of {instance.id} is "
        refuse(fleet, f"{text}{instance.private_ip}. Leave it out, or correct one of both.", report)
    return instance


def is_settled(network: str, number: int | str, server: Server) -> bool:
    """Return True if an aggregator has protocols of this network: an earlier run has configured it."""
    objects = server.objects.get(number, ()) if isinstance(number, int) else ()
    return any("protocol" in obj.kind and is_own_object(network, obj) for obj in objects)


def _judge_unknown_instances(
    desired: DesiredNetwork, server: Server, cloud: Cloud, fleet: Fleet, report: Report
) -> None:
    """Name the instances that EC2 does not have, those of a region in one sentence if it has none of them.

    A run leaves out an aggregator that an earlier run has configured: its instance was terminated, and the others need
    not wait for its successor.
    """
    regions: dict[str | None, list[DesiredHost]] = {}
    for host in desired.hosts:
        if host.instance_id:
            regions.setdefault(host.region, []).append(host)
    for region, hosts in regions.items():
        unknown = [
            host
            for host in hosts
            if host.instance_id not in cloud.instances and host.host not in desired.decommissioned
        ]
        if len(unknown) > 1 and unknown == hosts:
            listing = some([f"{host.host}: {host.instance_id}" for host in unknown])
            refuse(
                fleet,
                f"aws_region: AWS has none of the instances in the region {region or 'given'} ({listing}). Correct "
                "aws_region, or use credentials of the account that has them.",
                report,
            )
            continue
        for host in unknown:
            text = f"{host.host}: AWS has no instance {host.instance_id} in the region {region or 'given'}."
            number = find_aggregator(host.aggregator, server)
            is_id = str(host.instance_id).startswith("i-")
            if is_id and len(desired.hosts) > 1 and is_settled(desired.network, number, server):
                way = "Give the aws_instance_id of its successor, or correct it."
                about = about_no_instance(host.host, host.instance_id)
                leave_out(host.host, "has no instance", f"{text} {LEFT_OUT} {way}", fleet, report, about)
            else:
                refuse(fleet, f"{text} Correct aws_instance_id, or aws_region.", report)


def resolve_fleet(desired: DesiredNetwork, server: Server, cloud: Cloud, report: Report) -> Fleet:
    """Match every host with its aggregator and instance; name whatever does not fit."""
    fleet = Fleet()
    if not desired.absent:
        _judge_unknown_instances(desired, server, cloud, fleet, report)
    seen: dict[int, str] = {}
    left = set(desired.decommissioned)
    for host in desired.hosts:
        number = find_aggregator(host.aggregator, server)
        instance = _instance(host, cloud, fleet, report)
        leaves = host.host in desired.decommissioned
        left.discard(host.host)
        fleet.primary_devices[host.host] = host.primary_devices
        if isinstance(number, str):
            # a teardown also clears the AWS side of an aggregator that the server has forgotten
            if desired.absent or leaves:
                fleet.decommissioned.append(_member(host, -1, host.aggregator, instance, cloud))
            else:
                refuse(fleet, f"{host.host}: bonding_aggregator: {number}.", report)
            continue
        if number in seen:
            text = f"{host.host}: is aggregator {number} on the server, and so is {seen[number]}. Give each its own "
            refuse(fleet, f"{text}bonding_aggregator.", report)
            continue
        seen[number] = host.host
        member = _member(host, number, server.aggregators[number].name, instance, cloud)
        if leaves or desired.absent:
            fleet.decommissioned.append(member)
            fleet.decommissioned_unknown |= member.private_ip is None
            left -= {member.name, str(member.id)}
            continue
        fleet.members.append(member)
        _warn_of_state(member, server, report)
        unknown = member.private_ip is None and not host.instance_id
        if unknown and (desired.bgp or any(space.vxlan for space in desired.spaces)):
            refuse(
                fleet,
                f"{host.host}: its private address is not known: set aws_instance_id (it is looked up) or "
                "aws_private_ip_address. A mesh is never built without a member that should be in it.",
                report,
            )
    _leave(left, desired, server, fleet, report)
    _refuse_removed(desired, server, fleet, report)
    return fleet


def _warn_of_state(member: Member, server: Server, report: Report) -> None:
    """Say that an aggregator does not run: what it shall have is configured all the same, and waits for it."""
    if member.instance and member.instance.state != "running":
        report.warn(
            f"{member.host}: its instance {member.instance.id} is {member.instance.state}: what is configured takes "
            "effect when it runs. Start it.",
            about_instance(member.host, member.instance),
        )
    if server.aggregators[member.id].status == "down":
        report.warn(
            f"{member.host}: aggregator {member.name} is down, as the management server sees it: it gets its "
            "configuration when it is up again, and its bonds are elsewhere until then.",
            about_aggregator(member.host, "down"),
        )


def _member(host: DesiredHost, number: int, name: str, instance: Instance | None, cloud: Cloud) -> Member:
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
        manage_host=host.manage_host,
    )


def _leave(names: Iterable[str], desired: DesiredNetwork, server: Server, fleet: Fleet, report: Report) -> None:
    """Note entries of bonding_decommissioned that are no host of the inventory, but an aggregator or an address."""
    for name in names:
        if is_address(name):
            fleet.decommissioned_addresses.add(name)
            continue
        number = find_aggregator(name, server)
        if isinstance(number, str):
            report.warn(
                f"bonding_decommissioned: {name!r}: {number}, and the inventory has no such host; it has left already?"
            )
            fleet.decommissioned_unknown = True
            continue
        aggregator = server.aggregators[number]
        if host := fleet.by_id(number):
            report.problem(
                f"bonding_decommissioned: {name!r} is aggregator {number}, which is host {host.host} of the "
                "inventory: name the host."
            )
            continue
        fleet.decommissioned.append(Member(host="", id=number, name=aggregator.name, index=number, private_ip=None))
        fleet.decommissioned_unknown = True
    fleet.decommissioned_addresses |= {member.private_ip for member in fleet.decommissioned if member.private_ip}


def _refuse_removed(desired: DesiredNetwork, server: Server, fleet: Fleet, report: Report) -> None:
    """Refuse an aggregator with objects of this network that is not a host any more: a mesh never shrinks by a slip."""
    known = {member.id for member in (*fleet.members, *fleet.decommissioned)}
    wrong = fleet.is_incomplete
    for number, objects in server.objects.items():
        if number in known:
            continue
        names = sorted(t.key for t in objects if "protocol" in t.kind and is_own_object(desired.network, t))
        if not names:
            continue
        aggregator = server.aggregators[number]
        if desired.absent:
            fleet.decommissioned.append(Member(host="", id=number, name=aggregator.name, index=number, private_ip=None))
            continue
        hosts = some(sorted(host.host for host in desired.hosts)) or "none"
        text = (
            f"aggregator {aggregator.name} (id {number}): no host of the inventory is this aggregator, which has "
            f"objects of the network {desired.network} ({some(names)}; hosts: {hosts}). "
        )
        fleet.lost[number] = aggregator.name
        if wrong:
            text += "Correct the hosts that are named above; if it is none of them, add its host to the inventory."
        else:
            text += (
                "A mesh is not made smaller by an inventory that lost a host: add the host again, or declare it in "
                "bonding_members if this run has a part of the hosts (a slice, a disabled host). How an aggregator is "
                'taken out for good is in docs/how-to.md, "Take an aggregator out".'
            )
        report.problem(text)
    fleet.is_incomplete = wrong or bool(fleet.lost)
