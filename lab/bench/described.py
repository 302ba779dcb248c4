# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.bench.described AGGREGATORS SPACES [--file report.html]``: what a report of a large network costs.

The network is in memory only, as built: each space has a direct mesh over all aggregators, bonds with public addresses,
a VPC and a gateway. Prints JSON: seconds, and the sizes of the files.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import pathlib
import time
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.description.network import describe_network
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.description import Description
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report
from ansible_collections.bonded.internet.plugins.module_utils._model.names import (
    TAG_INTERFACE,
    cpe_nat_key,
    gateway_ip_key,
    gateway_key,
    internet_gateway_key,
    route_table_key,
    subnet_key,
    tags,
    vpc_key,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import as_json
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Aggregator,
    Bond,
    Cloud,
    ElasticIp,
    Instance,
    Interface,
    InternetGateway,
    Route,
    RouteTable,
    Server,
    Space,
    Subnet,
    Vpc,
)
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.plugin_utils._report.files import report_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.links import Links
from ansible_collections.bonded.internet.plugins.plugin_utils._report.network import Network
from ansible_collections.bonded.internet.plugins.plugin_utils._report.reading import description_of

NETWORK, REGION = "bench", "eu-central-1"
BONDS, ADDRESSES = 20, 5
"""Bonds of each space, and those of them that have a public address."""
LANS = "172.16.0.0/12"
MOVED, DOWN, WITHOUT_SECONDARY = 67, 50, 9
"""Of so many bonds one has moved, or has no secondary aggregator; of so many aggregators one is down."""


