# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network in memory that inventories are applied to, one after the other: read, planned, judged, carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.bonded.internet.plugins.module_utils._design.aggregators.fleet import find_aggregator
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import PARTS, Report
from ansible_collections.bonded.internet.plugins.module_utils._model.phases import PHASES, PLANNED_PHASES, Phase
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import KNOWN_AFTER_APPLY, PlannedChange, Scope
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import _judge
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import diff, predict, wanted
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import Inventory, InventoryError
from tests.unit.plugins.module_utils.design.built_world import FACTS
from tests.unit.plugins.module_utils.design.world import World

from .carriers import Facts, facts, identity, labels, lost, without_successor
from .cloud_side import CloudSide

Inventories = dict[str, Any]
"""`hosts` and `group`, as in an inventory: {"hosts": {NAME: variables}, "group": variables}."""

LAST = ("subnet", "route_table", "internet_gateway", "vpc")
"""Kinds that go last of all: tasks/remove.yml has the VPCs at its end."""


class _Variables:
    """The variables of an inventory's hosts, which need no evaluation."""

    def __init__(self, given: Inventories) -> None:
        self._hosts = {host: {**given["group"], **(own or {})} for host, own in given["hosts"].items()}
        self._play = next(iter(self._hosts.values()))

    def names(self, host: str) -> Iterable[str]:
        return list(self._hosts[host])

    def value(self, host: str, name: str) -> Any:
        return self._hosts[host].get(name)

    def play_names(self) -> Iterable[str]:
        return list(self._play)

    def play_value(self, name: str) -> Any:
        return self._play.get(name)


@dataclass(frozen=True)
class Planned:
    """The plan of a run; one with problems has changed nothing."""

    items: list[PlannedChange]
    problems: list[str]
    warnings: list[str]

    def marked(self, phase: Phase | None = None) -> list[PlannedChange]:
        """Return the items that interrupt something."""
        return [item for item in self.items if item.disruptive and phase in (None, item.phase)]


@dataclass
class Unsaid:
    """Objects that a run took away without a mark, by kind and key."""

    objects: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    """Objects that went before the last phase, with nothing of them left."""


def read(given: Inventories) -> dict[str, Any]:
    """Return what a run takes from an inventory. Raises InventoryError."""
    return Inventory(list(given["hosts"]), _Variables(given)).read()


