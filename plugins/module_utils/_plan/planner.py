# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planner of module network_plan: reads both systems, computes the design, checks it, and returns the plan.

A first design needs only what a run without changes needs. Where it asks for more (used addresses, quotas, the bonds'
networks), the planner reads that and computes the design again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from .._design.adoption import refuse_adoptions
from .._design.aggregators.leftovers import given_switches
from .._design.checks.kept_addresses import KeptAddress, kept_addresses
from .._design.checks.prices import MonthlyCost, is_of_own_pool, monthly
from .._design.cpe_nat.connected_ips import bonds_of
from .._design.cpe_nat.entries import Entry, resolve_entries
from .._design.cpe_nat.fixed_options import have_other_bonds
from .._design.cpe_nat.planner import own_addresses
from .._design.cpe_nat.removal import leftover_keys
from .._design.deviations import apply_deviations, object_names
from .._design.gateway.supernets import auto_bonds
from .._design.inputs.reader import read_desired_network
from .._design.planner import changing_spaces, design_network
from .._design.relocation import with_hosts_of_aggregators
from .._design.vpc.foreign_objects import going
from .._model.desired_network import NAT, PARTS, DesiredNetwork, DeviationDrift, Drift, Report
from .._model.phases import ADOPT
from .._model.plan import Design, PlannedChange, Scope
from .._model.quotas import QuotaUsage
from .._model.role_inputs import as_json
from .._objects import title_of
from .._printable import printable_all
from .._reconcile import Api, ReconcileError, Refs
from .approval.artifact import addresses_of, result_of
from .approval.digest import digest_of, item_lines
from .argument_spec import DEFAULT_MAX_DELETIONS
from .aws_reader import ClientOf, CloudReader
from .description import describe_if_wanted
from .host_config import expected_interfaces
from .rights import check_rights
from .role_inputs import Plan, make_role_inputs
from .server_changes import Step, server_steps
from .server_names import with_server_names
from .server_reader import ServerReader
from .summary import counts_of, deviation_lines, left_of, lines_of, nothing_left, nothing_to_do, nothing_to_move

NEW_KINDS = {"private_address", "attachment"}
ALLOW_NONCONFORMING = "bonding_allow_nonconforming"
MOST_PROBLEMS = 50
"""Number of problems that are shown: one mistake in a template makes thousands."""


class PlanError(Exception):
    """The network cannot be built as it is described; `problems` has a sentence for each reason, up to a bound.

    `left_out` problems only follow from these, and are not said.
    """

    def __init__(self, problems: list[str], warnings: list[str], left_out: int = 0) -> None:
        self.problems, self.warnings = printable_all(problems[:MOST_PROBLEMS]), printable_all(warnings)
        lines = [f"  {number}. {text}" for number, text in enumerate(self.problems, 1)]
        left = len(problems) - MOST_PROBLEMS
        if left > 0:
            self.problems.append(f"... and {left} more.")
            lines.append(f"  ... and {left} more.")
        if left_out:
            more = f"{left_out} more problem{'s' if left_out > 1 else ''}"
            lines.append(f"  {more} may only follow from these: the next run names what is left of them.")
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        listing = "\n".join(lines)
        super().__init__(f"The network cannot be built as described, {count}. Nothing was changed.\n{listing}")


