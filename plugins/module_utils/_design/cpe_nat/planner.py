# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses for bonds: a secondary private address with an Elastic IP, as the bond's CPE NAT IP (AN-001).

The owner of an address is the aggregator whose primary interface carries it; it is never
moved because a bond moved (that is reported as drift), only because an operator says so.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..._model.addresses import lies_in, network_of
from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import (
    TAG_ADOPTED,
    TAG_CONNECTED_IP,
    TAG_FOLLOWED_FROM,
    TAG_INTERFACE,
    TAG_KEY,
    TAG_MOVING_FROM,
    TAG_NETWORK,
    TAG_PRIVATE_IP,
    TAG_RETIRED,
    cpe_nat_key,
    tags,
)
from ..._model.phases import Phase, stage
from ..._model.plan import KNOWN_AFTER_APPLY, Placement
from ..._model.role_inputs import CpeNatInput
from ..._model.state import Cloud, ElasticIp, Instance
from ..._objects import Change, Object
from ..aggregators.fleet import NO_INSTANCE, Fleet, Member, refuse_host, refuse_unless_incomplete
from ..context import Context
from ..renames import check_entry_names
from .bond_locations import check_place, note_followed, warn_of_failover
from .connected_ips import check_connected_ip, tag_of
from .entries import PREFIX, Entry, adopts, check_entry, check_public_ip, current_address, is_retired
from .fixed_options import check_bond, check_pool, check_public_ip_stays
from .lost_addresses import is_lost, lost_hosts
from .private_addresses import Addresses
from .relocation import followed_from, has_followed, moves_of
from .shared_addresses import warn_of_disabled

PART = "cpe_nat"


def own_addresses(desired: DesiredNetwork, cloud: Cloud) -> dict[str, ElasticIp]:
    """Return the network's CPE NAT Elastic IPs by entry key; a retired one where an entry has no other."""
    return {key: addresses[0] for key, addresses in all_addresses(desired, cloud).items()}


def all_addresses(desired: DesiredNetwork, cloud: Cloud) -> dict[str, list[ElasticIp]]:
    """Return all Elastic IPs of each entry key: retired ones last, as module cpe_nat_eips takes them."""
    found: dict[str, list[ElasticIp]] = {}
    for address in sorted(cloud.addresses, key=lambda one: (is_retired(one), one.allocation_id)):
        key = address.tags.get(TAG_KEY, "")
        if address.tags.get(TAG_NETWORK) == desired.network and key.startswith(PREFIX):
            found.setdefault(key.removeprefix(PREFIX), []).append(address)
    return found


def _owner(entry: Entry, address: ElasticIp | None, context: Context) -> tuple[Member | None, Member | None]:
    """Return (present owner, wanted owner) of an entry's address; None, None with a problem."""
    fleet, report = context.fleet, context.report
    wanted: Member | None = None
    if entry.desired.aggregator:
        wanted = fleet.by_host(entry.desired.aggregator)
        if wanted is None:
            refuse_host(entry.desired.aggregator, f"{entry.desired.label}: aggregator", fleet, report)
            return None, None
    if address is None or is_retired(address) or is_lost(address, fleet):
        if wanted is None:
            number = entry.bond.present or entry.bond.primary
            wanted = fleet.by_id(number)
            if wanted is None:
                text = f"{entry.desired.label}: bond {entry.bond.id} is on aggregator {number}, which is not a host of "
                refuse_unless_incomplete(fleet, f"{text}the inventory's group: give the entry an aggregator.", report)
        return None, wanted
    interface = address.interface_id or address.tags.get(TAG_INTERFACE)
    owner = fleet.by_interface(interface)
    if owner is None:
        text = (
            f"{entry.desired.label}: its Elastic IP {address.public_ip} is on the network interface {interface}, which "
            "is the primary interface of no aggregator of the inventory. Name its instance again; or, where another "
            "one has taken its place, disassociate it, and the next run takes it there: aws ec2 disassociate-address "
            "--association-id $(aws ec2 describe-addresses --query Addresses[0].AssociationId --output text "
            f"--allocation-ids {address.allocation_id})"
        )
        if fleet.unavailable and not fleet.is_incomplete:
            report.warn(
                f"{entry.desired.label}: this run keeps its Elastic IP {address.public_ip} on the network interface "
                f"{interface}, which may be that of {' or '.join(sorted(fleet.unavailable))}."
            )
        else:
            refuse_unless_incomplete(fleet, text, report)
        return None, None
    if fleet.by_host(owner.host) is None and wanted is None:
        report.problem(
            f"{entry.desired.label}: {owner.host} is in bonding_decommissioned, but owns its address "
            f"{address.public_ip}: give the entry another aggregator first."
        )
        return None, None
    if wanted and wanted is not owner and has_followed(address, wanted, context.desired):
        note_followed(entry, owner, wanted, context)
        wanted = owner
    return owner, wanted or owner


