# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The aggregator on which a bond is, against the one that owns its public address (AN-001). Private to the collection.

Without BGP a CPE NAT IP works only while its bond is on the aggregator whose interface has the address.
"""

from __future__ import annotations

from .cpe_nat_entries import Entry, current_address
from .fleet import Fleet, Member
from .intent import Intent, Report
from .state import ElasticIp, Server


def check_place(
    entry: Entry,
    owner: Member,
    address: ElasticIp | None,
    moved: bool,
    intent: Intent,
    fleet: Fleet,
    server: Server,
    report: Report,
) -> None:
    """Judge an owner on which the bond is not: name a bond that moved, warn of a move, refuse or warn of a new address.

    Refused is only what the bond's configuration on the server excludes: it may be on its secondary aggregator for a
    while. A bond of which the server does not know where it is may be anywhere.
    """
    present = entry.bond.present
    if present is None or present == owner.id:
        return
    member = fleet.by_id(present)
    where = member.host if member else server.aggregators[present].name if present in server.aggregators else present
    bond = f"bond {entry.bond.id} ({entry.bond.name})"
    if current_address(address) is not None and not moved:
        report.drift.append(f"{bond} is on {where}, its address ({entry.key}) on {owner.host}")
        return
    said = f"{entry.intent.label}: {bond} is on {where}, and its public address is to be on {owner.host}"
    if intent.bgp is not None:
        report.warn(f"{said}: its traffic takes both, handed on by BGP.")
    elif moved or owner.id in (entry.bond.primary, entry.bond.secondary):
        report.warn(f"{said}: without bonding_bgp nothing reaches it until the bond is on {owner.host}.")
    else:
        report.problem(
            f"{said}, which is neither its primary nor its secondary aggregator: without bonding_bgp nothing would "
            f"reach it. Leave aggregator out (the address goes where the bond is), give the bond {owner.host} on the "
            "management server first, or set bonding_bgp."
        )
