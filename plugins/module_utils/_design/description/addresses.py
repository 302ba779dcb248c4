# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bonds and public addresses of a description: each with the place where it is now, and the one that it can go to."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ..._model.description import AddressDescription, AddressState, BondDescription, KeptElasticIp
from ..._model.desired_network import Report
from ..._model.names import TAG_FOLLOWED_FROM
from ..._model.state import Bond, ElasticIp
from ..aggregators.fleet import Member
from ..checks.kept_addresses import kept_addresses
from ..cpe_nat.entries import Entry, current_address, is_retired, resolve_entries
from ..cpe_nat.planner import own_addresses
from ..cpe_nat.shared_addresses import enabled_bond
from .state import PresentState


def describe_bonds(state: PresentState) -> tuple[BondDescription, ...]:
    """Return the bonds of the network's spaces and entries, by their ids."""
    spaces = {space.key for space in state.desired.spaces}
    named = {bond.id for one in _entries(state) for bond in (one.bond, one.standby) if bond}
    bonds = [bond for bond in state.server.bonds.values() if bond.space in spaces or bond.id in named]
    return tuple(_bond(bond, state) for bond in sorted(bonds, key=lambda bond: bond.id))


def describe_addresses(state: PresentState) -> tuple[AddressDescription, ...]:
    """Return the CPE NAT entries of the inventory with their public addresses, in its order."""
    own = own_addresses(state.desired, state.cloud)
    return tuple(_address(entry, own.get(entry.key), state) for entry in _entries(state))


def describe_kept(state: PresentState) -> tuple[KeptElasticIp, ...]:
    """Return the Elastic IPs of the network that nothing uses."""
    regions = {one.allocation_id: one.region for one in state.cloud.addresses}
    return tuple(
        KeptElasticIp(
            one.public_ip,
            one.allocation_id,
            one.key,
            one.adopted,
            one.usd_per_month,
            regions[one.allocation_id] or state.first_region,
        )
        for one in kept_addresses(state.desired.network, (), state.cloud.addresses)
    )


def _entries(state: PresentState) -> list[Entry]:
    return resolve_entries(state.desired, state.server, Report())


def _bond(bond: Bond, state: PresentState) -> BondDescription:
    return BondDescription(
        id=bond.id,
        name=bond.name,
        space=bond.space,
        primary=state.name_of(bond.primary),
        secondary=state.name_of(bond.secondary),
        present=state.name_of(bond.present),
        spare=state.name_of(other_aggregator(bond, bond.present or bond.primary)),
    )


def other_aggregator(bond: Bond, number: int | None) -> int | None:
    """Return the aggregator, beside the one with this id, that a bond's configuration allows; None without one."""
    return next((one for one in (bond.secondary, bond.primary) if one and one != number), None)


def _address(entry: Entry, address: ElasticIp | None, state: PresentState) -> AddressDescription:
    bond = enabled_bond(entry, current_address(address), state.server)
    described = AddressDescription(
        key=entry.key,
        bond=bond.id,
        bond_name=bond.name,
        space=bond.space,
        state="absent",
        bond_is_on=state.name_of(bond.present),
        nat_ip=entry.desired.nat_ip,
        connected_ip=entry.desired.connected_ip,
        standby_bond=entry.standby.id if entry.standby else None,
        is_pinned=entry.desired.pinned,
    )
    if address is None:
        return described
    owner, private_ip = state.owner_of.get(address.interface_id or ""), current_address(address)
    return replace(
        described,
        state=_state(address, owner, bond),
        owner=owner.host if owner else "",
        spare=_spare(bond, address, owner, state),
        home=address.tags.get(TAG_FOLLOWED_FROM, ""),
        public_ip=address.public_ip,
        allocation_id=address.allocation_id,
        private_ip=private_ip or "",
        on_bond=_on_bond(bond, private_ip, state),
        region=address.region or (state.region_of(owner.host) if owner else state.first_region),
    )


def _state(address: ElasticIp, owner: Member | None, bond: Bond) -> AddressState:
    if is_retired(address):
        return "retired"
    if address.interface_id is None:
        return "unassociated"
    if owner is None:
        return "foreign"
    if bond.present is None:
        return "unknown"
    return "with_bond" if bond.present == owner.id else "away"


def _spare(bond: Bond, address: ElasticIp, owner: Member | None, state: PresentState) -> str:
    """Return the host to which the bond goes when the owner fails, if its instance can have the address."""
    number = bond.present if owner and bond.present not in (None, owner.id) else None
    number = number or other_aggregator(bond, owner.id if owner else bond.present)
    member = state.member_of.get(state.name_of(number))
    if member is None or member.instance is None or member.instance.state != "running":
        return ""
    regions = {state.region_of(one.host) for one in (owner, member) if one}
    return member.host if len(regions) == 1 and address.region in (None, *regions) else ""


def _on_bond(bond: Bond, private_ip: str | None, state: PresentState) -> Literal["", "enabled", "disabled", "missing"]:
    """Return the state of the CPE NAT IP on a bond."""
    if private_ip is None:
        return ""
    objects = state.server.bond_objects.get(bond.id, ())
    found = next((obj for obj in objects if (obj.kind, obj.key) == ("cpe_nat_ip", private_ip)), None)
    if found is None:
        return "missing"
    return "disabled" if found.data.get("enabled") is False else "enabled"
