# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The design as items, in scope or not, and as inputs of the roles."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from .._design.aggregators.public_addresses import PART as PUBLIC_ADDRESSES
from .._model.phases import ADOPT, PHASES, PLANNED_PHASES, Phase
from .._model.plan import Design, HostCpeNat, HostGateway, PlannedChange, Scope, SecurityInput
from .._model.role_inputs import (
    AbsentGroupInput,
    CpeNatInput,
    ExpectedInterface,
    GatewayInput,
    HostConfigInput,
    PrivateWanInput,
    PublicAddressInput,
    SecurityGroupInput,
    SecurityInterfaceInput,
    TagsInput,
    VpcInput,
)
from .._objects import Fields
from .._parents import BOND, is_below, number_of
from .._reconcile import KnownObjects, ListedAggregator, known_objects
from .host_config import expected_changed_interfaces, host_inputs, zones_after_routes
from .server_changes import Step


@dataclass
class AggregatorInput:
    """Objects of one aggregator: options of role pwan_mesh or cpe_nat_bgp, by their names without the role's."""

    aggregator: int
    interfaces: list[Fields] = field(default_factory=list)
    protocols: list[Fields] = field(default_factory=list)
    filters: list[Fields] = field(default_factory=list)
    known: KnownObjects = field(default_factory=KnownObjects)


@dataclass
class MeshRemoval:
    """Lists of a mesh in the last phase, in the order in which they are carried out."""

    protocols_off: list[AggregatorInput] = field(default_factory=list)
    shrink: list[AggregatorInput] = field(default_factory=list)
    interfaces_off: list[AggregatorInput] = field(default_factory=list)


@dataclass
class HostInputs:
    """Inputs of the roles on one host in one phase."""

    cpe_nat: list[CpeNatInput]
    gateways: list[GatewayInput]
    bgp: list[AggregatorInput] | MeshRemoval
    mesh: list[AggregatorInput] | MeshRemoval


@dataclass
class SecurityInputs:
    """Options of module aggregator_security."""

    groups: list[SecurityGroupInput] = field(default_factory=list)
    interfaces: list[SecurityInterfaceInput] = field(default_factory=list)
    absent: list[AbsentGroupInput] = field(default_factory=list)

    def add(self, entry: SecurityInput) -> None:
        """Add an entry to the option that takes it."""
        if isinstance(entry, SecurityGroupInput):
            self.groups.append(entry)
        elif isinstance(entry, SecurityInterfaceInput):
            self.interfaces.append(entry)
        else:
            self.absent.append(entry)

    def __bool__(self) -> bool:
        return bool(self.groups or self.interfaces or self.absent)


@dataclass
class SharedInputs:
    """Inputs of one phase that belong to no host; VPCs are spread over the hosts, which create them in parallel."""

    vpcs: dict[str, list[VpcInput]] = field(default_factory=dict)
    private_wan: list[PrivateWanInput] = field(default_factory=list)
    security: SecurityInputs = field(default_factory=SecurityInputs)
    gateway_security: SecurityInputs = field(default_factory=SecurityInputs)


@dataclass
class RoleInputs:
    """Inputs of all roles, by phase and host: `work` of what network_plan returns."""

    shared: dict[Phase, SharedInputs] = field(default_factory=lambda: {phase: SharedInputs() for phase in PHASES})
    hosts: dict[str, dict[Phase, HostInputs]] = field(default_factory=dict)
    rounds: dict[Phase, dict[str, list[int]]] = field(default_factory=dict)
    renames: list[TagsInput] = field(default_factory=list)
    retags: list[TagsInput] = field(default_factory=list)
    adoptions: list[TagsInput] = field(default_factory=list)
    public_addresses: dict[Phase, list[PublicAddressInput]] = field(default_factory=dict)
    hosts_to_configure: dict[str, list[str]] = field(default_factory=dict)
    host_config: dict[str, dict[str, HostConfigInput]] = field(default_factory=dict)
    expect: dict[str, dict[str, list[ExpectedInterface]]] = field(default_factory=dict)
    verify: dict[str, list[ExpectedInterface]] = field(default_factory=dict)
    move_phase: Phase = "switch"
    """Phase in which Elastic IPs may go to another place."""
    steps: list[str] = field(default_factory=list)
    last_steps: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """Items in scope, those that are left out with the reason, and the roles' inputs."""

    items: list[PlannedChange] = field(default_factory=list)
    deferred: list[tuple[PlannedChange, str]] = field(default_factory=list)
    awaited: list[PlannedChange] = field(default_factory=list)
    """Deferred items of the add phase that the run of another slice carries out."""
    work: RoleInputs = field(default_factory=RoleInputs)

    @classmethod
    def of(cls, items: Iterable[PlannedChange], scope: Scope) -> Plan:
        """Return the plan that divides items into those in scope and the others."""
        plan = cls()
        for item in items:
            reason = scope.reason(item)
            if reason is None:
                plan.items.append(item)
                continue
            plan.deferred.append((item, reason))
            if scope.is_shared(item) and item.phase == "add":
                plan.awaited.append(item)
        return plan

    def record(self) -> None:
        """Add the steps that record the run, if the plan has items."""
        if self.items:
            self.work.steps.insert(0, "record")
            self.work.last_steps.append("record_end")


