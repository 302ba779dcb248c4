# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of each phase on the management server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._design.inputs.bgp_password import NOT_SHOWN, SENT_AGAIN
from .._model.phases import DISRUPTIVE, PHASES
from .._model.plan import KNOWN_AFTER_APPLY, Design, Placement, PlannedChange, item_of
from .._objects import SLOTS, Change, Object
from .._reconcile import ReconcileError, diff, predict, wanted

BGP = "bgp_protocol"
MODE_INTERRUPTS = "the private WAN of the space between aggregators, until the new mesh carries it"


@dataclass(frozen=True)
class Step:
    """A change on the server with its place in the plan, and the whole staged object that the roles hand on."""

    item: PlannedChange
    obj: Object
    known: tuple[Object, ...] = ()
    """Objects on the server before the phase, and the filters that they name: the roles need not read them again."""


def server_steps(design: Design, objects: dict[tuple[str, str, str], Object]) -> list[Step]:
    """Return the changes of each phase, each against the state that the phases before leave."""
    steps: list[Step] = []
    state = dict(objects)
    # By id: what is the same in all phases is one Object, which the design keeps.
    made: dict[int, tuple[Object, Object, dict[str, Any]]] = {}
    for phase in PHASES:
        places: dict[tuple[str, str, str], tuple[str, str | None, Object]] = {}
        targets: list[Object] = []
        gone: list[Object] = []
        unknown: dict[tuple[str, str, str], dict[str, Any]] = {}
        for batch in design.batches[phase]:
            for obj in batch.wanted:
                if id(obj) not in made:
                    changing = _without_kept(obj, design)
                    made[id(obj)] = (changing, *_target(changing))
                changing, target, open_fields = made[id(obj)]
                if target.identity in places:
                    _refuse_other(target, targets)
                    continue
                places[target.identity] = (batch.part, batch.host, changing)
                targets.append(target)
                if open_fields:
                    unknown[target.identity] = open_fields
            for obj in batch.gone:
                if obj.identity not in places:
                    places[obj.identity] = (batch.part, batch.host, obj)
                    gone.append(obj)
        changes = diff(state.values(), targets, gone, canonical=True)
        if phase == "add":
            changes = [*changes, *_chosen_later(unknown, changes, state)]
        if phase == "switch" and design.update_password:
            changes = _with_passwords(changes, targets, objects, state)
        for change in changes:
            part, host, obj = places[change.identity]
            open_fields = unknown.get(change.identity, {})
            after = {**change.after, **open_fields} if change.after is not None else None
            before = change.before
            if open_fields and before is not None:
                before = {**before, **{name: state[change.identity].data.get(name) for name in open_fields}}
            marked = design.interrupting.get((phase, change.parent, change.key), ("", ""))
            place = Placement(phase, part, host).interrupting(*marked)
            known = _known(change, obj, state)
            steps.append(Step(_item(replace(change, before=before), after, place), obj, known))
        state = {item.identity: item for item in predict(state.values(), changes)}
    return steps


def _refuse_other(target: Object, targets: list[Object]) -> None:
    """Raise if an object is wanted a second time and otherwise, or also removed: one would be lost without a word."""
    other = next((one for one in targets if one.identity == target.identity), None)
    if other is None:
        raise ReconcileError(f"{target.title} is wanted, and removed in the same phase. Nothing was changed.")
    if (other.kind, other.data) != (target.kind, target.data):
        raise ReconcileError(f"{target.title} is wanted twice, with different values. Nothing was changed.")


def _chosen_later(
    unknown: dict[tuple[str, str, str], dict[str, Any]],
    changes: list[Change],
    state: dict[tuple[str, str, str], Object],
) -> list[Change]:
    """Return the objects that are there already, and get nothing else new but what AWS has yet to choose."""
    changed = {change.identity for change in changes}
    found = [state[identity] for identity in unknown if identity in state and identity not in changed]
    return [Change("update", one.kind, one.parent, one.key, {}, {}, one.id) for one in found]


def _with_passwords(
    changes: list[Change],
    targets: list[Object],
    objects: Mapping[tuple[str, str, str], Object],
    state: Mapping[tuple[str, str, str], Object],
) -> list[Change]:
    """Return the changes, with the password in that of each BGP session that existed before, changed or not."""
    found = {change.identity: change for change in changes}
    for target in targets:
        if target.kind == BGP and target.identity in objects and target.identity in state:
            one = state[target.identity]
            change = found.get(target.identity, Change("update", one.kind, one.parent, one.key, {}, {}, one.id))
            before = {**(change.before or {}), "password": NOT_SHOWN}
            after = {**(change.after or {}), "password": SENT_AGAIN}
            found[target.identity] = replace(change, before=before, after=after)
    return list(found.values())


def _known(change: Change, obj: Object, state: dict[tuple[str, str, str], Object]) -> tuple[Object, ...]:
    filters = [slot["filter"] for name in SLOTS if (slot := obj.data.get(name)) and slot.get("filter")]
    identities = [change.identity, *(("filter", change.parent, name) for name in filters)]
    return tuple(state[identity] for identity in dict.fromkeys(identities) if identity in state)


def _without_kept(obj: Object, design: Design) -> Object:
    """Return the wanted object without the fields that stay as they are."""
    kept = design.kept.get(obj.identity)
    return replace(obj, data={name: value for name, value in obj.data.items() if name not in kept}) if kept else obj


def _target(obj: Object) -> tuple[Object, dict[str, Any]]:
    """Return the wanted object without the fields that AWS has yet to choose, and those fields."""
    unknown = {
        name: value for name, value in obj.data.items() if isinstance(value, list) and KNOWN_AFTER_APPLY in value
    }
    data = {name: value for name, value in obj.data.items() if name not in unknown and name not in ("type", "protocol")}
    return wanted(obj.kind, obj.parent, data), unknown


def _item(change: Change, after: dict[str, Any] | None, place: Placement) -> PlannedChange:
    """Return the item of a change on the server; an update in the switch phase interrupts what its fields say."""
    if place.phase == "switch" and change.verb == "update":
        if change.kind == "space":
            place = place.interrupting(MODE_INTERRUPTS)
        else:
            fields = DISRUPTIVE.get(change.kind, {})
            texts = dict.fromkeys(fields[name] for name in change.after or {} if name in fields)
            place = place.interrupting("; ".join(texts))
    return item_of("server", replace(change, after=after), place)
