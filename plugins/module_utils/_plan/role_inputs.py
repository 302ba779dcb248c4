# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The design as items, in scope or not, and as work for the roles."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._design.aggregators.public_addresses import PART as PUBLIC_ADDRESSES
from .._model.phases import PHASES, Phase
from .._model.plan import Design, PlannedChange, Scope
from .._objects import Object
from .._parents import BOND, is_below, number_of
from .._reconcile import dump_prefetched
from .host_config import expected_changed_interfaces, host_inputs, zones_after_routes
from .server_changes import Step


@dataclass
class Plan:
    """Everything that network_plan returns about what is to be done."""

    items: list[PlannedChange] = field(default_factory=list)
    deferred: list[tuple[PlannedChange, str]] = field(default_factory=list)
    work: dict[str, Any] = field(default_factory=dict)


def make_role_inputs(
    design: Design, steps: list[Step], aggregators: Mapping[int, Mapping[str, Any]], scope: Scope, first: str
) -> Plan:
    """Sort everything into what is in scope and what is not, and make the roles' work of the former.

    `aggregators`: each as the server lists it, by id.
    """
    plan = Plan()
    kept: list[Step] = []
    for item in (*(step.item for step in steps), *design.items):
        reason = scope.reason(item)
        if reason is None:
            plan.items.append(item)
        else:
            plan.deferred.append((item, reason))
    kept = [step for step in steps if scope.reason(step.item) is None]
    order = {phase: number for number, phase in enumerate(PHASES)}
    plan.items.sort(key=lambda item: order[item.phase])
    work = _Work(first, aggregators)
    for step in kept:
        _place(step, design, work)
    _place_design(design, scope, work)
    limited = scope.limited and not scope.absent
    plan.work = work.as_dict()
    plan.work["renames"] = design.renames
    plan.work["retags"] = [work for part, work in design.retags if _is_inside(scope, part, None, "add")]
    plan.work["public_addresses"] = {
        phase: [work for host, work in entries if _is_inside(scope, PUBLIC_ADDRESSES, host, phase)]
        for phase, entries in design.public_addresses.items()
    }
    sides = host_inputs(design.host_configs, scope.hosts, scope.parts, limited)
    hosts_to_configure: dict[str, list[str]] = {phase: _hosts_to_configure(plan, phase) for phase in PHASES}
    hosts_to_configure["zones"] = [host for host in zones_after_routes(sides) if host in hosts_to_configure["add"]]
    plan.work |= {
        "hosts_to_configure": hosts_to_configure,
        "host_config": sides,
        "expect": expected_changed_interfaces(((step.item, step.obj) for step in kept), design, scope.hosts),
    }
    plan.work["steps"] = _steps(plan)
    ending = {"host_config": sides, "public_addresses_taken": plan.work["public_addresses"]["switch"]}
    plan.work["ending"] = [name for name, what in ending.items() if what]
    return plan


def _hosts_to_configure(plan: Plan, phase: Phase) -> list[str]:
    """Return the hosts whose host configuration changes in a phase."""
    return sorted({item.host or "" for item in plan.items if item.system == "host" and item.phase == phase})


def _steps(plan: Plan) -> list[str]:
    """Return the playbooks' task files that any host needs in phase add, in order.

    A skipped task costs Ansible a process for each host, so files that all hosts would skip are left out.
    """
    work, shared = plan.work, plan.work["shared"]["add"]
    hosts = [phases.get("add", {}) for phases in work["hosts"].values()]
    needed = {
        "tags": work["renames"] + work["retags"],
        "public_addresses": work["public_addresses"]["add"],
        "security": any(shared["security"].values()),
        "vpcs": shared["vpcs"],
        "private_wan": shared["private_wan"],
        "host_prepared": work["hosts_to_configure"]["add"],
        **{name: any(host.get(name) for host in hosts) for name in ("cpe_nat", "bgp", "mesh", "gateways")},
        # Right after the routes: until then connections that were open before are not translated.
        "host_zones": work["hosts_to_configure"]["zones"],
        "gateway_security": any(shared["gateway_security"].values()),
    }
    return [name for name, is_needed in needed.items() if is_needed]


