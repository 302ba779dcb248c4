# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs of the roles and modules that carry out the plan, one class for each.

The fields have the names of the options; a test compares them with the roles' and modules' argument specifications.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from .._objects import Fields


class Options:
    """Base of the inputs whose JSON leaves out the fields that are None: the module or role takes its own default."""


def as_json(value: Any) -> Any:
    """Return an input as network_plan returns it: dataclasses as dictionaries, at every depth."""
    if isinstance(value, Mapping):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(one) for one in value]
    if not is_dataclass(value):
        return value
    found: Fields = {}
    for one in fields(value):
        given = getattr(value, one.name)
        if given is not None or not isinstance(value, Options):
            found[one.name] = as_json(given)
    return found


@dataclass(kw_only=True)
class CpeNatInput(Options):
    """An entry of the option `eip_cpe_nat_ips` of role eip_cpe_nat."""

    key: str | None
    bond: int | None = None
    interface: str | None = None
    connected_ip: str | None = None
    nat_ip: str | None = None
    include_private_wan: bool | None = None
    interface_id: str | None = None
    private_ip: str | None = None
    preferred_private_ip: str | None = None
    pool: str | None = None
    public_ip: str | None = None
    reverse_dns: str | None = None
    made_connected_ip: str | None = None
    followed_from: str | None = None
    bond_unchanged: bool | None = None
    """True if the bond has its objects as they shall be, with the private address `preferred_private_ip`."""
    release: bool | None = None
    tags: dict[str, str] | None = None


@dataclass(kw_only=True)
class GatewayInput:
    """One gateway in one phase; the fields are the keys of the option `pwan_gateway_planned` of role pwan_gateway."""

    network: str
    space: str
    key: str
    ip_key: str
    subnet_key: str
    table_key: str
    internet_gateway_key: str
    address_name: str
    """Tag `Name` of the Elastic IP of the network interface."""
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
    routes: list[Fields] = field(default_factory=list)
    """Routes of the static protocol; empty: those that the subnet's network and `networks` lead to."""
    kept: Fields = field(default_factory=dict)
    """Values of the device and the protocol that a later phase removes."""
    networks: list[str] = field(default_factory=list)
    absent_networks: list[str] | None = field(default_factory=list)
    """Networks whose route to the gateway goes; None: each that `networks` does not have."""
    route_table_ids: list[str] | None = None
    fresh: bool = False
    """True if the plan has seen that AWS has nothing of the gateway."""
    standby: bool = False
    """True of a gateway that waits to take another one's place: it gets no address, NAT gateway or routes."""
    reassociate: bool = False
    """True if the Elastic IP may leave the interface of the gateway whose place this one takes."""
    release: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    masquerade: Fields | None = None
    """Zone, devices and port forwards of the translation that the role without a plan installs."""


@dataclass(frozen=True)
class SubnetInput(Options):
    """A subnet to be created in a VPC."""

    zone: str
    cidr: str
    key: str | None = None


@dataclass(kw_only=True)
class VpcInput:
    """A VPC: the options of role pwan_vpc by their names without `pwan_vpc_`; `remove` is the state `absent`."""

    network: str
    space: str
    cidr: str | None
    ipv6: bool
    fresh: bool = False
    remove: bool = False
    subnets: list[SubnetInput] = field(default_factory=list)
    public_subnets: list[SubnetInput] = field(default_factory=list)
    absent_public_zones: list[str] = field(default_factory=list)
    default_route: bool = False
    egress_only: bool = False
    absent_egress_only: bool = False
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PrivateWanInput(Options):
    """The private WAN of a space: an entry of the option `spaces` of module space_private_wans."""

    space: str
    enabled: bool
    mode: str | None = None


@dataclass(kw_only=True)
class SecurityGroupInput(Options):
    """A security group: an entry of the option `groups` of module aggregator_security."""

    key: str
    vpc_id: str | None
    vpc_key: str | None
    description: str
    rules: list[Fields] | None = None
    absent_rules: list[Fields] | None = None
    tags: dict[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class SecurityInterfaceInput(Options):
    """A network interface: an entry of the option `interfaces` of module aggregator_security."""

    interface_id: str | None
    interface_key: str | None = None
    groups: list[str] | None = None
    absent_groups: list[str] | None = None
    source_dest_check: bool | None = None


@dataclass(frozen=True)
class AbsentGroupInput:
    """A security group to be deleted: an entry of the option `absent` of module aggregator_security."""

    key: str


@dataclass(kw_only=True)
class PublicAddressInput(Options):
    """The Elastic IP of an aggregator itself, to be allocated, or (with `public_ip`) associated."""

    key: str
    name: str
    region: str | None
    public_ip: str | None = None
    interface_id: str | None = None
    private_ip: str | None = None
    tags: dict[str, str] | None = None


@dataclass(frozen=True)
class TagsInput:
    """Tags to be written on an object of AWS."""

    id: str
    tags: dict[str, str]
    region: str | None


@dataclass
class HostConfigInput:
    """The host configuration after a phase: options of role aggregator_host by their names without its own."""

    masquerade: list[Fields]
    return_routes: list[Fields]
    firewall: list[Fields]


@dataclass(frozen=True, kw_only=True)
class ExpectedInterface:
    """A device that a host has to have: an entry of the option `expect` of module aggregator_host_info."""

    device: str
    addresses: list[str]
    peers: list[str] = field(default_factory=list)
    babel: int = 0
    ospf: list[str] = field(default_factory=list)
    bgp: list[str] = field(default_factory=list)
    admits: list[Fields] = field(default_factory=list)
