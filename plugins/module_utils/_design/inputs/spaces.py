# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A space of the arguments of network_plan: its mesh, its VPC, its gateways."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..._cpe_nat_rules import address_problem, pool_problem
from ..._grammar import interface_name_problem, slug_problem
from ..._model.addresses import is_private_space, unusable
from ..._model.desired_network import (
    AUTO,
    ROUTES_A_TABLE,
    DesiredGateway,
    DesiredHost,
    DesiredSpace,
    DesiredVpc,
    DesiredVxlan,
    Report,
)
from ..._private_wan_rules import MAX_VNI, mode_problem
from .inventory_names import refuse
from .tags import read_tags
from .values import (
    chosen_hosts,
    given_options,
    ipv4_network,
    networks,
    never_empty,
    number,
    several,
    sources,
    tunnel_network,
)

MAX_PORT = 65535


def read_vxlan(
    given: Mapping[str, Any], what: str, hosts: Sequence[DesiredHost], report: Report
) -> DesiredVxlan | None:
    """Return `vxlan` of an entry of `bonding_spaces`, None with a problem."""
    options = given_options(given)
    subnet = tunnel_network(options.pop("subnet", None), f"{what}, vxlan.subnet", report)
    number(options, "vni", f"{what}, vxlan.vni", (1, MAX_VNI), report)
    if "interface" in options:
        primary = {device for host in hosts for device in host.primary_devices}
        refuse(interface_name_problem(options["interface"], primary), f"{what}, vxlan.interface", report)
    members = chosen_hosts(options, f"{what}, vxlan", report)
    addresses = {str(host): str(address) for host, address in (options.pop("addresses", None) or {}).items()}
    for name in sorted(set(addresses) - {host.host for host in hosts}):
        report.problem(f"{what}, vxlan.addresses: {name!r} is not a host of the inventory's group.")
    if subnet is None:
        return None
    return DesiredVxlan(subnet=subnet, addresses=addresses, aggregators=members, **options)


def read_gateway(
    given: Mapping[str, Any], space: str, hosts: Sequence[DesiredHost], report: Report
) -> DesiredGateway | None:
    """Return an entry of `bonding_spaces[].gateways`, None with a problem."""
    options = given_options(given)
    if "aggregator" not in options:
        report.problem(f"{space}, gateways: aggregator is missing. Name the host that carries the gateway.")
        return None
    options["host"] = options.pop("aggregator")
    what = f"{space}, gateway on {options['host']}"
    options["auto"] = options.get("networks") == [AUTO]
    if not 1 <= options.get("max_networks", 1) <= ROUTES_A_TABLE or isinstance(options.get("max_networks"), bool):
        report.problem(
            f"{what}, max_networks: {options['max_networks']} is outside of 1 to {ROUTES_A_TABLE}, which is what AWS "
            "lets a route table have. Give a number in between."
        )
        del options["max_networks"]
    texts = () if options["auto"] else options.get("networks", ())
    options["networks"] = networks(texts, f"{what}, networks", report)
    for text in options["networks"]:
        if kind := unusable(ipaddress.IPv4Network(text)):
            report.problem(
                f"{what}, networks: {text} is {kind} address space, which nothing behind a bond has. Leave it out."
            )
    never_empty(options, "route_tables", f"{what}, route_tables", "the main one and ours", report)
    for name, problem_of in (("pool", pool_problem), ("public_ip", address_problem)):
        if (value := options.get(name)) is not None and (problem := problem_of(str(value))):
            report.problem(f"{what}, {name}: not usable (got {value!r}); {problem}.")
            del options[name]
    options["route_tables"] = tuple(options.get("route_tables", ()))
    options["incoming"] = tuple(dict.fromkeys(options.get("incoming", ())))
    primary = {device for host in hosts if host.host == options["host"] for device in host.primary_devices}
    for name in options["incoming"]:
        refuse(interface_name_problem(name, primary), f"{what}, incoming", report)
    options["port_forwards"] = tuple(_port_forward(one, what, report) for one in options.get("port_forwards", ()))
    for name in ("interface", "standby_interface"):
        if name in options:  # resolve_gateway knows what the aggregator's main device is called
            refuse(interface_name_problem(options[name]), f"{what}, {name}", report)
    if "standby_interface" in options and "standby" not in options:
        report.problem(
            f"{what}: standby_interface is the device of a standby, and there is none (got "
            f"{options['standby_interface']}, expected standby too). Name the standby's host, or leave "
            "standby_interface out."
        )
    return DesiredGateway(**options)


def _port_forward(given: Mapping[str, Any], what: str, report: Report) -> dict[str, Any]:
    options = given_options({name: value for name, value in given.items() if name != "from"})
    label = f"{what}: port_forwards: {options.get('protocol')} port {options.get('port')}"
    for name in ("port", "to_port"):
        number(dict(options), name, f"{label}: {name}", (1, MAX_PORT), report)
    found = sources(given, label, report)
    return {**options, **({} if found is None else {"from": found})}


