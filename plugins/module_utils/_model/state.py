# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State of the management server and of AWS, as the design reads it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._objects import Object
from .names import ANYWHERE

SELF = "self"
"""Source of a security group's rule: the interfaces that carry the group itself."""


@dataclass(frozen=True)
class Aggregator:
    """An aggregator on the server; `ip` is the address that bonders use (on AWS the public one)."""

    id: int
    name: str
    ip: str
    space: str | None = None
    version: str | None = None
    status: str | None = None
    """`up`, `down` or `unknown`, as the server sees it."""


@dataclass(frozen=True)
class Space:
    """A space on the server."""

    id: int
    key: str
    name: str
    enabled: bool
    mode: str | None


@dataclass(frozen=True)
class Bond:
    """A bond; `primary`, `secondary` and `present` are aggregator ids."""

    id: int
    name: str
    space: str
    primary: int | None
    secondary: int | None
    present: int | None


@dataclass
class Server:
    """The management server's side."""

    aggregators: dict[int, Aggregator] = field(default_factory=dict)
    spaces: dict[str, Space] = field(default_factory=dict)
    bonds: dict[int, Bond] = field(default_factory=dict)
    objects: dict[int, list[Object]] = field(default_factory=dict)
    """Interfaces, protocols and filters by aggregator id."""
    bond_objects: dict[int, list[Object]] = field(default_factory=dict)
    """Connected IPs, CPE NAT IPs (and routes, where read) by bond id."""
    bond_interfaces: dict[int, list[str]] = field(default_factory=dict)
    """Names of the bonders' interfaces by bond id."""
    bonds_with_networks: set[int] = field(default_factory=set)
    """Ids of the bonds whose connected IPs and routes were both read, so that a network that is not found is absent."""

    def space_by_id(self, number: int) -> Space | None:
        """Return the space with this id."""
        return next((space for space in self.spaces.values() if space.id == number), None)


@dataclass(frozen=True)
class Instance:
    """An EC2 instance; the interface fields speak of its primary network interface."""

    id: str
    type: str
    zone: str
    vpc_id: str
    subnet_id: str
    interface_id: str
    private_ip: str
    addresses: tuple[str, ...] = ()
    public_ip: str | None = None
    devices: tuple[int, ...] = (0,)
    groups: tuple[str, ...] = ()
    source_dest_check: bool = True
    automatic_ip: str | None = None
    """The public address that EC2 gave by itself: no Elastic IP, and lost when the instance stops."""
    publics: Mapping[str, str] = field(default_factory=dict)
    """The public address of each private address that has one, of all its interfaces."""
    prefixes: int = 0
    """IPv4 prefixes of the primary interface, each of which counts as an address."""
    state: str = "running"
    """As EC2 names it: `pending`, `running`, `stopping` or `stopped`; one that is terminated counts as unknown."""


@dataclass(frozen=True)
class Account:
    """Object counts and limits of an account in a region; None, or left out of `limits`, where they were not read."""

    region: str
    limits: dict[str, int] = field(default_factory=dict)
    """By the names of `limits.QUOTAS`, as far as EC2 tells."""
    elastic_ips: int | None = None
    vpcs: int | None = None
    internet_gateways: int | None = None


@dataclass(frozen=True)
class InstanceLimits:
    """Limits of an instance type (DescribeInstanceTypes, NetworkInfo)."""

    interfaces: int
    addresses_per_interface: int


@dataclass(frozen=True)
class Subnet:
    """A VPC subnet; `used` and `reserved` are None where the addresses in use and the CIDR reservations were not read,
    `free` where the number of free addresses was not told."""

    id: str
    vpc_id: str
    cidr: str
    zone: str
    tags: dict[str, str] = field(default_factory=dict)
    used: frozenset[str] | None = None
    ipv6: bool = False
    free: int | None = None
    reserved: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Vpc:
    """A VPC with its IPv4 networks."""

    id: str
    cidrs: tuple[str, ...]
    tags: dict[str, str] = field(default_factory=dict)
    ipv6: bool = False


AMAZONS_POOL = "amazon"
"""PublicIpv4Pool of an Elastic IP that AWS provides."""


@dataclass(frozen=True)
class ElasticIp:
    """An Elastic IP and what it is associated with."""

    allocation_id: str
    public_ip: str
    tags: dict[str, str] = field(default_factory=dict)
    interface_id: str | None = None
    private_ip: str | None = None
    reverse_dns: str | None = None
    """In small letters without the dot at the end; None where it was not read."""
    region: str | None = None
    """As the hosts name it."""
    pool: str | None = None
    """The pool that it is from, `AMAZONS_POOL` or the id of one; None where it was not told."""


@dataclass(frozen=True)
class Interface:
    """A network interface (ENI)."""

    id: str
    subnet_id: str
    vpc_id: str
    private_ip: str
    tags: dict[str, str] = field(default_factory=dict)
    instance_id: str | None = None
    source_dest_check: bool = True
    groups: tuple[str, ...] = ()
    ipv6: str | None = None
    """Its first IPv6 address."""


