# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPv6 of both states: VPCs with an Amazon-provided block, gateways that accept advertisements, bonds' LANs. Pure.

Beside the IPv4 of `fabric`, `aggregators` and `bonders`, on the same devices. Of a route table only `::/0` is carried
out, and security groups do not look at IPv6. For a gateway with `accept_ra` the system does what AWS's advertisement
tells it ("managed"): it asks DHCPv6 for the interface's address; and it puts the default route into the space's table.

A namespace for each egress-only internet gateway, which translates nothing, tracks connections and lets none in. What
the Internet sends to a subnet comes by the egress-only internet gateway if the subnet's `::/0` leads there, and by the
VPC's internet gateway otherwise: AWS does not say which way a packet takes that neither of them has let out.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from .aggregators import Server, chosen
from .applied_state import ADDRESS, RULE6, Piece, configured, route, rule, veth
from .aws_topology import INTERNET, Device, Fabric, short, table_number
from .bonders import Bonders

INTERNET_HOST6, DEFAULT = "3fff::1", "::/0"
AFTER_MAIN = 40000
"""Preference of the rules for the subnets' defaults: behind the main table, which has the VPC's own networks."""
ROUTER, BEYOND = "fe80::1", "fe80::2"
"""Link-local addresses of the router's end of a link, and of the other one."""


class Blocks:
    """IPv6 blocks of the subnets and VPCs, and the addresses that each interface has of them."""

    def __init__(self, fabric: Fabric) -> None:
        self.fabric = fabric
        names = dict(zip((one["id"] for one in fabric.state["vpcs"]), fabric.vpcs(), strict=True))
        self.subnets: list[Mapping[str, Any]] = [one for one in fabric.state["subnets"] if one.get("ipv6_cidrs")]
        self.vpcs = {names[one["id"]]: one["ipv6_cidrs"] for one in fabric.state["vpcs"] if one.get("ipv6_cidrs")}
        self.name = names
        given = {one["id"]: one.get("ipv6_addresses") or [] for one in fabric.state["network_interfaces"]}
        self.addresses: dict[Device, list[str]] = {one: given[one.interface_id] for one in fabric.devices}
        self.owned = {
            vpc: sorted(
                address
                for one in fabric.state["network_interfaces"]
                if names[one["vpc_id"]] == vpc
                for address in one.get("ipv6_addresses") or ()
            )
            for vpc in self.vpcs
        }
        """All addresses of a VPC's interfaces: the internet gateway knows these, and no others."""


def pieces(server: Server, bonders: Bonders) -> Iterator[Piece]:
    """All of it; nothing where no VPC has a block."""
    blocks = Blocks(server.fabric)
    if blocks.vpcs:
        yield from _fabric(blocks)
        yield from _gateways(server, blocks)
    yield from _bonds(server, bonders)
    yield from _defaults(server, blocks)


def _fabric(blocks: Blocks) -> Iterator[Piece]:
    yield Piece("inet6/host", INTERNET, ADDRESS, (f"addr add {INTERNET_HOST6}/128 dev lo nodad",))
    for one in blocks.fabric.state["internet_gateways"]:
        vpc = blocks.name.get(one["vpc_id"] or "", "")
        if vpc in blocks.vpcs:
            yield from _internet_gateway(vpc, f"i{short(one['id'])}", blocks.vpcs[vpc])
    for subnet in blocks.subnets:
        vpc, bridge, key = blocks.name[subnet["vpc_id"]], f"b{short(subnet['id'])}", f"subnet6/{subnet['id']}"
        for cidr in subnet["ipv6_cidrs"]:
            router = f"{ipaddress.ip_network(cidr)[1]}/64"
            lines = (f"addr add {ROUTER}/64 dev {bridge} nodad", f"addr add {router} dev {bridge} nodad")
            yield configured(f"{key}/{cidr}", vpc, f"subnet/{subnet['id']}", *lines)
    for device, addresses in blocks.addresses.items():
        if device.vpc in blocks.vpcs:
            for address in (link_local(device.mac), *addresses):
                line = f"{address} lladdr {device.mac} dev {device.bridge}"
                up, down = (f"neigh replace {line} nud permanent",), (f"neigh del {address} dev {device.bridge}",)
                yield Piece(
                    f"address6/{device.vpc}/{address}", device.vpc, ADDRESS, up, down, f"subnet/{device.subnet_id}"
                )


