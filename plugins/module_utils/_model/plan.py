# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of the plan, their scope and regions, and the work that the roles are given."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Optional, Union

from .._objects import Change, Fields, Object, Verb
from .._parents import BOND, is_below
from .desired_network import DesiredNetwork
from .phases import ADOPT, PHASES, ObjectBatch, Phase
from .quotas import QuotaUsage
from .role_inputs import (
    AbsentGroupInput,
    CpeNatInput,
    GatewayInput,
    PrivateWanInput,
    PublicAddressInput,
    SecurityGroupInput,
    SecurityInterfaceInput,
    TagsInput,
    VpcInput,
)
from .state import Cloud

KNOWN_AFTER_APPLY = "(known after apply)"
"""Stands in output only, for what AWS or the server chooses; no module takes it as an argument."""

WAITS_FOR_ADOPTION = "this run adopts objects, and changes nothing else: run it again"
"""The reason of what a run that adopts leaves for the next one."""

ADOPTION = "bonding_adopt"
"""The switch of what is adopted."""
System = Literal["server", "aws", "host"]
ALLOW = "bonding_allow_disruption"
"""The switch of what interrupts. What is removed has that of its object (`leftovers`)."""


@dataclass(frozen=True)
class PlannedChange:
    """One change of one object. `before` and `after` hold the fields that change."""

    system: System
    verb: Verb
    kind: str
    parent: str
    key: str
    before: Fields | None
    after: Fields | None
    phase: Phase
    host: str | None
    part: str
    disruptive: bool = False
    interrupts: str = ""
    switch: str = ""
    """The variable without which a disruptive item is refused."""


@dataclass(frozen=True)
class Placement:
    """Place of a change in the run, and what it interrupts there.

    A change without a switch (of a teardown, which is confirmed as a whole) is never marked as disruptive.
    """

    phase: Phase
    part: str
    host: str | None = None
    interrupts: str = ""
    switch: str = ALLOW

    def interrupting(self, text: str, switch: str = ALLOW) -> Placement:
        """Return this placement of a change that interrupts something, if `text` says what."""
        return replace(self, interrupts=text, switch=switch)

    def in_phase(self, phase: Phase) -> Placement:
        """Return this placement in another phase."""
        return replace(self, phase=phase)


def item_of(system: System, change: Change, place: Placement) -> PlannedChange:
    """Return the item of a change; one that interrupts something is disruptive, and wants its switch."""
    text = place.interrupts if place.switch else ""
    return PlannedChange(
        system=system,
        verb=change.verb,
        kind=change.kind,
        parent=change.parent,
        key=change.key,
        before=change.before,
        after=change.after,
        phase=place.phase,
        host=place.host,
        part=place.part,
        disruptive=bool(text),
        interrupts=text,
        switch=place.switch if text or place.phase == ADOPT else "",
    )


def items_by_region(
    items: Iterable[PlannedChange], desired: DesiredNetwork, cloud: Cloud
) -> dict[str | None, list[PlannedChange]]:
    """Return AWS's items by region: their host's, or that of the aggregators' VPC that they name; else the first one.

    What lies in a space's VPC has no host, and the hosts of such a network are in one region.
    """
    hosts = {host.host: host.region for host in desired.hosts}
    machines = {host.instance_id: host.region for host in desired.hosts}
    vpcs = {one.vpc_id: machines.get(one.id) for one in cloud.instances.values()}
    first = min(hosts.values(), key=str, default=None)
    found: dict[str | None, list[PlannedChange]] = {}
    for item in items:
        if item.system != "aws":
            continue
        vpc = next((vpc for vpc in vpcs if vpc in (item.parent, *item.parent.split("/"))), None)
        region = hosts[item.host] if item.host in hosts else vpcs[vpc] if vpc else first
        found.setdefault(region, []).append(item)
    return found


@dataclass
class Scope:
    """Scope of this run. `limited`: not all aggregators of the network are in the play."""

    hosts: Collection[str]
    parts: Collection[str]
    limited: bool
    absent: bool
    shared_by: str = ""
    """Host whose run changes what belongs to no aggregator; empty if this run does."""
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """Hosts of which nothing is changed in this run -> the reason."""
    relocates: bool = False
    """True if the run only moves public addresses: EC2 and the server do that without the aggregators."""
    adopts: bool = False
    """True if the run adopts objects on AWS, and does nothing else."""

    def is_shared(self, item: PlannedChange) -> bool:
        """Return True if the run of another slice changes the item, which belongs to no aggregator."""
        return bool(self.shared_by) and not item.host and item.part in self.parts

    def reason(self, item: PlannedChange) -> str | None:
        """Return the reason why an item is left out, or None if it is in scope."""
        if item.part not in self.parts:
            return f"the part {item.part} is not run"
        if self.adopts and item.phase != ADOPT:
            return WAITS_FOR_ADOPTION
        if item.host and item.host in self.unavailable and not (self.relocates and item.system != "host"):
            return f"{item.host} {self.unavailable[item.host]}"
        if item.host and item.host not in self.hosts:
            return f"{item.host} is not in the play: --limit, a slice or a disabled host"
        if item.phase == "remove" and not (self.absent and item.host) and not self.relocates:
            if self.limited:
                return "removals wait for a run of all aggregators"
            if self.unavailable and not is_below(item.parent, BOND):  # a bond's old CPE NAT IP would go on translating
                listing = ", ".join(f"{host} {reason}" for host, reason in sorted(self.unavailable.items()))
                return f"removals wait: {listing}"
        if self.is_shared(item):
            return f"it belongs to no aggregator: the run that has {self.shared_by} changes it"
        return None