def make_plan(params: Mapping[str, Any], api: Api, client_of: ClientOf) -> NetworkPlan:
    """Return the plan of network_plan's arguments.

    Raises PlanError with all problems, ClientError or Ec2Error if a side cannot be read.
    """
    first_report = Report()
    desired = with_named_regions(read_desired_network(params, first_report), client_of)
    refs = Refs(api)
    server_side, cloud_side = ServerReader(api, refs), CloudReader(client_of)
    named = read_server(desired, server_side)
    desired = with_hosts_of_aggregators(desired, server_side.server)
    names = object_names(desired, server_side.server, first_report)
    server_side.rename(names)
    if desired.needs_cloud:
        cloud_side.read_network(desired)
    read_leftovers(desired, named, server_side, cloud_side)
    report, design, steps = design_steps(desired, first_report, server_side, cloud_side)
    if read_more(desired, design, steps, server_side, cloud_side):
        report, design, steps = design_steps(desired, first_report, server_side, cloud_side)
    scope = _scope(params, desired, design)
    first = next(iter(params.get("hosts") or [host.host for host in desired.hosts]), "")
    listed = {int(item["id"]): item for item in refs.items("aggregator")}
    plan = with_server_names(make_role_inputs(design, steps, listed, scope, first), names)
    if params.get("verify"):
        plan.work.verify = expected_interfaces(design, scope.hosts)
    elif params.get("record"):
        plan.record()
    if design.renames and plan.deferred:
        report.problem(
            f"{len(design.renames)} objects get another name (renamed_from), and this run does a part of the network "
            "only: everything has to know the new names. Run once without --limit and --tags."
        )
    _judge(plan.items, [item for item, _reason in plan.deferred], scope, desired, params, report)
    _judge_server(refs.not_shown(), plan.items, bool(params.get("allow_nonconforming")), report)
    if params.get("check_rights"):
        check_rights(plan.items, desired, api, cloud_side, report)
    if report.problems:
        raise PlanError(report.problems, report.warnings, report.left_out)
    cost = monthly(plan.items)
    kept = kept_addresses(desired.network, plan.items, cloud_side.cloud.addresses)
    nothing = _nothing(desired, design, server_side, cloud_side, scope, report)
    if desired.relocation:
        nothing = nothing_to_move(desired.relocation, bool(plan.deferred))
    text = lines_of(plan, design.limits, cost, nothing, kept=kept, all_limits=bool(params.get("details", True)))
    text += deviation_lines(report.drift)
    addresses = addresses_of(desired, plan.items, kept, server_side.server, cloud_side.cloud)
    return NetworkPlan(
        desired.network,
        str(params["state"]),
        plan,
        text,
        design.limits,
        cost,
        kept,
        report.drift,
        report.warnings,
        addresses,
        describe_if_wanted(params, desired, server_side.server, cloud_side.cloud, report.drift),
    )


@dataclass(frozen=True)
class NetworkPlan:
    """A plan with all that network_plan says of it."""

    network: str
    state: str
    plan: Plan
    text: list[str]
    limits: list[QuotaUsage]
    cost: list[MonthlyCost]
    kept_addresses: list[KeptAddress]
    drift: list[Drift | DeviationDrift]
    warnings: list[str]
    addresses: dict[str, str]
    description: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as the module returns it."""
        planned = self._as_dict()
        lines = item_lines(planned["plan"], planned["deferred"])
        return planned | {"result": result_of(planned, self.network, self.state, self.addresses, lines)}

    def _as_dict(self) -> dict[str, Any]:
        items, planned = self.plan.items, as_json(self.plan.items)
        deferred = [as_json(item) | {"reason": reason} for item, reason in self.plan.deferred]
        return {
            "plan": planned,
            "deferred": deferred,
            "digest": digest_of(self.network, planned, deferred),
            "counts": counts_of(items),
            "text": self.text,
            "left": left_of(len(deferred), len(self.drift), self.kept_addresses),
            "work": as_json(self.plan.work),
            "limits": [line.as_dict() for line in self.limits],
            "cost": as_json(self.cost),
            "kept_addresses": as_json(self.kept_addresses),
            "drift": as_json(self.drift),
            "warnings": self.warnings + [f"Drift, not changed: {drift.text}." for drift in self.drift],
            **self.description,
        }


def with_named_regions(desired: DesiredNetwork, client_of: ClientOf) -> DesiredNetwork:
    """Return the desired network with the default region by its name, where some hosts name theirs and others do not.

    Else one region would be two: read twice, and no reason to refuse what has to be in one region.
    """
    regions = {host.region for host in desired.hosts}
    if None not in regions or len(regions) == 1 or not desired.needs_cloud:
        return desired
    default = str(client_of(None, "ec2").meta.region_name)
    return replace(desired, hosts=tuple(replace(host, region=host.region or default) for host in desired.hosts))


def _nothing(
    desired: DesiredNetwork,
    design: Design,
    server_side: ServerReader,
    cloud_side: CloudReader,
    scope: Scope,
    report: Report,
) -> str:
    """Return the sentence for an empty plan of the whole network."""
    if not desired.absent:
        asked = {host for host in scope.hosts if host in design.host_configs}
        unasked = set(scope.hosts) - asked
        return nothing_to_do(desired.needs_cloud, asked, unasked, report.kept, scope.unavailable)
    addresses = [address.public_ip for address in cloud_side.cloud.addresses]
    found = (server_side.server.spaces.get(space.key) for space in desired.spaces)
    modes = [space.key for space in found if space and space.enabled]
    kept = [f"{len(addresses)} Elastic IPs ({', '.join(sorted(addresses))})"] if addresses else []
    kept += [f"the private WAN mode of {', '.join(modes)}"] if modes else []
    return nothing_left(kept)


def read_server(desired: DesiredNetwork, server_side: ServerReader) -> list[Entry]:
    """Read the part of the server that every plan needs; return the entries for CPE NAT IPs."""
    server_side.read_network(idle_filters=desired.filters)
    entries = _read_entries(desired, server_side)
    server_side.read_bond_objects(auto_bonds(desired, server_side.server), ("connected_ips", "routes"))
    return entries


def _read_entries(desired: DesiredNetwork, server_side: ServerReader) -> list[Entry]:
    """The entries, with the bonds that they name read."""
    entries = resolve_entries(desired, server_side.server, Report())
    parts = ("connected_ips", "cpe_nat_ips") if desired.absent else ("interfaces", "connected_ips", "cpe_nat_ips")
    standbys = {entry.standby.id for entry in entries if entry.standby}
    server_side.read_bond_objects({entry.bond.id for entry in entries} | standbys, parts)
    return entries


def read_leftovers(
    desired: DesiredNetwork, entries: list[Entry], server_side: ServerReader, cloud_side: CloudReader
) -> None:
    """For addresses to be removed, and such as their entry's bond does not have, the bonds that may carry them."""
    cloud, server = cloud_side.cloud, server_side.server
    going = desired.absent or desired.prune_addresses
    named = {entry.key for entry in entries}
    left = going and set(leftover_keys(entries, desired, cloud)) - named
    if left or (not desired.absent and have_other_bonds(entries, own_addresses(desired, cloud), server)):
        server_side.read_bond_objects(server.bonds, ("cpe_nat_ips",))
    if going:
        server_side.read_bond_objects(bonds_of(cloud.addresses), ("connected_ips", "cpe_nat_ips"))