def _internet_gateway(vpc: str, far: str, cidrs: list[str]) -> Iterator[Piece]:
    gateway = vpc.replace("vpc-", "igw-", 1)
    key, inner, outer = f"igw6/{gateway}", f"igw/{gateway}/inner", f"igw/{gateway}/outer"
    yield configured(f"{key}/vpc", vpc, inner, f"addr add {ROUTER}/64 dev igw nodad")
    yield configured(f"{key}/inet", INTERNET, outer, f"addr add {ROUTER}/64 dev {far} nodad")
    ends = [f"addr add {BEYOND}/64 dev {device} nodad" for device in ("vpc", "inet0")]
    yield configured(f"{key}/ends", gateway, inner, *ends)
    yield route(f"{key}/out", gateway, f"::/0 via {ROUTER} dev inet0", inner)
    for cidr in cidrs:
        yield route(f"{key}/{cidr}", gateway, f"{cidr} via {ROUTER} dev vpc", inner)
        yield route(f"inet6/{cidr}", INTERNET, f"{cidr} via {BEYOND} dev {far}", outer)


def gateways(server: Server, blocks: Blocks) -> Iterator[tuple[str, str, Device]]:
    """(aggregator, space, device) of each gateway that accepts advertisements, in a subnet that has a block."""
    with_block = {one["id"] for one in blocks.subnets}
    for aggregator in server.aggregators():
        for interface in server.interfaces(aggregator):
            if interface["type"] == "ethernet" and interface["space"] is not None and interface.get("accept_ra"):
                device = server.fabric.device(server.namespace(aggregator["name"]), interface["name"])
                if device.subnet_id in with_block:
                    yield aggregator["name"], interface["space"], device


def _gateways(server: Server, blocks: Blocks) -> Iterator[Piece]:
    for aggregator, space, device in gateways(server, blocks):
        table, key = server.tables[space], f"gateway6/{device.interface_id}"
        needs = f"interface/{aggregator}/{device.name}"
        for address in blocks.addresses[device]:
            line = f"{address}/128 dev {device.name}"
            up = (f"addr add {line} nodad noprefixroute",)
            yield Piece(f"{key}/{address}", device.holder, ADDRESS, up, (f"addr del {line}",), needs)
        yield route(f"{key}/default", device.holder, f"::/0 via {ROUTER} dev {device.name} table {table}", needs)
        yield from chosen(key, device.holder, device.name, table, RULE6)


def _bonds(server: Server, bonders: Bonders) -> Iterator[Piece]:
    for aggregator in server.primary:
        for bond in server.bonds(aggregator):
            lans = [
                (host, one)
                for host in bonders.hosts
                if host.bond_id == bond["id"]
                for one in lan_blocks(bond, host.connected_id)
            ]
            if not lans:
                continue
            tunnel, device, holder = f"tunnel/{bond['id']}", f"tun{bond['id']}", server.namespace(aggregator)
            key, bonder, table = f"tunnel6/{bond['id']}", f"bond-{bond['id']}", server.tables[bond["space"]]
            yield configured(f"{key}/here", holder, tunnel, f"addr add {ROUTER}/64 dev {device} nodad")
            yield configured(f"{key}/there", bonder, tunnel, f"addr add {BEYOND}/64 dev tun0 nodad")
            yield route(f"{key}/default", bonder, f"::/0 via {ROUTER} dev tun0", tunnel)
            yield from chosen(key, holder, device, table, RULE6)
            for host, lan in lans:
                line = f"{lan.network} via {BEYOND} dev {device} table {table}"
                yield route(f"{key}/{lan.network}", holder, line, tunnel)
                near, lan_key = f"lan{host.connected_id}", f"lan/{host.bond_id}/{host.gateway}"
                up = (f"addr add {lan} dev {near} nodad",)
                yield Piece(f"{key}/{lan}/bonder", bonder, ADDRESS, up, (f"addr del {lan} dev {near}",), lan_key)
                address = f"{lan.network[16]}/{lan.network.prefixlen}"
                there = (f"addr add {address} dev eth0 nodad", f"route replace ::/0 via {lan.ip} dev eth0")
                yield Piece(
                    f"{key}/{lan}/host", host.namespace, ADDRESS, there, (f"addr del {address} dev eth0",), lan_key
                )


