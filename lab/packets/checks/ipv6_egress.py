# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPv6 out by a gateway whose VPC has a block: the role's translation, the internet gateway, advertisements.

The mesh carries no IPv6 yet, so the bond is on the gateway's own aggregator.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .. import netns
from ..aws_topology import Device
from ..bonders import LanHost
from ..ipv6 import INTERNET_HOST6, ROUTER, Blocks, gateways, lan_blocks, link_local
from ..lab import Lab, until
from ..report import Check, Failed, need
from .cpe_nat import goes_out

DEADLINE = 10.0
LAN = "fd00:21::1/64"
"""The bond's own address in the IPv6 LAN that it gets."""
MANAGED, LIFETIME = 0x80, 1800
"""As AWS's router advertises itself: addresses by DHCPv6; seconds for which it is a default router."""


@dataclass(frozen=True)
class WayOut:
    """A gateway, its own IPv6 address, and a LAN host of a bond that is on the same aggregator now."""

    device: Device
    own: str
    host: LanHost


def checks(lab: Lab) -> Iterator[Check]:
    """In order: each leaves the network as it was."""
    yield Check("an IPv6 LAN host reaches the Internet by a gateway", lambda: _out(lab))
    yield Check("... not with its own address: the internet gateway drops it", lambda: _untranslated(lab))
    yield Check("an advertisement to a gateway puts no ::/0 into the main table", lambda: _advertised(lab))


@contextlib.contextmanager
def _way_out(lab: Lab) -> Iterator[WayOut]:
    """Inside, a bond of the gateway's space is on the gateway's aggregator, and has an IPv6 LAN."""
    blocks = Blocks(lab.fabric)
    found = next(iter(gateways(lab.server, blocks)), None)
    if found is None:
        raise Failed("no gateway accepts advertisements")
    aggregator, space, device = found
    own = blocks.addresses[device]
    need(own, f"AWS gave {device.interface_id} no IPv6 address")
    bond = next(one for one in lab.server.state["bonds"] if one["space"] == space)
    host, home = lab.host(bond["id"]), bond["current_aggregator"]
    port = next(one["interface"] for one in bond["connected_ips"] if one["id"] == host.connected_id)
    interface = next(one["id"] for one in bond["interfaces"] if one["name"] == port)
    path = f"bonds/{bond['id']}/connected_ips"
    url = f"{lab.server_stand_in.url}/api/v4/bonds/{bond['id']}/interfaces/{interface}/"
    made = lab.hands.post(path, interface=url, ip=LAN, enabled=True, include_private_wan=True)
    try:
        lab.move(bond["id"], aggregator)
        yield WayOut(device, own[0], host)
    finally:
        lab.hands.delete(f"{path}/{made['id']}")
        lab.move(bond["id"], home)


def _seen_as(way: WayOut) -> str:
    """The address with which the Internet sees the LAN host; empty if it does not get there."""
    return goes_out(way.host, INTERNET_HOST6)


def _out(lab: Lab) -> str:
    with _way_out(lab) as way:
        seconds = until(lambda: _seen_as(way) == way.own, DEADLINE)
        need(seconds is not None, f"{way.host.bond} is seen as '{_seen_as(way)}', not as {way.own}")
        bond = next(one for one in lab.server.state["bonds"] if one["id"] == way.host.bond_id)
        lans = [str(one.network) for one in lan_blocks(bond, way.host.connected_id)]
    return f"{way.host.bond}'s {', '.join(lans)} as {way.own}, the address of {way.device.holder}'s {way.device.name}"


@contextlib.contextmanager
def _no_translation(namespace: str) -> Iterator[None]:
    """Inside, the tables that translate IPv6 in the namespace are gone."""
    text = netns.inside(namespace, "nft", "list", "ruleset", "inet")
    names = re.findall(r"^table inet (\S+)", text, re.MULTILINE)
    need("nfproto ipv6 masquerade" in text, f"nothing in {namespace} translates IPv6")
    for name in names:
        netns.nft(namespace, f"delete table inet {name}\n")
    try:
        yield
    finally:
        netns.nft(namespace, text)


def _untranslated(lab: Lab) -> str:
    """With the check on the interface drops it; off, as for a gateway that routes, the internet gateway does."""
    with _way_out(lab) as way:
        igw, vpc = way.device.vpc.replace("vpc-", "igw-", 1), way.device.vpc
        need(until(lambda: _seen_as(way) == way.own, DEADLINE) is not None, "it does not get out even translated")
        dropper = (vpc, "src_drop6") if way.device.checked else (igw, "out_drop6")
        with _no_translation(way.device.holder):
            before = lab.counter(*dropper)
            need(not _seen_as(way), f"{way.host.bond} gets out, though nobody translates its address")
            dropped = lab.counter(*dropper) - before
        need(dropped > 0, f"it is dead, but {dropper[1]} of {dropper[0]} has counted nothing")
        need(until(lambda: _seen_as(way) == way.own, DEADLINE) is not None, "it does not come back")
    return f"{dropper[1]} of {dropper[0]} +{dropped}"


def advertise(device: Device) -> None:
    """The subnet's router tells the interface, and it alone, that it is a default router."""
    with netns.entered(device.vpc):
        sender = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        index = socket.if_nametoindex(device.bridge)
    with sender:
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
        sender.bind((ROUTER, 0, 0, index))
        message = struct.pack("!BBHBBHII", 134, 0, 0, 64, MANAGED, LIFETIME, 0, 0)
        sender.sendto(message, (link_local(device.mac), 0, 0, index))


def _heard(namespace: str) -> int:
    """Advertisements that have come into a namespace."""
    counted = netns.inside(namespace, "cat", "/proc/net/snmp6")
    return int(next(line.split()[1] for line in counted.splitlines() if line.startswith("Icmp6InRouterAdvert")))


def _default(namespace: str) -> str:
    return netns.run("ip", "-n", namespace, "-6", "route", "show", "default").strip()


def _advertised(lab: Lab) -> str:
    """The control is a device that is told to listen in spite of forwarding: the kernel knows no space's table."""
    with _way_out(lab) as way:
        namespace, name = way.device.holder, way.device.name

        def arrives() -> bool:
            before = _heard(namespace)
            advertise(way.device)
            return until(lambda: _heard(namespace) > before, 1) is not None

        need(until(arrives, DEADLINE) is not None, f"{name} hears no advertisement")
        need(not _default(namespace), f"the main table of {namespace} has '{_default(namespace)}'")
        setting = f"net.ipv6.conf.{name}.accept_ra"
        netns.inside(namespace, "sysctl", "-q", "-w", f"{setting}=2")
        try:
            need(until(lambda: arrives() and _default(namespace), DEADLINE) is not None, "accept_ra=2 changes nothing")
            told = _default(namespace).splitlines()[0]
        finally:
            netns.inside(namespace, "sysctl", "-q", "-w", f"{setting}=1")
            netns.batch("ip -6", namespace, [f"route del default dev {name}"], force=True)
        need(until(lambda: _seen_as(way) == way.own, DEADLINE) is not None, "the LAN host does not get out any more")
    return f"heard, and ignored; with accept_ra=2 the main table would have '{' '.join(told.split()[:5])}'"
