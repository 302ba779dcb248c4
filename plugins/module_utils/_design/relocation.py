# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Design of a run that only moves public addresses and gateways between aggregators."""

from __future__ import annotations

from .aggregators.unavailable import leave_out_unreachable
from .checks import conflicts as collisions
from .checks.quotas import check_limits
from .context import Context
from .cpe_nat.entries import Entry
from .cpe_nat.planner import design_cpe_nat
from .gateway.standby import design_gateway_moves
from .host.config import design_host_configs
from .mesh.meshes import transit_mesh
from .security_groups.groups import attach_cpe_nat_groups


def design_relocation(entries: list[Entry], context: Context) -> None:
    """Design the moves of public addresses, with what their new hosts need for them, and nothing else.

    A problem of a mesh or a gateway so stops no address from following its bond.
    """
    leave_out_unreachable(context)
    chosen = design_cpe_nat(entries, context)
    if chosen:
        design_host_configs([], chosen, transit_mesh(context), (), context)
        attach_cpe_nat_groups({host for host, _work in context.design.entries.values() if host}, context)
    design_gateway_moves(context)
    collisions.check_cpe_nat_addresses(chosen, [], context.fleet, context.server, context.report)
    context.design.limits = check_limits(context.design.items, context)
