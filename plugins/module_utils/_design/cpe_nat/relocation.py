# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses that move to another aggregator: after their bonds, away from a host, and back to it.

An address moves only to where its bond is, or where the operator says. One that cannot move stays, with a warning that
says what would help: the others do not wait for it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..._model.addresses import lies_in
from ..._model.desired_network import DesiredNetwork, Relocation
from ..._model.names import TAG_FOLLOWED_FROM, TAG_INTERFACE
from ..._model.plan import ALLOW
from ..._model.state import ElasticIp
from ..aggregators.fleet import Member, is_alive, is_down, refuse_host, some
from ..context import Context
from ..mesh.meshes import built_transit
from .entries import Entry, current_address, find_bond, is_retired, region_of
from .lost_addresses import is_lost, last_owners
from .shared_addresses import enabled_bond


def has_followed(address: ElasticIp, member: Member, desired: DesiredNetwork) -> bool:
    """Return True if the address has left this host to follow its bond; the host may have another name since."""
    left = address.tags.get(TAG_FOLLOWED_FROM)
    names = {member.host, *(one.renamed_from for one in desired.hosts if one.host == member.host)}
    return left is not None and left in names


def home_of(entry: Entry, address: ElasticIp | None, before: Member | None, context: Context) -> str | None:
    """Return the host that an address has at home.

    The one that its entry names; else that of its first move, which later moves do not change.
    """
    if entry.desired.aggregator:
        return entry.desired.aggregator
    relocation, tags = context.desired.relocation, address.tags if address else {}
    left = tags.get(TAG_FOLLOWED_FROM)
    renamed = {one.renamed_from: one.host for one in context.desired.hosts if one.renamed_from}
    # An address that is back, or that a killed run was bringing back, has the interface at home in its tags.
    home = context.fleet.by_interface(tags.get(TAG_INTERFACE)) if left == "" else None
    told = relocation.evacuate if relocation else None
    return renamed.get(left or "", left) or (home.host if home else None) or (before.host if before else told)


def followed_from(
    entry: Entry, address: ElasticIp | None, before: Member | None, owner: Member, context: Context
) -> str | None:
    """Return the value of the tag `followed_from` after a move to `owner`; None if the tag stays as it is.

    The operator's own move, and one that brings the address home, empty the tag. An address that has lost its
    aggregator is at home where it goes, unless its entry names another one.
    """
    if context.desired.relocation is None:
        return "" if address and address.tags.get(TAG_FOLLOWED_FROM) else None
    home = home_of(entry, address, before, context)
    return "" if home in (None, owner.host) else home


def moves_of(entries: list[Entry], own: Mapping[str, ElasticIp], context: Context) -> list[tuple[Entry, Member]]:
    """Return the entries whose addresses move in this run, each with its new owner.

    :param own: the network's Elastic IPs by entry key
    """
    relocation = context.desired.relocation
    if relocation is None:
        return []
    choosing = _Choosing(own, relocation, context)
    found = [(entry, owner) for entry in choosing.entries(entries) if (owner := choosing.owner(entry))]
    choosing.warn_of_lost([entry for entry, _owner in found])
    following = not (relocation.evacuate or relocation.restore)
    if following and (number := len(choosing.moved)) > relocation.most:
        context.report.problem(
            f"bonding_follow_max: {number} bonds have left the aggregators of their public addresses (got the bonds "
            f"{some([str(bond) for bond in sorted(choosing.moved)])}, expected at most {relocation.most}). Find out "
            f"why so many moved at once. To follow them all, say -e bonding_follow_max={number}; to follow some, name "
            "them in bonding_follow_bonds."
        )
    return found