class Network:
    """Both sides of a network, and what its aggregators have themselves."""

    def __init__(self, world: World, aws: CloudSide) -> None:
        self.world, self.aws = world, aws
        self.installed: dict[str, dict[str, Any]] = {}
        """The installed specification of each machine, by its instance, or by its host where none is given."""
        self._machines: dict[str, str] = {}
        """The machine of each host, as the last plan has it."""
        self._hosts: dict[int | str, str] = {}
        """The host of each aggregator's id, as the last plan has it."""
        self._before = self.facts()

    def plan(self, given: Inventories) -> Planned:
        """Return the plan of a run with an inventory."""
        try:
            found = read(given)
        except InventoryError as refused:
            return Planned([], str(refused).splitlines()[1:], [])
        server = self.world.server
        self._hosts = {find_aggregator(one["aggregator"], server): one["host"] for one in found["aggregators"]}
        self._machines = {one["host"]: one.get("instance_id") or one["host"] for one in found["aggregators"]}
        for one in found["aggregators"]:
            if one["manage_host"]:
                one["found"] = {**FACTS, "installed": self.installed.get(self._machines[one["host"]], {})}
        checked = ArgumentSpecValidator(ARGUMENT_SPEC).validate({**found["plan"], "aggregators": found["aggregators"]})
        if checked.error_messages:
            return Planned([], list(checked.error_messages), [])
        params = checked.validated_parameters
        entries = params["cpe_nat_ips"]
        users = [*entries, *(gateway for space in params["spaces"] for gateway in space["gateways"])]
        named = {str(user.get(name)) for user in users for name in ("public_ip", "interface_id")}
        self.aws.look(named, any(entry.get("reverse_dns") is not None for entry in entries))
        spaces = [(space["key"], space.get("vpc") or {}) for space in params["spaces"]]
        self.aws.adopted = {vpc["id"]: f"vpc/{key}" for key, vpc in spaces if vpc.get("id")}
        items = self.world.plan(**params)
        report, desired = self.world.report, read_desired_network(params, Report())
        scope = Scope(hosts=set(found["hosts"]), parts=set(PARTS), limited=False, absent=desired.absent)
        _judge(items, [], scope, desired, params, report)
        return Planned([] if report.problems else items, report.problems, report.warnings)

    def apply(self, planned: Planned) -> Unsaid:
        """Carry out the plan that was made last, phase by phase; return what was lost and not announced."""
        unsaid = Unsaid()
        for phase in PLANNED_PHASES:
            before = self.facts()
            items = [item for item in planned.items if item.system == "aws" and item.phase == phase]
            for item in sorted(items, key=lambda item: item.verb == "delete" and item.kind in LAST):
                self.aws.apply_or_predict(item)
            if phase in PHASES:
                self._server(phase)
            asked = {item.host for item in planned.items if item.system == "host" and item.phase == phase}
            for host, side in self.world.design.host_configs.items():
                if host in asked or phase == "remove":  # in the end a run looks after each host
                    self.installed[self._machines[host]] = side.after(phase).as_dict()
            after = self.facts()
            gone = lost(before, after, {identity(item) for item in planned.marked(phase)})
            unsaid.objects |= labels(gone)
            if phase != "remove":
                unsaid.early |= labels(without_successor(gone, after))
        return unsaid

    def rename_space(self, old: str, new: str) -> None:
        """Let somebody rename a space on the server, which keeps its id and everything in it."""
        server, objects = self.world.server, self.world.objects
        server.spaces[new] = replace(server.spaces.pop(old), key=new)
        server.bonds |= {n: replace(bond, space=new) for n, bond in server.bonds.items() if bond.space == old}
        space = objects.pop(("space", "", old))
        objects["space", "", new] = replace(space, key=new, data={**space.data, "key": new})
        inside = {name: one for name, one in objects.items() if one.data.get("space") == old}
        objects |= {name: replace(one, data={**one.data, "space": new}) for name, one in inside.items()}
        self.world._follow(objects.values())

    def facts(self) -> Facts:
        """Return everything that carries traffic."""
        machines = [(machine, host, self.installed.get(machine, {})) for host, machine in self._machines.items()]
        return facts(self.world.objects, self.aws, machines)

    def facts_of_network(self) -> set[str]:
        """Return the kinds of what carries traffic and was not there before the network."""
        return {fact[0] for fact in self.facts().keys() - self._before.keys()}

    def _server(self, phase: Phase) -> None:
        targets: dict[tuple[str, str, str], Object] = {}
        gone: list[Object] = []
        for batch in self.world.design.batches[phase]:
            for obj in batch.wanted:
                data = {k: v for k, v in self._known(obj).items() if k not in ("type", "protocol")}
                item = wanted(obj.kind, obj.parent, data)
                targets.setdefault(item.identity, item)
            gone += [Object(t.kind, t.parent, t.key, t.data) for t in batch.gone]
        objects = self.world.objects
        changes = diff(objects.values(), targets.values(), gone)
        self.world.objects = {item.identity: item for item in predict(objects.values(), changes)}
        self.world._follow(self.world.objects.values())

    def _known(self, obj: Object) -> Mapping[str, Any]:
        """Return an object with the addresses that AWS has chosen meanwhile."""
        given = obj.data.get("addresses") or ()
        if KNOWN_AFTER_APPLY not in given:
            return obj.data
        host = self._hosts[int(obj.parent.split("/")[1])]
        one = self.aws.interface(f"gateway/{obj.data['space']}/{host}")
        cidr = self.aws.cloud.subnets[one.subnet_id].cidr
        own = [f"{one.private_ip}/{cidr.partition('/')[2]}", *([f"{one.ipv6}/64"] if obj.data["accept_ra"] else [])]
        return {**obj.data, "addresses": own}


def allowed(given: Inventories, switches: Mapping[str, Any]) -> Inventories:
    """Return an inventory with variables of its group set, and room for every deletion."""
    return {**given, "group": {**given["group"], "bonding_max_deletions": 1000, **switches}}
