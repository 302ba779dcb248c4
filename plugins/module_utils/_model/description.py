# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Description of a network as it is: what a plan has read of both systems, in the words of the inventory.

A text that is empty, and a number that is None, was not read or is absent. Aggregators are named by their hosts in the
inventory; one that no host is has its name on the management server.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True)
class AggregatorDescription:
    """A host of the inventory with its aggregator on the management server and its instance."""

    host: str
    id: int | None = None
    name: str = ""
    status: str = ""
    """`up`, `down` or `unknown`, as the management server sees it."""
    version: str = ""
    region: str = ""
    zone: str = ""
    instance_id: str = ""
    instance_type: str = ""
    instance_state: str = ""
    interface_id: str = ""
    """Its primary network interface."""
    private_ip: str = ""
    public_ip: str = ""
    """Public address of its primary private one; of an aggregator that is no instance, the `ip` on the server."""
    is_automatic: bool = False
    """True if EC2 has assigned the public address by itself, and takes it back when the instance stops."""
    network_interfaces: int | None = None
    private_addresses: int | None = None
    """Addresses of the primary network interface."""
    bonds: int = 0
    """Number of the bonds that are on it, of any space."""
    unavailable: str = ""
    """Reason why a run would leave it out: "has no instance"."""


@dataclass(frozen=True)
class MeshDescription:
    """VXLAN interfaces of one VNI: the direct mesh of a space, or the transit that carries BGP."""

    vni: int | None
    interface: str
    subnet: str
    protocol: str
    members: dict[str, str] = field(default_factory=dict)
    """Host -> its tunnel address."""
    missing: tuple[str, ...] = ()
    """Hosts that the inventory wants in the mesh, and that have no interface of it."""
    incomplete: dict[str, int] = field(default_factory=dict)
    """Host -> number of other members that its interface has no endpoint for; without those that have all."""


@dataclass(frozen=True)
class RouteTableDescription:
    """A route table of a VPC, with the destinations that lead to a gateway of the network."""

    id: str
    key: str
    is_main: bool
    routes: int
    """Number of its IPv4 routes."""
    destinations: dict[str, str] = field(default_factory=dict)
    """Destination -> the host of the gateway."""


@dataclass(frozen=True)
class SubnetDescription:
    """A subnet of a VPC."""

    id: str
    cidr: str
    zone: str
    free: int | None = None
    key: str = ""
    """The network's key of it; empty of an operator's own."""


@dataclass(frozen=True)
class VpcDescription:
    """The VPC of a space."""

    id: str
    cidrs: tuple[str, ...]
    region: str = ""
    is_adopted: bool = False
    ipv6: bool = False
    internet_gateway: str = ""
    egress_only_gateway: str = ""
    subnets: tuple[SubnetDescription, ...] = ()
    route_tables: tuple[RouteTableDescription, ...] = ()


@dataclass(frozen=True)
class GatewayDescription:
    """A gateway, or the standby of one."""

    space: str
    host: str
    egress: str
    role: Literal["alone", "active", "standby"]
    """`alone` has no standby."""
    peer: str = ""
    """The host of the other one of the pair."""
    spare: str = ""
    """The host that `evacuate` can let take its place; empty of a standby, too."""
    interface_id: str = ""
    """Empty where the network interface is not there."""
    private_ip: str = ""
    device: str = ""
    public_ip: str = ""
    """The address by which its traffic leaves: its own Elastic IP, or that of its NAT gateway."""
    allocation_id: str = ""
    nat_gateway_id: str = ""
    networks: tuple[str, ...] = ()
    """The networks of the private WAN that the VPC shall route to it."""
    port_forwards: tuple[str, ...] = ()
    region: str = ""


@dataclass(frozen=True)
class SpaceDescription:
    """A space of the inventory."""

    key: str
    id: int | None = None
    name: str = ""
    private_wan: str = ""
    """The mode of its private WAN on the management server; empty where it is off."""
    mesh: MeshDescription | None = None
    vpc: VpcDescription | None = None
    gateways: tuple[GatewayDescription, ...] = ()


