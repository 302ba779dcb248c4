# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One write, and what became of it where its answer does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..._client import PASSING, ApiError, ClientError, UnclearError
from ..._objects import Change, Object, group_of
from ..._resources import RESOURCES, Field
from ..api import Api
from ..model import CHANGED, CREATE, DELETE, NONE, UNCLEAR, ReconcileError
from ..reading import id_of, read_object
from ..references import Refs
from .diff import same

# Seconds until what a lost request does is surely done.
_LATE = 3.0


def make(api: Api, change: Change, refs: Refs) -> Object | None:
    """Make a change; returns the object as the server has it, None for a deletion.

    Where the answer does not say whether the write was done, the object is looked up.

    :raises ClientError: if the server refused, so that nothing was changed
    :raises ReconcileError: if something else is wrong; its ``effect`` says whether the server was changed
    """
    resource = RESOURCES[change.kind]
    if not resource.writable:
        raise ReconcileError(f"{change.title} cannot be written by this collection.")
    if change.verb == DELETE:
        _delete(api, change)
        return None
    body = resource.to_wire(change.after or {}, refs, change.parent)
    answer = _create(api, change, body) if change.verb == CREATE else _update(api, change, refs, body)
    answer = _whole(api, change, answer)
    try:
        if resource.group in ("interface", "filter"):
            refs.learn(resource.group, change.parent, [answer], whole=False)
        made = read_object(change.kind, change.parent, answer, refs)
        problem = _difference(change, made)
    except (ClientError, ReconcileError) as error:
        # The write itself was done; what it names could not be read.
        raise ReconcileError(str(error), cause=_cause(error), effect=CHANGED) from error
    if problem is not None:
        raise ReconcileError(f"{change.title}: the server took the write, but {problem}", effect=CHANGED)
    return made


def _create(api: Api, change: Change, body: dict[str, Any]) -> Mapping[str, Any]:
    """Send POST; if the outcome is unclear, look whether it was done, and if not, send it once more."""
    for last in (False, True):
        try:
            answer = api.create(change.kind, change.parent, body)
        except UnclearError as error:
            # A request that only timed out may still be worked on; a second one would then make a second object.
            there = _looked_up(api, error, lambda: _find(api, change))
            if there is not None:
                return there
            # An error of the server's own, other than of a proxy before it, would only come again.
            again = (error.status or 0) < 500 or error.status in PASSING
            if last or not again:
                times = ", twice in a row" if last else ""
                raise ReconcileError(
                    f"{error} It was looked up: it does not exist, so it was not done{times}.", cause=error
                ) from error
        else:
            return answer if answer is not None else _read_back(change, lambda: _find(api, change))
    raise AssertionError("the second turn is the last one")


def _update(api: Api, change: Change, refs: Refs, body: dict[str, Any]) -> Mapping[str, Any]:
    """Send PATCH; if the outcome is unclear, look whether it was done."""
    fields = RESOURCES[change.kind].fields
    try:
        answer = api.update(change.kind, change.parent, change.id, body)
    except UnclearError as error:
        found: list[Mapping[str, Any]] = []

        def done() -> Mapping[str, Any] | None:
            found[:] = [_one(api, change)]
            now = read_object(change.kind, change.parent, found[0], refs)
            return found[0] if _difference(change, now) is None else None

        there = _looked_up(api, error, done)
        hidden = [field.name for field in fields if field.write_only and field.name in (change.after or {})]
        if hidden:
            raise ReconcileError(
                f"{error} It was looked up, but {', '.join(hidden)} is never shown.", cause=error, effect=UNCLEAR
            ) from error
        if there is not None:
            return there
        now = read_object(change.kind, change.parent, found[0], refs)
        before = Change(change.verb, change.kind, change.parent, change.key, None, change.before)
        effect = NONE if _difference(before, now) is None else UNCLEAR
        raise ReconcileError(
            f"{error} It was looked up: {_difference(change, now)}", cause=error, effect=effect
        ) from error
    return answer if answer is not None else _read_back(change, lambda: _one(api, change))