class Built:
    """A built network of any size: the inventory, and both sides."""

    def __init__(self, aggregators: int, spaces: int) -> None:
        self._count, self._spaces = aggregators, spaces
        self.server, self.cloud = Server(), Cloud()
        self.entries: list[dict[str, Any]] = []
        for number in range(aggregators):
            self._aggregator(number)
        for number in range(spaces):
            self._space(number)

    def params(self) -> dict[str, Any]:
        """Return network_plan's arguments."""
        hosts = [
            {"host": f"agg{n:03}", "aggregator": str(n + 1), "instance_id": f"i-{n:017x}", "region": REGION}
            for n in range(self._count)
        ]
        spaces = [self._wanted(number) for number in range(self._spaces)]
        return {"network": NETWORK, "aggregators": hosts, "spaces": spaces, "cpe_nat_ips": self.entries}

    def _wanted(self, number: int) -> dict[str, Any]:
        gateway = {"aggregator": self._host(3 * number), "networks": [LANS], "interface": f"gw{number + 11}"}
        if number % 2:
            gateway["standby"] = self._host(3 * number + 3)
        return {
            "key": f"customer-{number:03}",
            "private_wan": "unmanaged",
            "vxlan": {"subnet": str(_tunnels(number)), "aggregators": ["all"], "protocol": "babel"},
            "vpc": {"cidr": f"10.{number % 200 + 20}.0.0/16"},
            "gateways": [gateway],
        }

    def _host(self, number: int) -> str:
        return f"agg{number % self._count:03}"

    def _aggregator(self, number: int) -> None:
        zone = "abc"[number % 3]
        subnet = f"subnet-{zone}"
        network = ipaddress.IPv4Network(f"10.1.{'abc'.index(zone) * 4}.0/22")
        private_ip = str(network[10 + number // 3])
        self.cloud.subnets[subnet] = Subnet(subnet, "vpc-0", str(network), f"{REGION}{zone}", free=900)
        self.cloud.instances[f"i-{number:017x}"] = Instance(
            id=f"i-{number:017x}",
            type="c5.4xlarge",
            zone=f"{REGION}{zone}",
            vpc_id="vpc-0",
            subnet_id=subnet,
            interface_id=f"eni-{number:017x}",
            private_ip=private_ip,
            addresses=(private_ip,),
            public_ip=f"203.0.113.{number % 250 + 1}",
        )
        status = "down" if number % DOWN == DOWN - 1 else "up"
        name = f"agg{number:03}"
        self.server.aggregators[number + 1] = Aggregator(number + 1, name, "", "main", "6.7.2", status)
        self.server.objects[number + 1] = []

    def _space(self, number: int) -> None:
        key, identity = f"customer-{number:03}", number + 11
        self.server.spaces[key] = Space(identity, key, f"Customer {number}", True, "unmanaged")
        vni = 10000000 + identity
        every = [{"ip": one.private_ip, "vni": vni} for one in self.cloud.instances.values()]
        for place in range(self._count):
            data = {
                "name": f"vx{vni}",
                "space": key,
                "vni": vni,
                "addresses": [f"{_tunnels(number)[place + 1]}/22"],
                "endpoints": every[:place] + every[place + 1 :],
            }
            self.server.objects[place + 1].append(
                Object("vxlan_interface", f"aggregators/{place + 1}", f"vx{vni}", data)
            )
        for bond in range(BONDS):
            self._bond(number, bond, key)
        self._vpc(number, key)

    def _bond(self, space: int, place: int, key: str) -> None:
        number = space * BONDS + place + 1
        primary, other = (7 * space + place) % self._count + 1, (7 * space + place + 5) % self._count + 1
        secondary = None if number % WITHOUT_SECONDARY == 0 else other
        present = secondary if secondary and number % MOVED == 0 else primary
        self.server.bonds[number] = Bond(number, f"site-{number:05}", key, primary, secondary, present)
        if place < ADDRESSES:
            self._address(number, primary - 1)

    def _address(self, bond: int, owner: int) -> None:
        private_ip = f"10.9.{bond // 250}.{bond % 250 + 1}"
        entry = {"bond": str(bond), "interface": "eth1", "connected_ip": "192.168.1.1/24", "nat_ip": "192.168.1.10"}
        self.entries.append(entry)
        named = {**tags(NETWORK, cpe_nat_key(f"bond-{bond}")), TAG_INTERFACE: f"eni-{owner:017x}"}
        public = str(ipaddress.IPv4Address("198.51.100.0") + bond)
        self.cloud.addresses.append(
            ElasticIp(f"eipalloc-{bond:017x}", public, named, f"eni-{owner:017x}", private_ip, region=REGION)
        )
        data = {"ip": private_ip, "nat_ip": "192.168.1.10", "enabled": True}
        self.server.bond_objects[bond] = [Object("cpe_nat_ip", f"bonds/{bond}", private_ip, data)]

    def _vpc(self, number: int, key: str) -> None:
        cloud, vpc = self.cloud, f"vpc-{number:017x}"
        wanted = self._wanted(number)
        cidr = ipaddress.IPv4Network(wanted["vpc"]["cidr"])
        (gateway,) = wanted["gateways"]
        hosts = [gateway["aggregator"], *([gateway["standby"]] if "standby" in gateway else [])]
        cloud.vpcs[vpc] = Vpc(vpc, (str(cidr),), tags(NETWORK, vpc_key(key)))
        igw = f"igw-{number:017x}"
        cloud.internet_gateways[igw] = InternetGateway(igw, vpc, tags(NETWORK, internet_gateway_key(key)))
        for order, host in enumerate(hosts):
            zone, name = "abc"[int(host[3:]) % 3], f"eni-g{number:013x}{order}"
            subnet = f"subnet-{number:013x}{zone}"
            place = cidr.network_address + 256 * "abc".index(zone)
            named = tags(NETWORK, subnet_key(key, f"{REGION}{zone}"))
            cloud.subnets[subnet] = Subnet(subnet, vpc, f"{place}/24", f"{REGION}{zone}", named, free=249)
            named = tags(NETWORK, gateway_key(key, host))
            cloud.interfaces[name] = Interface(
                name, subnet, vpc, str(place + 10 + order), named, f"i-{int(host[3:]):017x}"
            )
        first = f"eni-g{number:013x}0"
        public = str(ipaddress.IPv4Address("203.0.114.0") + number)
        named = tags(NETWORK, gateway_ip_key(key, hosts[0]))
        cloud.addresses.append(ElasticIp(f"eipalloc-g{number:013x}", public, named, first, "", region=REGION))
        routes = (Route("0.0.0.0/0", igw), Route(LANS, first))
        cloud.route_tables[f"rtb-{number:017x}"] = RouteTable(
            f"rtb-{number:017x}", vpc, False, routes, (), tags(NETWORK, route_table_key(key))
        )
        cloud.route_tables[f"rtb-m{number:013x}"] = RouteTable(f"rtb-m{number:013x}", vpc, True, routes[1:])


def _tunnels(space: int) -> ipaddress.IPv4Network:
    return ipaddress.IPv4Network((int(ipaddress.IPv4Address("100.64.0.0")) + 1024 * space, 22))


def described(aggregators: int, spaces: int) -> Description:
    """Return the description of a network of this size."""
    built = Built(aggregators, spaces)
    return describe_network(read_desired_network(built.params(), Report()), built.server, built.cloud, ())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.bench.described", description="Cost of a large report.")
    for name in ("aggregators", "spaces"):
        parser.add_argument(name, type=int)
    parser.add_argument("--file", type=pathlib.Path, help="write the report, an .html file and what is beside it")
    size = parser.parse_args()
    built = Built(size.aggregators, size.spaces)
    desired = read_desired_network(built.params(), Report())
    began = time.process_time()
    description = describe_network(desired, built.server, built.cloud, ())
    seconds = {"describe": time.process_time() - began}
    returned = json.dumps(as_json(description))
    began = time.process_time()
    network = Network(description_of(json.loads(returned)), None, Links("https://bonding.example.com/api/v4/"))
    report = report_of(network, size.file or pathlib.Path("report.html"), "2026-11-29 12:00 UTC")
    seconds["render"] = time.process_time() - began
    if size.file:
        report.write()
    sizes = {path.name: len(text.encode()) for path, text in report.texts.items()}
    print(json.dumps({"seconds": seconds, "returned": len(returned), "files": sizes}, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
