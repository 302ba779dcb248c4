# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input of role pwan_gateway, the same from the plan and from the options of an operator."""

from __future__ import annotations

from typing import Any

from ..._model.desired_network import DesiredGateway
from ..._model.names import (
    GATEWAY_KINDS,
    gateway_device,
    gateway_ip_key,
    gateway_key,
    internet_gateway_key,
    nat_gateway_ip_key,
    nat_gateway_key,
    object_name,
    public_subnet_key,
    public_table_key,
    route_table_key,
    subnet_key,
)
from ..._model.role_inputs import GatewayInput


def named_input(network: str, space: str, host: str, zone: str) -> GatewayInput:
    """Return the input that changes nothing: the names by which the role finds the objects of a gateway."""
    return GatewayInput(
        network=network,
        space=space,
        key=gateway_key(space, host),
        ip_key=gateway_ip_key(space, host),
        address_name=f"{network}-{gateway_key(space, host)}",
        subnet_key=subnet_key(space, zone),
        table_key=route_table_key(space),
        internet_gateway_key=internet_gateway_key(space),
        nat_key=nat_gateway_key(space, host),
        nat_ip_key=nat_gateway_ip_key(space, host),
        public_subnet_key=public_subnet_key(space, zone),
        public_table_key=public_table_key(space, zone),
    )


def wanted_fields(network: str, number: int, wanted: DesiredGateway) -> dict[str, Any]:
    """Return the fields of the input that follow from the inventory's entry and the space's id alone."""
    protocol, import_filter = (object_name(network, kind, number) for kind in GATEWAY_KINDS)
    return {
        "subnet_id": wanted.subnet_id,
        "pool": wanted.pool,
        "public_ip": wanted.public_ip,
        "egress": wanted.egress,
        "interface": wanted.interface or gateway_device(number),
        "protocol": protocol,
        "filter": import_filter,
        "route_table_ids": list(wanted.route_tables) or None,
    }
