# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired network as plain dataclasses, and the report on it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .finding import Difference

DEFAULT_VNI_BASE = 10000000
DEFAULT_TUNNEL_DEVICE = "tun{bond}"
PARTS = ("cpe_nat", "private_wan", "gateways")
AUTO = "auto"
MASQUERADE = "masquerade"
"""A gateway's `egress` by the aggregator itself, which translates."""
NAT = "nat_gateway"
"""A gateway's `egress` by a NAT gateway, and the kind of that object in the plan."""
ROUTES_A_TABLE = 50
"""Routes that a route table may have, unless AWS has raised it."""


@dataclass(frozen=True)
class Drift:
    """A difference between the network and the inventory that no run changes."""

    kind: Literal["bond_moved", "followed"]
    bond: int
    from_host: str
    """The host that has the bond's public address; of one that has followed, the host that its entry names."""
    to_host: str | None
    """The host that the bond is on (and a followed address); None if no host of the inventory is that aggregator."""
    entry: str
    """The key of the CPE NAT entry."""
    text: str
    pinned: bool = False
    """True if the entry keeps its address off its bond."""


@dataclass(frozen=True)
class DeviationDrift:
    """An object that differs from the inventory because `bonding_deviations` says so."""

    kind: Literal["deviation"]
    host: str
    object: str
    """The name that the network gives the object."""
    name: str | None
    """Its name on the management server, where that is another one."""
    keep: tuple[str, ...]
    """Fields that stay as they are."""
    absent: bool
    """True if the object is left out."""
    text: str


@dataclass
class Report:
    """Messages of a plan: `problems` stop the run, `warnings` and `drift` do not."""

    drift: list[Drift | DeviationDrift] = field(default_factory=list)
    # Keys, for their order: to look a text up in a list takes as long as the list is.
    _problems: dict[str, None] = field(default_factory=dict)
    _warnings: dict[str, None] = field(default_factory=dict)
    _left_out: dict[str, None] = field(default_factory=dict)
    _kept: dict[str, None] = field(default_factory=dict)
    _about: dict[str, tuple[Difference, ...]] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """Return the problems that stop the run, each sentence once."""
        return list(self._problems)

    @property
    def warnings(self) -> list[str]:
        """Return the warnings for the operator, each sentence once."""
        return list(self._warnings)

    @property
    def kept(self) -> int:
        """Return the number of kept objects that the inventory does not name any more."""
        return len(self._kept)

    def keep(self, text: str) -> None:
        """Warn of an object that the inventory names no more, and that is kept."""
        self.warn(text)
        self._kept[text] = None

    def problem(self, text: str, *about: Difference) -> None:
        """Add a problem, which stops the run; each text once. `about` says for an audit which objects it names."""
        self._problems[text] = None
        self._about[text] = about

    @property
    def left_out(self) -> int:
        """Return the number of problems that only follow from others, and are not named."""
        return len(self._left_out)

    def leave_out(self, text: str) -> None:
        """Note what only follows from another problem: it is counted, and not said."""
        self._left_out[text] = None

    def warn(self, text: str, *about: Difference) -> None:
        """Note what the operator should know, once. Without `about` it is advice, and no difference for an audit."""
        self._warnings[text] = None
        self._about[text] = about

    def about(self, text: str) -> tuple[Difference, ...]:
        """Return the objects that a problem or a warning names."""
        return self._about.get(text, ())


@dataclass(frozen=True)
class DesiredHost:
    """An inventory host of the aggregators' group."""

    host: str
    aggregator: str
    index: int | None = None
    instance_id: str | None = None
    region: str | None = None
    private_ip: str | None = None
    reachable: bool = False
    primary_devices: tuple[str, ...] = ("eth0", "ens5")
    manage_host: bool = False
    host_skip: tuple[str, ...] = ()
    renamed_from: str | None = None
    """The name of the host before, as its objects carry it."""
    found: Mapping[str, Any] | None = None
    """Facts read on the host itself, see aggregator_host_info; None where they were not read."""


@dataclass(frozen=True)
class DesiredVxlan:
    """Direct VXLAN peering of a space; None = derived."""

    subnet: ipaddress.IPv4Network
    vni: int | None = None
    interface: str | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    aggregators: str | tuple[str, ...] = "all"
    protocol: str = "babel"


@dataclass(frozen=True)
class DesiredVpc:
    """A space's VPC: made (`cidr`) or adopted (`id`). One with neither has been refused, and nothing comes of it."""

    cidr: str | None = None
    id: str | None = None
    ipv6: bool = False
    subnets: tuple[Mapping[str, str], ...] = ()
    public_subnets: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class DesiredGateway:
    """A gateway of a space on one aggregator (`host` is an inventory name)."""

    host: str
    networks: tuple[str, ...]
    egress: str = "masquerade"
    vpc_routes: bool = True
    route_tables: tuple[str, ...] = ()
    interface: str | None = None
    subnet_id: str | None = None
    pool: str | None = None
    public_ip: str | None = None
    """An Elastic IP of the account to take over."""
    interface_id: str | None = None
    """A network interface of the account to take over."""
    port_forwards: tuple[Mapping[str, Any], ...] = ()
    incoming: tuple[str, ...] = ()
    """Further devices by which the space's packets come to the aggregator."""
    standby: str | None = None
    """The host with the second network interface, ready to take the gateway's place."""
    standby_interface: str | None = None
    """Name of the device on the standby; None: that of `interface`."""
    standby_of: str | None = None
    """The host that the gateway is on, of the entry that is made of a `standby`."""
    auto: bool = False
    """True if the plan computes `networks`: at most `max_networks` supernets of the networks of the space's bonds."""
    max_networks: int = 4

    @property
    def first(self) -> str:
        """Return the host that the inventory names for the gateway: its Elastic IP and NAT gateway carry this name."""
        return self.standby_of or self.host


