# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a CPE NAT entry that cannot change while it has its address.

A public address is what an entry keeps: so another one is refused, with the way to give up the one that is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..._model.desired_network import Report
from ..._model.names import TAG_ADOPTED, TAG_INTERFACE, TAG_KEY, TAG_NETWORK, TAG_PRIVATE_IP, TAG_RETIRED
from ..._model.state import Cloud, ElasticIp, Server
from .entries import Entry, adopts, current_address, is_adopted, is_retired


def check_public_ip_stays(entry: Entry, address: ElasticIp | None, report: Report) -> None:
    """Refuse another public address than the one that the entry has."""
    wanted = entry.desired.public_ip
    if wanted is None or address is None or is_retired(address) or address.public_ip == wanted:
        return
    keep = (
        f" To keep {address.public_ip} in the account, mark it as yours first: aws ec2 create-tags --resources "
        f"{address.allocation_id} --tags Key={TAG_ADOPTED},Value=true."
    )
    report.problem(
        f"{entry.desired.label}: public_ip cannot be changed while the entry has an address (got {wanted}, expected "
        f"{address.public_ip}, its Elastic IP {address.allocation_id}). Leave public_ip out, or {_give_up(address)}"
        f"{'' if is_adopted(address) else keep} Inbound connections are interrupted in between."
    )


def check_pool(entry: Entry, address: ElasticIp | None, cloud: Cloud, report: Report) -> None:
    """Refuse a pool that the address which the entry has, gets back or adopts is not of."""
    wanted = entry.desired.pool
    adopted = adopts(entry, address)
    if adopted:
        named = (one for one in [*cloud.named, *cloud.addresses] if one.public_ip == entry.desired.public_ip)
        address = next(named, None)
    if wanted is None or address is None or address.pool in (None, wanted):
        return
    what = "the Elastic IP" if adopted else "its kept Elastic IP" if is_retired(address) else "its Elastic IP"
    way = "leave public_ip out, for a new address of that pool." if adopted else _give_up(address)
    said = (
        f"{entry.desired.label}: pool is not that of its address (got {wanted}, expected {address.pool}, the pool of "
        f"{what} {address.public_ip} ({address.allocation_id})). Leave pool out, or {way}"
    )
    if not (adopted or is_retired(address)):
        said += " Inbound connections are interrupted in between."
    report.problem(said)


def _give_up(address: ElasticIp) -> str:
    """Return the steps by which an entry gives its address up; one that was the operator's before is given back."""
    names = (TAG_NETWORK, TAG_KEY, TAG_RETIRED, TAG_INTERFACE, TAG_PRIVATE_IP)
    untag = f"aws ec2 delete-tags --resources {address.allocation_id} --tags {' '.join(f'Key={n}' for n in names)}"
    if is_retired(address):
        if is_adopted(address):
            return f"give {address.public_ip} back, which was there before: {untag}."
        return f"give it up: aws ec2 release-address --allocation-id {address.allocation_id}."
    out = "take the entry out for one run with bonding_prune_elastic_ips: true"
    if is_adopted(address):
        return f"{out}, which takes it off and keeps it in the account ({untag} gives it back), and add it again."
    return f"{out}, which releases {address.public_ip} for ever, and add it again."


def have_other_bonds(entries: Iterable[Entry], own: Mapping[str, ElasticIp], server: Server) -> bool:
    """Return True if a named entry has an address of which its bond knows nothing: another bond may have it."""
    return any(
        entry.desired.name is not None
        and (ip := current_address(own.get(entry.key)))
        and not _has(entry.bond.id, ip, server)
        for entry in entries
    )


def check_bond(
    entry: Entry, entries: Iterable[Entry], own: Mapping[str, ElasticIp], server: Server, report: Report
) -> None:
    """Refuse another bond for an address that leads to one: the first bond would go on to use it."""
    address = own.get(entry.key)
    current = current_address(address)
    if address is None or current is None or _has(entry.bond.id, current, server):
        return
    others = {one.bond.id for one in entries if one.key != entry.key and current_address(own.get(one.key)) == current}
    for number in sorted(server.bond_objects.keys() - others - {entry.bond.id}):
        if _has(number, current, server):
            name = server.bonds[number].name if number in server.bonds else "unknown"
            report.problem(
                f"{entry.desired.label}: its address {address.public_ip} leads to bond {number} ({name}) (got bond "
                f"{entry.bond.id}, expected {number}). Delete the CPE NAT IP {current} of bond {number} on the server, "
                "which interrupts its inbound connections, and run again; or name the entry otherwise, for an address "
                "of its own."
            )


def _has(bond: int, private_ip: str, server: Server) -> bool:
    return any(t.kind == "cpe_nat_ip" and t.key == private_ip for t in server.bond_objects.get(bond, ()))