@dataclass(frozen=True)
class BondDescription:
    """A bond of a space of the inventory, or of a CPE NAT entry."""

    id: int
    name: str
    space: str
    primary: str = ""
    secondary: str = ""
    present: str = ""
    """The aggregator that it is on; empty if no aggregator has it."""
    spare: str = ""
    """The other aggregator that its configuration allows."""


AddressState = Literal["with_bond", "away", "unknown", "unassociated", "foreign", "retired", "absent"]
"""Place of a public address against its bond's: `away` has its bond on another aggregator, `unknown` on none;
`foreign` is on a network interface that is not an aggregator's, `retired` kept without a use, `absent` not made yet."""


@dataclass(frozen=True)
class AddressDescription:
    """A CPE NAT entry with its public address, and the place of its bond."""

    key: str
    bond: int
    bond_name: str
    space: str
    state: AddressState
    owner: str = ""
    """The host whose primary network interface has the address."""
    bond_is_on: str = ""
    spare: str = ""
    """The host that the address can follow its bond to when the owner fails."""
    home: str = ""
    """The host that the address has left to follow its bond."""
    public_ip: str = ""
    allocation_id: str = ""
    private_ip: str = ""
    nat_ip: str = ""
    connected_ip: str = ""
    on_bond: Literal["", "enabled", "disabled", "missing"] = ""
    """State of the CPE NAT IP on the bond; empty where there is no private address yet."""
    standby_bond: int | None = None
    is_pinned: bool = False
    region: str = ""


@dataclass(frozen=True)
class BgpDescription:
    """BGP between the aggregators."""

    asn: int
    mode: str
    sessions: int
    """Number of configured ends: two for each pair of hosts."""
    speakers: tuple[str, ...]
    """The hosts that have one."""
    mesh: MeshDescription | None = None
    """The transit."""


@dataclass(frozen=True)
class Usage:
    """One limit at one place."""

    limit: str
    where: str
    used: int
    most: int | None = None
    """None where no plan of this network has had a reason to read it."""
    source: str = ""

    @property
    def left(self) -> int | None:
        """Return the number of objects that still fit."""
        return None if self.most is None else self.most - self.used


@dataclass(frozen=True)
class Cost:
    """Monthly list price of the network's objects of one kind."""

    objects: str
    number: int
    usd_per_month: float
    without: str = ""


@dataclass(frozen=True)
class KeptElasticIp:
    """An Elastic IP of the network that nothing uses."""

    public_ip: str
    allocation_id: str
    key: str
    is_adopted: bool
    usd_per_month: float
    region: str = ""


@dataclass(frozen=True)
class Unprotected:
    """An object that dies with its aggregator, since nothing can take its place."""

    kind: Literal["gateway", "address", "bond", "aggregator"]
    object: str
    host: str
    space: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class DriftDescription:
    """A difference that no run changes, in a sentence."""

    kind: str
    text: str


class DriftOfAnyKind(Protocol):
    """A difference that a plan has found and no run changes, whatever else is known of it."""

    @property
    def kind(self) -> str:
        """Return its kind."""

    @property
    def text(self) -> str:
        """Return it as a sentence."""


@dataclass(frozen=True)
class Unread:
    """Sides that could not be read: what they alone know is missing from the description."""

    server: bool = False
    regions: tuple[str, ...] = ()
    """Regions of AWS by their names, an empty one for the default region."""

    def lacks(self, region: str) -> bool:
        """Return True if a region of AWS could not be read, or if the region is not known and one could not."""
        return bool(self.regions) and (not region or region in self.regions or "" in self.regions)


@dataclass(frozen=True)
class Description:
    """A network as a plan has found it."""

    network: str
    aggregators: tuple[AggregatorDescription, ...] = ()
    spaces: tuple[SpaceDescription, ...] = ()
    bonds: tuple[BondDescription, ...] = ()
    addresses: tuple[AddressDescription, ...] = ()
    bgp: BgpDescription | None = None
    unprotected: tuple[Unprotected, ...] = ()
    drift: tuple[DriftDescription, ...] = ()
    limits: tuple[Usage, ...] = ()
    costs: tuple[Cost, ...] = ()
    kept: tuple[KeptElasticIp, ...] = ()
    unread: Unread = field(default_factory=Unread)