class _Work:
    """The `work` of network_plan's return, built up host by host."""

    def __init__(self, first: str, aggregators: Mapping[int, Mapping[str, Any]]) -> None:
        self._first, self._aggregators = first, aggregators
        self._known: dict[int, tuple[dict[str, Any], set[str], dict[tuple[str, str, str], Object]]] = {}
        self.shared: dict[str, dict[str, Any]] = {
            phase: {"vpcs": {}, "private_wan": [], "security": _security(), "gateway_security": _security()}
            for phase in PHASES
        }
        self.hosts: dict[str, dict[str, Any]] = {}

    def of(self, host: str | None, phase: str) -> dict[str, Any]:
        """A host's work in a phase; what has no host is done by the first host of the play."""
        phases = self.hosts.setdefault(host or self._first, {})
        if phase not in phases:
            phases[phase] = {"cpe_nat": [], "gateways": []}
            if phase == "remove":
                for mesh in ("bgp", "mesh"):
                    phases[phase][mesh] = {"protocols_off": [], "shrink": [], "interfaces_off": []}
            else:
                phases[phase] |= {"bgp": [], "mesh": []}
        found: dict[str, Any] = phases[phase]
        return found

    def net(self, nets: list[dict[str, Any]], step: Step) -> None:
        """Add an object to the NET of its aggregator, and what is known of it."""
        item, data = step.item, step.obj.data
        number = number_of(item.parent)
        found = next((net for net in nets if net["aggregator"] == number), None)
        if found is None:
            found = {"aggregator": number, "interfaces": [], "protocols": [], "filters": []}
            nets.append(found)
        group = "filters" if item.kind == "filter" else "interfaces" if "interface" in item.kind else "protocols"
        found[group].append(data)
        _net, spaces, objects = self._known.setdefault(id(found), (found, set(), {}))
        spaces |= {data["space"]} if data.get("space") else set()
        objects.update({known.identity: known for known in step.known})

    def as_dict(self) -> dict[str, Any]:
        """Return the dictionary that network_plan returns for it."""
        for net, spaces, objects in self._known.values():
            net["known"] = dump_prefetched(self._aggregators[net["aggregator"]], spaces, objects.values())
        return {"shared": self.shared, "hosts": self.hosts, "rounds": self._rounds()}

    def vpcs(self, hosts: Sequence[str], phase: str, entries: Iterable[dict[str, Any]]) -> None:
        """Spread VPCs over the hosts, which create them in parallel."""
        lists = self.shared[phase]["vpcs"]
        for host, entry in zip(itertools.cycle(hosts), entries, strict=False):
            lists.setdefault(host, []).append(entry)

    def _rounds(self) -> dict[str, dict[str, list[int]]]:
        """Return by phase the positions in the longest list of VPCs, and of gateways, that a host has.

        A batch of the playbooks has one VPC, or gateway, of every host.
        """
        rounds = {}
        for phase, shared in self.shared.items():
            gateways = [phases[phase]["gateways"] for phases in self.hosts.values() if phase in phases]
            lists = {"vpcs": shared["vpcs"].values(), "gateways": gateways}
            rounds[phase] = {name: list(range(max(map(len, given), default=0))) for name, given in lists.items()}
        return rounds


def _security() -> dict[str, list[Any]]:
    """Nothing for module aggregator_security to do."""
    return {"groups": [], "interfaces": [], "absent": []}


def _place(step: Step, design: Design, work: _Work) -> None:
    """Hand an aggregator's object to the mesh roles, and a bond's or gateway's one to its entry or gateway."""
    item = step.item
    if item.kind == "space":
        return  # placed with the design's own work
    if item.part == "gateways":
        _place_owner(design.gateways, design.gateway_objects.get((item.phase, item.parent, item.key)), item)
        return
    if is_below(item.parent, BOND):
        _place_owner(design.cpe_nat, design.entries.get((item.parent, item.key)), item)
        return
    place = work.of(item.host, item.phase)["bgp" if item.part == "cpe_nat" else "mesh"]
    if item.phase != "remove":
        work.net(place, step)
    elif item.verb != "delete":
        work.net(place["shrink"], step)
    else:
        step_name = "protocols_off" if "protocol" in item.kind else "interfaces_off"
        work.net(place[step_name], step)


def _place_owner(
    lists: dict[Phase, list[tuple[str | None, dict[str, Any]]]],
    owner: tuple[str | None, dict[str, Any]] | None,
    item: PlannedChange,
) -> None:
    """The entry or gateway that an object belongs to has work in this phase, if the design did not say so already."""
    if owner is None or item.verb == "delete":
        return
    if not any(entry.get("key") == owner[1]["key"] for _host, entry in lists[item.phase]):
        lists[item.phase].append(owner)


def _is_inside(scope: Scope, part: str, host: str | None, phase: Phase) -> bool:
    """Return True if what a host has to do in a phase for a part is in scope."""
    return scope.reason(PlannedChange("aws", "update", "", "", "", None, None, phase, host, part)) is None


def _place_design(design: Design, scope: Scope, work: _Work) -> None:
    inside = partial(_is_inside, scope)
    for phase in PHASES:
        for name, part, entries in (
            ("cpe_nat", "cpe_nat", design.cpe_nat[phase]),
            ("gateways", "gateways", design.gateways[phase]),
        ):
            for host, entry in entries:
                if inside(part, host, phase):
                    work.of(host, phase)[name].append(entry)
        for one in design.security[phase]:
            if inside(one.part, one.host, phase):
                place = work.shared[phase]["gateway_security" if one.after_gateways else "security"]
                place[one.option].append(one.entry)
        if inside("private_wan", None, phase):
            work.vpcs(sorted(scope.hosts), phase, design.vpcs[phase])
            work.shared[phase]["private_wan"] += design.private_wan[phase]
