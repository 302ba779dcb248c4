# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The aggregator on which a bond is, against the one that owns its public address (AN-001).

Without BGP between the two a CPE NAT IP works only while its bond is on the aggregator whose interface has the address.
"""

from __future__ import annotations

from ..._model.desired_network import Drift
from ..._model.state import ElasticIp, Server
from ..aggregators.fleet import Fleet, Member
from ..context import Context
from .entries import Entry, current_address
from .shared_addresses import enabled_bond


def check_place(entry: Entry, owner: Member, address: ElasticIp | None, moved: bool, context: Context) -> None:
    """Judge an owner on which the bond is not: name a bond that moved, warn of a move, refuse or warn of a new address.

    Refused is only what the bond's configuration on the server excludes: it may be on its secondary aggregator for a
    while. A bond of which the server does not know where it is may be anywhere.
    """
    report = context.report
    live = enabled_bond(entry, current_address(address), context.server)
    present = live.present
    if present is None or present == owner.id:
        return
    where = _name(present, context.fleet, context.server)
    bond = f"bond {live.id} ({live.name})"
    if current_address(address) is not None and not moved:
        member = context.fleet.by_id(present)
        text = f"{bond} is on {where}, its address ({entry.key}) on {owner.host}"
        there = member.host if member else None
        pinned = entry.desired.pinned
        report.drift.append(Drift("bond_moved", live.id, owner.host, there, entry.key, text, pinned))
        return
    said = f"{entry.desired.label}: {bond} is on {where}, and its public address is to be on {owner.host}"
    without = (
        "without bonding_bgp" if context.desired.bgp is None else "with one of them outside of bonding_bgp.aggregators"
    )
    relocation, left = context.desired.relocation, context.fleet.by_id(present)
    if relocation and left and relocation.evacuate == left.host:
        # The run does not ask the host that it evacuates, so that the host gets no return route to the new owner.
        report.warn(
            f"{said}: nothing reaches it until the bond has left {where}. While {where} lives, move the bond first."
        )
    elif {owner.id, present} <= {speaker.id for speaker in context.fleet.speakers}:
        report.warn(f"{said}: its traffic takes both, handed on by BGP.")
    elif moved or owner.id in (live.primary, live.secondary):
        report.warn(f"{said}: {without} nothing reaches it until the bond is on {owner.host}.")
    else:
        report.problem(
            f"{said}, which is neither its primary nor its secondary aggregator: {without} nothing would "
            f"reach it. Leave aggregator out (the address goes where the bond is), give the bond {owner.host} on the "
            "management server first, or let BGP run between both (bonding_bgp, aggregators)."
        )


def note_followed(entry: Entry, owner: Member, home: Member, context: Context) -> None:
    """Name an address that has followed its bond away from the aggregator that the entry names."""
    text = (
        f"the address of bond {entry.bond.id} ({entry.bond.name}) ({entry.key}) has followed it from {home.host}, "
        f"which the entry names, to {owner.host}"
    )
    if entry.bond.present in (None, owner.id):  # else it is drift that the bond has moved on
        context.report.drift.append(Drift("followed", entry.bond.id, home.host, owner.host, entry.key, text))


def warn_of_failover(entry: Entry, owner: Member, context: Context) -> None:
    """Warn of a bond whose address no BGP follows to its other aggregator."""
    label, bond = entry.desired.label, entry.bond
    if not bond.secondary or context.desired.followed or context.desired.relocation:
        return
    dead = "after a failover its public address is dead until the association is moved."
    if context.desired.bgp is None:
        context.report.warn(f"{label}: bond {bond.id} has a secondary aggregator, but there is no bonding_bgp: {dead}")
        return
    inside = {speaker.id for speaker in context.fleet.speakers}
    outside = [number for number in dict.fromkeys((owner.id, bond.primary, bond.secondary)) if number not in inside]
    names = [_name(number, context.fleet, context.server) for number in outside if number]
    if names:
        context.report.warn(
            f"{label}: bond {bond.id} has a secondary aggregator, and {' and '.join(names)} "
            f"{'is' if len(names) == 1 else 'are'} outside of bonding_bgp: {dead}"
        )


def _name(number: int, fleet: Fleet, server: Server) -> str:
    member = fleet.by_id(number)
    return member.host if member else server.aggregators[number].name if number in server.aggregators else str(number)
