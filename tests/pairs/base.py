# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world before the first run, in the demonstration's size or twice that."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Aggregator,
    Bond,
    ElasticIp,
    Instance,
    InstanceLimits,
    Route,
    RouteTable,
    Space,
    Subnet,
    Vpc,
)
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from tests.pairs.state import State

ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
AGGREGATORS, SPACES, BONDS = 3, 3, 12
"""Of the demonstration."""
INTERFACES, ADDRESSES = 3, 10
"""Of a c5.large."""
POOLS = ("ipv4pool-ec2-0d000000000000001", "ipv4pool-ec2-0d000000000000002")
GIVEN_VPC = "vpc-given"


@dataclass
class Base:
    """A world without the network, and what an inventory may name of it."""

    state: State
    hosts: list[dict[str, Any]]
    spaces: list[str]
    bonds: dict[int, Bond]
    publics: list[str]
    """Elastic IPs that the operator has."""
    flat: bool
    """True if all aggregators are in one subnet."""
    zones: dict[str, str] = field(default_factory=dict)
    """By host."""


def _host(name: str, flat: bool, place: int) -> dict[str, Any]:
    more = {"reachable": True} if not flat and place % 4 == 3 else {}
    return {"host": name, "aggregator": name, "instance_id": f"i-{name}", **more}


def base(size: int = 1, flat: bool = False) -> Base:
    """Return a world of `size` times the demonstration, with one more aggregator, which no bond needs."""
    state = State()
    cloud, server = state.cloud, state.server
    cloud.limits["c5.large"] = InstanceLimits(INTERFACES, ADDRESSES)
    names = [f"agg{number}" for number in range(1, AGGREGATORS * size + 2)]
    zones: dict[str, str] = {}
    for place, name in enumerate(names):
        _aggregator(state, name, place, flat)
        zones[name] = cloud.instances[f"i-{name}"].zone
    _given_vpc(state)
    spaces = [f"space{number}" for number in range(1, SPACES * size + 1)]
    for place, key in enumerate(spaces):
        server.spaces[key] = Space(11 + place, key, key.title(), enabled=False, mode=None)
        data = {"key": key, "private_wan_enabled": False, "private_wan_mode": "managed_mesh"}
        state.objects["space", "", key] = Object("space", "", key, data)
    for place in range(BONDS * size):
        _bond(state, 17 + place, spaces[place % len(spaces)], place % (len(names) - 1))
    publics = [f"203.0.113.{number}" for number in range(101, 104 + size)]
    for number, address in enumerate(publics):
        cloud.addresses.append(ElasticIp(f"eipalloc-given{number}", address, {"Name": "theirs"}))
    hosts = [_host(name, flat, place) for place, name in enumerate(names)]
    return Base(state, hosts, spaces, server.bonds, publics, flat, zones)


def _aggregator(state: State, name: str, place: int, flat: bool) -> None:
    vpc = 0 if flat else (1 if place % 4 == 3 else 0)
    zone = 0 if flat else (2 if vpc else place % 2)
    subnet = f"subnet-{vpc}{zone}"
    address = f"10.{vpc + 1}.{zone}.{11 + place}"
    network = f"10.{vpc + 1}.{zone}.0/24"
    state.cloud.subnets[subnet] = Subnet(subnet, f"vpc-{vpc}", network, ZONES[zone])
    state.cloud.instances[f"i-{name}"] = Instance(
        id=f"i-{name}",
        type="c5.large",
        zone=ZONES[zone],
        vpc_id=f"vpc-{vpc}",
        subnet_id=subnet,
        interface_id=f"eni-{name}",
        private_ip=address,
        addresses=(address,),
        groups=("sg-theirs",),
    )
    number = 7 + 5 * place
    state.server.aggregators[number] = Aggregator(number, name, f"198.51.100.{11 + place}", "main", "6.6.1")


def _given_vpc(state: State) -> None:
    """Add a VPC of the operator's with two subnets, a table of its own for one of them, and a foreign route."""
    cloud = state.cloud
    cloud.vpcs[GIVEN_VPC] = Vpc(GIVEN_VPC, ("10.150.0.0/16",), {"Name": "theirs"})
    for number, zone in enumerate(ZONES):
        name = f"subnet-given-{zone[-1]}"
        cloud.subnets[name] = Subnet(name, GIVEN_VPC, f"10.150.{number}.0/24", zone, {"Name": "theirs"})
    out = (Route("0.0.0.0/0", "igw-theirs"), Route("10.200.0.0/16", "pcx-theirs"))
    cloud.route_tables["rtb-given-main"] = RouteTable("rtb-given-main", GIVEN_VPC, True, out)
    cloud.route_tables["rtb-given"] = RouteTable("rtb-given", GIVEN_VPC, False, out, ("subnet-given-b",))


def _bond(state: State, number: int, space: str, place: int) -> None:
    """Add a bond with a LAN that the private WAN carries."""
    ids = sorted(state.server.aggregators)
    primary, secondary = ids[place], ids[(place + 1) % (len(ids) - 1)]
    name = f"{space}-{number}"
    present = secondary if number % 7 == 0 else primary
    state.server.bonds[number] = Bond(number, name, space, primary, secondary if number % 2 else None, present)
    if number % 2 == 0:
        state.server.bonds[number] = replace(state.server.bonds[number], present=primary)
    state.server.bond_interfaces[number] = ["eth0", "eth1", "eth2"]
    lan = f"172.16.{number}.1/24"
    data = {"interface": "eth1", "ip": lan, "include_private_wan": True}
    state.objects["connected_ip", f"bonds/{number}", lan] = Object("connected_ip", f"bonds/{number}", lan, data)
