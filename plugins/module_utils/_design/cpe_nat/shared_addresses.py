# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPE NAT IPs that several bonds have, and objects of an entry that are disabled.

The vendor's highly available bonders are a pair of bonds with the same connected IPs and CPE NAT IPs, of which one bond
has them enabled. Another program enables and disables them, so the collection names what it finds and changes neither.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..._model.desired_network import Report
from ..._model.finding import Difference
from ..._model.state import Bond, Server
from ..._objects import Object
from .entries import PREFIX, Entry


def holders_of(private_ip: str, server: Server) -> dict[int, Object]:
    """Return the CPE NAT IP of each bond that has this one, among the bonds that were read."""
    return {
        number: obj
        for number, objects in sorted(server.bond_objects.items())
        for obj in objects
        if obj.kind == "cpe_nat_ip" and obj.key == private_ip
    }


def enabled_bond(entry: Entry, private_ip: str | None, server: Server) -> Bond:
    """Return the bond of a pair that has the CPE NAT IP enabled: the entry's own one, unless only the other one has."""
    holders = holders_of(private_ip, server) if private_ip else {}
    own, other = holders.get(entry.bond.id), holders.get(entry.standby.id) if entry.standby else None
    stands_in = other is not None and _is_enabled(other) and not (own is not None and _is_enabled(own))
    return entry.standby if entry.standby and stands_in else entry.bond


def warn_of_disabled(entry: Entry, private_ip: str, server: Server, report: Report) -> None:
    """Name what of an entry is disabled on its bond, and another bond that has the same CPE NAT IP enabled."""
    bond = entry.bond
    for obj in server.bond_objects.get(bond.id, ()):
        owned_by_network = {"cpe_nat_ip": private_ip, "connected_ip": entry.desired.connected_ip}.get(obj.kind)
        if obj.key == owned_by_network and obj.data.get("enabled") is False:
            what = "CPE NAT IP" if obj.kind == "cpe_nat_ip" else "connected IP"
            report.warn(
                f"{entry.desired.label}: the {what} {obj.key} of bond {bond.id} ({bond.name}) is disabled on the "
                "management server: nothing reaches its host by this bond. It is left so, since another bond of a "
                "pair may stand in for this one. Enable it there if none does.",
                _about(obj, "enabled", "disabled", entry, "Enable it on the management server, if no pair stands in."),
            )
    holders = holders_of(private_ip, server)
    others = [number for number in holders if number != bond.id and _is_enabled(holders[number])]
    if others and (bond.id not in holders or _is_enabled(holders[bond.id])):
        names = " and ".join(_named(number, server) for number in others)
        report.warn(
            f"{entry.desired.label}: its CPE NAT IP {private_ip} is enabled on {names} too: two bonds answer for one "
            "address. Disable it on one of them on the management server.",
            *(_about(holders[number], "disabled", "enabled", entry, "Disable it on one bond.") for number in others),
        )


def bonds_of_removed(
    key: str, told: Iterable[int | None], private_ip: str | None, server: Server, report: Report
) -> set[int]:
    """Return the bonds whose CPE NAT IP goes with an entry's address; others that have the same one are named.

    :param told: the bonds that the entry and its Elastic IP name, the surest one first
    """
    holders = holders_of(private_ip, server) if private_ip else {}
    by_key = [number for number in holders if key == f"bond-{number}"]
    known = [number for number in (*told, *by_key) if number in holders]
    going = {known[0]} if known else set(holders) if len(holders) == 1 else set()
    kept = [_named(number, server) for number in holders if number not in going]
    if kept:
        report.warn(
            f"The CPE NAT IP {private_ip} of {' and '.join(kept)} is kept, though the address of {PREFIX}{key} goes: "
            "no run has made it for this entry. Delete it on the management server."
        )
    return going


def _about(obj: Object, expected: str, found: str, entry: Entry, remedy: str) -> Difference:
    name, space = f"{obj.parent}/{obj.key}", entry.bond.space
    return Difference(obj.kind, name, expected, found, space=space, remedy=remedy)


def _is_enabled(obj: Object) -> bool:
    return obj.data.get("enabled") is not False


def _named(number: int, server: Server) -> str:
    found = server.bonds.get(number)
    return f"bond {number} ({found.name})" if found else f"bond {number}"
