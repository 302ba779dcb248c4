# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adoption of objects on AWS that serve the network already: they get its tags, and nothing else happens to them.

An Elastic IP on the private address that its CPE NAT entry names, the network interface that a gateway names, and the
Elastic IP on that interface. A VPC that a space names (`vpc.id`) is used with its subnets, route tables and internet
gateway, and needs no tag.

The rest of the design meets the objects as they are tagged afterwards. A plan with adoptions does nothing else: all
other items wait for the next run, so that a run with `bonding_adopt` sends CreateTags alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .._model.desired_network import NAT, DesiredGateway, DesiredNetwork, DesiredSpace, Report
from .._model.names import (
    TAG_ADOPTED,
    TAG_INTERFACE,
    TAG_NETWORK,
    TAG_PRIVATE_IP,
    TAG_RETIRED,
    cpe_nat_key,
    gateway_ip_key,
    gateway_key,
    owned,
    tags,
)
from .._model.phases import ADOPT
from .._model.plan import ADOPTION, Design, Placement, PlannedChange
from .._model.role_inputs import TagsInput
from .._model.state import Cloud, ElasticIp, Interface, Server
from .._objects import Change
from .aggregators.fleet import Fleet, Member
from .cpe_nat.entries import Entry, is_retired, region_of, resolve_entries
from .tags import TagsOf, operator_tags

NO_LONGER_RETIRED = "false"


def with_adoptions(
    desired: DesiredNetwork, server: Server, cloud: Cloud, fleet: Fleet, design: Design, report: Report
) -> Cloud:
    """Return the cloud in which adopted objects carry the network's tags; each is an item of the phase adopt.

    A teardown and a run that only moves addresses adopt nothing.
    """
    if desired.absent or desired.relocation:
        return cloud
    entries = resolve_entries(desired, server, Report())
    own = replace(cloud, addresses=list(cloud.addresses))
    adopting = _Adopting(desired, own, fleet, design, report, operator_tags(desired, entries))
    for entry in entries:
        adopting.adopt_entry(entry, server)
    for space in desired.spaces:
        for gateway in space.gateways:
            adopting.adopt_gateway(space, gateway)
    return adopting.cloud