def _delete(api: Api, change: Change) -> None:
    """DELETE; if the outcome is unclear, look whether it was done. One that is gone already is as it should be."""
    try:
        api.delete(change.kind, change.parent, change.id)
    except UnclearError as error:
        if _looked_up(api, error, lambda: _is_gone(api, change)) is None:
            raise ReconcileError(f"{error} It was looked up: it is still there.", cause=error) from error


def _looked_up(api: Api, unclear: UnclearError, look: Callable[[], Any]) -> Any:
    """Look for the object at once and again after a pause; return it, or None if neither look finds it.

    :raises ReconcileError: if the server cannot be asked, so that the outcome stays unclear
    """
    try:
        found = look()
        if found is None:
            api.client.pause(_LATE)
            found = look()
    except (ClientError, ReconcileError) as error:
        raise ReconcileError(
            f"{unclear} It could not be looked up: {error}", cause=_cause(error) or unclear, effect=UNCLEAR
        ) from error
    return found


def _whole(api: Api, change: Change, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object of a write's answer, or read it where the answer leaves out its key or what was sent."""
    resource = RESOURCES[change.kind]
    sent = {resource.key, *(change.after or {})}
    if all(field.name in answer for field in resource.fields if field.name in sent and not field.write_only):
        return answer
    number = id_of(resource, answer) if change.id is None else change.id
    if number is None:
        return _read_back(change, lambda: _find(api, change))
    return _read_back(change, lambda: api.one(change.kind, change.parent, number))


def _read_back(change: Change, look: Callable[[], Mapping[str, Any] | None]) -> Mapping[str, Any]:
    """Return the object of a write whose answer did not show it, read from the server."""
    try:
        found = look()
    except ClientError as error:
        raise ReconcileError(
            f"{change.title}: the server took the write, but could not be asked for the object: {error}",
            cause=error,
            effect=CHANGED,
        ) from error
    if found is None:
        raise ReconcileError(
            f"{change.title}: the server took the write, but it does not have the object.", effect=UNCLEAR
        )
    return found


def _find(api: Api, change: Change) -> Mapping[str, Any] | None:
    """Return the object with the natural key of a change, as the server has it."""
    resource = RESOURCES[change.kind]
    key = resource.field(resource.key)
    if key is None:
        raise AssertionError("each resource of the table has the field of its key")
    for item in api.list(change.kind, change.parent):
        if key.name in item and same(key, item[key.name], change.key):
            return item
    return None


def _one(api: Api, change: Change) -> dict[str, Any]:
    return api.one(change.kind, change.parent, change.id)


def _is_gone(api: Api, change: Change) -> bool | None:
    """Return True if there is nothing where the object was, None if there is."""
    try:
        api.ask(change.kind, change.parent, change.id)
    except ApiError as error:
        if error.status == 404:
            return True
        raise
    return None


def _difference(change: Change, made: Object) -> str | None:
    """Return the first difference between the answer and the request: the server ignores unknown fields silently."""
    resource = RESOURCES[change.kind]
    for name, sent in (change.after or {}).items():
        field: Field | None = resource.field(name)
        if field is None or field.write_only:
            continue
        if name not in made.data:
            if change.verb == CREATE and name in resource.initial() and same(field, resource.initial()[name], sent):
                continue  # sent to be sure; a server without the field has nothing to switch
            return (
                f"its answer has no field {name!r}: this server does not know it. bonding_api_info with conformance "
                "shows what it knows, and the lines for api_map that may cure it."
            )
        if not same(field, made.data[name], sent):
            return f"{name} is {made.data[name]!r} there, not {sent!r}.{_held(made, name)}"
    return None


def _held(made: Object, name: str) -> str:
    """Return why a server may have left a field as it was, empty if nothing is known of it."""
    off = name == "enabled" and made.data[name] is False
    if off and group_of(made.kind) == "protocol" and made.data.get("space") is not None:
        return (
            " A server holds a protocol disabled while its space has no private WAN: enable that with "
            "space_private_wan."
        )
    return ""


def _cause(error: ClientError | ReconcileError) -> ClientError | None:
    return error.cause if isinstance(error, ReconcileError) else error