def _begun(address: ElasticIp, owner: Member) -> str | None:
    """Return the private address that a run which was killed has assigned already: the module takes it up, too."""
    tagged = address.tags.get(TAG_PRIVATE_IP)
    there = owner.instance is not None and address.tags.get(TAG_INTERFACE) == owner.instance.interface_id
    if is_retired(address) or not there or owner.instance is None or tagged not in owner.instance.addresses:
        return None
    return tagged if owner.instance.publics.get(tagged) in (None, address.public_ip) else None


def _check_free(entry: Entry, address: ElasticIp, current: str, fleet: Fleet, report: Report) -> None:
    """Refuse where the entry's private address carries the public address of others, and its own one nothing."""
    owner = fleet.by_interface(address.tags.get(TAG_INTERFACE))
    holder = owner.instance.publics.get(current) if owner and owner.instance else None
    if address.interface_id is None and owner and owner.instance and holder not in (None, address.public_ip):
        report.problem(
            f"{entry.desired.label}: its private address {current} on {owner.instance.interface_id} ({owner.host}) "
            f"carries {holder}, which is not its Elastic IP {address.public_ip} ({address.allocation_id}). "
            "Disassociate that one, or retire the entry."
        )


def entry_input(entry: Entry, owner: Member, private_ip: str, made_connected_ip: str | None) -> CpeNatInput:
    """Return an ENTRY of role eip_cpe_nat."""
    wanted = entry.desired
    return CpeNatInput(
        key=entry.key,
        bond=entry.bond.id,
        interface=wanted.interface,
        connected_ip=wanted.connected_ip,
        nat_ip=wanted.nat_ip,
        include_private_wan=wanted.include_private_wan,
        interface_id=owner.instance.interface_id if owner.instance else None,
        private_ip=wanted.private_ip,
        preferred_private_ip=private_ip,
        pool=wanted.pool,
        public_ip=wanted.public_ip,
        reverse_dns=wanted.reverse_dns,
        made_connected_ip=made_connected_ip,
    )


def bond_objects(entry: Entry, private_ip: str) -> list[Object]:
    """Return the bond's connected IP and CPE NAT IP."""
    wanted, parent = entry.desired, entry.parent
    connected: dict[str, Any] = {"interface": wanted.interface, "ip": wanted.connected_ip}
    if wanted.include_private_wan is not None:
        connected["include_private_wan"] = wanted.include_private_wan
    return [
        Object("connected_ip", parent, wanted.connected_ip, connected),
        Object("cpe_nat_ip", parent, private_ip, {"ip": private_ip, "nat_ip": wanted.nat_ip}),
    ]


def design_cpe_nat(entries: list[Entry], context: Context) -> dict[str, str]:
    """Design the addresses, associations and bond objects; return the private address of each entry by key.

    A run that only moves addresses returns those of the entries that move.
    """
    cloud, fleet, report = context.cloud, context.fleet, context.report
    own = own_addresses(context.desired, cloud)
    placing = _Placing(entries, own, Addresses(fleet, cloud, report), context)
    check_entry_names(entries, own, fleet, context.server, report)
    for entry in entries:
        if address := own.get(entry.key):
            placing.addresses.keep(address, fleet)
    if context.desired.relocation:
        for entry, owner in moves_of(entries, own, context):
            address = own[entry.key]
            placing.place(entry, fleet.by_interface(address.interface_id or address.tags.get(TAG_INTERFACE)), owner)
    else:
        for entry in entries:
            check_entry(entry, context.server, report)
            before, wanted = _owner(entry, own.get(entry.key), context)
            if wanted is not None:
                placing.place(entry, before, wanted)
    context.design.choosing |= placing.addresses.choosing
    return placing.chosen