def make_role_inputs(
    design: Design, steps: list[Step], aggregators: Mapping[int, ListedAggregator], scope: Scope, first: str
) -> Plan:
    """Sort everything into what is in scope and what is not, and make the roles' work of the former.

    `aggregators`: each as the server lists it, by id.
    """
    plan = Plan.of((*(step.item for step in steps), *design.items), scope)
    kept = [step for step in steps if scope.reason(step.item) is None]
    order = {phase: number for number, phase in enumerate(PLANNED_PHASES)}
    plan.items.sort(key=lambda item: order[item.phase])
    work = plan.work
    placing = _Placing(work, design, scope, first, aggregators)
    for step in kept:
        placing.step(step)
    placing.known()
    placing.design()
    work.rounds = _rounds(work)
    work.adoptions = [tags for at, tags in design.adoptions if _is_inside(scope, at.part, at.host, ADOPT)]
    work.renames = [] if scope.adopts else design.renames
    work.retags = [tags for part, tags in design.retags if _is_inside(scope, part, None, "add")]
    work.public_addresses = {
        phase: [address for host, address in entries if _is_inside(scope, PUBLIC_ADDRESSES, host, phase)]
        for phase, entries in design.public_addresses.items()
    }
    limited = bool(scope.limited or scope.unavailable) and not scope.absent
    hosts = () if scope.adopts else scope.hosts
    work.host_config = host_inputs(design.host_configs, hosts, scope.parts, limited)
    work.hosts_to_configure = {phase: _hosts_to_configure(plan, phase) for phase in PHASES}
    added = work.hosts_to_configure["add"]
    late = added if scope.relocates else zones_after_routes(work.host_config)
    work.hosts_to_configure["zones"] = [host for host in late if host in added]
    routed = [host for host in late if (one := design.host_configs[host]).is_installed and one.changes_routes]
    work.hosts_to_configure["routes"] = routed if scope.relocates else []
    # A gateway moves to an interface that is attached already: to prepare its device would only delay the move.
    work.hosts_to_configure["devices"] = [] if scope.relocates else sorted(work.host_config)
    work.expect = expected_changed_interfaces(((step.item, step.obj) for step in kept), design, scope.hosts)
    work.move_phase = "add" if scope.relocates else "switch"
    work.steps = _steps(work, scope)
    # host_zones has configured each host that changes in a run that only moves addresses and gateways.
    last = {
        "host_config": not scope.relocates and work.host_config,
        "public_addresses_taken": work.public_addresses["switch"],
    }
    work.last_steps = [name for name, needed in last.items() if needed]
    return plan


def _hosts_to_configure(plan: Plan, phase: Phase) -> list[str]:
    """Return the hosts whose host configuration changes in a phase."""
    return sorted({item.host or "" for item in plan.items if item.system == "host" and item.phase == phase})


def _steps(work: RoleInputs, scope: Scope) -> list[str]:
    """Return the playbooks' task files that any host needs in phase add, in order.

    A skipped task costs Ansible a process for each host, so files that all hosts would skip are left out. A run that
    only moves addresses waits for no host before it moves them.
    """
    shared = work.shared["add"]
    hosts = [phases["add"] for phases in work.hosts.values() if "add" in phases]
    needed = {
        "adopt": bool(work.adoptions),
        "tags": bool(work.renames or work.retags),
        "public_addresses": bool(work.public_addresses["add"]),
        "security": bool(shared.security),
        "vpcs": bool(shared.vpcs),
        "private_wan": bool(shared.private_wan),
        "host_prepared": bool(work.hosts_to_configure["add"]) and not scope.relocates,
        **{name: any(getattr(host, name) for host in hosts) for name in ("cpe_nat", "bgp", "mesh")},
        # What a moved address answers ends at its old owner until then.
        "host_routes": bool(work.hosts_to_configure["routes"]),
        "gateways": any(host.gateways for host in hosts),
        # Right after the routes: until then connections that were open before are not translated.
        "host_zones": bool(work.hosts_to_configure["zones"]),
        "gateway_security": bool(shared.gateway_security),
    }
    return [name for name, is_needed in needed.items() if is_needed]


def _rounds(work: RoleInputs) -> dict[Phase, dict[str, list[int]]]:
    """Return by phase the positions in the longest list of VPCs, and of gateways, that a host has.

    A batch of the playbooks has one VPC, or gateway, of every host.
    """
    found: dict[Phase, dict[str, list[int]]] = {}
    for phase, shared in work.shared.items():
        gateways = [phases[phase].gateways for phases in work.hosts.values() if phase in phases]
        longest = {"vpcs": map(len, shared.vpcs.values()), "gateways": map(len, gateways)}
        found[phase] = {name: list(range(max(lengths, default=0))) for name, lengths in longest.items()}
    return found