@dataclass(frozen=True)
class DesiredSpace:
    """A space."""

    key: str
    private_wan: str
    vxlan: DesiredVxlan | None = None
    vpc: DesiredVpc | None = None
    gateways: tuple[DesiredGateway, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of the operator's own, over those of the whole network."""
    renamed_from: str | None = None
    """Its key before, as its objects on AWS carry it."""


@dataclass(frozen=True)
class DesiredEntry:
    """A public address for a bond. `bond` is an id or an exact name, `aggregator` an inventory name."""

    bond: str
    interface: str
    connected_ip: str
    nat_ip: str
    name: str | None = None
    aggregator: str | None = None
    private_ip: str | None = None
    pool: str | None = None
    public_ip: str | None = None
    reverse_dns: str | None = None
    include_private_wan: bool | None = None
    standby_bond: str | None = None
    """The other bond of a highly available pair, which has the same CPE NAT IP; the address follows the enabled one."""
    pinned: bool = False
    """True if its address never follows the bond."""
    renamed_from: str | None = None
    """Its key before: its name, or `bond-` and the id of its bond."""
    number: int = 0
    """Its place in the list, counted from 1."""

    @property
    def label(self) -> str:
        """Return the entry's name in messages."""
        return f"CPE NAT entry {self.name!r}" if self.name else f"CPE NAT entry of bond {self.bond}"

    @property
    def place(self) -> str:
        """Return the entry's name in a message that also names another entry, perhaps of the same name or bond."""
        return f"{self.number} ({f'name {self.name!r}, ' if self.name else ''}bond {self.bond})"


@dataclass(frozen=True)
class DesiredBgp:
    """BGP between the aggregators: over a transit VXLAN in `subnet`, or over their private addresses."""

    asn: int
    mode: str
    subnet: ipaddress.IPv4Network | None
    route_reflectors: tuple[str, ...] = ()
    aggregators: str | tuple[str, ...] = "all"
    update_password: bool = False
    """True if sessions that are there get the password again. The password itself is no part of the inventory."""


DEFAULT_FOLLOW_MAX = 20


@dataclass(frozen=True)
class Relocation:
    """A run that moves public addresses between aggregators, and does nothing else.

    One that neither evacuates nor restores a host follows bonds.
    """

    bonds: tuple[str, ...] = ()
    """The bonds to follow, by id or exact name; empty: all."""
    most: int = DEFAULT_FOLLOW_MAX
    """The number of bonds that one run follows at most."""
    evacuate: str | None = None
    """The host whose addresses go elsewhere."""
    to: str | None = None
    """The host for those of its addresses whose bonds are on no other aggregator."""
    restore: str | None = None
    """The host that gets back the addresses that have left it."""


@dataclass(frozen=True)
class Deviation:
    """A difference between an object of the network on an aggregator and the design that no run removes."""

    host: str
    key: str
    """The name that the network gives the object."""
    name: str | None = None
    """Its name on the management server; None for the same."""
    keep: tuple[str, ...] = ()
    """Fields that stay as they are."""
    absent: bool = False
    """True if the object is not created."""


@dataclass(frozen=True)
class DesiredNetwork:
    """Everything that the operator wants, and how far this run may go."""

    network: str
    hosts: tuple[DesiredHost, ...]
    spaces: tuple[DesiredSpace, ...] = ()
    cpe_nat_ips: tuple[DesiredEntry, ...] = ()
    bgp: DesiredBgp | None = None
    vni_base: int = DEFAULT_VNI_BASE
    tunnel_device: str = DEFAULT_TUNNEL_DEVICE
    decommissioned: tuple[str, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    """Differences from the design that no run removes."""
    relocation: Relocation | None = None
    """None in a run of the whole network."""
    followed: bool = False
    """True if a rulebook follows the bonds, so that no address without BGP waits for the operator."""
    absent: bool = False
    allow_disruption: bool = False
    adopt: bool = False
    """True if objects on AWS that serve the network already may get its tags."""
    prune: bool = False
    prune_addresses: bool = False
    release_addresses: bool = False
    teardown_private_wan: bool = False
    security_groups: bool = False
    keep_public_address: bool = False
    """True if an aggregator whose automatic public address would change after a stop gets an Elastic IP."""
    warn_unprotected: bool = False
    """True if the plan warns of gateways and public addresses that die with their aggregator."""
    cpe_nat_inbound: tuple[Mapping[str, Any], ...] = ()
    managed_mesh_ports: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of the operator's own on everything that is made."""
    quotas: Mapping[str, int] = field(default_factory=dict)
    """Quotas of the account as the operator states them, by the names of `limits.QUOTAS`."""

    @property
    def removes(self) -> bool:
        """Return True if this run looks for objects that the inventory no longer names."""
        return bool(self.absent or self.prune or self.decommissioned)

    @property
    def filters(self) -> bool:
        """Return True if filters matter even without a protocol that could name one: some are created or deleted."""
        return bool(self.removes or self.spaces or self.bgp)

    @property
    def needs_cloud(self) -> bool:
        """Return True if AWS has to be read; a network of aggregators elsewhere is taken down without, too."""
        return bool(
            self.cpe_nat_ips or any(space.vpc for space in self.spaces) or any(host.instance_id for host in self.hosts)
        )
