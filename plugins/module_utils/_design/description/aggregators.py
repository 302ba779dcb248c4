# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregators of a description: the hosts of the inventory with their instances."""

from __future__ import annotations

from collections import Counter

from ..._model.description import AggregatorDescription
from ..._model.desired_network import DesiredHost
from .state import PresentState


def describe_aggregators(state: PresentState) -> tuple[AggregatorDescription, ...]:
    """Return the hosts of the inventory, in its order."""
    bonds = Counter(bond.present for bond in state.server.bonds.values())
    return tuple(_aggregator(host, bonds, state) for host in state.desired.hosts)


def _aggregator(host: DesiredHost, bonds: Counter[int | None], state: PresentState) -> AggregatorDescription:
    member = state.member_of.get(host.host)
    instance = member.instance if member else state.cloud.instances.get(host.instance_id or "")
    found = state.server.aggregators.get(member.id) if member else None
    public = instance.publics.get(instance.private_ip) or instance.public_ip if instance else found.ip if found else ""
    return AggregatorDescription(
        host=host.host,
        id=member.id if member else None,
        name=found.name if found else "",
        status=(found.status if found else None) or "",
        version=(found.version if found else None) or "",
        region=state.region_of(host.host),
        zone=instance.zone if instance else "",
        instance_id=host.instance_id or "",
        instance_type=instance.type if instance else "",
        instance_state=instance.state if instance else "",
        interface_id=instance.interface_id if instance else "",
        private_ip=(member.private_ip if member else host.private_ip) or "",
        public_ip=public or "",
        is_automatic=bool(instance and instance.automatic_ip and instance.automatic_ip == public),
        network_interfaces=len(instance.devices) if instance else None,
        private_addresses=len(instance.addresses) + instance.prefixes if instance else None,
        bonds=bonds[member.id] if member else 0,
        unavailable=state.fleet.unavailable.get(host.host, ""),
    )
