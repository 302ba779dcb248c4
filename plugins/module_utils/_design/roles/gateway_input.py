# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input of role pwan_gateway, the same from the plan and from the options of an operator."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(frozen=True, kw_only=True)
class GatewayInput:
    """One gateway in one phase; the fields are the keys of the role's option `pwan_gateway_planned`."""

    network: str
    space: str
    key: str
    ip_key: str
    subnet_key: str
    table_key: str
    internet_gateway_key: str
    nat_key: str
    nat_ip_key: str
    public_subnet_key: str
    public_table_key: str
    state: str = "present"
    aggregator: int | str | None = None
    instance_id: str | None = None
    device_index: int = 0
    subnet_id: str | None = None
    pool: str | None = None
    public_ip: str | None = None
    egress: str = "none"
    phases: list[str] = field(default_factory=list)
    source_dest_check: bool = False
    interface: str | None = None
    accept_ra: bool = False
    protocol: str | None = None
    filter: str | None = None
    routes: list[dict[str, Any]] = field(default_factory=list)
    """Routes of the static protocol; empty: those that the subnet's network and `networks` lead to."""
    kept: dict[str, Any] = field(default_factory=dict)
    """Values of the device and the protocol that a later phase removes."""
    networks: list[str] = field(default_factory=list)
    absent_networks: list[str] | None = field(default_factory=list)
    """Networks whose route to the gateway goes; None: each that `networks` does not have."""
    route_table_ids: list[str] | None = None
    fresh: bool = False
    """True if the plan has seen that AWS has nothing of the gateway."""
    release: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    masquerade: dict[str, Any] | None = None
    """Zone, devices and port forwards of the translation that the role without a plan installs."""


def named_input(network: str, space: str, host: str, zone: str) -> GatewayInput:
    """Return the input that changes nothing: the names by which the role finds the objects of a gateway."""
    return GatewayInput(
        network=network,
        space=space,
        key=gateway_key(space, host),
        ip_key=gateway_ip_key(space, host),
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
