# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deviations of a network that was built by hand: objects under other names, fields and objects that no run changes.

The design knows nothing of them. `ObjectNames` gives the objects that the server has the names of the network before
the design reads them; `_plan/server_names.py` turns these names back in what the plan shows and the roles are given.
`apply_deviations` takes absent objects out of what the design wants, and notes the fields that stay (`Design.kept`),
which `server_steps` leaves out where it compares with what the server has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._grammar import nearest
from .._model.desired_network import DesiredNetwork, Deviation, DeviationDrift, Report
from .._model.ownership import kind_of_name
from .._model.phases import PHASES, ObjectBatch
from .._model.plan import Design, HostGateway, PlannedChange, SecurityWork
from .._model.role_inputs import GatewayInput, SecurityInterfaceInput
from .._model.state import Server
from .._objects import SLOTS, Fields, Object, group_of, title_of
from .._parents import AGGREGATOR, number_of, parent_of
from .aggregators.fleet import find_aggregator
from .inputs.deviations import VARIABLE

FIXED = ("name", "type", "protocol", "space")
"""Fields that tell what an object is."""
NETWORK_INTERFACES = ("gateway/", "eni-")
"""Beginning of the keys of network interfaces in the plan: of gateways, and of the aggregators' own, by their ids."""
CHECK = "source_dest_check"
ADVICE = f"Take the entry out of {VARIABLE}, or correct it."

Place = tuple[str, str, str]
"""`identity` of an object: a protocol may have the name of an interface."""


@dataclass
class ObjectNames:
    """Names of protocols and filters: those of the network, and those of the management server."""

    network: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(parent, kind, name on the server) -> name of the network."""
    server: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(parent, kind, name of the network) -> name on the server."""

    def __bool__(self) -> bool:
        return bool(self.network)

    def add(self, parent: str, kind: str, name: str, key: str) -> None:
        """Let the object `name` of the server be `key` in the network."""
        self.network[parent, kind, name] = key
        self.server[parent, kind, key] = name

    def from_server(self, obj: Object) -> Object:
        """Return an object of the server under the network's name, with the network's names of its filters."""
        key = self.network.get((obj.parent, obj.kind, obj.key), obj.key)
        return Object(obj.kind, obj.parent, key, _renamed(obj.data, obj.parent, key, self.network), obj.id)

    def key_on_server(self, kind: str, parent: str, key: str) -> str:
        """Return the name that the server has for an object."""
        return self.server.get((parent, kind, key), key)

    def fields_on_server(self, kind: str, parent: str, fields: Fields) -> Fields:
        """Return fields of an object with the server's names."""
        key = self.key_on_server(kind, parent, str(fields.get("name", "")))
        return _renamed(fields, parent, key, self.server)


def _renamed(data: Fields, parent: str, name: str, names: Mapping[tuple[str, str, str], str]) -> Fields:
    """Return the fields with a name of its own, and other names of the filters that they name."""
    found = {**data, "name": name} if "name" in data else dict(data)
    for slot in SLOTS:
        value = found.get(slot)
        if isinstance(value, Mapping) and (parent, "filter", value.get("filter")) in names:
            found[slot] = {**value, "filter": names[parent, "filter", str(value["filter"])]}
    return found


def object_names(desired: DesiredNetwork, server: Server, report: Report) -> ObjectNames:
    """Return the names that deviations give; a name that cannot be is a problem.

    A teardown, whose first run may have deleted the object, and a run that only moves addresses go on without it.
    """
    if desired.absent or desired.relocation:
        report = Report()
    names = ObjectNames()
    taken: dict[tuple[str, str], str] = {}
    for deviation, parent in _placed(desired, server, Report()):
        if deviation.name is None:
            continue
        what = _label(deviation)
        kind = kind_of_name(desired.network, deviation.key)
        if kind is None:
            report.problem(_not_named(deviation, desired, server, parent))
            continue
        objects = _objects_of(parent, server)
        same = {obj.key for obj in objects if obj.kind == kind}
        other = taken.setdefault((parent, deviation.name), deviation.key)
        if other != deviation.key:
            report.problem(
                f"{what}: name {deviation.name} is also that of {other} (expected one object for each). {ADVICE}"
            )
        elif deviation.name not in same:
            meant = nearest(deviation.name, same) or "."
            report.problem(
                f"{what}: the management server has no {title_of(kind)} of this name on {deviation.host} (got "
                f"{deviation.name}){meant} Correct the name; without the entry the next run creates {deviation.key}."
            )
        elif any(obj.key == deviation.key and group_of(obj.kind) == group_of(kind) for obj in objects):
            report.problem(
                f"{what}: the management server has both {deviation.key} and {deviation.name} (expected one of them). "
                f"Delete one of them there, or take the entry out of {VARIABLE}."
            )
        else:
            names.add(parent, kind, deviation.name, deviation.key)
    return names


