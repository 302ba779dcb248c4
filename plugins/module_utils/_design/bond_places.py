# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The aggregator on which a bond is, against the one that owns its public address (AN-001). Private to the collection.

Without BGP a CPE NAT IP works only while its bond is on the aggregator whose interface has the address.
"""

from __future__ import annotations

from .cpe_nat_entries import Entry
from .fleet import Fleet, Member
from .intent import Report
from .state import Server


def check_place(entry: Entry, owner: Member, moved: bool, fleet: Fleet, server: Server, report: Report) -> None:
    """Name a bond that is not on the aggregator that owns its address."""
    present = entry.bond.present
    if present is None or present == owner.id:
        return
    if moved:
        return
    member = fleet.by_id(present)
    where = member.host if member else server.aggregators[present].name if present in server.aggregators else present
    report.drift.append(
        f"bond {entry.bond.id} ({entry.bond.name}) is on {where}, its address ({entry.key}) on {owner.host}"
    )
