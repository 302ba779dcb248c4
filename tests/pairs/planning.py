# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_plan on a state in memory: designed, judged, and put into the order in which site.yml does it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.deviations import apply_deviations, object_names
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._design.planner import design_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import PARTS, Report
from ansible_collections.bonded.internet.plugins.module_utils._model.names import TAG_KEY
from ansible_collections.bonded.internet.plugins.module_utils._model.phases import PLANNED_PHASES
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import Design, PlannedChange, Scope
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import _judge
from ansible_collections.bonded.internet.plugins.module_utils._plan.role_inputs import make_role_inputs
from ansible_collections.bonded.internet.plugins.module_utils._plan.server_changes import server_steps
from ansible_collections.bonded.internet.plugins.module_utils._plan.server_names import with_server_names
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import ReconcileError
from tests.pairs.state import NETWORK, State, hosts_with, seen, with_network_names

Json = dict[str, Any]
SWITCHES = {
    "bonding_allow_disruption": "allow_disruption",
    "bonding_prune": "prune",
    "bonding_prune_elastic_ips": "prune_addresses",
}
"""The switch that a plan asks for -> network_plan's option."""
ALL = dict.fromkeys(SWITCHES.values(), True)
MANY = 100_000
ASKS = re.compile(r"(.*) interrupts: .*Say (\w+): true to let it\.", re.DOTALL)

_ADD = ("security", "vpc", "mode", "host", "cpe_nat", "mesh", "gateway", "gateway_security")
_SWITCH = ("vpc", "mode", "host", "cpe_nat", "mesh", "gateway")
_REMOVE = ("gateway", "mesh", "cpe_nat", "mode", "security", "gateway_security", "vpc", "host")
ORDER = {"adopt": (), "add": _ADD, "switch": _SWITCH, "remove": _REMOVE}
"""The steps of a phase, as `work.steps` (add), playbooks/tasks/switch_host.yml and remove.yml have them."""
SECURITY = ("security_group", "security_group_rule", "group_attachment", "source_dest_check")
MADE = ("network_interface", "attachment", "ipv6_address", "elastic_ip", "address_association", "nat_gateway")
"""The objects of a gateway on AWS, in order; then come its routes, and last its objects on the server."""
TAKEN = ("route", "nat_gateway", "address_association", "elastic_ip", "attachment", "network_interface")
VPC_GOES = ("subnet", "route_table", "internet_gateway", "vpc")


@dataclass
class Planned:
    """A plan, in the order in which it is carried out."""

    items: list[PlannedChange]
    design: Design
    problems: list[str]
    warnings: list[str]
    spaces: dict[str, str] = field(default_factory=dict)
    """(kind, parent, key) joined -> the space of an object on the server, as its step has it."""

    auto: frozenset[str] = frozenset()
    """Spaces with a gateway whose networks are worked out."""

    decommissioned: frozenset[str] = frozenset()
    """Hosts that leave, and what their sessions are called at the others."""
    bare: frozenset[str] = frozenset()
    """Spaces of which there is nothing on an aggregator and no VPC, but perhaps a mode."""

    @property
    def asks(self) -> Json:
        """Return the switches without which this plan is refused."""
        found = [match for text in self.problems if (match := ASKS.fullmatch(text))]
        return {SWITCHES[match[2]]: True for match in found if match[2] in SWITCHES}

    @property
    def refusals(self) -> list[str]:
        """Return the problems that no switch answers."""
        return [text for text in self.problems if not ASKS.fullmatch(text)]


