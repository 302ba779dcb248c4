# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source/destination checks of the aggregators' interfaces, which direct BGP has off. Private to the collection."""

from __future__ import annotations

from typing import Any

from .fleet import Fleet
from .intent import Intent
from .items import ALLOW, Design
from .leftovers import PRUNE, removal_switch
from .naming import TAG_CHECK
from .state import Cloud

CHECK_OFF, CHECK_ON = {"source_dest_check": False}, {"source_dest_check": True}


def design_source_dest_checks(
    direct: bool, kept_direct: bool, intent: Intent, cloud: Cloud, fleet: Fleet, design: Design
) -> None:
    """Off where direct BGP runs, its old value in a tag; put back from there where it is ours no more.

    It stays off where that BGP is kept, and on the interface of an instance that the inventory does not name.
    """
    common: dict[str, Any] = {"part": "cpe_nat"}
    for member in fleet.speakers if direct else ():
        if member.instance and member.instance.source_dest_check:
            place = member.instance.interface_id
            after = {**CHECK_OFF, "tags": {TAG_CHECK: f"{intent.network}:true"}}
            design.aws(
                "update",
                "source_dest_check",
                "",
                place,
                phase="add",
                host=member.host,
                before=dict(CHECK_ON),
                after=after,
                **common,
            )
            entry = {"interface_id": place, **CHECK_OFF}
            design.security["add"].append((member.host, "cpe_nat", False, "interfaces", entry))
    staying = fleet.members if kept_direct else fleet.speakers if direct else ()
    kept = {member.instance.interface_id for member in staying if member.instance}
    for place in sorted(cloud.checked_before - kept):
        owner = fleet.by_interface(place)
        if owner is None and removal_switch(intent, fleet) is None:
            continue
        host = owner.host or None if owner else None
        switch = removal_switch(intent, fleet, owner)
        if switch is None or (switch == PRUNE and intent.bgp and not direct):
            switch = ALLOW  # BGP is wanted, in another mode
        before: dict[str, Any] = {**CHECK_OFF, "tags": {TAG_CHECK: f"{intent.network}:true"}}
        design.aws(
            "update",
            "source_dest_check",
            "",
            place,
            phase="remove",
            host=host,
            before=before,
            after={**CHECK_ON, "tags": {TAG_CHECK: None}},
            interrupts=f"what {host or place} forwards for bonds that have moved",
            switch=switch,
            **common,
        )
        design.security["remove"].append((host, "cpe_nat", False, "interfaces", {"interface_id": place, **CHECK_ON}))