# pylint of ansible-test takes `|` outside of annotations for an error.
SecurityInput = Union[SecurityGroupInput, SecurityInterfaceInput, AbsentGroupInput]  # noqa: UP007


@dataclass(frozen=True)
class SecurityWork:
    """One entry of an option of module aggregator_security."""

    part: str
    entry: SecurityInput
    host: str | None = None
    after_gateways: bool = False
    """True if what a gateway's interface needs has to exist first."""


HostCpeNat = tuple[Optional[str], CpeNatInput]  # noqa: UP045
"""An entry with the host that carries it out; None: any."""
HostGateway = tuple[Optional[str], GatewayInput]  # noqa: UP045
"""A gateway with the host that carries it out; None: any."""


@dataclass
class Design:
    """Result of the design: batches of server objects, items on AWS, and work for the roles, by phase."""

    batches: dict[Phase, list[ObjectBatch]] = field(default_factory=lambda: {phase: [] for phase in PHASES})
    items: list[PlannedChange] = field(default_factory=list)
    cpe_nat: dict[Phase, list[HostCpeNat]] = field(default_factory=lambda: {phase: [] for phase in PHASES})
    gateways: dict[Phase, list[HostGateway]] = field(default_factory=lambda: {phase: [] for phase in PHASES})
    public_addresses: dict[Phase, list[tuple[str, PublicAddressInput]]] = field(
        default_factory=lambda: {phase: [] for phase in PHASES}
    )
    """(host, its Elastic IP to allocate or associate) of aggregators themselves."""
    entries: dict[tuple[str, str], HostCpeNat] = field(default_factory=dict)
    """(parent, key) of a bond's object -> the entry that makes it."""
    gateway_objects: dict[tuple[Phase, str, str], HostGateway] = field(default_factory=dict)
    """(phase, parent, key) of a gateway's object on an aggregator -> the gateway that makes it."""
    kept: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    """Fields that stay as they are, by the identity of their object on the server."""
    checks: dict[tuple[str, str], bool] = field(default_factory=dict)
    """(host, key in the plan) of a gateway's network interface, or of the host's own -> its check, as found."""
    interrupting: dict[tuple[Phase, str, str], tuple[str, str]] = field(default_factory=dict)
    """(phase, parent, key) of an object on the server -> (what its change in that phase interrupts, the switch)."""
    vpcs: dict[Phase, list[VpcInput]] = field(default_factory=lambda: {phase: [] for phase in PHASES})
    private_wan: dict[Phase, list[PrivateWanInput]] = field(default_factory=lambda: {phase: [] for phase in PHASES})
    host_configs: dict[str, Any] = field(default_factory=dict)
    """A HostConfigChange of each host whose host configuration was read."""
    security: dict[Phase, list[SecurityWork]] = field(default_factory=lambda: {phase: [] for phase in PHASES})
    choosing: set[str] = field(default_factory=set)
    """The subnets in which the plan chooses a private address."""
    asks_used: set[str] = field(default_factory=set)
    """The subnets whose used addresses decide what a killed run has left, and are not known."""
    renames: list[TagsInput] = field(default_factory=list)
    """Tags of each object of AWS that gets another key, before anything else is done."""
    adoptions: list[tuple[Placement, TagsInput]] = field(default_factory=list)
    """Tags of each object of AWS that the network adopts."""
    retags: list[tuple[str, TagsInput]] = field(default_factory=list)
    """(part, tags) of each object whose tags of the operator's own differ."""
    update_password: bool = False
    """True if BGP sessions that are there get their password again, in the switch phase."""
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """Hosts of which nothing is changed in this run -> the reason."""
    limits: list[QuotaUsage] = field(default_factory=list)
    """Limits that apply to the plan's items, each with the number that is left."""

    def aws(self, change: Change, place: Placement) -> None:
        """Add an item on AWS."""
        self.items.append(item_of("aws", change, place))

    def host(self, change: Change, place: Placement) -> None:
        """Add an item on an aggregator itself."""
        self.items.append(item_of("host", change, place))

    def interrupts(self, obj: Object, text: str, switch: str = ALLOW, phase: Phase = "remove") -> None:
        """Mark the change of an object on the server in a phase as a disruptive one, which wants `switch`."""
        if switch:
            self.interrupting[phase, obj.parent, obj.key] = text, switch

    def want(self, phase: Phase, part: str, host: str | None, *objects: Object) -> None:
        """Require the objects on the server, as given, after `phase`."""
        self.batches[phase].append(ObjectBatch(part, host, wanted=list(objects)))

    def drop(self, part: str, host: str | None, *objects: Object) -> None:
        """Require that the objects are deleted from the server after the last phase."""
        self.batches["remove"].append(ObjectBatch(part, host, gone=list(objects)))