@dataclass(frozen=True)
class Rule:
    """Rule of a security group: EC2's protocol and ports, from a network or `self`, the group's own members."""

    protocol: str
    from_port: int | None
    to_port: int | None
    source: str

    @property
    def label(self) -> str:
        """Return the rule's name in the plan."""
        ports = dict.fromkeys(port for port in (self.from_port, self.to_port) if port is not None and port >= 0)
        text = ("/" if self.protocol == "icmp" else "-").join(map(str, ports))
        name = {"-1": "all"}.get(self.protocol, self.protocol)
        return f"{name}{' ' if text else ''}{text} from {'the group itself' if self.source == 'self' else self.source}"

    def covers(self, other: Rule) -> bool:
        """Return True if everything that `other` lets in is let in by this rule."""
        return self._has_protocol_of(other) and _has_source(self.source, other.source)

    def _has_protocol_of(self, other: Rule) -> bool:
        if self.protocol in ("-1", other.protocol) and self.from_port in (None, -1):
            return True
        if self.protocol != other.protocol or other.from_port is None or other.to_port is None:
            return False
        if self.protocol == "icmp":  # a type and a code, -1 for all of them
            return self.from_port == other.from_port and self.to_port in (-1, other.to_port)
        return (
            self.from_port is not None
            and self.to_port is not None
            and (self.from_port <= other.from_port <= other.to_port <= self.to_port)
        )


def _has_source(wide: str, narrow: str) -> bool:
    if wide == narrow or (wide == ANYWHERE and ":" not in narrow):
        return True
    try:
        return ipaddress.IPv4Network(narrow).subnet_of(ipaddress.IPv4Network(wide))
    except ValueError:  # a group, its own or another, or a network of IPv6
        return False


@dataclass(frozen=True)
class SecurityGroup:
    """A security group of this network; `own` are those of its rules that we made."""

    id: str
    vpc_id: str
    tags: dict[str, str] = field(default_factory=dict)
    rules: frozenset[Rule] = frozenset()
    own: frozenset[Rule] = frozenset()


@dataclass(frozen=True)
class Route:
    """One route; `target` is an id (eni-, nat-, igw-, ...), None for the local route."""

    destination: str
    target: str | None
    state: str = "active"


@dataclass(frozen=True)
class RouteTable:
    """A route table with the subnets that it is associated with by name."""

    id: str
    vpc_id: str
    main: bool
    routes: tuple[Route, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InternetGateway:
    """An internet gateway and the VPC that it is attached to."""

    id: str
    vpc_id: str | None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EgressOnlyGateway:
    """An egress-only internet gateway and its VPC."""

    id: str
    vpc_id: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NatGateway:
    """A NAT gateway that is there or is being made, or one that has failed; what is deleted is left out."""

    id: str
    vpc_id: str
    subnet_id: str
    tags: dict[str, str] = field(default_factory=dict)
    allocation_id: str | None = None
    failure: str = ""
    """EC2's code and sentence, of one that has failed."""


@dataclass
class Cloud:
    """The AWS side, keyed by id; `region` of each instance's id is in the fleet."""

    instances: dict[str, Instance] = field(default_factory=dict)
    limits: dict[str, InstanceLimits] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    addresses: list[ElasticIp] = field(default_factory=list)
    """Elastic IPs of this network."""
    named: list[ElasticIp] = field(default_factory=list)
    """Others of the account, which entries name by `public_ip`."""
    interfaces: dict[str, Interface] = field(default_factory=dict)
    """Network interfaces of this network, by id."""
    named_interfaces: dict[str, Interface] = field(default_factory=dict)
    """Others of the account, which gateways name by `interface_id`."""
    route_tables: dict[str, RouteTable] = field(default_factory=dict)
    internet_gateways: dict[str, InternetGateway] = field(default_factory=dict)
    egress_only_gateways: dict[str, EgressOnlyGateway] = field(default_factory=dict)
    """Egress-only internet gateways of this network, and of others in its VPCs, by id."""
    nat_gateways: dict[str, NatGateway] = field(default_factory=dict)
    """NAT gateways of this network, by id."""
    adopted_nat_gateways: dict[str, NatGateway] = field(default_factory=dict)
    """NAT gateways in the VPCs that spaces name by `vpc.id`, by id; where a gateway there wants one."""
    failed_nat_gateways: list[NatGateway] = field(default_factory=list)
    """NAT gateways of this network that EC2 could not create: they carry nothing, and hold no address."""
    nat_gateways_in: dict[str, int] | None = None
    """Number of the account's NAT gateways in each zone; None where that was not read."""
    accounts: dict[str | None, Account] = field(default_factory=dict)
    """By region as the hosts name it; empty where nothing new asks for it."""
    groups: dict[str, SecurityGroup] = field(default_factory=dict)
    """Security groups of this network, by id."""
    carriers: dict[str, tuple[str, ...]] | None = None
    """By the id of a group of this network, the interfaces that carry it; None where no group goes."""
    foreign_objects: dict[str, tuple[str, ...]] | None = None
    """By the id of a VPC or a subnet, what of others lies in it; None where no VPC and no subnet goes."""
    checked_before: frozenset[str] = frozenset()
    """Primary interfaces whose source/destination check this network has switched off."""