@dataclass
class _Choosing:
    """Choice of the new owners, with the room that the moves so far have taken."""

    own: Mapping[str, ElasticIp]
    relocation: Relocation
    context: Context
    taken: dict[str, int] = field(default_factory=dict)
    """Number of addresses that the moves bring to each host."""
    moved: set[int] = field(default_factory=set)
    """The bonds whose addresses move."""
    lost: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    """Keys of the lost addresses that others than the host to evacuate may have had, by these hosts."""

    def entries(self, entries: list[Entry]) -> list[Entry]:
        """Return the entries that the run is about; a bond that no entry names is left out with a warning."""
        relocation, report = self.relocation, self.context.report
        if relocation.evacuate and self._leaving() is None:
            self._refuse(relocation.evacuate, "bonding_evacuate")
        for option, host in (("bonding_evacuate_to", relocation.to), ("bonding_restore", relocation.restore)):
            if host and self.context.fleet.by_host(host) is None:
                self._refuse(host, option)
        if relocation.to and relocation.to == relocation.evacuate:
            report.problem(f"bonding_evacuate_to: {relocation.to} is the host to evacuate. Name another one.")
        live = [entry for entry in entries if (one := self.own.get(entry.key)) and not is_retired(one)]
        if not relocation.bonds:
            return live
        wanted: set[int] = set()
        for reference in relocation.bonds:
            bond = find_bond(reference, self.context.server)
            if isinstance(bond, str):
                report.problem(f"bonding_follow_bonds: {bond}. Correct it, or leave it out.")
            elif not any(bond in (entry.bond, entry.standby) for entry in entries):
                named = some(sorted({str(entry.bond.id) for entry in entries}))
                # No problem: an event of bonds that have moved has all of them, with and without an address.
                report.warn(
                    f"bonding_follow_bonds: bond {bond.id} ({bond.name}) has no CPE NAT entry, and so no address that "
                    f"could follow it. The bonds with an entry are {named or 'none'}."
                )
            else:
                wanted.add(bond.id)
        return [entry for entry in live if {entry.bond.id, entry.standby.id if entry.standby else 0} & wanted]

    def _refuse(self, given: str, option: str) -> None:
        fleet, report = self.context.fleet, self.context.report
        hosts = [member.host for member in fleet.members]
        if (several := set(re.split(r"[\s,]+", given.strip()))) <= set(hosts) and len(several) > 1:
            report.problem(
                f"{option}: is the name of one host (got {given!r}, expected one of {some(hosts)}). Run the playbook "
                "once for each host."
            )
        else:
            refuse_host(given, option, fleet, report)

    def owner(self, entry: Entry) -> Member | None:
        """Return the new owner of an entry's address, None if the address stays."""
        fleet, address = self.context.fleet, self.own[entry.key]
        before = fleet.by_interface(address.interface_id or address.tags.get(TAG_INTERFACE))
        if before is None and not is_lost(address, fleet):
            self._warn(
                entry,
                f"stays on the network interface {address.interface_id}, which is not a primary interface of an "
                "aggregator of the inventory. Name its instance again",
            )
            return None
        target = self._target(entry, address, before)
        if target is None or target is before:
            # A run that was killed may have tagged or moved the address, and not yet changed the bond's CPE NAT IP.
            return before if TAG_FOLLOWED_FROM in address.tags or address.interface_id is None else None
        if not self._can_go(entry, address, before, target):
            return None
        self.taken[target.host] = self.taken.get(target.host, 0) + 1
        self.moved.add(entry.bond.id)
        return target

    def _target(self, entry: Entry, address: ElasticIp, before: Member | None) -> Member | None:
        fleet, relocation = self.context.fleet, self.relocation
        bond = enabled_bond(entry, current_address(address), self.context.server)
        number = bond.present
        there = fleet.by_id(number)
        if relocation.evacuate:
            leaving = self._leaving()
            if leaving is None or not self._leaves(entry, address, before, leaving):
                return None
            if there and there is not leaving and there.instance:
                if relocation.to is None or not self._obstacle(entry, address, before, there):
                    return there
            elif relocation.to is None:
                where = self._place(number, there) if number not in (None, leaving.id) else "no other aggregator"
                self._warn(
                    entry,
                    f"stays, since bond {bond.id} ({bond.name}) is on {where}. Say -e bonding_evacuate_to=<host> to "
                    "move it there before its bond",
                )
            return fleet.by_host(relocation.to or "")
        if relocation.restore:
            home = fleet.by_host(relocation.restore)
            if home is None or home is before or not self._comes_back(address, home):
                return None
            if number in (None, home.id) or entry.desired.pinned:
                return home
            self._warn(entry, f"stays with its bond on {there.host if there else number}, and follows the bond home")
            return None
        if entry.desired.pinned:
            if number is not None and (before is None or number != before.id):
                self._warn(entry, "is pinned: it does not follow its bond. Leave pinned out to let it")
            return None
        if there is None and number is not None:
            leaves = any(member.id == number for member in fleet.decommissioned)
            way = "Move the bond to an aggregator that stays" if leaves else "Add that aggregator"
            self._warn(entry, f"stays, since its bond is on {self._place(number, there)}. {way}")
        return there

    def _leaving(self) -> Member | None:
        """Return the aggregator to evacuate, which may be a decommissioned one."""
        fleet = self.context.fleet
        everyone = (*fleet.members, *fleet.decommissioned)
        return next((member for member in everyone if member.host == self.relocation.evacuate), None)

    def _leaves(self, entry: Entry, address: ElasticIp, before: Member | None, leaving: Member) -> bool:
        """Return True if an address is on the host to evacuate, or may have been lost with it."""
        if before:
            return before is leaving
        owners = last_owners(entry, address, self.context)
        if owners not in ([], [leaving.host]):
            self.lost.setdefault(tuple(owners), []).append(entry.key)
        return leaving.host in owners

    def warn_of_lost(self, moving: Iterable[Entry]) -> None:
        """Name the lost addresses that wait for the evacuation of another host, and those whose host nothing tells."""
        keys, host = {entry.key for entry in moving}, self.relocation.evacuate
        for owners, lost in self.lost.items():
            names = " and ".join(owners)
            if host not in owners:
                texts = some([self.own[key].public_ip for key in lost])
                self.context.report.warn(
                    f"{names}: {'has' if len(owners) == 1 else 'have'} no instance, and lost the Elastic IPs {texts}. "
                    f"This run evacuates {host} alone. Say -e bonding_evacuate={owners[0]} to move these too."
                )
            elif going := [self.own[key].public_ip for key in lost if key in keys]:
                self.context.report.warn(
                    f"{names}: have no instance, and nothing tells which of them lost the Elastic IPs {some(going)}. "
                    f"This run moves them as those of {host}."
                )

    def _place(self, number: int | None, there: Member | None) -> str:
        """Return the name of an aggregator to which no address can go, with the reason."""
        fleet, aggregators = self.context.fleet, self.context.server.aggregators
        if there:
            return f"{there.host}, which has no instance"
        if leaves := next((member for member in fleet.decommissioned if member.id == number), None):
            return f"{leaves.host or leaves.name}, which is in bonding_decommissioned"
        name = aggregators[number].name if number in aggregators else number
        return f"{name}, which is not a host of the inventory"

    def _comes_back(self, address: ElasticIp, home: Member) -> bool:
        """Return True if an address has left its home, or a killed run was bringing it back."""
        begun = self.context.fleet.by_interface(address.tags.get(TAG_INTERFACE)) is home
        left = address.tags.get(TAG_FOLLOWED_FROM)
        return has_followed(address, home, self.context.desired) or (left == "" and begun)

    def _can_go(self, entry: Entry, address: ElasticIp, before: Member | None, target: Member) -> bool:
        """Return True if an address can go to an aggregator; else say what would help."""
        problem = self._obstacle(entry, address, before, target)
        if problem:
            self._warn(entry, f"stays{f' on {before.host}' if before else ''}: {target.host} {problem}")
        return not problem

    def _obstacle(self, entry: Entry, address: ElasticIp, before: Member | None, target: Member) -> str:
        desired, cloud, instance = self.context.desired, self.context.cloud, target.instance
        otherwise = ", or say -e bonding_evacuate_to=<another host>" if self.relocation.evacuate else ""
        if not (self.relocation.evacuate or self.relocation.restore):
            otherwise = ", or move its bond"
        if instance is None:
            return f"has no instance. Give it its aws_instance_id{otherwise}"
        if instance.state != "running":
            return f"is {instance.state} ({instance.id}). Start it{otherwise}"
        if before and self._interrupts(entry, address, before, target):
            return (
                f"is down, as the management server sees it, and {before.host} is not. Bring {target.host} up, or say "
                f"-e {ALLOW}=true to move it there nevertheless"
            )
        region = region_of(target, desired)
        if address.region not in (None, region) or (before and region_of(before, desired) != region):
            return f"is in the region {region}, which the Elastic IP cannot leave its own for. Move the bond back"
        subnet = cloud.subnets.get(instance.subnet_id)
        if subnet is None:
            return "is in a subnet that EC2 does not list. Check the rights to read subnets"
        fixed, current = entry.desired.private_ip, current_address(address)
        place = before.instance.subnet_id if before and before.instance else None
        # Of an address that has lost its aggregator only the private address tells the subnet.
        inside = place == subnet.id if place else lies_in(fixed or current or "", ipaddress.IPv4Network(subnet.cidr))
        if fixed and not inside:
            return f"is in another subnet than private_ip {fixed}. Leave private_ip out"
        if entry.standby and not inside:
            return (
                f"is in another subnet, and both bonds of the pair {entry.bond.id} and {entry.standby.id} would need "
                "another CPE NAT IP. Name an aggregator of the subnet as their other one"
            )
        limits = cloud.limits.get(instance.type)
        most = limits.addresses_per_interface if limits and current not in instance.addresses else None
        there = len(instance.addresses) + instance.prefixes
        if most is not None and there + self.taken.get(target.host, 0) >= most:
            full = f"is full (its primary interface has {there} of {most} addresses)"
            return f"{full}. Take a larger instance type{otherwise}"
        return self._stale_return_route(before, target) if inside else ""

    def _interrupts(self, entry: Entry, address: ElasticIp, before: Member, target: Member) -> bool:
        """Return True if an address would leave an aggregator that lives for one that is down, without its bond."""
        server, desired = self.context.server, self.context.desired
        bond = enabled_bond(entry, current_address(address), server)
        is_lost = bond.present != target.id and is_alive(before, server) and is_down(target, server)
        return is_lost and not desired.allow_disruption

    def _stale_return_route(self, before: Member | None, target: Member) -> str:
        """Return why the answers of an address that comes along would go on to its old owner; empty if they do not.

        Without `bonding_bgp` a run that only moves addresses asks no host for return routes: the inventory is read
        before the management server, which alone tells that BGP is kept.
        """
        given = next(one for one in self.context.desired.hosts if one.host == target.host)
        asks = given.manage_host and given.found is None and "return_routes" not in given.host_skip
        transit = built_transit(self.context) if asks and self.context.leftovers.keeps_bgp else None
        if transit is None or target.id not in transit.addresses:
            return ""
        return (
            f"has its return route to {before.host if before else 'its lost aggregator'}, which no run changes while "
            "BGP is built and bonding_bgp is not in the inventory. Give bonding_bgp again"
        )

    def _warn(self, entry: Entry, text: str) -> None:
        public_ip = self.own[entry.key].public_ip
        self.context.report.warn(f"{entry.desired.label}: its Elastic IP {public_ip} {text}.")
