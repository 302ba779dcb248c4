# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network in which every kind of object is there, as a run has left it: what can be lost in a later one."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import PARTS, Report
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange, Scope
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Bond,
    ElasticIp,
    Interface,
    InternetGateway,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    Vpc,
)
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import _judge

from .egress_world import ANYWHERE, LANS, ZONE, nat_world, tags
from .test_bgp import DIRECT, TRANSIT, one_subnet
from .world import HOSTS, World, acme, entry, host, initech, small_world

FACTS: dict[str, Any] = {"devices": [], "programs": {"nft": True}, "managers": {}}
FORWARD = {"protocol": "tcp", "port": 8080, "to": "172.16.2.10", "to_port": 80, "from": ["198.51.100.0/24"]}
PRIVATE, PUBLIC = "10.1.0.44", "198.51.100.17"
IPV6 = "2001:db8:101::4"
GATEWAY = {"aggregator": "agg1", "networks": [LANS], "incoming": ["wg0"], "port_forwards": [FORWARD]}
MASQUERADING = {**acme(), "vpc": {"cidr": "10.101.0.0/16", "ipv6": True}, "gateways": [GATEWAY]}
BEHIND_NAT = {
    **acme(),
    "vpc": {"cidr": "10.101.0.0/16"},
    "gateways": [{"aggregator": "agg1", "networks": [LANS], "egress": "nat_gateway", "interface": "ens6"}],
}
COMMON: dict[str, Any] = {
    "cpe_nat_ips": [entry(aggregator="agg1")],
    "security_groups": True,
    "cpe_nat_inbound": [
        {"protocol": "tcp", "ports": "443", "from": ["0.0.0.0/0"]},
        {"protocol": "udp", "ports": "53", "from": ["198.51.100.0/24"]},
    ],
    "managed_mesh_ports": ["udp/51820"],
    "bgp": TRANSIT,
}


class Built:
    """A network that was built from `params`; `run` plans and judges another run."""

    def __init__(self, world: World, params: dict[str, Any]) -> None:
        self.world, self.params = world, params
        self.installed: dict[str, dict[str, Any]] = {}
        world.apply(**self._given(params))
        world.plan(**self._given(params))
        self._build_groups()
        self.installed = {name: side.wanted.as_dict() for name, side in world.design.host_configs.items()}

    def _given(self, params: dict[str, Any]) -> dict[str, Any]:
        hosts = [host(n, manage_host=True, found={**FACTS, "installed": self.installed.get(n, {})}) for n in HOSTS]
        return {"aggregators": hosts, **deepcopy(params)}

    def _build_groups(self) -> None:
        cloud, items = self.world.cloud, [i for i in self.world.design.items if i.verb == "create"]
        for made in (item for item in items if item.kind == "security_group"):
            rules = frozenset(
                Rule(*(item.after or {}).values())
                for item in items
                if item.kind == "security_group_rule" and item.parent == made.key
            )
            number = f"sg-{made.key}"
            cloud.groups[number] = SecurityGroup(number, made.parent, tags(made.key), rules, rules)
            places = [i.parent for i in items if i.kind == "group_attachment" and i.key == made.key]
            for name, one in cloud.instances.items():
                if one.interface_id in places:
                    cloud.instances[name] = replace(one, groups=(*one.groups, number))
            for name, interface in cloud.interfaces.items():
                if name in places:
                    cloud.interfaces[name] = replace(interface, groups=(*interface.groups, number))

    def run(self, **changed: Any) -> tuple[list[PlannedChange], list[str]]:
        """Plan a run with these arguments instead; an argument that is None is left out. Returns items, problems."""
        given = {name: value for name, value in {**self.params, **changed}.items() if value is not None}
        params = {"network": "prod", "spaces": [], "cpe_nat_ips": [], **self._given(given)}
        items = self.world.plan(**params)
        desired, report = read_desired_network(params, Report()), self.world.report
        scope = Scope(hosts=set(HOSTS), parts=set(PARTS), limited=False, absent=desired.absent)
        _judge(items, [], scope, desired, params, report)
        return items, report.problems


