# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of others in random worlds: what is planned to be removed must be the same with them and without them.

The two sides are read once, of a network that is built; the worlds are made of what was read, and only the design works
on them. A world is known by its number: the same number makes the same world.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from ansible_collections.bonded.internet.plugins.module_utils._design.planner import design_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DesiredNetwork, Report
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import as_json
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Cloud,
    ElasticIp,
    Interface,
    InternetGateway,
    RouteTable,
    Server,
    Subnet,
    Vpc,
)
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._plan import planner as engine
from ansible_collections.bonded.internet.plugins.module_utils._plan.server_changes import server_steps
from tests.faults.cells import Cell
from tests.faults.recording import Network
from tests.faults.world import World
from tests.playbooks.planning import plan
from tests.playbooks.running import Json

WORLDS = 2000
"""Number of worlds that `make faults` creates."""
NAMES = (
    *(
        "demo",
        "demo_",
        "demo_babel",
        "demo_babel_",
        "demo_babel_x",
        "demo_babel_11x",
        "xdemo_babel_11",
        "Demo_babel_11",
    ),
    *(
        "demo2_babel_11",
        "demo_static_11",
        "demo-babel-11",
        "demo_export_",
        "_export_11",
        "office",
        "vx",
        "vx1",
        "gw11x",
    ),
    *("prod_bgp_12", "demo.babel.11", "demo_BABEL_11", "ddemo_gateway_11", "demo_gateway11"),
)
"""Names of protocols, filters and interfaces that are almost ours."""
RESERVED = ("demo_babel_8", "demo_ospf_11", "demo_babel_12", "demo_bgp_7")
"""Names of ours, which objects of these kinds never get from us."""
NETWORKS = ("", "demo2", "Demo", "demo ", "dem", "prod", "xdemo")
"""Values of the ownership tag that are not this network's; empty: no such tag."""
KEYS = ("vpc/acme", "rtb/acme", "igw/acme", "cpe-nat/bond-17", "gateway/acme/agg1", "gateway-ip/acme/agg1", "anything")
"""Keys as ours are, under another network's tag."""


@dataclass(frozen=True)
class Sides:
    """An intent, and both sides as they were read."""

    name: str
    desired: DesiredNetwork
    server: Server
    cloud: Cloud
    objects: dict[tuple[str, str, str], Object]

    def planned(self) -> tuple[list[Json], list[str]]:
        """Return the plan's items and problems."""
        report = Report()
        design = design_network(self.desired, self.server, self.cloud, report)
        steps = server_steps(design, self.objects)
        return [as_json(item) for item in (*(step.item for step in steps), *design.items)], report.problems

    def with_others(self, seed: str) -> Sides:
        """Return the same intent in a world with objects of others beside those that were read."""
        chance = random.Random(seed)
        server, cloud, objects = copy.copy(self.server), copy.copy(self.cloud), dict(self.objects)
        server.objects = {number: list(server_objects) for number, server_objects in server.objects.items()}
        server.bond_objects = {number: list(server_objects) for number, server_objects in server.bond_objects.items()}
        names = {(one.parent, one.key) for one in objects.values()}  # a second object of one name is refused
        for obj in (*others_on_aggregators(chance, server), *others_on_bonds(chance, server)):
            item = Object(obj.kind, obj.parent, obj.key, obj.data)
            if item.identity not in objects and (obj.parent, obj.key) not in names:
                objects[item.identity] = item
                place = server.objects if obj.parent.startswith("aggregators/") else server.bond_objects
                place[int(obj.parent.partition("/")[2])].append(obj)
        others_in_cloud(chance, cloud)
        return Sides(self.name, self.desired, server, cloud, objects)


def read_sides(world: World, name: str, network: Network, **more: Any) -> Sides:
    """Return both sides as network_plan reads them for this network and options."""
    found: list[Sides] = []
    design = engine.design_steps

    def kept(desired: DesiredNetwork, first: Report, server_side: Any, cloud_side: Any) -> Any:
        found.append(Sides(name, desired, server_side.server, cloud_side.cloud, server_side.objects))
        return design(desired, first, server_side, cloud_side)

    with patch.object(engine, "design_steps", kept):
        plan(world.site, network.variables, network.hosts, **more)
    return found[-1]


def removals(world: World, network: Network) -> list[Sides]:
    """Return the ways in which things are removed, each with something to remove."""
    smaller = copy.deepcopy(network)
    smaller.variables["bonding_cpe_nat_ips"] = smaller.variables["bonding_cpe_nat_ips"][1:]
    for space in smaller.variables["bonding_spaces"]:
        space.pop("gateways")
    switches = {"prune": True, "prune_addresses": True, "allow_disruption": True, "max_deletions": 99}
    teardown = {"state": "absent", "release_addresses": True, "teardown_private_wan": True}
    found = [
        read_sides(world, "teardown", network, **teardown),
        read_sides(world, "prune", smaller, **switches),
        read_sides(world, "no change", network, **switches),
    ]
    counts = [len(sides.planned()[0]) for sides in found]
    assert counts[0] > counts[1] > counts[2] == 0, counts
    return found