@dataclass
class _Placing:
    """Hands each step and each part of the design to the inputs that carry it out."""

    work: RoleInputs
    of: Design
    scope: Scope
    first: str
    """The host that does what has no host."""
    aggregators: Mapping[int, ListedAggregator]
    written: set[tuple[Phase, str | None]] = field(default_factory=set)
    """(phase, key) of the CPE NAT entries of which an object on the server changes."""
    steps: dict[int, tuple[AggregatorInput, list[Step]]] = field(default_factory=dict)

    def inputs(self, host: str | None, phase: Phase) -> HostInputs:
        """Return a host's inputs in a phase."""
        phases = self.work.hosts.setdefault(host or self.first, {})
        if phase not in phases:
            removes = phase == "remove"
            phases[phase] = HostInputs([], [], MeshRemoval() if removes else [], MeshRemoval() if removes else [])
        return phases[phase]

    def step(self, step: Step) -> None:
        """Hand an aggregator's object to the mesh roles, and a bond's or gateway's one to its entry or gateway."""
        item = step.item
        if item.kind == "space":
            return  # placed with the design's own work
        if item.part == "gateways":
            gateway = self.of.gateway_objects.get((item.phase, item.parent, item.key))
            _place_owner(self.of.gateways[item.phase], gateway, item)
        elif is_below(item.parent, BOND):
            owner = self.of.entries.get((item.parent, item.key))
            _place_owner(self.of.cpe_nat[item.phase], owner, item)
            self.written.add((item.phase, owner[1].key if owner else None))
        else:
            inputs = self.inputs(item.host, item.phase)
            mesh = inputs.bgp if item.part == "cpe_nat" else inputs.mesh
            if not isinstance(mesh, MeshRemoval):
                self._object(mesh, step)
            elif item.verb != "delete":
                self._object(mesh.shrink, step)
            else:
                self._object(mesh.protocols_off if "protocol" in item.kind else mesh.interfaces_off, step)

    def _object(self, found: list[AggregatorInput], step: Step) -> None:
        """Add an object to the input of its aggregator, with what is known of it."""
        item, data = step.item, step.obj.data
        number = number_of(item.parent)
        one = next((one for one in found if one.aggregator == number), None)
        if one is None:
            one = AggregatorInput(number)
            found.append(one)
        kind = item.kind
        (one.filters if kind == "filter" else one.interfaces if "interface" in kind else one.protocols).append(data)
        _one, steps = self.steps.setdefault(id(one), (one, []))
        steps.append(step)

    def known(self) -> None:
        """Hand over what is known of the aggregators' objects."""
        for one, steps in self.steps.values():
            spaces = {space for step in steps if (space := step.obj.data.get("space"))}
            objects = {known.identity: known for step in steps for known in step.known}
            one.known = known_objects(self.aggregators[one.aggregator], spaces, objects.values())

    def design(self) -> None:
        """Hand over what the design itself says."""
        for phase in PHASES:
            for host, entry in self.of.cpe_nat[phase]:
                if _is_inside(self.scope, "cpe_nat", host, phase):
                    is_written = phase == "remove" or (phase, entry.key) in self.written
                    given = entry if is_written else replace(entry, bond_unchanged=True)
                    self.inputs(host, phase).cpe_nat.append(given)
            for host, gateway in self.of.gateways[phase]:
                if _is_inside(self.scope, "gateways", host, phase):
                    self.inputs(host, phase).gateways.append(gateway)
            shared = self.work.shared[phase]
            for one in self.of.security[phase]:
                if _is_inside(self.scope, one.part, one.host, phase):
                    (shared.gateway_security if one.after_gateways else shared.security).add(one.entry)
            if _is_inside(self.scope, "private_wan", None, phase):
                hosts = itertools.cycle(sorted(self.scope.hosts))
                for host, vpc in zip(hosts, self.of.vpcs[phase], strict=False):
                    shared.vpcs.setdefault(host, []).append(vpc)
                shared.private_wan += self.of.private_wan[phase]


Owner = TypeVar("Owner", HostCpeNat, HostGateway)


def _place_owner(owners: list[Owner], owner: Owner | None, item: PlannedChange) -> None:
    """The entry or gateway that an object belongs to has work in this phase, if the design did not say so already."""
    if owner is None or item.verb == "delete":
        return
    if not any(entry.key == owner[1].key for _host, entry in owners):
        owners.append(owner)


def _is_inside(scope: Scope, part: str, host: str | None, phase: Phase) -> bool:
    """Return True if what a host has to do in a phase for a part is in scope."""
    return scope.reason(PlannedChange("aws", "update", "", "", "", None, None, phase, host, part)) is None
