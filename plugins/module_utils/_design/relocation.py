# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Design of a run that only moves public addresses and gateways between aggregators."""

from __future__ import annotations

from dataclasses import replace

from .._model.desired_network import DesiredNetwork
from .._model.state import Server
from .aggregators.fleet import find_aggregator
from .aggregators.unavailable import leave_out_unreachable
from .checks import conflicts as collisions
from .checks.quotas import check_limits
from .context import Context
from .cpe_nat.entries import Entry
from .cpe_nat.planner import design_cpe_nat
from .gateway.standby import design_gateway_moves
from .host.planner import design_host_configs
from .mesh.meshes import built_transit
from .security_groups.groups import attach_cpe_nat_groups


def with_hosts_of_aggregators(desired: DesiredNetwork, server: Server) -> DesiredNetwork:
    """Return the desired network with the host of each aggregator that a relocation names by its id or name.

    An event of ansible-rulebook knows the management server's aggregators, and no host. A host's own name counts first.
    """
    if desired.relocation is None:
        return desired
    hosts = {host.host for host in desired.hosts}

    def host_of(named: str | None) -> str | None:
        if named is None or named in hosts:
            return named
        number = find_aggregator(named, server)
        found = [host.host for host in desired.hosts if find_aggregator(host.aggregator, server) == number]
        return found[0] if isinstance(number, int) and found else named

    one = desired.relocation
    named = replace(one, evacuate=host_of(one.evacuate), to=host_of(one.to), restore=host_of(one.restore))
    return replace(desired, relocation=named)


def design_relocation(entries: list[Entry], context: Context) -> None:
    """Design the moves of public addresses, with what their new hosts need for them, and nothing else.

    A problem of a mesh or a gateway so stops no address from following its bond.
    """
    leave_out_unreachable(context)
    chosen = design_cpe_nat(entries, context)
    roles = design_gateway_moves(context)
    if chosen or roles:
        design_host_configs([], chosen, built_transit(context), (), context, roles)
    if chosen:
        attach_cpe_nat_groups({host for host, _work in context.design.entries.values() if host}, context)
    collisions.check_cpe_nat_addresses(chosen, [], context.fleet, context.server, context.report)
    context.design.limits = check_limits(context.design.items, context)
