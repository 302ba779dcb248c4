# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connected IPs of CPE NAT entries: which of them the collection has made.

The server keeps no note on a connected IP. So a tag of the entry's Elastic IP names the bond and the connected IP that
a run has made for it, from before the run makes it on; without that tag the operator had it before.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping

from ..._model.desired_network import Report
from ..._model.names import TAG_CONNECTED_IP
from ..._model.state import ElasticIp, Server
from ..._objects import Object
from ..._parents import number_of
from .entries import Entry, is_retired

_TAG = re.compile(r"([0-9]{1,18}) ([0-9.]+/[0-9]+)")


def made_of(address: ElasticIp) -> tuple[int, str] | None:
    """Return (bond, connected IP) that was made for an entry's address; a kept one names none."""
    match = None if is_retired(address) else _TAG.fullmatch(address.tags.get(TAG_CONNECTED_IP, ""))
    return (int(match.group(1)), match.group(2)) if match else None


def bonds_of(addresses: Iterable[ElasticIp]) -> set[int]:
    """Return the bonds whose connected IPs may go with these addresses."""
    return {made[0] for address in addresses if (made := made_of(address))}


def tag_of(entry: Entry, address: ElasticIp | None, own: Mapping[str, ElasticIp], server: Server) -> str | None:
    """Return what the tag shall say: what is made, an empty text for a network of the operator's, None as it is."""
    value = f"{entry.bond.id} {entry.desired.connected_ip}"
    made = (entry.bond.id, entry.desired.connected_ip)
    if _found(entry, server) is None or any(made_of(one) == made for one in own.values()):
        return value
    if address is None or is_retired(address) or made_of(address):
        return ""
    return None


def check_connected_ip(
    entry: Entry, address: ElasticIp | None, own: Mapping[str, ElasticIp], server: Server, report: Report
) -> None:
    """Refuse to change a connected IP of the operator's; name the one that an entry leaves behind."""
    found, wanted = _found(entry, server), entry.desired
    before = made_of(address) if address else None
    if before and before[0] == entry.bond.id and before[1] != wanted.connected_ip:
        report.warn(
            f"{wanted.label}: the connected IP {before[1]} of bond {before[0]}, which an earlier run has made for the "
            "entry, is kept beside the new one. Delete it on the server if nothing uses it."
        )
    if found is None or tag_of(entry, address, own, server):
        return
    what = f"is not that of its connected IP {wanted.connected_ip}, which was there before"
    there = found.data.get("interface")
    if there not in (None, wanted.interface):
        report.problem(
            f"{wanted.label}: interface {what} (got {wanted.interface}, expected {there}). Say interface: {there}, or "
            "move it on the server, which interrupts the bond's connected network."
        )
    included = bool(found.data.get("include_private_wan"))
    if wanted.include_private_wan not in (None, included):
        report.problem(
            f"{wanted.label}: include_private_wan {what} (got {str(wanted.include_private_wan).lower()}, expected "
            f"{str(included).lower()}). Leave include_private_wan out, or change it on the server."
        )


def made_objects(address: ElasticIp, server: Server, going: set[str]) -> list[Object]:
    """Return the connected IP that goes with an entry's address: made by a run, and no other CPE NAT IP lies in it."""
    made = made_of(address)
    if made is None:
        return []
    objects = server.bond_objects.get(made[0], [])
    staying = [t.data["nat_ip"] for t in objects if t.kind == "cpe_nat_ip" and t.key not in going]
    found = [t for t in objects if t.kind == "connected_ip" and t.key == made[1]]
    return [t for t in found if not any(_holds(t, host) for host in staying)]


def _holds(connected_ip: Object, host: str) -> bool:
    return ipaddress.ip_address(host) in ipaddress.ip_interface(connected_ip.key).network


def interrupted(obj: Object) -> str:
    """Return the traffic that the removal of a connected IP interrupts."""
    return f"the connected network {ipaddress.ip_interface(obj.key).network} of bond {number_of(obj.parent)}"


def warn_of_kept(entries: Iterable[Entry], gone: set[tuple[str, str, str]], server: Server, report: Report) -> None:
    """Name the connected IPs of entries that a teardown leaves: they were there before."""
    for entry in entries:
        found = _found(entry, server)
        if found and (found.kind, found.parent, found.key) not in gone:
            report.warn(
                f"The connected IP {found.key} of bond {entry.bond.id} is kept: it was there before its CPE NAT entry, "
                "or other CPE NAT IPs use it."
            )


def _found(entry: Entry, server: Server) -> Object | None:
    objects = server.bond_objects.get(entry.bond.id, ())
    return next((t for t in objects if t.kind == "connected_ip" and t.key == entry.desired.connected_ip), None)
