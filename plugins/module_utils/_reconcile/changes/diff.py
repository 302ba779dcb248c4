# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Found and wanted -> changes -> the state afterwards; pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..._objects import Change, Object, group_of, title_of
from ..._parents import BOND, is_below, number_of
from ..._resources import RESOURCES, Field, Resource
from ..model import ALWAYS, CREATE, DELETE, ON_CREATE, UPDATE, ReconcileError, wanted

_HIGHEST = 10


def diff(
    found: Iterable[Object],
    wanted_objects: Iterable[Object],
    deletions: Iterable[Object] = (),
    update_password: str = ON_CREATE,
    canonical: bool = False,
) -> list[Change]:
    """Return the changes that give the wanted objects their given fields and delete the objects of ``deletions``.

    Only given fields are compared. The order is one in which the changes may be applied one after the other:
    interface, filter, protocol; then deletions in reverse.

    :param found: what exists, e.g. of :func:`read_aggregator`
    :param deletions: objects to remove; those that are not found need nothing
    :param canonical: whether all wanted objects are as :func:`wanted` has made them
    :param update_password: ``always`` sends write-only fields again, which counts as a change each time
    :raises ReconcileError: for a name that is there with another type, one that is wanted twice, or both wanted and
        to be deleted, a value that is not acceptable, and a creation without its required fields
    """
    there = {item.identity: item for item in found}
    seen: dict[tuple[str, str, str], Object] = {}
    changes: list[Change] = []
    for given in wanted_objects:
        item = given
        if not canonical:
            item = wanted(given.kind, given.parent, {**given.data, RESOURCES[given.kind].key: given.key})
        if item.identity in seen:
            raise ReconcileError(f"{item.title} is given twice. Nothing was changed.")
        seen[item.identity] = item
        change = _compare(item, there.get(item.identity), update_password)
        if change is not None:
            changes.append(change)
    for item in deletions:
        if item.identity in seen:
            raise ReconcileError(f"{item.title} is to be there and to be deleted. Nothing was changed.")
        present = there.pop(item.identity, None)
        if present is not None:
            changes.append(_deletion(item, present))
    return sorted(changes, key=_order)


def predict(found: Iterable[Object], changes: Iterable[Change]) -> list[Object]:
    """Return the objects as they will be. New ones have no id, and the table's defaults where nothing was given."""
    after = {item.identity: item for item in found}
    for change in changes:
        if change.verb == DELETE:
            after.pop(change.identity, None)
            continue
        present = after.get(change.identity)
        data = dict(present.data) if present else _fresh(change)
        data.update(readable(change.kind, change.after or {}))
        after[change.identity] = Object(change.kind, change.parent, change.key, data, change.id)
    return list(after.values())


def rank(change: Change) -> int:
    """Changes of one rank may be applied in any order, those of a lower one come first."""
    place = RESOURCES[change.kind].rank if change.kind in RESOURCES else 0
    return _HIGHEST - place if change.verb == DELETE else place


def described(kind: str, parent: str, key: Any) -> dict[str, Any]:
    """Return the first keys of each friendly shape: the bond that the object belongs to, its key, its type."""
    resource = RESOURCES[kind]
    bond = {"bond": number_of(parent)} if is_below(parent, BOND) else {}
    return {**bond, resource.key: key, **(resource.tags or {})}


def readable(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return data without write-only fields, which the server never shows either."""
    hidden = {field.name for field in RESOURCES[kind].fields if field.write_only}
    return {name: value for name, value in data.items() if name not in hidden}


def missing_fields(resource: Resource, data: dict[str, Any]) -> list[str]:
    """Return the fields without which an object cannot be created."""
    return [field.name for field in resource.fields if field.required and data.get(field.name) is None]


def _compare(item: Object, present: Object | None, update_password: str) -> Change | None:
    resource = RESOURCES[item.kind]
    if present is None:
        missing = missing_fields(resource, item.data)
        if missing:
            raise ReconcileError(
                f"{item.title} does not exist, and to create it {' and '.join(missing)} must be given. "
                "Nothing was changed."
            )
        return Change(CREATE, item.kind, item.parent, item.key, None, {**resource.initial(), **item.data})
    if present.kind != item.kind:
        raise ReconcileError(
            f"{item.title} is not created: that name belongs to another kind (got {title_of(present.kind)}, expected "
            f"{title_of(item.kind)}), which cannot be changed. Nothing was changed. Use another name, or delete the "
            "other object first."
        )
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in item.data.items():
        field = resource.field(name)
        if field is None or field.read_only or name == resource.key:
            continue
        if field.write_only:
            if update_password == ALWAYS:
                before[name], after[name] = None, value
        elif name not in present.data or not same(field, present.data[name], value):
            before[name], after[name] = present.data.get(name), value
    if not after:
        return None
    return Change(UPDATE, item.kind, item.parent, item.key, before, after, present.id)


def same(field: Field, one: Any, other: Any) -> bool:
    """Return True if two friendly values of a field mean the same."""
    if one == other:
        return True
    try:
        return bool(field.canonical(one) == field.canonical(other))
    except ValueError:
        return False  # a value that this table does not know equals only itself


def _deletion(item: Object, present: Object) -> Change:
    if present.kind != item.kind:
        raise ReconcileError(
            f"{item.title} is not deleted: that name belongs to another kind (got {title_of(present.kind)}, expected "
            f"{title_of(item.kind)}). Nothing was changed. Name the object to delete, or its own kind."
        )
    if present.kind not in RESOURCES:
        raise ReconcileError(
            f"{present.title} is of a kind that this collection does not know; it is not deleted. Nothing was changed. "
            "Delete it on the management server."
        )
    return Change(DELETE, present.kind, item.parent, item.key, dict(present.data), None, present.id)


def _fresh(change: Change) -> dict[str, Any]:
    """Return a new object as the server fills it in, before what was given is laid over it."""
    resource = RESOURCES[change.kind]
    values = {**resource.defaults(), **(change.after or {})}
    in_order = {field.name: values[field.name] for field in resource.fields if field.name in values}
    return {**described(change.kind, change.parent, change.key), **readable(change.kind, in_order)}


def _order(change: Change) -> tuple[int, str, str, str]:
    return (rank(change), change.parent, group_of(change.kind), change.key)
