# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan with the names that the management server has: what the operator reads, and what the roles write.

`ServerReader.rename` is the other side of this boundary; between both only the names of the network exist.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._design.deviations import ObjectNames
from .._model.plan import PlannedChange
from .._model.role_inputs import GatewayInput
from .._objects import Fields
from .._parents import AGGREGATOR, parent_of
from .._reconcile import KnownObject
from .role_inputs import AggregatorInput, MeshRemoval, Plan


def with_server_names(plan: Plan, names: ObjectNames) -> Plan:
    """Return the plan with the server's names of protocols and filters."""
    if not names:
        return plan
    plan.items = [item_on_server(item, names) for item in plan.items]
    plan.deferred = [(item_on_server(item, names), reason) for item, reason in plan.deferred]
    plan.awaited = [item_on_server(item, names) for item in plan.awaited]
    for phases in plan.work.hosts.values():
        for inputs in phases.values():
            inputs.gateways = [_gateway(one, names) for one in inputs.gateways]
            inputs.bgp, inputs.mesh = _mesh(inputs.bgp, names), _mesh(inputs.mesh, names)
    return plan


def item_on_server(item: PlannedChange, names: ObjectNames) -> PlannedChange:
    """Return a change with the server's names of its object and of those that its fields name."""
    if item.system != "server":
        return item
    kind, parent = item.kind, item.parent
    before, after = (
        None if fields is None else names.fields_on_server(kind, parent, fields) for fields in (item.before, item.after)
    )
    return replace(item, key=names.key_on_server(kind, parent, item.key), before=before, after=after)


def _gateway(gateway: GatewayInput, names: ObjectNames) -> GatewayInput:
    if gateway.aggregator is None:
        return gateway
    parent = parent_of(AGGREGATOR, int(gateway.aggregator))
    kept = dict(gateway.kept)
    if kept.get("protocol"):
        kept["protocol"] = names.fields_on_server("static_protocol", parent, kept["protocol"])
    protocol = gateway.protocol and names.key_on_server("static_protocol", parent, gateway.protocol)
    by = gateway.filter and names.key_on_server("filter", parent, gateway.filter)
    return replace(gateway, protocol=protocol, filter=by, kept=kept)


def _mesh(mesh: list[AggregatorInput] | MeshRemoval, names: ObjectNames) -> list[AggregatorInput] | MeshRemoval:
    if isinstance(mesh, list):
        return [_aggregator(one, names) for one in mesh]
    lists: dict[str, Any] = {
        name: [_aggregator(one, names) for one in getattr(mesh, name)]
        for name in ("protocols_off", "shrink", "interfaces_off")
    }
    return MeshRemoval(**lists)


def _aggregator(given: AggregatorInput, names: ObjectNames) -> AggregatorInput:
    parent = parent_of(AGGREGATOR, given.aggregator)

    def protocol(data: Fields) -> Fields:
        return names.fields_on_server(f"{data['protocol']}_protocol", parent, data)

    def known(one: KnownObject) -> KnownObject:
        fields = names.fields_on_server(one.kind, parent, one.object)
        return replace(one, name=names.key_on_server(one.kind, parent, one.name), object=fields)

    return replace(
        given,
        protocols=[protocol(data) for data in given.protocols],
        filters=[names.fields_on_server("filter", parent, data) for data in given.filters],
        known=replace(given.known, objects=[known(one) for one in given.known.objects]),
    )