@dataclass
class _Placing:
    """The private addresses of the entries, chosen one after the other."""

    entries: list[Entry]
    own: dict[str, ElasticIp]
    addresses: Addresses
    context: Context
    chosen: dict[str, str] = field(default_factory=dict)
    holders: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def place(self, entry: Entry, before: Member | None, owner: Member) -> None:
        """Design the address of an entry on its owner; refuse what the entry, the owner or EC2 does not allow there."""
        context = self.context
        server, cloud, fleet, report = context.server, context.cloud, context.fleet, context.report
        own, address = self.own, self.own.get(entry.key)
        if fleet.lacks_instance(owner):
            where = "the entry names this aggregator" if entry.desired.aggregator else "its bond is on no other one"
            report.warn(
                f"{entry.desired.label}: this run does not associate its Elastic IP: {owner.host} has no instance, and "
                f"{where}. Give the entry another aggregator, or {owner.host} its successor's aws_instance_id."
            )
            return
        if owner.instance is None:
            refuse_unless_incomplete(fleet, f"{owner.host}: {NO_INSTANCE}", report)
            return
        check_public_ip_stays(entry, address, report)
        check_public_ip(entry, address, owner, context)
        check_pool(entry, address, cloud, report)
        check_bond(entry, self.entries, own, server, report)
        check_connected_ip(entry, address, own, server, report)
        made = tag_of(entry, address, own, server)
        if adopts(entry, address):
            address = None  # the one that was kept stays kept
        lost = address is not None and is_lost(address, fleet)
        moved = lost or (before is not None and before.host != owner.host)
        private_ip, moved = self._private_ip(entry, address, before, owner, moved)
        if private_ip is None:
            return
        if private_ip == current_address(address):
            self._hold(entry, owner.instance, private_ip)
        self.chosen[entry.key] = private_ip
        warn_of_disabled(entry, private_ip, server, report)
        check_place(entry, owner, address, moved, context)
        warn_of_failover(entry, owner, context)
        # The move of a lost address interrupts nothing, so that it belongs to the add phase.
        assignment = Assignment(entry, owner, owner.instance, private_ip, address, moved and not lost, made)
        if moved:
            assignment = replace(assignment, followed_from=followed_from(entry, address, before, owner, context))
        _design_entry(assignment, context)

    def _private_ip(
        self, entry: Entry, address: ElasticIp | None, before: Member | None, owner: Member, moved: bool
    ) -> tuple[str | None, bool]:
        """Return the private address of an entry on its owner, None with a problem; and True if the address moves."""
        instance = owner.instance
        if instance is None:
            return None, moved
        addresses, label, wanted = self.addresses, entry.desired.label, entry.desired.private_ip
        current = current_address(address)
        if address and current:
            _check_free(entry, address, current, self.context.fleet, self.context.report)
        lost = address is not None and is_lost(address, self.context.fleet)
        place = before.instance.subnet_id if before and before.instance else None
        along = place == instance.subnet_id or (lost and addresses.lies_with(instance, current))
        stays = current is not None and (not moved or along)
        if wanted and not (stays and wanted == current):
            return addresses.fixed(owner.host, instance, wanted, label), moved or current is not None
        if stays:
            return current, moved
        begun = _begun(address, owner) if address else None
        return begun or addresses.choose(owner.host, instance, entry.key, label), moved

    def _hold(self, entry: Entry, instance: Instance, private_ip: str) -> None:
        """Refuse two entries with one private address."""
        other = self.holders.setdefault((instance.subnet_id, private_ip), entry)
        if other.key != entry.key:
            self.context.report.problem(
                f"bonding_cpe_nat_ips: the entries {other.desired.place} and {entry.desired.place} would both have the "
                f"private address {private_ip}. Give one of them another private_ip, or none."
            )


@dataclass(frozen=True)
class Assignment:
    """An entry with the aggregator and the private address that it gets; `address` is its Elastic IP, if it has one."""

    entry: Entry
    owner: Member
    instance: Instance
    private_ip: str
    address: ElasticIp | None
    is_moved: bool
    made_connected_ip: str | None
    """Value of the tag TAG_CONNECTED_IP; None if the tag stays as it is."""
    followed_from: str | None = None
    """Value of the tag TAG_FOLLOWED_FROM; None if the tag stays as it is."""

    @property
    def interrupts(self) -> str:
        """Return the text on the connections that a move interrupts; empty if there are none."""
        carries = self.address is not None and self.address.interface_id is not None
        return f"inbound connections to {self.address.public_ip}" if self.is_moved and self.address and carries else ""