def cells(found: list[Sides], worlds: int) -> list[Cell]:
    """Return a cell for each world, each way of removing in turn."""
    usual = [sides.planned() for sides in found]

    def cell(number: int) -> Cell:
        sides = found[number % len(found)]

        def check(_world: World) -> None:
            seen = sides.with_others(str(number)).planned()
            assert seen == usual[number % len(found)], f"world {number}: {difference(usual[number % len(found)], seen)}"

        return Cell(f"{sides.name} in world {number}", check)

    return [cell(number) for number in range(worlds)]


def difference(usual: tuple[list[Json], list[str]], seen: tuple[list[Json], list[str]]) -> str:
    """Return what is more or less in a plan than usual."""
    more = [item for item in seen[0] if item not in usual[0]]
    less = [item for item in usual[0] if item not in seen[0]]
    return f"more: {more}; less: {less}; problems: {seen[1]}"


def others_on_aggregators(chance: random.Random, server: Server) -> Iterator[Object]:
    """Yield interfaces, filters and protocols that look almost as ours do."""
    spaces = [*server.spaces, None]
    for number in server.objects:
        parent = f"aggregators/{number}"
        for _count in range(chance.randrange(5)):
            name, space = chance.choice(NAMES), chance.choice(spaces)
            kind = chance.choice(
                ("ethernet_interface", "vxlan_interface", "filter", "static_protocol", "babel_protocol")
            )
            data: Json = {"name": name, "space": space, "enabled": chance.random() < 0.5}
            if kind.endswith("_interface"):
                addresses = [f"10.99.{chance.randrange(256)}.{chance.randrange(1, 255)}/28"]
                data |= {"type": kind.removesuffix("_interface"), "mtu": 1400, "addresses": addresses}
            if kind == "vxlan_interface":
                data |= {"vni": chance.randrange(1, 9_000_000), "endpoints": [{"ip": "192.0.2.9", "vni": 5}]}
            if chance.random() < 0.3:
                name, kind = chance.choice(RESERVED), chance.choice(("filter", "static_protocol"))
                data = {"name": name, "space": space, "enabled": True}
            if kind == "filter":
                data = {"name": name, "family": chance.choice(("ipv4", "ipv6")), "body": "accept;"}
            if kind.endswith("_protocol"):
                data |= {"protocol": kind.removesuffix("_protocol")}
                data |= {slot: {"mode": "none"} for slot in SLOTS}
                data |= {"routes": []} if kind == "static_protocol" else {"interfaces": [{"patterns": ["ens9*"]}]}
            yield Object(kind, parent, name, data)


SLOTS = ("import_ipv4", "export_ipv4", "import_ipv6", "export_ipv6")


def others_on_bonds(chance: random.Random, server: Server) -> Iterator[Object]:
    """Yield connected IPs and CPE NAT IPs with addresses that are none of ours."""
    for number in server.bond_objects:
        parent = f"bonds/{number}"
        for _count in range(chance.randrange(3)):
            address = f"10.98.{chance.randrange(256)}.{chance.randrange(1, 255)}"
            if chance.random() < 0.5:
                data = {"ip": f"{address}/24", "interface": "eth0", "enabled": True, "include_private_wan": False}
                yield Object("connected_ip", parent, f"{address}/24", data)
            else:
                yield Object("cpe_nat_ip", parent, address, {"ip": address, "nat_ip": "192.0.2.77", "enabled": True})


def others_in_cloud(chance: random.Random, cloud: Cloud) -> None:
    """Add AWS objects of others to a side, with tags of others or none."""

    def tags() -> dict[str, str]:
        network = chance.choice(NETWORKS)
        found = {"bonded.internet/network": network} if network else {}
        if chance.random() < 0.7:
            found["bonded.internet/key"] = chance.choice(KEYS)
        return found

    def one(prefix: str) -> str:
        return f"{prefix}-{chance.randrange(1 << 32):08x}ffffffff0"

    vpcs, subnets, interfaces = dict(cloud.vpcs), dict(cloud.subnets), dict(cloud.interfaces)
    tables, gateways, addresses = dict(cloud.route_tables), dict(cloud.internet_gateways), list(cloud.addresses)
    for _count in range(chance.randrange(4)):
        vpc, subnet, interface = one("vpc"), one("subnet"), one("eni")
        block = f"10.{chance.randrange(120, 250)}"
        vpcs[vpc] = Vpc(vpc, (f"{block}.0.0/16",), tags())
        subnets[subnet] = Subnet(subnet, vpc, f"{block}.0.0/24", "eu-central-1a", tags())
        interfaces[interface] = Interface(interface, subnet, vpc, f"{block}.0.9", tags())
        for table, main in ((one("rtb"), True), (one("rtb"), False)):
            tables[table] = RouteTable(table, vpc, main, tags=tags())
        gateway = one("igw")
        gateways[gateway] = InternetGateway(gateway, chance.choice((vpc, None)), tags())
    for _count in range(chance.randrange(4)):
        public = f"192.0.2.{chance.randrange(1, 255)}"
        addresses.append(ElasticIp(one("eipalloc"), public, tags()))
    chance.shuffle(addresses)
    cloud.vpcs, cloud.subnets, cloud.interfaces = vpcs, subnets, interfaces
    cloud.route_tables, cloud.internet_gateways, cloud.addresses = tables, gateways, addresses
