# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPv6 of a space's VPC beside a NAT gateway: it goes out by an egress-only internet gateway, and does not come in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..aws_topology import INTERNET
from ..echo_servers import fetch
from ..ipv6 import DEFAULT, INTERNET_HOST6, Blocks, gateways
from ..lab import Lab, until
from ..report import Check, Failed, need

DEADLINE = 10.0
NAME = "host-ipv6"
PATIENCE = 0.5
"""Seconds for one page."""


@dataclass(frozen=True)
class VpcHost:
    """An instance in the subnet of a gateway.

    :param gateway: the namespace of the VPC's egress-only internet gateway.
    """

    namespace: str
    address: str
    vpc_id: str
    subnet_id: str
    gateway: str

    def goes_out(self) -> bool:
        """Return True if the Internet sees the instance with its own address."""
        page = fetch(self.namespace, INTERNET_HOST6, timeout=PATIENCE)
        return page is not None and (page.host, page.client) == (INTERNET, self.address)

    def lets_in(self) -> bool:
        """Return True if a host of the Internet can open a connection to the instance."""
        page = fetch(INTERNET, self.address, timeout=PATIENCE)
        return page is not None and (page.host, page.client) == (self.namespace, INTERNET_HOST6)


def checks(lab: Lab) -> Iterator[Check]:
    """In order: each leaves the network as it was."""
    yield Check("IPv6 beside a NAT gateway: a VPC's host reaches the Internet, as itself", lambda: _out(lab))
    yield Check("... no connection comes in: the egress-only internet gateway drops it", lambda: _kept_out(lab))
    yield Check("... with ::/0 to the internet gateway instead it comes in", lambda: _by_internet_gateway(lab))


@contextlib.contextmanager
def _host(lab: Lab) -> Iterator[VpcHost]:
    """Inside, an instance is in the subnet of a gateway whose VPC has an egress-only internet gateway."""
    blocks = Blocks(lab.fabric)
    ways = {blocks.name[one["vpc_id"]]: one for one in lab.fabric.state["egress_only_internet_gateways"]}
    natted = {blocks.name[one["vpc_id"]] for one in lab.fabric.state["nat_gateways"] if one["state"] == "available"}
    found = [device for *_names, device in gateways(lab.server, blocks) if device.vpc in natted & set(ways)]
    if not found:
        raise Failed("no gateway has a NAT gateway and an egress-only internet gateway in its VPC")
    way = ways[found[0].vpc]
    instance = lab.hands.launch(found[0].subnet_id, NAME)
    try:
        lab.sync()
        # The namespace has the id where a terminated instance still has the name.
        hosts = {one: given for one, given in Blocks(lab.fabric).addresses.items() if one.holder in (NAME, instance)}
        device, addresses = next(iter(hosts.items()))
        need(addresses, f"AWS gave {instance} no IPv6 address")
        gateway = lab.fabric.egress_only[way["id"]]
        yield VpcHost(device.holder, addresses[0], way["vpc_id"], device.subnet_id, gateway)
    finally:
        lab.hands.terminate(instance)
        lab.sync()


def _out(lab: Lab) -> str:
    with _host(lab) as host:
        need(until(host.goes_out, DEADLINE) is not None, f"{host.address} does not reach {INTERNET_HOST6} as itself")
    return f"{INTERNET_HOST6} sees {host.address}, by {host.gateway}"


def _kept_out(lab: Lab) -> str:
    with _host(lab) as host:
        need(until(host.goes_out, DEADLINE) is not None, f"{host.address} does not even get out")
        before = lab.counter(host.gateway, "in_drop6")
        need(not host.lets_in(), f"{INTERNET_HOST6} opens a connection to {host.address}")
        dropped = lab.counter(host.gateway, "in_drop6") - before
        need(dropped > 0, f"it is dead, but in_drop6 of {host.gateway} has counted nothing")
        need(host.goes_out(), f"{host.address} does not get out any more")
    return f"in_drop6 of {host.gateway} +{dropped}"


def _by_internet_gateway(lab: Lab) -> str:
    """Route IPv6 to the internet gateway, the mutant of the two checks before: nothing else keeps a connection out."""
    with _host(lab) as host:
        subnet = next(one for one in lab.fabric.state["subnets"] if one["id"] == host.subnet_id)
        table = lab.fabric.table(subnet)
        way = next(one["target"] for one in table["routes"] if one["destination"] == DEFAULT)
        internet = next(one["id"] for one in lab.fabric.state["internet_gateways"] if one["vpc_id"] == host.vpc_id)
        route = {"RouteTableId": table["id"], "DestinationIpv6CidrBlock": DEFAULT}
        need(not host.lets_in(), f"{INTERNET_HOST6} opens a connection before the change")
        lab.hands.ec2.replace_route(**route, GatewayId=internet)
        try:
            lab.sync()
            seconds = until(host.lets_in, DEADLINE)
            need(seconds is not None, f"{INTERNET_HOST6} opens no connection to {host.address} by {internet}")
            need(host.goes_out(), f"{host.address} does not get out by {internet}")
        finally:
            lab.hands.ec2.replace_route(**route, EgressOnlyInternetGatewayId=way)
            lab.sync()
        need(not host.lets_in(), f"{INTERNET_HOST6} still opens a connection with the route as it was")
    return f"{INTERNET_HOST6} opens a connection to {host.address} after {seconds or 0:.1f} s, with the route back none"