def plan(state: State, inventory: Mapping[str, Any], **switches: Any) -> Planned:
    """Plan an inventory (network_plan's options) on a state."""
    params: Json = {"network": NETWORK, "state": "present", "max_deletions": MANY, **deepcopy(dict(inventory))}
    params |= {**switches, "aggregators": hosts_with(state, inventory["aggregators"])}
    report = Report()
    desired = read_desired_network(params, report)
    server, cloud, objects = seen(state, desired)
    names = object_names(desired, server, report)
    objects = with_network_names(server, objects, names)
    design = design_network(desired, server, cloud, report)
    design = apply_deviations(design, desired, server, report)
    try:
        steps = server_steps(design, objects)
    except ReconcileError as error:
        steps = []
        if not report.problems:
            report.problem(str(error))
    hosts = [host.host for host in desired.hosts]
    scope = Scope(hosts=set(hosts), parts=set(PARTS), limited=False, absent=False)
    spaces = {f"{s.item.parent}:{s.item.key}": s.obj.data["space"] for s in steps if s.obj.data.get("space")}
    spaces |= {
        f"{one.parent}:{one.key}": one.data["space"] for one in objects.values() if one.data.get("space") and one.parent
    }
    given = next((one["key"] for one in inventory["spaces"] if one.get("vpc", {}).get("id")), "")
    spaces |= {f"{number}:": given for number in cloud.route_tables if given}
    listed = {one.id: {"id": one.id, "name": one.name} for one in server.aggregators.values()}
    items: list[PlannedChange] = []
    if not report.problems:
        made = with_server_names(make_role_inputs(design, steps, listed, scope, hosts[0]), names)
        if made.deferred:
            raise AssertionError(f"deferred without --limit: {made.deferred}")
        items = _in_order(made.items, spaces)
        _judge(items, [], scope, desired, params, report)
    auto = frozenset(s.key for s in desired.spaces if any(gateway.auto for gateway in s.gateways))
    used = {str(obj.data.get("space")) for server_objects in server.objects.values() for obj in server_objects}
    used |= {one.tags.get(TAG_KEY, "").partition("/")[2] for one in cloud.vpcs.values()}
    bare = frozenset(server.spaces) - used
    gone = [one for one in server.aggregators.values() if one.name in desired.decommissioned]
    decommissioned = frozenset([*(one.name for one in gone), *(f"{NETWORK}_bgp_{one.id}" for one in gone)])
    return Planned(items, design, report.problems, report.warnings, spaces, auto, decommissioned, bare)


def _in_order(items: Iterable[PlannedChange], spaces: Mapping[str, str]) -> list[PlannedChange]:
    """Sort as site.yml works: by phase, step, and for a gateway by host and object; else as the plan has them."""
    return sorted(items, key=lambda one: (PLANNED_PHASES.index(one.phase), *_place(one, spaces)))


def _place(one: PlannedChange, spaces: Mapping[str, str]) -> tuple[Any, ...]:
    steps = ORDER[one.phase]
    step = _step(one)
    number = steps.index(step) if step in steps else len(steps)
    host = one.host or ""
    if one.phase == "switch" and step not in ("vpc", "mode"):  # one aggregator at a time
        return (2, host, number, *_inside(one, step, spaces))
    return (number, host if step in ("gateway", "cpe_nat") else "", *_inside(one, step, spaces))


def _inside(one: PlannedChange, step: str, spaces: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the place inside a step."""
    if step == "gateway":
        space = spaces.get(f"{one.parent}:{one.key}") or spaces.get(f"{one.parent}:") or _space_of(one)
        if one.phase == "remove" and one.system == "server":
            return (space, -1)
        made = TAKEN if one.phase == "remove" else MADE
        late = len(made) + (one.system == "server")
        return (space, made.index(one.kind) if one.kind in made else late)
    if step == "vpc" and one.phase == "remove":
        return ("", VPC_GOES.index(one.kind) if one.kind in VPC_GOES else 0)
    if step == "cpe_nat":  # an address carries its tags before its bond has anything, and until the bond has nothing
        return ("", (one.system == "server") == (one.phase != "remove"))
    if step == "mesh" and one.phase == "remove":
        kinds = ("protocol", "filter") if one.verb == "delete" else ()
        return ("", 0 if any(k in one.kind for k in kinds) else 1 if one.verb != "delete" else 2)
    return ("", 0)


def _space_of(one: PlannedChange) -> str:
    text = f"{one.parent}/{one.key}"
    if one.kind == "filter":  # named by the space's id; its protocol comes with it
        return ""
    found = re.search(r"(?:gateway|gateway-ip|natgw|natgw-ip|rtb|vpc|natgw-rtb)/([^/]+)", text)
    return found[1] if found else ""


def _step(one: PlannedChange) -> str:
    if one.system == "host":
        return "host"
    if one.kind in SECURITY:
        return "gateway_security" if one.part == "gateways" else "security"
    if one.kind == "space":
        return "mode"
    if one.part == "gateways":
        return "gateway"
    if one.system == "server":
        return "cpe_nat" if one.parent.startswith("bonds/") else "mesh"
    return "cpe_nat" if one.part == "cpe_nat" else "vpc"