def _not_named(deviation: Deviation, desired: DesiredNetwork, server: Server, parent: str) -> str:
    """Return the problem of a name for an object that takes none."""
    what = _label(deviation)
    if any(obj.key == deviation.key and group_of(obj.kind) == "interface" for obj in _objects_of(parent, server)):
        return (
            f"{what}: name {deviation.name}: an interface takes none here. Say its name in vxlan.interface of the "
            "space, or in interface of the gateway."
        )
    return (
        f"{what}: is not a name that the network {desired.network} gives a protocol or filter (expected for example "
        f"{desired.network}_babel_11). {ADVICE}"
    )


def apply_deviations(design: Design, desired: DesiredNetwork, server: Server, report: Report) -> Design:
    """Return the design without what deviations keep or leave out; each of them is drift, or a problem.

    A run that only moves addresses, and a teardown, want little of the network: they judge no entry.
    """
    if not desired.deviations:
        return design
    wanted = _by_place(obj for phase in PHASES for batch in design.batches[phase] for obj in batch.wanted)
    gone = _by_place(obj for batch in design.batches["remove"] for obj in batch.gone)
    is_whole = not (desired.absent or desired.relocation)
    kept: dict[Place, Fields] = {}
    absent: set[Place] = set()
    checks: dict[str, bool] = {}
    for deviation, parent in _placed(desired, server, report):
        if deviation.key.startswith(NETWORK_INTERFACES):
            if is_whole and _keeps_check(deviation, design, report):
                checks[deviation.key] = design.checks[deviation.host, deviation.key]
                report.drift.append(_drift(deviation))
            continue
        kind = kind_of_name(desired.network, deviation.key)
        place = (group_of(kind or "interface"), parent, deviation.key)
        found = _by_place(_objects_of(parent, server)).get(place)
        if is_whole and place not in wanted and place not in gone and found is None:
            known = [key for _group, one, key in (*wanted, *gone) if one == parent]
            report.problem(
                f"{_label(deviation)}: the network has no such object on {deviation.host}"
                f"{nearest(deviation.key, known) or '.'} {ADVICE}"
            )
            continue
        if place in wanted and _is_usable(deviation, wanted[place], found, report):
            if deviation.absent:
                absent.add(place)
            elif found is not None:
                kept[place] = {name: found.data.get(name) for name in deviation.keep}
        if is_whole:
            report.drift.append(_drift(deviation))
    _check_references(absent, kept, wanted.values(), report)
    return _with_checks(_without(design, kept, absent), checks)


def _keeps_check(deviation: Deviation, design: Design, report: Report) -> bool:
    """Return True if a deviation keeps the check of a network interface, else name the problem."""
    what, known = _label(deviation), [key for host, key in design.checks if host == deviation.host]
    if deviation.name or deviation.absent or deviation.keep != (CHECK,):
        report.problem(f"{what}: of a network interface a run can keep its check alone (expected keep: [{CHECK}]).")
    elif deviation.key not in known:
        meant = nearest(deviation.key, known) or "."
        report.problem(f"{what}: the network has no such network interface on {deviation.host}{meant} {ADVICE}")
    else:
        return True
    return False


def _with_checks(design: Design, checks: Mapping[str, bool]) -> Design:
    """Return the design in which these network interfaces keep their check."""

    def is_left(item: PlannedChange) -> bool:
        is_check = item.system == "aws" and item.verb == "update" and CHECK in (item.after or {})
        return is_check and item.key in checks

    def is_left_work(work: SecurityWork) -> bool:
        entry = work.entry
        if not isinstance(entry, SecurityInterfaceInput) or entry.source_dest_check is None:
            return False
        return entry.interface_id in checks

    def of(work: HostGateway) -> HostGateway:
        host, gateway = work
        return host, replace(gateway, source_dest_check=checks.get(gateway.key, gateway.source_dest_check))

    if not checks:
        return design
    return replace(
        design,
        items=[item for item in design.items if not is_left(item)],
        gateways={phase: [of(work) for work in works] for phase, works in design.gateways.items()},
        gateway_objects={place: of(work) for place, work in design.gateway_objects.items()},
        security={phase: [one for one in works if not is_left_work(one)] for phase, works in design.security.items()},
    )


def _is_usable(deviation: Deviation, wanted: Object, found: Object | None, report: Report) -> bool:
    """Return True if what a deviation says of a wanted object can be done, else name the problem."""
    what = _label(deviation)
    if deviation.absent and found is not None:
        report.problem(
            f"{what}: absent: true, but the management server has it on {deviation.host} (expected no such object). "
            f"Take the entry out of {VARIABLE}, or delete the object there."
        )
        return False
    if deviation.keep and found is None:
        report.problem(
            f"{what}: keep: the management server has no such object on {deviation.host} whose fields could stay as "
            f"they are. Give its name there, or take the entry out of {VARIABLE}."
        )
        return False
    known = [name for name in wanted.data if name not in FIXED]
    unknown = [name for name in deviation.keep if name not in known]
    for name in unknown:
        report.problem(
            f"{what}: keep: {name!r} is not a field of a {title_of(wanted.kind)} that the network writes"
            f"{nearest(name, known) or '.'} They are {', '.join(known)}."
        )
    return not unknown