def _vpc(given: Mapping[str, Any], what: str, report: Report) -> DesiredVpc:
    """Return the VPC; where neither its network nor its id can be used it has none of them."""
    options = given_options(given)
    given_subnets = {name: options.pop(name, None) or () for name in ("subnets", "public_subnets")}
    if not options.get("cidr") and not options.get("id"):
        report.problem(f"{what}, vpc: neither cidr (a VPC to make) nor id (a VPC to adopt) is given. Give one.")
    given_here = {**given_subnets, "cidr": options.get("cidr")}
    ignored = [name for name, value in given_here.items() if value]
    if options.get("id") and ignored:
        report.problem(
            f"{what}, vpc: id with {' and '.join(sorted(ignored))} (got the VPC {options['id']} of others, expected no "
            "more of it): nothing is made in an adopted VPC. Leave one of them out."
        )
    network = None
    if options.get("cidr"):
        network = ipv4_network(options.pop("cidr"), f"{what}, vpc.cidr", report)
    if network:
        options["cidr"] = str(network)
        _check_vpc_network(network, f"{what}, vpc.cidr", report)
    subnets = {
        name: tuple(_subnets(listed, network, f"{what}, vpc.{name}", report)) for name, listed in given_subnets.items()
    }
    return DesiredVpc(**{**options, **subnets})


def _check_vpc_network(network: ipaddress.IPv4Network, what: str, report: Report) -> None:
    if not 16 <= network.prefixlen <= 28:
        report.problem(
            f"{what}: {network} has a /{network.prefixlen}; AWS accepts /16 to /28. Give a network of such a size."
        )
    if kind := unusable(network):
        report.problem(
            f"{what}: {network} is {kind} address space, which a VPC cannot have. Give a private network (RFC 1918)."
        )
    elif not is_private_space(network):
        report.warn(
            f"{what}: {network} is public address space: what has these addresses on the Internet is not reached from "
            "the space. Unless they are your own, take a private network (RFC 1918, RFC 6598)."
        )


def _subnets(
    given: Iterable[Mapping[str, Any]], network: ipaddress.IPv4Network | None, what: str, report: Report
) -> Iterable[dict[str, Any]]:
    seen: set[str] = set()
    for subnet in map(given_options, given):
        if "zone" not in subnet:
            report.problem(f"{what}: the zone of {subnet.get('cidr')} is missing. Give its availability zone.")
            continue
        inner = ipv4_network(subnet.get("cidr"), f"{what} ({subnet['zone']})", report)
        if subnet["zone"] in seen:
            text = f"{what}: the zone {subnet['zone']} is given twice; a space has one such subnet in a zone."
            report.problem(f"{text} Leave one of them out.")
        elif inner and network and not inner.subnet_of(network):
            report.problem(f"{what}: {inner} does not lie in the VPC's network {network}. Give one inside.")
        elif inner and not 16 <= inner.prefixlen <= 28:
            report.problem(
                f"{what}: {inner} has a /{inner.prefixlen}; AWS accepts /16 to /28. Give a network of such a size."
            )
        elif inner:
            yield {**subnet, "cidr": str(inner)}
        seen.add(subnet["zone"])


def _with_standbys(gateways: Iterable[DesiredGateway], what: str, report: Report) -> Iterator[DesiredGateway]:
    """Yield the gateways, each followed by the one that is ready to take its place."""
    for gateway in gateways:
        yield gateway
        if gateway.standby == gateway.host:
            report.problem(
                f"{what}, gateway on {gateway.host}: standby is the gateway's own aggregator (got {gateway.standby}, "
                "expected another host). Name another host, or leave standby out."
            )
        elif gateway.standby:
            device = gateway.standby_interface or gateway.interface
            second = replace(gateway, host=gateway.standby, standby=None, standby_of=gateway.host)
            yield replace(second, interface=device, interface_id=None)


def read_space(
    given: Mapping[str, Any], entry: str, hosts: Sequence[DesiredHost], report: Report
) -> DesiredSpace | None:
    """Return a space of the inventory, or None with a problem where it has no key; `entry` names it till then."""
    options = given_options(given)
    if "key" not in options:
        report.problem(f"{entry}: key is missing: the key of the space on the server.")
        return None
    what, mode = f"space {options['key']}", options.get("private_wan")
    refuse(slug_problem(options["key"]), what, report)
    if problem := mode_problem(mode):
        report.problem(f"{what}: private_wan: {problem}")
    vxlan = read_vxlan(options["vxlan"], what, hosts, report) if "vxlan" in options else None
    if mode == "unmanaged" and "vxlan" not in options:
        report.problem(
            f"{what}: private_wan: unmanaged needs vxlan with a subnet: without it nothing carries the private WAN "
            "between the aggregators."
        )
    read = (read_gateway(one, what, hosts, report) for one in options.get("gateways", ()))
    gateways = tuple(_with_standbys((gateway for gateway in read if gateway), what, report))
    for host in several(gateway.host for gateway in gateways):
        text = f"{what}: has two gateways on {host}; a space has one gateway on a host, for all its networks."
        report.problem(f"{text} Make them one.")
    return DesiredSpace(
        key=options["key"],
        private_wan=mode or "",
        vxlan=vxlan,
        vpc=_vpc(options["vpc"], what, report) if "vpc" in options else None,
        gateways=gateways,
        tags=read_tags(options.get("tags"), f"{what}, tags", report),
        renamed_from=options.get("renamed_from"),
    )