def _design_entry(assignment: Assignment, context: Context) -> None:
    """Items, objects and work of one entry.

    A move comes in the switch phase, one aggregator after the other. A run that only moves addresses moves them all at
    once, in the add phase, since little or nothing reaches them until then.
    """
    design, entry, owner = context.design, assignment.entry, assignment.owner
    address, private_ip, made = assignment.address, assignment.private_ip, assignment.made_connected_ip
    is_switched = assignment.is_moved and context.desired.relocation is None
    phase: Phase = "switch" if is_switched else "add"
    key, interface = cpe_nat_key(entry.key), assignment.instance.interface_id
    wanted_tags = tags(context.desired.network, key) | {TAG_INTERFACE: interface, TAG_PRIVATE_IP: private_ip}
    if entry.desired.public_ip and (address is None or address.public_ip == entry.desired.public_ip):
        wanted_tags[TAG_ADOPTED] = "true"
    if made is not None and (made or (address and address.tags.get(TAG_CONNECTED_IP))):
        wanted_tags[TAG_CONNECTED_IP] = made
    if assignment.followed_from is not None:
        wanted_tags[TAG_FOLLOWED_FROM] = assignment.followed_from
    before_count = len(design.items)
    common = Placement(phase, PART, owner.host).interrupting(assignment.interrupts)
    if address is None:
        after = {"public_ip": entry.desired.public_ip or KNOWN_AFTER_APPLY, "tags": wanted_tags}
        if entry.desired.pool:
            after["pool"] = entry.desired.pool
        if entry.desired.reverse_dns:
            after["reverse_dns"] = entry.desired.reverse_dns
        adopted = entry.desired.public_ip is not None
        design.aws(Change("update" if adopted else "create", "elastic_ip", "", key, after=after), common)
    elif {**address.tags, **wanted_tags} != address.tags or is_retired(address) or TAG_MOVING_FROM in address.tags:
        passing = (TAG_RETIRED, TAG_MOVING_FROM)
        old = {name: address.tags.get(name) for name in (*wanted_tags, *passing) if name in address.tags}
        design.aws(Change("update", "elastic_ip", "", key, before={"tags": old}, after={"tags": wanted_tags}), common)
    name = entry.desired.reverse_dns
    if name is not None and address is not None and name.rstrip(".").lower() != address.reverse_dns:
        was, becomes = {"reverse_dns": address.reverse_dns}, {"reverse_dns": name}
        design.aws(Change("update", "elastic_ip", "", key, was, becomes), common)
    if private_ip not in assignment.instance.addresses:
        design.aws(Change("create", "private_address", interface, private_ip, after={"private_ip": private_ip}), common)
    if address is None or (address.interface_id, address.private_ip) != (interface, private_ip):
        associated = address is not None and address.interface_id is not None
        design.aws(
            Change(
                "update" if associated else "create",
                "address_association",
                interface,
                key,
                {"interface_id": address.interface_id, "private_ip": address.private_ip}
                if address and associated
                else None,
                {"interface_id": interface, "private_ip": private_ip},
            ),
            common,
        )
    found = {(t.kind, t.key): t for t in context.server.bond_objects.get(entry.bond.id, ())}
    work = replace(entry_input(entry, owner, private_ip, made), followed_from=assignment.followed_from)
    for obj in bond_objects(entry, private_ip):
        design.entries[obj.parent, obj.key] = (owner.host, work)
        for stage_phase, staged in stage(found.get((obj.kind, obj.key)), obj).items():
            if stage_phase != "add" or not is_switched:
                design.want(stage_phase, PART, owner.host, staged)
    if len(design.items) > before_count:
        design.cpe_nat[phase].append((owner.host, work))
    for left in _left_behind(assignment, found.values(), context):
        design.drop(PART, owner.host, left)
        design.cpe_nat["remove"].append(
            (owner.host, CpeNatInput(key=None, bond=entry.bond.id, private_ip=left.key, release=False))
        )


def _left_behind(assignment: Assignment, found: Iterable[Object], context: Context) -> Iterator[Object]:
    """Yield the bond's CPE NAT IPs of this entry with an address that it leaves, or has left in a run that was killed.

    The latter are named by the Elastic IP, or lead into the entry's network, and have an address of the aggregators'
    subnets that nothing has: neither these aggregators, nor those of another network. The subnet of an aggregator that
    was terminated is not known: it may be any one of the VPC.
    """
    cloud, tags = context.cloud, assignment.address.tags if assignment.address else {}
    leaving = [place.partition("/")[2] for place in tags.get(TAG_MOVING_FROM, "").split()]
    current, inside = current_address(assignment.address), network_of(assignment.entry.desired.connected_ip)
    homes = {one.subnet_id for one in cloud.instances.values()}
    vpcs = {one.vpc_id for one in cloud.instances.values()} if lost_hosts(context.desired, cloud) else set()
    around = [one for one in cloud.subnets.values() if one.id in homes or one.vpc_id in vpcs]
    assigned = {address for one in cloud.instances.values() for address in one.addresses}
    assigned |= {address for one in around for address in one.used or ()}
    for obj in found:
        if obj.kind != "cpe_nat_ip" or obj.key == assignment.private_ip:
            continue
        places = [one for one in around if lies_in(obj.key, ipaddress.IPv4Network(one.cidr))]
        if obj.key in (current, *leaving):
            yield obj
        elif places and obj.key not in assigned and inside and lies_in(obj.data.get("nat_ip"), inside):
            context.design.asks_used |= {one.id for one in places if one.used is None}
            yield obj
