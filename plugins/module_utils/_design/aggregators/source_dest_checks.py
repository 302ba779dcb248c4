# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source/destination checks of the aggregators' interfaces, which direct BGP has off."""

from __future__ import annotations

from ..._model.names import TAG_CHECK
from ..._model.plan import ALLOW, Placement, SecurityWork
from ..._model.role_inputs import SecurityInterfaceInput
from ..._objects import Change
from ..context import Context
from .leftovers import PRUNE, removal_switch

CHECK_OFF, CHECK_ON = {"source_dest_check": False}, {"source_dest_check": True}


def design_source_dest_checks(direct: bool, kept_direct: bool, context: Context) -> None:
    """Switch the checks off where direct BGP runs, with their values in a tag, and back to these where it ends.

    A check stays off where that BGP is kept, and on the interface of an instance that the inventory does not name.
    """
    desired, fleet, design = context.desired, context.fleet, context.design
    for member in fleet.members:
        if member.instance:
            design.checks[member.host, member.instance.interface_id] = member.instance.source_dest_check
    for member in fleet.speakers if direct else ():
        if member.instance and member.instance.source_dest_check:
            place = member.instance.interface_id
            carried = {**CHECK_OFF, "tags": {TAG_CHECK: f"{desired.network}:true"}}
            design.aws(
                Change("update", "source_dest_check", "", place, dict(CHECK_ON), carried),
                Placement("add", "cpe_nat", member.host),
            )
            entry = SecurityInterfaceInput(interface_id=place, source_dest_check=False)
            design.security["add"].append(SecurityWork("cpe_nat", entry, member.host))
    staying = fleet.members if kept_direct else fleet.speakers if direct else ()
    kept = {member.instance.interface_id for member in staying if member.instance}
    for place in sorted(context.cloud.checked_before - kept):
        owner = fleet.by_interface(place)
        if owner is None and removal_switch(desired, fleet) is None:
            continue
        host = owner.host or None if owner else None
        switch = removal_switch(desired, fleet, owner)
        if switch is None or (switch == PRUNE and desired.bgp and not direct):
            switch = ALLOW  # BGP is wanted, in another mode
        before = {**CHECK_OFF, "tags": {TAG_CHECK: f"{desired.network}:true"}}
        after = {**CHECK_ON, "tags": {TAG_CHECK: None}}
        text = f"what {host or place} forwards for bonds that have moved"
        design.aws(
            Change("update", "source_dest_check", "", place, before, after),
            Placement("remove", "cpe_nat", host).interrupting(text, switch),
        )
        entry = SecurityInterfaceInput(interface_id=place, source_dest_check=True)
        design.security["remove"].append(SecurityWork("cpe_nat", entry, host))