def _with_address(world: World) -> None:
    """Bond 17 has its public address, on agg1."""
    named = {**tags("cpe-nat/bond-17"), "bonded.internet/interface": "eni-agg1", "bonded.internet/private_ip": PRIVATE}
    named["bonded.internet/connected_ip"] = "17 192.168.17.1/24"
    world.cloud.addresses.append(ElasticIp("eipalloc-17", PUBLIC, named, "eni-agg1", PRIVATE))
    one = world.cloud.instances["i-agg1"]
    world.cloud.instances["i-agg1"] = replace(one, addresses=(*one.addresses, PRIVATE))


def masquerading() -> Built:
    """Space acme with IPv6 and a translating gateway on agg1, initech with OSPF, transit BGP, one public address."""
    world = small_world()
    cloud = world.cloud
    world.server.bonds[9] = Bond(9, "acme-bonn", "acme", 7, None, 7)
    world.server.bonds[21] = Bond(21, "initech-paris", "initech", 12, None, 12)
    cloud.vpcs["vpc-9"] = Vpc("vpc-9", ("10.101.0.0/16",), tags("vpc/acme"), ipv6=True)
    cloud.subnets["subnet-gw"] = Subnet(
        "subnet-gw", "vpc-9", "10.101.0.0/24", ZONE, tags(f"subnet/acme/{ZONE}"), ipv6=True
    )
    cloud.internet_gateways["igw-9"] = InternetGateway("igw-9", "vpc-9", tags("igw/acme"))
    cloud.route_tables["rtb-main"] = RouteTable("rtb-main", "vpc-9", True, (Route(LANS, "eni-gw"),))
    out = (Route(ANYWHERE, "igw-9"), Route("::/0", "igw-9"), Route(LANS, "eni-gw"))
    cloud.route_tables["rtb-gw"] = RouteTable("rtb-gw", "vpc-9", False, out, ("subnet-gw",), tags("rtb/acme"))
    cloud.interfaces["eni-gw"] = Interface(
        "eni-gw", "subnet-gw", "vpc-9", "10.101.0.4", tags("gateway/acme/agg1"), "i-agg1", False, ipv6=IPV6
    )
    cloud.addresses.append(
        ElasticIp("eipalloc-gw", "198.51.100.4", tags("gateway-ip/acme/agg1"), "eni-gw", "10.101.0.4")
    )
    cloud.instances["i-agg1"] = replace(cloud.instances["i-agg1"], devices=(0, 1))
    _with_address(world)
    return Built(world, {**COMMON, "spaces": [MASQUERADING, initech()]})


def behind_nat() -> Built:
    """Space acme with a gateway behind a NAT gateway, and the rest as before."""
    world = nat_world()
    world.server.bonds[21] = Bond(21, "initech-paris", "initech", 12, None, 12)
    _with_address(world)
    return Built(world, {**COMMON, "spaces": [BEHIND_NAT, initech()]})


def direct() -> Built:
    """One public address, and BGP over the private addresses: checks are off, and the groups admit everybody."""
    world = one_subnet(small_world())
    for name, one in world.cloud.instances.items():
        world.cloud.instances[name] = replace(one, source_dest_check=False)
    world.cloud.checked_before = frozenset(f"eni-{name}" for name in HOSTS)
    _with_address(world)
    return Built(world, {**COMMON, "cpe_nat_inbound": [], "bgp": DIRECT})


def addresses_alone() -> Built:
    """One public address and security groups, no space and no BGP."""
    world = small_world()
    _with_address(world)
    return Built(world, {name: value for name, value in COMMON.items() if name != "bgp"})


BUILDERS: dict[str, Callable[[], Built]] = {
    "masquerading": masquerading,
    "nat": behind_nat,
    "direct": direct,
    "addresses": addresses_alone,
}


def said(problems: list[str]) -> set[str]:
    """Each problem up to what it interrupts, or to its first words."""
    return {problem.split(" interrupts: ")[0] for problem in problems}