@dataclass
class _Adopting:
    """The cloud, in which each object that is adopted is replaced by the tagged one."""

    desired: DesiredNetwork
    cloud: Cloud
    fleet: Fleet
    design: Design
    report: Report
    tags_of: TagsOf
    """Gives the operator's own tags, which are written with the network's."""

    def adopt_entry(self, entry: Entry, server: Server) -> None:
        """Adopt the Elastic IP that is on the private address of its entry."""
        wanted, own = entry.desired, owned(self.desired.network, cpe_nat_key(entry.key), self.cloud.addresses)
        if wanted.private_ip is None or wanted.public_ip is None or (own and not is_retired(own)):
            return
        found = self._unowned(wanted.public_ip)
        member = self.fleet.by_interface(found.interface_id) if found and found.interface_id else None
        if found is None or member is None or member.instance is None or found.private_ip != wanted.private_ip:
            return  # `cpe_nat.entries` says why such an address cannot be taken
        primary = found.private_ip == member.instance.private_ip
        if primary or wanted.aggregator not in (None, member.host) or self._region(member) not in (None, found.region):
            return
        bonds = [bond for bond in (entry.bond, entry.standby) if bond]
        if not any(
            (obj.kind, obj.key) == ("cpe_nat_ip", wanted.private_ip)
            for bond in bonds
            for obj in server.bond_objects.get(bond.id, ())
        ):
            self.report.problem(
                f"{wanted.label}: public_ip {wanted.public_ip} is on private_ip {wanted.private_ip} already, and bond "
                f"{entry.bond.id} has no such CPE NAT IP (expected the bond that this address serves). Name that bond, "
                "or disassociate the address."
            )
            return
        given = {TAG_INTERFACE: str(found.interface_id), TAG_PRIVATE_IP: wanted.private_ip}
        self._address(found, cpe_nat_key(entry.key), Placement(ADOPT, "cpe_nat", member.host), given)

    def adopt_gateway(self, space: DesiredSpace, gateway: DesiredGateway) -> None:
        """Adopt the network interface that a gateway names, or take a retired one again, and its Elastic IP."""
        what, member = f"space {space.key}, gateway on {gateway.host}", self.fleet.by_host(gateway.host)
        if member is None or member.instance is None:
            return  # `gateway.gateways` says why it is left out, or refused
        key = gateway_key(space.key, gateway.host)
        own: Interface | None = owned(self.desired.network, key, self.cloud.interfaces.values())
        place = Placement(ADOPT, "gateways", gateway.host)
        if gateway.interface_id and own and own.id != gateway.interface_id:
            self.report.problem(
                f"{what}: interface_id cannot be changed while the gateway has a network interface (got "
                f"{gateway.interface_id}, expected {own.id}). Leave interface_id out, or say {own.id}."
            )
        elif own and own.tags.get(TAG_RETIRED) == "true":
            self._interface(own, key, place, {TAG_RETIRED: NO_LONGER_RETIRED})
        elif gateway.interface_id and own is None:
            found = self.cloud.named_interfaces.get(gateway.interface_id)
            if not self._is_refused(gateway, found, what) and found is not None:
                self._interface(found, key, place, {})
                self._adopt_gateway_address(space, gateway, found, what)

    def _is_refused(self, gateway: DesiredGateway, found: Interface | None, what: str) -> bool:
        """Return True, with a problem, if a network interface cannot be a gateway's."""
        said, network = f"{what}: interface_id {gateway.interface_id}", found.tags.get(TAG_NETWORK) if found else None
        owner = self.fleet.by_interface(gateway.interface_id)
        if found is None and not any(one.id == gateway.interface_id for one in self.cloud.interfaces.values()):
            problem = f"{said}: AWS has no such network interface in this account and region. Correct interface_id."
        elif found is None:
            problem = f"{said} is another gateway's of this network. Name one of its own, or leave interface_id out."
        elif network is not None:
            problem = f"{said} belongs to the network {network!r}. Name another one, or leave interface_id out."
        elif owner is not None:
            problem = (
                f"{said} is the primary interface of {owner.host}: a gateway has one of its own. Name another one, or "
                "leave interface_id out."
            )
        elif gateway.subnet_id is None:
            problem = f"{said} needs subnet_id (expected {found.subnet_id}, where it is). Say it."
        else:
            return False
        self.report.problem(problem)
        return True

    def _adopt_gateway_address(
        self, space: DesiredSpace, gateway: DesiredGateway, interface: Interface, what: str
    ) -> None:
        """Adopt the Elastic IP of an adopted network interface; refuse one that the gateway does not name."""
        member = self.fleet.by_host(gateway.host)
        public = member.instance.publics.get(interface.private_ip) if member and member.instance else None
        if public and gateway.egress != NAT and gateway.public_ip != public:
            self.report.problem(
                f"{what}: the network interface {interface.id} has the Elastic IP {public} (got public_ip "
                f"{gateway.public_ip or 'none'}, expected {public}). Say public_ip: {public}, or disassociate it."
            )
        found = self._unowned(gateway.public_ip) if gateway.public_ip else None
        if found and found.interface_id == interface.id and found.private_ip == interface.private_ip:
            place = Placement(ADOPT, "gateways", gateway.host)
            self._address(found, gateway_ip_key(space.key, gateway.host), place, {})

    def _unowned(self, public_ip: str) -> ElasticIp | None:
        """Return the Elastic IP of the account that belongs to no network."""
        same = (one for one in self.cloud.named if one.public_ip == public_ip)
        return next((one for one in same if TAG_NETWORK not in one.tags), None)

    def _region(self, member: Member) -> str | None:
        return region_of(member, self.desired)

    def _address(self, found: ElasticIp, key: str, place: Placement, more: dict[str, str]) -> None:
        given = {**(self.tags_of(key) or {}), **tags(self.desired.network, key), TAG_ADOPTED: "true", **more}
        self._note(found.allocation_id, key, given, found.region, place)
        self.cloud.addresses.append(replace(found, tags={**found.tags, **given}))
        self.cloud = replace(self.cloud, named=[one for one in self.cloud.named if one is not found])

    def _interface(self, found: Interface, key: str, place: Placement, more: dict[str, str]) -> None:
        given = {**(self.tags_of(key) or {}), **tags(self.desired.network, key), TAG_ADOPTED: "true", **more}
        region = next((host.region for host in self.desired.hosts if host.host == place.host), None)
        self._note(found.id, key, {k: v for k, v in given.items() if found.tags.get(k) != v}, region, place)
        tagged = replace(found, tags={**found.tags, **given})
        others = {number: one for number, one in self.cloud.named_interfaces.items() if number != found.id}
        interfaces = {**self.cloud.interfaces, found.id: tagged}
        self.cloud = replace(self.cloud, interfaces=interfaces, named_interfaces=others)

    def _note(self, number: str, key: str, given: dict[str, str], region: str | None, place: Placement) -> None:
        place = replace(place, switch=ADOPTION)
        self.design.aws(Change("update", "ownership_tags", number, key, {}, {"tags": given}), place)
        self.design.adoptions.append((place, TagsInput(number, given, region)))


def is_adopted_interface(found: Interface) -> bool:
    """Return True if the operator had the network interface before: no run detaches or deletes it."""
    return found.tags.get(TAG_ADOPTED) == "true"


def is_given_back(found: Interface | None) -> bool:
    """Return True if a network interface is the operator's again: it is adopted, and its gateway was removed."""
    return found is not None and is_adopted_interface(found) and found.tags.get(TAG_RETIRED) == "true"


def refuse_adoptions(items: Iterable[PlannedChange], desired: DesiredNetwork, report: Report) -> None:
    """Refuse a plan that adopts without the operator's word, naming each object."""
    found = [f"{item.key} ({item.parent})" for item in items if item.phase == ADOPT]
    if found and not desired.adopt:
        count = "1 object on AWS, which gets" if len(found) == 1 else f"{len(found)} objects on AWS, which get"
        report.problem(
            f"The plan adopts {count} the tags of this network: {', '.join(found)}. Say {ADOPTION}: true to let it; "
            "such a run changes nothing else."
        )
