# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries for CPE NAT IPs, matched with their bonds, and every refusal that needs no address yet.

What the engines refuse of an entry, whoever calls them, is in `_cpe_nat_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from ..._cpe_nat_rules import (
    Holding,
    address_problem,
    adoption_problem,
    key_problem,
    nat_problems,
    pool_problem,
    reverse_dns_problem,
)
from ..._model.desired_network import DesiredEntry, DesiredNetwork, Report
from ..._model.names import TAG_ADOPTED, TAG_KEY, TAG_NETWORK, TAG_PRIVATE_IP, TAG_RETIRED, cpe_nat_key
from ..._model.state import Bond, ElasticIp, Server
from ..._parents import BOND, parent_of
from ..aggregators.fleet import Fleet, Member
from ..context import Context
from ..inputs.values import number_of

PREFIX = cpe_nat_key("")


@dataclass(frozen=True)
class Entry:
    """An entry of the inventory with its bond and its key."""

    desired: DesiredEntry
    bond: Bond
    key: str
    standby: Bond | None = None
    """The other bond of a highly available pair."""

    @property
    def parent(self) -> str:
        """Return the name of the bond as what objects belong to."""
        return parent_of(BOND, self.bond.id)


def find_bond(reference: str, server: Server) -> Bond | str:
    """Return the bond named by digits (its id) or by its exact name; else a sentence that says why not."""
    number = number_of(reference)
    if number is not None:
        bond = server.bonds.get(number)
        return bond or f"the server has no bond with the id {reference}"
    found = [bond for bond in server.bonds.values() if bond.name == reference]
    if len(found) == 1:
        return found[0]
    if not found:
        return f"the server has no bond named {reference!r}"
    listing = ", ".join(f"id {bond.id} in space {bond.space}" for bond in found)
    return f"the name {reference!r} is not unique on the server ({listing}): give the id"


def resolve_entries(desired: DesiredNetwork, server: Server, report: Report) -> list[Entry]:
    """Return the entries with their bonds and keys; unknown bonds, and what two entries share, are problems."""
    entries: list[Entry] = []
    for wanted in desired.cpe_nat_ips:
        bond = find_bond(wanted.bond, server)
        if isinstance(bond, str):
            _refuse_bond(f"{wanted.label}: {bond}.", desired, report)
            continue
        standby = find_bond(wanted.standby_bond, server) if wanted.standby_bond else None
        if isinstance(standby, str) or standby == bond:
            text = f"bond {bond.id} is the entry's own" if standby == bond else standby
            _refuse_bond(f"{wanted.label}: standby_bond: {text}. Name the other bond of the pair.", desired, report)
            if desired.relocation:
                continue
            standby = None
        entries.append(Entry(wanted, bond, wanted.name or f"bond-{bond.id}", standby))
    _check_keys(entries, report)
    for what, value_of in (
        (
            "lead to nat_ip {0[1]} of bond {0[0]}: a host has one public address",
            lambda e: (e.bond.id, e.desired.nat_ip),
        ),
        ("adopt the Elastic IP {0} (public_ip): an Elastic IP serves one entry", lambda e: e.desired.public_ip),
    ):
        _refuse_same(entries, what, value_of, report)
    _check_connected(entries, report)
    return entries


def _refuse_bond(text: str, desired: DesiredNetwork, report: Report) -> None:
    """Refuse an entry with a bond that the server does not have; a run that only moves addresses leaves it where it is.

    A customer who is gone from the server so stops no address of others from leaving a dead aggregator.
    """
    if desired.relocation:
        report.warn(f"{text} Its address stays.")
    else:
        report.problem(text)


def _check_keys(entries: list[Entry], report: Report) -> None:
    """Refuse two entries with one key, in whatever order: by its key an entry finds its Elastic IP again."""
    first: dict[str, Entry] = {}
    unnamed: set[int] = set()
    for entry in entries:
        other = first.setdefault(entry.key, entry)
        if other is entry:
            continue
        if entry.desired.name is None and other.desired.name is None:
            if entry.bond.id not in unnamed:
                report.problem(
                    f"bond {entry.bond.id} ({entry.bond.name}) has more than one CPE NAT entry without a name: from "
                    "the second on a name is required, so that an edit keeps the public address."
                )
            unnamed.add(entry.bond.id)
        else:
            report.problem(
                f"bonding_cpe_nat_ips: the entries {other.desired.place} and {entry.desired.place} have one key, "
                f"{entry.key}, by which an entry keeps its public address. Give one of them another name."
            )


def _refuse_same(entries: list[Entry], what: str, value_of: Callable[[Entry], Hashable | None], report: Report) -> None:
    first: dict[Hashable, Entry] = {}
    for entry in entries:
        value = value_of(entry)
        if value is None:
            continue
        other = first.setdefault(value, entry)
        if other is not entry:
            report.problem(
                f"bonding_cpe_nat_ips: the entries {other.desired.place} and {entry.desired.place} both "
                f"{what.format(value)}. Leave one of them out."
            )


def _check_connected(entries: list[Entry], report: Report) -> None:
    """Refuse one connected IP with different options: both entries speak of one object of the bond."""
    first: dict[tuple[int, str], Entry] = {}
    for entry in entries:
        other = first.setdefault((entry.bond.id, entry.desired.connected_ip), entry)
        for name in ("interface", "include_private_wan"):
            values = [getattr(one.desired, name) for one in (other, entry)]
            if values[0] != values[1]:
                report.problem(
                    f"bonding_cpe_nat_ips: the entries {other.desired.place} and {entry.desired.place} have one "
                    f"connected_ip, {entry.desired.connected_ip}, but different {name} (got {values[0]} and "
                    f"{values[1]}). Give both the same."
                )


def check_entry(entry: Entry, server: Server, report: Report) -> None:
    """Refuse what the engines would refuse of the entry alone, and an interface that its bonder does not have."""
    wanted = entry.desired
    found = [("name", wanted.name, key_problem), ("pool", wanted.pool, pool_problem)]
    found += [(name, getattr(wanted, name), address_problem) for name in ("private_ip", "public_ip")]
    found += [("reverse_dns", wanted.reverse_dns, reverse_dns_problem)]
    for name, value, problem_of in found:
        if value is not None and (problem := problem_of(value)):
            report.problem(f"{wanted.label}: {name} is {value!r}; {problem}.")
    for problem in nat_problems(wanted.connected_ip, wanted.nat_ip):
        report.problem(f"{wanted.label}: {problem}.")
    names = server.bond_interfaces.get(entry.bond.id, [])
    if wanted.interface not in names:
        report.problem(
            f"{wanted.label}: the bonder of bond {entry.bond.id} has no interface {wanted.interface!r} "
            f"(it has: {', '.join(sorted(names)) or 'none'})."
        )


def adopts(entry: Entry, address: ElasticIp | None) -> bool:
    """Return True if the entry takes the Elastic IP that it names over, in place of `address`, its own one."""
    wanted = entry.desired.public_ip
    live = address is not None and not is_retired(address)
    return wanted is not None and not live and (address is None or address.public_ip != wanted)


def check_public_ip(entry: Entry, address: ElasticIp | None, owner: Member, context: Context) -> None:
    """Refuse a `public_ip` that cannot be adopted."""
    wanted = entry.desired.public_ip
    if wanted is not None and not address_problem(wanted) and adopts(entry, address):
        adopted_address(wanted, entry.desired.label, owner, context)


def adopted_address(wanted: str, label: str, owner: Member, context: Context) -> ElasticIp | None:
    """Return the Elastic IP of the account that `public_ip` names; None with a problem if it cannot be adopted."""
    fleet, region = context.fleet, region_of(owner, context.desired)
    same = (one for one in (*context.cloud.named, *context.cloud.addresses) if one.public_ip == wanted)
    found = next((one for one in same if one.region in (None, region)), None)
    holding = held_as(found, fleet) if found else None
    given = f"{wanted} ({found.allocation_id})" if found else wanted
    problem = adoption_problem(given, holding, context.desired.network)
    if problem is None:
        return found
    everyone = (*fleet.members, *fleet.decommissioned)
    automatic = [m.host for m in everyone if m.instance and m.instance.automatic_ip == wanted]
    more = f": it is the automatic address of {automatic[0]}" if automatic and found is None else ""
    context.report.problem(f"{label}: {problem}{more}.")
    return None


def is_retired(address: ElasticIp) -> bool:
    """Return True if the address was kept by a teardown and waits for its entry to come back."""
    return address.tags.get(TAG_RETIRED) == "true"


def is_adopted(address: ElasticIp) -> bool:
    """Return True if the operator had the address before (`public_ip`): the collection never releases it."""
    return address.tags.get(TAG_ADOPTED) == "true"


def current_address(address: ElasticIp | None) -> str | None:
    """Return the private address that an entry's Elastic IP has, or names; a retired one names none."""
    if address is None or is_retired(address):
        return None
    return address.private_ip or address.tags.get(TAG_PRIVATE_IP)


def region_of(owner: Member, desired: DesiredNetwork) -> str | None:
    """Return the region of an aggregator; None for the default one."""
    return next((host.region for host in desired.hosts if host.host == owner.host), None)


def held_as(found: ElasticIp, fleet: Fleet) -> Holding:
    """Return the use of an Elastic IP, for `adoption_problem`."""
    key = found.tags.get(TAG_KEY, "")
    place = None
    if found.interface_id:
        owner = fleet.by_interface(found.interface_id)
        place = f"{found.private_ip} on {found.interface_id}{f' of {owner.host}' if owner else ''}"
    return Holding(
        network=found.tags.get(TAG_NETWORK),
        retired=is_retired(found),
        use=f"the entry {key.removeprefix(PREFIX)}" if key.startswith(PREFIX) else "something else than CPE NAT",
        place=place,
    )