def design_steps(
    desired: DesiredNetwork, first: Report, server_side: ServerReader, cloud_side: CloudReader
) -> tuple[Report, Design, list[Step]]:
    report = deepcopy(first)
    design = design_network(desired, server_side.server, cloud_side.cloud, report)
    design = apply_deviations(design, desired, server_side.server, report)
    try:
        steps = server_steps(design, server_side.objects)
    except ReconcileError as error:
        steps = []
        if not report.problems:  # else it only says again, of an object, what was said of the inventory
            report.problem(str(error))
    return report, design, steps


def read_more(
    desired: DesiredNetwork, design: Design, steps: list[Step], server_side: ServerReader, cloud_side: CloudReader
) -> bool:
    """Read more of both sides if the steps need it; return True if the design has to run again with it."""
    more = False
    if any(item.kind == "security_group" and item.verb == "delete" for item in design.items):
        more = cloud_side.read_carriers()
    more = cloud_side.read_foreign_objects(going(design, desired, cloud_side.cloud), desired.network) or more
    if desired.absent:
        return more
    new = {item.kind for item in design.items if item.verb == "create" and not is_of_own_pool(item)}
    if desired.needs_cloud and (new & NEW_KINDS or design.asks_used):
        more = cloud_side.read_for_new(design.asks_used) or more
        more = cloud_side.read_reservations(design.choosing) or more
    if desired.needs_cloud:
        more = cloud_side.read_account(new) or more
    if NAT in new:
        more = cloud_side.read_nat_zones() or more
    changed = {
        step.obj.data.get("space") or step.obj.key
        for step in steps
        if step.item.kind in ("vxlan_interface", "space") and step.item.phase == "add"
    }
    spaces = changing_spaces(design, desired) & changed
    bonds = {bond.id for bond in server_side.server.bonds.values() if bond.space in spaces}
    return server_side.read_bond_objects(bonds, ("connected_ips", "routes")) or more


def _scope(params: Mapping[str, Any], desired: DesiredNetwork, design: Design) -> Scope:
    unavailable = design.unavailable
    everyone = {host.host for host in desired.hosts}
    hosts = set(params.get("hosts") or everyone)
    scope = Scope(
        hosts=hosts if desired.relocation else hosts - unavailable.keys(),
        parts=set(PARTS) if desired.relocation else set(params.get("parts") or PARTS),
        limited=bool(everyone - hosts),
        absent=desired.absent,
        shared_by=params.get("shared_by") or "",
        unavailable=unavailable,
        relocates=desired.relocation is not None,
    )
    # what a run does not adopt, of hosts or parts that it leaves out, keeps it from nothing
    adopting = (item for item in design.items if item.phase == ADOPT)
    return replace(scope, adopts=any(scope.reason(item) is None for item in adopting))


