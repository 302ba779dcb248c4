# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit of a network: reads what can be read, plans it twice in memory, and returns findings.

One design has all switches, so that no refusal hides a difference. The other one has those of the operator, and says
what the next run of site.yml does. A side that cannot be read is a finding, and the other side is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..._aws.client import Ec2Error
from ..._client import ClientError
from ..._design.aggregators.leftovers import given_switches
from ..._design.audit.bystanders import find_bystanders
from ..._design.audit.conditions import (
    find_certificate,
    find_conditions,
    find_silent,
    find_without_cloud,
    find_without_server,
)
from ..._design.audit.outcome import Audit, audit_of
from ..._design.audit.planned import ItemKey, find_planned, item_key
from ..._design.audit.sentences import find_drift, find_said
from ..._design.audit.waste import find_idle_addresses, is_idle
from ..._design.cpe_nat.entries import PREFIX
from ..._design.deviations import ObjectNames
from ..._design.inputs.reader import read_desired_network
from ..._model.desired_network import DesiredNetwork, Report
from ..._model.finding import NextRun
from ..._model.names import TAG_KEY
from ..._model.phases import ADOPT
from ..._model.plan import Design, PlannedChange, Scope
from ..._model.role_inputs import ExpectedInterface, as_json
from ..._printable import printable_all
from ..._reconcile import Api, ReconcileError
from ..argument_spec import DEFAULT_MAX_DELETIONS
from ..aws_reader import ClientOf
from ..description import describe_if_wanted
from ..host_config import expected_interfaces
from ..planner import design_steps, read_more, with_named_regions
from ..role_inputs import Plan
from ..server_changes import Step
from ..server_names import item_on_server
from .sides import Sides, note_unread_more, read_sides

AUDITED = "audited"


@dataclass(frozen=True)
class NetworkAudit:
    """An audit, and what each aggregator itself has to have, by host."""

    audit: Audit
    expected: Mapping[str, list[ExpectedInterface]]
    description: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the audit as the module returns it."""
        audit = {"audit": printable_all(self.audit.as_dict()), "work": {"verify": as_json(self.expected)}}
        return audit | self.description


@dataclass(frozen=True)
class Designed:
    """One design of the network, with the changes on the server."""

    report: Report
    design: Design
    steps: list[Step]
    names: ObjectNames

    @property
    def items(self) -> list[PlannedChange]:
        """Return all changes, wherever they are and whatever leaves them out, with the server's names."""
        return [item_on_server(item, self.names) for item in (*(step.item for step in self.steps), *self.design.items)]

    @property
    def spaces(self) -> dict[str, str]:
        """Return the space of each object on the server that has one, by the object's name."""
        found = ((item_on_server(step.item, self.names), step.obj.data.get("space")) for step in self.steps)
        return {f"{item.parent}/{item.key}": str(space) for item, space in found if space}


def make_audit(params: Mapping[str, Any], api: Api, client_of: ClientOf) -> NetworkAudit:
    """Return the audit of network_plan's arguments; problems of the network and of a side are findings of it."""
    report = Report()
    desired = with_named_regions(read_desired_network(params, report), client_of)
    wide = replace(desired, allow_disruption=True, prune=True, prune_addresses=True, adopt=True)
    sides = read_sides(wide, api, client_of, report)
    cloud = sides.cloud.cloud
    if sides.has_server and (sides.regions or not desired.needs_cloud):
        return _judged(params, desired, report, sides)
    found = [
        *find_said(report, report),
        *find_silent(desired),
        *find_certificate(sides.around.certificate_days),
    ]
    if sides.has_server:
        found += find_without_cloud(desired, sides.server.server)
    elif sides.regions:
        found += find_without_server(desired, cloud, sides.regions) + find_conditions(desired, cloud, sides.around, {})
        found += find_idle_addresses(desired, cloud.addresses, ())
    is_judged = sides.has_server or bool(sides.regions)
    audit = audit_of(desired.network, [*sides.unread, *found], is_judged)
    return NetworkAudit(audit, {}, describe_if_wanted(params, desired, sides.server.server, cloud, (), sides.lost))