def lan_blocks(bond: Mapping[str, Any], connected_id: int) -> Iterator[ipaddress.IPv6Interface]:
    """The bond's own addresses in the IPv6 LANs of its private WAN, on the same interface as this connected network."""
    interface = next(one["interface"] for one in bond["connected_ips"] if one["id"] == connected_id)
    for one in bond["connected_ips"]:
        found = ipaddress.ip_interface(one["ip"])
        wanted = one["enabled"] and one["include_private_wan"] and one["interface"] == interface
        if wanted and isinstance(found, ipaddress.IPv6Interface):
            yield found


def _defaults(server: Server, blocks: Blocks) -> Iterator[Piece]:
    """Yield the `::/0` of each subnet, and the hosts of VPCs that use it; nothing where no VPC has a block."""
    for one in server.fabric.state["egress_only_internet_gateways"]:
        vpc = blocks.name[one["vpc_id"]]
        if vpc in blocks.vpcs:
            yield from _egress_only_gateway(one["id"], server.fabric.egress_only[one["id"]], vpc, blocks.vpcs[vpc])
    for subnet in blocks.subnets:
        yield from _default(blocks, subnet)
    yield from _hosts(server, blocks)


def _egress_only_gateway(gateway_id: str, gateway: str, vpc: str, cidrs: list[str]) -> Iterator[Piece]:
    far = _far(gateway_id)
    inner, outer = _inner(gateway_id), _outer(gateway_id)
    yield veth(inner, vpc, "eigw", ("vpc", gateway), 9001)
    yield veth(outer, INTERNET, far, ("inet0", gateway), 1500)
    yield configured(f"{inner}/vpc", vpc, inner, f"addr add {ROUTER}/64 dev eigw nodad")
    yield configured(f"{outer}/inet", INTERNET, outer, f"addr add {ROUTER}/64 dev {far} nodad")
    for device, needs in (("vpc", inner), ("inet0", outer)):
        ends = (f"link set {device} up", f"addr add {BEYOND}/64 dev {device} nodad")
        yield configured(f"{needs}/end", gateway, needs, *ends)
    yield route(f"{outer}/out", gateway, f"{DEFAULT} via {ROUTER} dev inet0", outer)
    for cidr in cidrs:
        yield route(f"{inner}/{cidr}", gateway, f"{cidr} via {ROUTER} dev vpc", inner)


def _default(blocks: Blocks, subnet: Mapping[str, Any]) -> Iterator[Piece]:
    found = next((one for one in blocks.fabric.table(subnet)["routes"] if one["destination"] == DEFAULT), None)
    if found is None:
        return
    vpc, number, key = blocks.name[subnet["vpc_id"]], table_number(subnet["id"]), f"default6/{subnet['id']}"
    bridge, target = f"b{short(subnet['id'])}", str(found["target"])
    device, needs = "", f"subnet/{subnet['id']}"
    if found["state"] == "active" and target in blocks.fabric.egress_only:
        device, needs = "eigw", _inner(target)
        for cidr in subnet["ipv6_cidrs"]:
            yield route(f"{key}/{cidr}", INTERNET, f"{cidr} via {BEYOND} dev {_far(target)}", _outer(target))
    elif found["state"] == "active" and target.startswith("igw-"):
        device, needs = "igw", f"igw/{vpc.replace('vpc-', 'igw-', 1)}/inner"
    way = f"{DEFAULT} via {BEYOND} dev {device}" if device else f"blackhole {DEFAULT}"
    yield route(key, vpc, f"{way} table {number}", needs)
    yield rule(f"{key}/rule", vpc, f"iif {bridge} lookup {number} pref {AFTER_MAIN}", RULE6)


