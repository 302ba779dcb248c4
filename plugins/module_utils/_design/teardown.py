# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Design of a teardown: delete all that is ours, and nothing else."""

from __future__ import annotations

from typing import Any

from .._model.desired_network import Report
from .._model.role_inputs import PrivateWanInput
from .._objects import Object
from .aggregators.public_addresses import warn_of_stays
from .context import Context
from .cpe_nat.entries import resolve_entries
from .cpe_nat.removal import design_leftovers
from .gateway.removal import design_gateway_removal
from .host.planner import design_host_configs
from .security_groups.groups import design_security
from .server_objects import drop_objects
from .vpc.foreign_objects import refuse_foreign_objects
from .vpc.removal import design_vpc_removal


def design_teardown(context: Context) -> None:
    """Design a teardown: delete all that is ours, and nothing else."""
    desired, report = context.desired, context.report
    design_host_configs([], {}, None, (), context)
    quiet = Report()  # a bond or space that is gone is no problem for a teardown
    entries = resolve_entries(desired, context.server, quiet)
    design_gateway_removal([], context)
    for member in context.fleet.decommissioned:
        drop_objects(member.id, member.host or None, context)
    design_leftovers(entries, context)
    for space in desired.spaces:
        found = context.server.spaces.get(space.key)
        if found is None or not found.enabled:
            continue
        if not desired.teardown_private_wan:
            report.warn(
                f"space {space.key}: its private WAN stays in mode {found.mode}; -e bonding_teardown_private_wan=true "
                "turns it off."
            )
            continue
        context.design.private_wan["remove"].append(PrivateWanInput(space.key, False))
        data: dict[str, Any] = {"key": space.key, "private_wan_enabled": False}
        context.design.want("remove", "private_wan", None, Object("space", "", space.key, data))
    design_security([], (), context)
    design_vpc_removal(context)
    warn_of_stays(set(), desired, context.cloud, report)
    if not desired.needs_cloud:
        report.warn(
            "AWS was not asked for objects of this network: no host has an aws_instance_id, no space a vpc, and there "
            "is no CPE NAT entry. If there are any, name one of these again."
        )
    refuse_foreign_objects(context)