def _judged(params: Mapping[str, Any], desired: DesiredNetwork, first: Report, sides: Sides) -> NetworkAudit:
    """Return the audit of a network of which the server, and AWS or a part of it, was read."""
    readable = _without_lost_regions(desired, sides)
    wide, real = _designed_twice(readable, first, sides)
    server, cloud = sides.server.server, sides.cloud.cloud
    hosts = {host.host for host in desired.hosts if host.region not in sides.lost_regions}
    items = _of_regions(wide.items, hosts, sides)
    fates = _fates(params, desired, real)
    items += _only_in(_of_regions(real.items, hosts, sides), items)
    idle = find_idle_addresses(desired, cloud.addresses, items)
    found = [
        *sides.unread,
        *idle,
        *find_planned([item for item in items if not is_idle(item, idle)], fates, {**wide.spaces, **real.spaces}),
        *find_drift(wide.report.drift, desired),
        *find_conditions(desired, cloud, sides.around, _endpoints(wide.design)),
        *find_bystanders(desired, server, cloud, sides.entries),
        *find_certificate(sides.around.certificate_days),
    ]
    if not sides.lost_regions:  # else they may only follow from what was not read
        found += find_said(wide.report, real.report)
    found += find_silent(desired)  # after the sentences, which know if a run is refused
    expected = expected_interfaces(wide.design, hosts - wide.design.unavailable.keys())
    described = describe_if_wanted(params, desired, server, cloud, wide.report.drift, sides.lost)
    return NetworkAudit(audit_of(desired.network, found), expected, described)


def _without_lost_regions(desired: DesiredNetwork, sides: Sides) -> DesiredNetwork:
    """Return the network without the entries whose Elastic IP may be in a region that could not be read."""
    if not sides.lost_regions:
        return desired
    keys = {one.tags.get(TAG_KEY, "").removeprefix(PREFIX) for one in sides.cloud.cloud.addresses}
    named = {entry.desired.number for entry in sides.entries if entry.key in keys}
    return replace(desired, cpe_nat_ips=tuple(one for one in desired.cpe_nat_ips if one.number in named))


def _designed_twice(desired: DesiredNetwork, first: Report, sides: Sides) -> tuple[Designed, Designed]:
    """Return the design with all switches and that with the operator's; more is read where one of both needs it."""
    wide = replace(desired, allow_disruption=True, prune=True, prune_addresses=True, adopt=True)
    both = [Designed(*design_steps(one, first, sides.server, sides.cloud), sides.names) for one in (wide, desired)]
    try:
        more = [
            read_more(one, made.design, made.steps, sides.server, sides.cloud)
            for one, made in zip((wide, desired), both, strict=True)
        ]
    except (Ec2Error, ClientError, ReconcileError) as error:
        note_unread_more(sides, error)
        more = [False]
    if any(more):
        both = [Designed(*design_steps(one, first, sides.server, sides.cloud), sides.names) for one in (wide, desired)]
    return both[0], both[1]


def _of_regions(items: list[PlannedChange], hosts: set[str], sides: Sides) -> list[PlannedChange]:
    """Return the items that can be judged: all, or those of hosts in the regions that were read.

    Without a region no deletion is certain: what seems to be left over may belong to what was not read.
    """
    if not sides.lost_regions:
        return list(items)
    return [item for item in items if item.host in hosts and item.verb != "delete"]


def _only_in(real: list[PlannedChange], wide: list[PlannedChange]) -> list[PlannedChange]:
    """Return the items of objects that only a run with the operator's switches changes."""
    known = {(item.kind, item.parent, item.key, item.host) for item in wide}
    return [item for item in real if (item.kind, item.parent, item.key, item.host) not in known]


def _fates(params: Mapping[str, Any], desired: DesiredNetwork, real: Designed) -> dict[ItemKey, NextRun]:
    """Return the outcome of the next run of all hosts, by item."""
    everyone = {host.host for host in desired.hosts}
    unavailable = real.design.unavailable
    scope = Scope(
        hosts=everyone - unavailable.keys(),
        parts={item.part for item in real.items},
        limited=False,
        absent=False,
        unavailable=unavailable,
    )
    scope = replace(scope, adopts=any(item.phase == ADOPT for item in real.items))
    plan = Plan.of(real.items, scope)
    given = given_switches(desired)
    deletions = [item for item in plan.items if item.verb == "delete"]
    limit = params.get("max_deletions")
    too_many = len(deletions) > (DEFAULT_MAX_DELETIONS if limit is None else limit)
    fates: dict[ItemKey, NextRun] = {item_key(item): "left" for item, _reason in plan.deferred}
    for item in plan.items:
        needs_switch = item.disruptive or item.phase == ADOPT
        is_refused = (needs_switch and not given[item.switch]) or (too_many and item.verb == "delete")
        fates[item_key(item)] = "refused" if is_refused else "changed"
    return fates


def _endpoints(design: Design) -> dict[str, set[str]]:
    """Return the private addresses of the peers of a host's tunnels, by host."""
    found: dict[str, set[str]] = {}
    for batch in design.batches["remove"]:
        for obj in batch.wanted:
            if obj.kind == "vxlan_interface" and batch.host:
                found.setdefault(batch.host, set()).update(end["ip"] for end in obj.data.get("endpoints") or ())
    return found
