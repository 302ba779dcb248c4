# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small network in memory: three aggregators in two zones, two spaces, and what a plan makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.deviations import apply_deviations, object_names
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._design.planner import design_network
from ansible_collections.bonded.internet.plugins.module_utils._design.relocation import with_hosts_of_aggregators
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report
from ansible_collections.bonded.internet.plugins.module_utils._model.phases import PHASES
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import Design, PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Aggregator,
    Bond,
    Cloud,
    Instance,
    InstanceLimits,
    Server,
    Space,
    Subnet,
)
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._plan.server_changes import Step, server_steps
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    ReconcileError,
    diff,
    named,
    predict,
    wanted,
)
from ansible_collections.bonded.internet.plugins.module_utils._resources import RESOURCES

HOSTS = {"agg1": (7, "10.1.0.11", "a"), "agg2": (12, "10.1.1.12", "b"), "agg3": (1007, "10.1.0.13", "a")}
SUBNETS = {"a": "10.1.0.0/24", "b": "10.1.1.0/24"}


def host(name: str, **more: Any) -> dict[str, Any]:
    """An entry of network_plan's `aggregators`."""
    return {"host": name, "aggregator": name, "instance_id": f"i-{name}", **more}


def instance(name: str, private_ip: str, zone: str, **more: Any) -> Instance:
    """A c5.large with its primary address."""
    given: dict[str, Any] = {
        "id": f"i-{name}",
        "type": "c5.large",
        "zone": f"eu-central-1{zone}",
        "vpc_id": "vpc-1",
        "subnet_id": f"subnet-{zone}",
        "interface_id": f"eni-{name}",
        "private_ip": private_ip,
        "addresses": (private_ip,),
    }
    return Instance(**{**given, **more})


def acme(**vxlan: Any) -> dict[str, Any]:
    """A managed-mesh space with direct peering."""
    return {"key": "acme", "private_wan": "managed_mesh", "vxlan": {"subnet": "10.254.0.0/20", **vxlan}}


def initech(**vxlan: Any) -> dict[str, Any]:
    """An unmanaged space with OSPF."""
    options = {"subnet": "10.254.16.0/20", "protocol": "ospf", **vxlan}
    return {"key": "initech", "private_wan": "unmanaged", "vxlan": options}


def entry(**more: Any) -> dict[str, Any]:
    """A CPE NAT entry of bond 17."""
    given = {"bond": "17", "interface": "eth1", "connected_ip": "192.168.17.1/24", "nat_ip": "192.168.17.10"}
    return {**given, **more}


@dataclass
class World:
    """Both sides, and the arguments of network_plan; `plan` designs, `apply` lets the server's side follow."""

    server: Server = field(default_factory=Server)
    cloud: Cloud = field(default_factory=Cloud)
    objects: dict[tuple[str, str, str], Object] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    params: dict[str, Any] = field(default_factory=dict)

    def add_aggregator(self, name: str, number: int, private_ip: str, zone: str) -> None:
        """An aggregator on the server and its instance."""
        self.server.aggregators[number] = Aggregator(number, name, f"203.0.113.{number % 250}", "main", "6.6.1")
        self.server.objects[number] = []
        self.cloud.instances[f"i-{name}"] = instance(name, private_ip, zone)

    def add_thing(self, kind: str, parent: str, data: dict[str, Any]) -> None:
        """An object that is on the server already, whatever its name."""
        resource = RESOURCES[kind]
        rest = {k: v for k, v in data.items() if k not in ("type", "protocol", resource.key)}
        key = named(kind, parent, data).key
        item = Object(kind, parent, key, {resource.key: key, **resource.canonical(rest)})
        self.objects[item.identity] = item
        self._follow(self.objects.values())

    def plan(self, **more: Any) -> list[PlannedChange]:
        """The items of a run with these arguments on top of the world's."""
        return [step.item for step in self.steps(**more)] + self.design.items

    def steps(self, **more: Any) -> list[Step]:
        """The changes on the server of a run."""
        params: dict[str, Any] = {"network": "prod", "spaces": [], "cpe_nat_ips": [], **self.params, **more}
        params.setdefault("aggregators", [host(name) for name in HOSTS])
        self.report = Report()
        desired = with_hosts_of_aggregators(read_desired_network(params, self.report), self.server)
        names = object_names(desired, self.server, self.report)
        found = {item.identity: item for item in map(names.from_server, self.objects.values())}
        named = {number: list(map(names.from_server, objects)) for number, objects in self.server.objects.items()}
        server = replace(self.server, objects=named)
        design = design_network(desired, server, self.cloud, self.report)
        self.design: Design = apply_deviations(design, desired, server, self.report)
        try:
            return server_steps(self.design, found)
        except ReconcileError:
            assert self.report.problems  # what the engine refuses, the design has refused before, in better words
            return []

    def apply(self, **more: Any) -> list[dict[tuple[str, str, str], Object]]:
        """Carry out the plan's changes one after the other; returns the state after each of them."""
        self.steps(**more)
        states = [dict(self.objects)]
        for phase in PHASES:
            targets: dict[tuple[str, str, str], Object] = {}
            gone: list[Object] = []
            for batch in self.design.batches[phase]:
                for obj in batch.wanted:
                    data = {k: v for k, v in obj.data.items() if k not in ("type", "protocol")}
                    item = wanted(obj.kind, obj.parent, data)
                    targets.setdefault(item.identity, item)
                gone += [Object(t.kind, t.parent, t.key, t.data) for t in batch.gone]
            for change in diff(states[-1].values(), targets.values(), gone):
                states.append({item.identity: item for item in predict(states[-1].values(), [change])})
        self.objects = states[-1]
        self._follow(self.objects.values())
        return states

    def _follow(self, objects: Iterable[Object]) -> None:
        for server_objects in (*self.server.objects.values(), *self.server.bond_objects.values()):
            server_objects.clear()
        for item in objects:
            obj = Object(item.kind, item.parent, item.key, item.data)
            if item.kind == "space":
                space = self.server.spaces[item.key]
                enabled, mode = item.data["private_wan_enabled"], item.data["private_wan_mode"]
                self.server.spaces[item.key] = replace(space, enabled=enabled, mode=mode)
                continue
            number = int(item.parent.split("/")[1])
            place = self.server.objects if item.parent.startswith("aggregators/") else self.server.bond_objects
            place.setdefault(number, []).append(obj)


def small_world() -> World:
    """Three aggregators, spaces acme (11) and initech (13), bond 17 of acme on agg1 with agg2 as its secondary."""
    world = World()
    for zone, cidr in SUBNETS.items():
        world.cloud.subnets[f"subnet-{zone}"] = Subnet(f"subnet-{zone}", "vpc-1", cidr, f"eu-central-1{zone}")
    world.cloud.limits["c5.large"] = InstanceLimits(interfaces=3, addresses_per_interface=10)
    for name, (number, private_ip, zone) in HOSTS.items():
        world.add_aggregator(name, number, private_ip, zone)
    for number, key in ((11, "acme"), (13, "initech")):
        world.server.spaces[key] = Space(number, key, key.title(), enabled=False, mode=None)
        data = {"key": key, "private_wan_enabled": False, "private_wan_mode": "managed_mesh"}
        world.objects["space", "", key] = Object("space", "", key, data)
    world.server.bonds[17] = Bond(17, "acme-berlin", "acme", primary=7, secondary=12, present=7)
    world.server.bond_interfaces[17] = ["eth0", "eth1"]
    return world
