# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings of objects that stay in the network, or carry nothing, without being wanted."""

from __future__ import annotations

from ..._model.desired_network import DesiredSpace, Report
from ..._model.finding import Difference
from ..._model.state import Server, Space
from ..context import Context
from ..mesh.discovery import protocol_patterns


def warn_of_modes(context: Context) -> None:
    """Say of each space of which something goes, and that the inventory names no more, that its mode stays."""
    gone = {str(t.data.get("space")) for batch in context.design.batches["remove"] for t in batch.gone}
    gone |= {work.space for work in context.design.vpcs["remove"]}
    for key in sorted((gone - {space.key for space in context.desired.spaces}) & set(context.server.spaces)):
        found = context.server.spaces[key]
        if found.enabled:
            context.report.warn(
                f"space {key}: its private WAN stays in mode {found.mode}, though bonding_spaces does not name it any "
                "more: turn it off on the management server, or with module space_private_wan.",
                Difference(
                    "space",
                    key,
                    "private WAN off",
                    f"in mode {found.mode}",
                    "warning",
                    "plan",
                    space=key,
                    remedy="Turn it off on the management server, or with module space_private_wan.",
                ),
            )


def warn_of_idle_interfaces(context: Context) -> None:
    """Warn of interfaces that a run may have left when it was killed after it deleted their protocols."""
    going = {(t.parent, t.key) for batch in context.design.batches["remove"] for t in (*batch.gone, *batch.wanted)}
    named = {space.key for space in context.desired.spaces}
    for member in (*context.fleet.members, *context.fleet.decommissioned):
        objects = context.server.objects.get(member.id, ())
        used = {pattern for one in objects if "protocol" in one.kind for pattern in protocol_patterns(one)}
        for obj in objects:
            space = obj.data.get("space")
            lost = space is not None and space not in named and obj.key not in used
            if lost and obj.kind == "vxlan_interface" and (obj.parent, obj.key) not in going:
                context.report.warn(
                    f"{member.host or member.name}: the VXLAN interface {obj.key} of space {space} is used by no "
                    "protocol: a run that was killed may have left it. Nothing says whose it is, so it is kept: delete "
                    "it on the management server, or with module vxlan_interface.",
                    Difference(
                        obj.kind,
                        f"{obj.parent}/{obj.key}",
                        "absent, or used by a protocol",
                        "used by no protocol",
                        severity="warning",
                        source="waste",
                        host=member.host,
                        space=str(space),
                        remedy="Delete it on the management server, if a killed run has left it.",
                    ),
                )


def warn_nothing_to_carry(pairs: list[tuple[DesiredSpace, Space]], server: Server, report: Report) -> None:
    """Warn of a space none of whose bonds gives a network to the private WAN, if all their networks were read."""
    for space, _found in pairs:
        bonds = [bond.id for bond in server.bonds.values() if bond.space == space.key]
        if not bonds:
            report.warn(f"space {space.key}: has no bonds: its private WAN has nothing to carry.")
        elif server.bonds_with_networks.issuperset(bonds) and not any(
            obj.data.get("include_private_wan") for number in bonds for obj in server.bond_objects.get(number, ())
        ):
            report.warn(
                f"space {space.key}: no connected IP or route of its bonds has include_private_wan: there is nothing "
                "to carry."
            )
