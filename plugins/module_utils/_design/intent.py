# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's intent, read from the arguments of network_plan into plain dataclasses. Private to the collection.

Types and required options were checked by Ansible's argument spec; here every value is checked for its meaning, and
every problem is collected, so that one run names all of them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .naming import MAX_INTERFACE_NAME, MAX_VNI, NETWORK_NAME

DEFAULT_VNI_BASE = 10000000
DEFAULT_TUNNEL_DEVICE = "tun{bond}"
PARTS = ("cpe_nat", "private_wan", "gateways")
AUTO = "auto"
ROUTES_A_TABLE = 50
"""Routes that a route table may have, unless AWS has raised it."""


@dataclass
class Report:
    """What is to be told: `problems` stop the run, `warnings` and `drift` do not."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    drift: list[str] = field(default_factory=list)

    def problem(self, text: str) -> None:
        """Note what stops the run, once."""
        if text not in self.problems:
            self.problems.append(text)

    def warn(self, text: str) -> None:
        """Note what the operator should know, once."""
        if text not in self.warnings:
            self.warnings.append(text)


@dataclass(frozen=True)
class HostIntent:
    """An inventory host of the aggregators' group."""

    host: str
    aggregator: str
    index: int | None = None
    instance_id: str | None = None
    region: str | None = None
    private_ip: str | None = None
    reachable: bool = False
    primary_devices: tuple[str, ...] = ("eth0", "ens5")
    host_side: bool = False
    host_skip: tuple[str, ...] = ()
    found: Mapping[str, Any] | None = None
    """What was read on the host itself, see aggregator_host_info; None where nobody looked."""


@dataclass(frozen=True)
class VxlanIntent:
    """Direct VXLAN peering of a space; None = derived."""

    subnet: ipaddress.IPv4Network
    vni: int | None = None
    interface: str | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    aggregators: str | tuple[str, ...] = "all"
    protocol: str = "babel"


@dataclass(frozen=True)
class VpcIntent:
    """A space's VPC: made (`cidr`) or adopted (`id`)."""

    cidr: str | None = None
    id: str | None = None
    ipv6: bool = False
    subnets: tuple[Mapping[str, str], ...] = ()
    public_subnets: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class GatewayIntent:
    """A gateway of a space on one aggregator (`host` is an inventory name)."""

    host: str
    networks: tuple[str, ...]
    egress: str = "masquerade"
    vpc_routes: bool = True
    route_tables: tuple[str, ...] = ()
    interface: str | None = None
    subnet_id: str | None = None
    port_forwards: tuple[Mapping[str, Any], ...] = ()
    incoming: tuple[str, ...] = ()
    """Further devices by which the space's packets come to the aggregator."""
    auto: bool = False
    """Whether `networks` is to be worked out: at most `max_networks` supernets of what the space's bonds carry."""
    max_networks: int = 4


@dataclass(frozen=True)
class SpaceIntent:
    """A space."""

    key: str
    private_wan: str
    vxlan: VxlanIntent | None = None
    vpc: VpcIntent | None = None
    gateways: tuple[GatewayIntent, ...] = ()


@dataclass(frozen=True)
class CpeNatIntent:
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

    @property
    def label(self) -> str:
        """How messages name this entry."""
        return f"CPE NAT entry {self.name!r}" if self.name else f"CPE NAT entry of bond {self.bond}"


@dataclass(frozen=True)
class BgpIntent:
    """BGP between the aggregators: over a transit VXLAN in `subnet`, or over their private addresses."""

    asn: int
    mode: str
    subnet: ipaddress.IPv4Network | None
    route_reflectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Intent:
    """Everything that the operator wants, and how far this run may go."""

    network: str
    hosts: tuple[HostIntent, ...]
    spaces: tuple[SpaceIntent, ...] = ()
    cpe_nat_ips: tuple[CpeNatIntent, ...] = ()
    bgp: BgpIntent | None = None
    vni_base: int = DEFAULT_VNI_BASE
    tunnel_device: str = DEFAULT_TUNNEL_DEVICE
    leaving: tuple[str, ...] = ()
    absent: bool = False
    allow_disruption: bool = False
    prune: bool = False
    prune_addresses: bool = False
    release_addresses: bool = False
    teardown_private_wan: bool = False
    security_groups: bool = False
    cpe_nat_inbound: tuple[Mapping[str, Any], ...] = ()
    managed_mesh_ports: tuple[str, ...] = ()
    quotas: Mapping[str, int] = field(default_factory=dict)
    """What the operator says of the account's quotas, by the names of `limits.QUOTAS`."""

    @property
    def removes(self) -> bool:
        """Whether this run looks for what is left over."""
        return bool(self.absent or self.prune or self.leaving)

    @property
    def filters(self) -> bool:
        """Whether filters matter even where there is no protocol that could name one: to be made, or to be removed."""
        return bool(self.removes or self.spaces or self.bgp)

    @property
    def needs_cloud(self) -> bool:
        """Whether AWS has to be read at all."""
        return bool(
            self.absent
            or self.cpe_nat_ips
            or any(space.vpc for space in self.spaces)
            or any(host.instance_id for host in self.hosts)
        )