def _check_references(
    absent: set[Place], kept: Mapping[Place, Fields], wanted: Iterable[Object], report: Report
) -> None:
    """Refuse to leave a filter out that a protocol would get a reference to."""
    for obj in wanted:
        for slot in SLOTS:
            name, place = (obj.data.get(slot) or {}).get("filter"), obj.identity
            if ("filter", obj.parent, name) in absent and slot not in kept.get(place, {}) and place not in absent:
                report.problem(
                    f"{VARIABLE}: {name} is left out (absent), and {obj.key} gets it as {slot} (expected keep: "
                    f"[{slot}] of {obj.key}). Keep that field too, or take {name} out of {VARIABLE}."
                )


def _without(design: Design, kept: Mapping[Place, Fields], absent: set[Place]) -> Design:
    """Return the design without absent objects, which knows the kept fields, in batches and inputs of gateways."""

    def batch_of(batch: ObjectBatch) -> ObjectBatch:
        return replace(batch, wanted=[obj for obj in batch.wanted if obj.identity not in absent])

    def gateway_of(work: HostGateway) -> HostGateway:
        return work[0], _kept_gateway(work[1], kept, absent)

    return replace(
        design,
        kept={place: frozenset(fields) for place, fields in kept.items()},
        batches={phase: [batch_of(batch) for batch in batches] for phase, batches in design.batches.items()},
        gateways={phase: [gateway_of(work) for work in works] for phase, works in design.gateways.items()},
        gateway_objects={place: gateway_of(work) for place, work in design.gateway_objects.items()},
    )


def _kept_gateway(gateway: GatewayInput, kept: Mapping[Place, Fields], absent: set[Place]) -> GatewayInput:
    """Return the input of a gateway, whose role computes the objects itself, with what it has to leave."""
    if gateway.state != "present" or gateway.aggregator is None:
        return gateway
    parent = parent_of(AGGREGATOR, int(gateway.aggregator))
    more: dict[str, Any] = {
        section: {**(gateway.kept.get(section) or {}), **kept.get((section, parent, str(name)), {})}
        for section, name in (
            ("interface", gateway.interface),
            ("protocol", gateway.protocol),
            ("filter", gateway.filter),
        )
    }
    left_out = ("filter", parent, str(gateway.filter)) in absent
    found = {**gateway.kept, **{section: fields for section, fields in more.items() if fields}}
    return replace(gateway, kept=found, filter=None if left_out else gateway.filter)


def _placed(desired: DesiredNetwork, server: Server, report: Report) -> Iterable[tuple[Deviation, str]]:
    """Yield each deviation with the parent of its object; a host that is none of the inventory is a problem."""
    hosts = {host.host: host for host in desired.hosts}
    unknown: set[str] = set()
    for deviation in desired.deviations:
        host = hosts.get(deviation.host)
        if host is None:
            if deviation.host not in unknown:
                unknown.add(deviation.host)
                meant = nearest(deviation.host, hosts) or "."
                report.problem(f"{VARIABLE}: {deviation.host!r} is not a host of the inventory's group{meant} {ADVICE}")
            continue
        number = find_aggregator(host.aggregator, server)
        if isinstance(number, int):  # else it has been said of the host
            yield deviation, parent_of(AGGREGATOR, number)


def _objects_of(parent: str, server: Server) -> list[Object]:
    return server.objects.get(number_of(parent), [])


def _by_place(objects: Iterable[Object]) -> dict[Place, Object]:
    return {obj.identity: obj for obj in objects}


def _label(deviation: Deviation) -> str:
    return f"{VARIABLE}, {deviation.host}, {deviation.key}"


def _drift(deviation: Deviation) -> DeviationDrift:
    """Return the drift of a deviation."""
    if deviation.absent:
        text = f"{deviation.host} has no {deviation.key}"
    else:
        parts = [f"is {deviation.name} on the management server"] if deviation.name else []
        parts += [f"keeps {', '.join(deviation.keep)} as found"] if deviation.keep else []
        text = f"{deviation.key} on {deviation.host} {' and '.join(parts)}"
    return DeviationDrift(
        kind="deviation",
        host=deviation.host,
        object=deviation.key,
        name=deviation.name,
        keep=deviation.keep,
        absent=deviation.absent,
        text=f"{text} ({VARIABLE})",
    )