def _hosts(server: Server, blocks: Blocks) -> Iterator[Piece]:
    """Yield what DHCPv6 and the router's advertisement give to instances that are no aggregators."""
    aggregators = set(server.primary.values())
    for device, addresses in blocks.addresses.items():
        if device.primary and not device.nat_gateway and device not in aggregators and addresses:
            lines = [f"addr add {address}/128 dev {device.name} nodad" for address in addresses]
            lines.append(f"route replace {DEFAULT} via {ROUTER} dev {device.name}")
            needs = f"eni/{device.interface_id}/configured"
            yield configured(f"host6/{device.interface_id}", device.holder, needs, *lines)


def filters(fabric: Fabric) -> dict[tuple[str, str], str]:
    """(namespace, table) -> one transaction: the check, and the internet gateways, which know interfaces alone."""
    blocks = Blocks(fabric)
    texts = {}
    for vpc in blocks.vpcs:
        devices = [one for one in fabric.devices if one.vpc == vpc]
        own = sorted(f'"{one.port}" . {address}' for one in devices for address in blocks.addresses[one])
        checked = sorted(f'"{one.port}"' for one in devices if one.checked)
        texts[vpc, "bridge vpc6"] = _CHECK % {"own": elements(own), "checked": elements(checked)}
        gateway = vpc.replace("vpc-", "igw-", 1)
        if gateway in fabric.gateways():
            texts[gateway, "ip6 igw"] = _INTERNET_GATEWAY % {"owned": elements(blocks.owned[vpc])}
    for one in fabric.state["egress_only_internet_gateways"]:
        vpc = blocks.name[one["vpc_id"]]
        if vpc in blocks.vpcs:
            texts[fabric.egress_only[one["id"]], "ip6 eigw"] = _EGRESS_ONLY % {"owned": elements(blocks.owned[vpc])}
    return texts


_CHECK = """table bridge vpc6 { }
delete table bridge vpc6
table bridge vpc6 {
  set own { type ifname . ipv6_addr;%(own)s }
  set checked { type ifname;%(checked)s }
  counter src_drop6 { }
  counter dst_drop6 { }
  chain pre { type filter hook prerouting priority 1; policy accept;
    iifname @checked ip6 saddr != fe80::/10 iifname . ip6 saddr != @own counter name src_drop6 drop
  }
  chain post { type filter hook postrouting priority 1; policy accept;
    oifname @checked ip6 daddr != fe80::/10 oifname . ip6 daddr != @own counter name dst_drop6 drop
  }
}
"""

_INTERNET_GATEWAY = """table ip6 igw { }
delete table ip6 igw
table ip6 igw {
  set owned { type ipv6_addr;%(owned)s }
  counter out_drop6 { }
  counter in_drop6 { }
  chain forward { type filter hook forward priority 0; policy accept;
    iifname "vpc" ip6 saddr != @owned counter name out_drop6 drop
    iifname "inet0" ip6 daddr != @owned counter name in_drop6 drop
  }
}
"""


_EGRESS_ONLY = """table ip6 eigw { }
delete table ip6 eigw
table ip6 eigw {
  set owned { type ipv6_addr;%(owned)s }
  counter out_drop6 { }
  counter in_drop6 { }
  chain forward { type filter hook forward priority 0; policy accept;
    iifname "vpc" ip6 saddr != @owned counter name out_drop6 drop
    iifname "inet0" ct state != { established, related } counter name in_drop6 drop
  }
}
"""


def _far(gateway_id: str) -> str:
    """The device's name in the Internet's namespace."""
    return f"e{short(gateway_id)}"


def _inner(gateway_id: str) -> str:
    return f"eigw/{gateway_id}/inner"


def _outer(gateway_id: str) -> str:
    return f"eigw/{gateway_id}/outer"


def elements(found: list[str]) -> str:
    """Return the elements of a set as nft wants them; empty if there are none."""
    return f" elements = {{ {', '.join(found)} }};" if found else ""


def link_local(mac: str) -> str:
    """The address that a device gives itself by its MAC address."""
    octets = [int(part, 16) for part in mac.split(":")]
    numbers = [octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]]
    return str(ipaddress.IPv6Address(bytes([0xFE, 0x80, *[0] * 6, *numbers])))