def _ipv4_network(text: Any, what: str, report: Report) -> ipaddress.IPv4Network | None:
    """An IPv4 network without host bits, or a problem."""
    try:
        return ipaddress.IPv4Network(str(text))
    except ValueError as error:
        report.problem(f"{what}: {text!r} is no IPv4 network ({error}); expected is for example 10.254.0.0/20.")
        return None


def _known(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The options that were given: Ansible fills those left out with None."""
    return {key: value for key, value in (given or {}).items() if value is not None}


def _vxlan(given: Mapping[str, Any], what: str, report: Report) -> VxlanIntent | None:
    options = _known(given)
    subnet = _ipv4_network(options.pop("subnet", None), f"{what}, vxlan.subnet", report)
    vni = options.get("vni")
    if vni is not None and not 1 <= vni <= MAX_VNI:
        report.problem(f"{what}, vxlan.vni: {vni} is outside of 1 to {MAX_VNI}.")
    name = options.get("interface")
    if name is not None:
        check_interface_name(name, f"{what}, vxlan.interface", report)
    members = options.pop("aggregators", ["all"])
    keyword = members[0] if len(members) == 1 and members[0] in ("all", "involved") else None
    if subnet is None:
        return None
    return VxlanIntent(subnet=subnet, aggregators=keyword or tuple(members), **options)


def check_interface_name(name: str, what: str, report: Report) -> None:
    """The kernel's rules for a device's name."""
    if not 1 <= len(name) <= MAX_INTERFACE_NAME or "/" in name or any(c.isspace() for c in name):
        report.problem(
            f"{what}: the interface name {name!r} has {len(name)} characters; 1 to {MAX_INTERFACE_NAME} are accepted, "
            "without a slash or white space."
        )


def _gateway(given: Mapping[str, Any], what: str, report: Report) -> GatewayIntent:
    options = _known(given)
    options["host"] = options.pop("aggregator")
    networks = []
    options["auto"] = options.get("networks") == [AUTO]
    if not 1 <= options.get("max_networks", 1) <= ROUTES_A_TABLE:
        report.problem(
            f"{what}, gateway on {options['host']}, max_networks: {options['max_networks']} is outside of 1 to "
            f"{ROUTES_A_TABLE}, which is what AWS lets a route table have."
        )
        del options["max_networks"]
    for text in () if options["auto"] else options.get("networks", ()):
        network = _ipv4_network(text, f"{what}, gateway on {options['host']}, networks", report)
        if network:
            networks.append(str(network))
    options["networks"] = tuple(networks)
    for name in ("route_tables", "port_forwards", "incoming"):
        options[name] = tuple(options.get(name, ()))
    if options.get("interface"):
        check_interface_name(options["interface"], f"{what}, gateway on {options['host']}", report)
    return GatewayIntent(**options)


def _vpc(given: Mapping[str, Any], what: str, report: Report) -> VpcIntent:
    options = _known(given)
    given_subnets = {
        name: tuple(_known(subnet) for subnet in options.pop(name, ())) for name in ("subnets", "public_subnets")
    }
    if not options.get("cidr") and not options.get("id"):
        report.problem(f"{what}, vpc: neither cidr (a VPC to make) nor id (a VPC to adopt) is given.")
    if options.get("cidr"):
        network = _ipv4_network(options["cidr"], f"{what}, vpc.cidr", report)
        if network and not 16 <= network.prefixlen <= 28:
            report.problem(f"{what}, vpc.cidr: {network} has a /{network.prefixlen}; AWS accepts /16 to /28.")
        for name, subnets in given_subnets.items():
            for subnet in subnets:
                inner = _ipv4_network(subnet.get("cidr"), f"{what}, vpc.{name}", report)
                if network and inner and not inner.subnet_of(network):
                    report.problem(f"{what}, vpc.{name}: {inner} does not lie in the VPC's network {network}.")
    return VpcIntent(**{**options, **given_subnets})


def _space(given: Mapping[str, Any], report: Report) -> SpaceIntent:
    options = _known(given)
    what = f"space {options['key']}"
    mode = options["private_wan"]
    if mode == "private_wan_routers":
        report.problem(
            f"{what}: private_wan: private_wan_routers does not work on AWS: its GRE tunnels do not pass AWS's address "
            "translation (AN-001). Use managed_mesh or unmanaged."
        )
    elif mode not in ("managed_mesh", "unmanaged"):
        report.problem(f"{what}: private_wan: {mode!r} is unknown; managed_mesh and unmanaged are accepted.")
    vxlan = _vxlan(options["vxlan"], what, report) if "vxlan" in options else None
    if mode == "unmanaged" and "vxlan" not in options:
        report.problem(
            f"{what}: private_wan: unmanaged needs vxlan with a subnet: without it nothing carries the private WAN "
            "between the aggregators."
        )
    return SpaceIntent(
        key=options["key"],
        private_wan=mode,
        vxlan=vxlan,
        vpc=_vpc(options["vpc"], what, report) if "vpc" in options else None,
        gateways=tuple(_gateway(gateway, what, report) for gateway in options.get("gateways", ())),
    )


def _bgp(given: Mapping[str, Any] | None, report: Report) -> BgpIntent | None:
    if not given:
        return None
    options = _known(given)
    mode = options.get("mode", "transit")
    subnet = None
    if mode == "transit":
        if "subnet" in options:
            subnet = _ipv4_network(options["subnet"], "bonding_bgp.subnet", report)
        else:
            report.problem("bonding_bgp: mode: transit needs a subnet for the tunnels, for example 10.253.0.0/20.")
    elif "subnet" in options:
        report.problem(
            f"bonding_bgp: subnet: {options['subnet']} with mode: {mode}: only transit has tunnels. Leave it out."
        )
    if not 1 <= options["asn"] <= 4294967294:
        report.problem(f"bonding_bgp: asn {options['asn']} is outside of 1 to 4294967294.")
    return BgpIntent(options["asn"], mode, subnet, tuple(options.get("route_reflectors", ())))


def read_intent(params: Mapping[str, Any], report: Report) -> Intent:
    """The intent of network_plan's arguments (`params` as Ansible's argument spec left them)."""
    network = params["network"]
    if not NETWORK_NAME.fullmatch(network):
        report.problem(
            f"bonding_network: {network!r} is no name for a network; a small letter, then up to 15 small letters, "
            "digits or underscores are accepted."
        )
    hosts = []
    for given in params["aggregators"]:
        options = _known(given)
        options["private_ip"] = options.pop("private_ip_address", None)
        for name in ("primary_devices", "host_skip"):
            if name in options:
                options[name] = tuple(options[name])
        hosts.append(HostIntent(**options))
    if not hosts:
        report.problem("The group of aggregators has no host: nothing to do, and nothing was changed.")
    spaces = tuple(_space(space, report) for space in params["spaces"] or ())
    for key in sorted({space.key for space in spaces if [s.key for s in spaces].count(space.key) > 1}):
        report.problem(f"space {key}: is in bonding_spaces twice.")
    return Intent(
        network=network,
        hosts=tuple(hosts),
        spaces=spaces,
        cpe_nat_ips=tuple(CpeNatIntent(**_known(entry)) for entry in params["cpe_nat_ips"] or ()),
        bgp=_bgp(params.get("bgp"), report),
        vni_base=params.get("vni_base") or DEFAULT_VNI_BASE,
        tunnel_device=params.get("tunnel_device") or DEFAULT_TUNNEL_DEVICE,
        leaving=tuple(params.get("leaving") or ()),
        absent=params.get("state") == "absent",
        quotas=_known(params.get("quotas")),
        cpe_nat_inbound=tuple(_known(entry) for entry in params.get("cpe_nat_inbound") or ()),
        managed_mesh_ports=tuple(params.get("managed_mesh_ports") or ()),
        **{
            option: bool(params.get(option))
            for option in (
                "allow_disruption",
                "prune",
                "prune_addresses",
                "release_addresses",
                "teardown_private_wan",
                "security_groups",
            )
        },
    )