def _judge_deletions(items: list[PlannedChange], limit: int, desired: DesiredNetwork, report: Report) -> None:
    """Refuse more deletions than allowed, of all kinds on all systems; those that cannot be undone are named first.

    A run that only moves addresses deletes what it has replaced, and no more.
    """
    counts = Counter(item.kind for item in items if item.verb == "delete")
    if desired.absent or desired.relocation or counts.total() <= limit:
        return
    released = counts.pop("elastic_ip", 0)
    texts = [f"{released} Elastic IPs, which are released and never come back"] if released else []
    texts += [f"{count} {kind}" for kind, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    report.problem(
        f"The plan deletes {released + counts.total()} objects ({', '.join(texts)}), more than the {limit} that "
        f"bonding_max_deletions allows. Say bonding_max_deletions: {released + counts.total()} if all are to go."
    )


def _judge(
    items: list[PlannedChange],
    deferred: list[PlannedChange],
    scope: Scope,
    desired: DesiredNetwork,
    params: Mapping[str, Any],
    report: Report,
) -> None:
    """Reject items that the run may not do: disruptive without a switch, too many deletions, or on a missing object."""
    given = given_switches(desired)
    run: list[str] = list(PARTS) if params.get("parts") is None else params["parts"]
    left = sorted({item.part for item in items} - set(run)) if desired.relocation else []
    if left:
        names = f"parts {', '.join(left)} are" if len(left) > 1 else f"part {left[0]} is"
        report.problem(
            f"The {names} not run (--tags, --skip-tags or bonding_parts), and moves are changes of "
            f"{'them' if len(left) > 1 else 'it'} (got the parts {', '.join(run) or 'none'}). Run without these "
            "options."
        )
    for item in items:
        if item.disruptive and not given[item.switch]:
            report.problem(
                f"{item.verb} {item.kind} {item.key}{f' on {item.host}' if item.host else ''} interrupts: "
                f"{item.interrupts}. Say {item.switch}: true to let it."
            )
    refuse_adoptions(items, desired, report)
    limit = params.get("max_deletions")
    _judge_deletions(items, DEFAULT_MAX_DELETIONS if limit is None else limit, desired, report)
    if "private_wan" not in scope.parts and "gateways" in scope.parts:
        missing = sorted(
            {i.key for i in deferred if i.part == "private_wan" and i.kind in ("vpc", "subnet", "route_table")}
        )
        if missing and any(item.part == "gateways" and item.phase == "add" for item in items):
            report.problem(
                f"The gateways need {', '.join(missing)}, which is not built yet: run the part private_wan first."
            )
    if "gateways" not in scope.parts and "private_wan" in scope.parts and not desired.absent:
        used = sorted(i.key for i in deferred if i.kind == NAT and i.verb == "delete")
        subnets = sorted(i.key for i in items if i.kind == "subnet" and i.verb == "delete")
        if used and subnets:
            report.problem(
                f"The subnets {', '.join(subnets)} would be deleted with the NAT gateways {', '.join(used)} still in "
                "them: run the part gateways too."
            )


def _judge_server(
    not_shown: Mapping[str, list[str]], items: list[PlannedChange], allowed: bool, report: Report
) -> None:
    """Refuse to write fields that no object on the server shows; warn of others.

    What the plan has read tells, so this costs no request. A server ignores unknown fields without a word: what is
    written would be lost, or the same change planned again in each run.

    :param not_shown: kind -> fields that no object of those read shows
    :param allowed: whether the operator has said the switch
    """
    written: dict[str, set[str]] = {}
    for item in items:
        if item.system == "server" and item.verb != "delete":
            written.setdefault(item.kind, set()).update(item.after or {})
    for kind, names in sorted(not_shown.items()):
        lost = [name for name in names if name.partition(".")[0] in written.get(kind, ())]
        if lost and not allowed:
            report.problem(
                f"The management server has no {', '.join(lost)} in any {title_of(kind)} that was read, and this plan "
                "writes it (expected an object that shows it). Correct the name with bonding_api_map: bonding_api_info "
                "with conformance=true proposes the lines (docs/api-map.md). Or say "
                f"{ALLOW_NONCONFORMING}: true to write it nevertheless."
            )
        else:
            report.warn(
                f"The management server has no {', '.join(names)} in any {title_of(kind)} that was read: its API is "
                "not what the collection assumes there. Ask bonding_api_info with conformance=true (docs/api-map.md)."
            )
