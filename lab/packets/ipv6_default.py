# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The `::/0` of each subnet, to the internet gateway or to an egress-only one, and the VPC's hosts that use it. Pure.

A namespace for each egress-only internet gateway, which translates nothing, tracks connections and lets none in. What
the Internet sends to a subnet comes by the egress-only internet gateway if the subnet's `::/0` leads there, and by the
VPC's internet gateway otherwise: AWS does not say which way a packet takes that neither of them has let out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .aggregators import Server
from .applied_state import RULE6, Piece, configured, route, rule, veth
from .aws_topology import INTERNET, Fabric, short, table_number
from .ipv6 import BEYOND, ROUTER, Blocks, elements

DEFAULT = "::/0"
AFTER_MAIN = 40000
"""Preference of the rules for the subnets' defaults: behind the main table, which has the VPC's own networks."""


def pieces(server: Server) -> Iterator[Piece]:
    """All of it; nothing where no VPC has a block."""
    blocks = Blocks(server.fabric)
    for one in server.fabric.state["egress_only_internet_gateways"]:
        vpc = blocks.name[one["vpc_id"]]
        if vpc in blocks.vpcs:
            yield from _gateway(one["id"], server.fabric.egress_only[one["id"]], vpc, blocks.vpcs[vpc])
    for subnet in blocks.subnets:
        yield from _subnet(blocks, subnet)
    yield from _hosts(server, blocks)


def _gateway(gateway_id: str, gateway: str, vpc: str, cidrs: list[str]) -> Iterator[Piece]:
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


def _subnet(blocks: Blocks, subnet: Mapping[str, Any]) -> Iterator[Piece]:
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
    """(namespace, table) -> one transaction: an egress-only internet gateway."""
    blocks = Blocks(fabric)
    vpcs = {one["id"]: blocks.name[one["vpc_id"]] for one in fabric.state["egress_only_internet_gateways"]}
    return {
        (fabric.egress_only[identifier], "ip6 eigw"): _EGRESS_ONLY % {"owned": elements(blocks.owned[vpc])}
        for identifier, vpc in vpcs.items()
        if vpc in blocks.vpcs
    }


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
