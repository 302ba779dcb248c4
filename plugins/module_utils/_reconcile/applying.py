# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes -> requests (private to the collection)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from threading import Event
from typing import Any

from .._client import Client, ClientError, UnclearError
from .._resources import RESOURCES, Field
from .._resources.kinds import Kind, ListOf, Record, Reference
from .model import CREATE, DELETE, Change, Object, Outcome, ReconcileError
from .planning import rank, same
from .reading import read_object
from .refs import Refs

# Seconds until an object that a lost request made is surely there.
_LATE = 3.0


def apply(client: Client, changes: Sequence[Change], refs: Refs, parallel: int = 8) -> list[Outcome]:
    """Make the changes, rank after rank, up to ``parallel`` at once inside a rank.

    After a failure nothing new is started; what is under way is finished.

    :returns: an outcome for each change, in their order; all are done
    :raises ReconcileError: if one could not be made; says what was done and what was not, and carries the outcomes
    """
    check(changes, refs)
    outcomes: dict[int, Outcome] = {}
    stop = Event()
    numbered = sorted(enumerate(changes), key=lambda pair: rank(pair[1]))
    for _rank, group in groupby(numbered, key=lambda pair: rank(pair[1])):
        batch = list(group)
        if len(batch) == 1 or parallel <= 1:
            for number, change in batch:
                outcomes[number] = _attempt(client, change, refs, stop)
            continue
        with ThreadPoolExecutor(max_workers=min(parallel, len(batch))) as pool:
            futures = {number: pool.submit(_attempt, client, change, refs, stop) for number, change in batch}
            outcomes.update({number: future.result() for number, future in futures.items()})
    result = [outcomes[number] for number in range(len(changes))]
    if stop.is_set():
        raise _partial(result)
    return result


def check(changes: Sequence[Change], refs: Refs) -> None:
    """Refuse changes that name what does not exist, before any of them is made; also for check mode.

    :raises ReconcileError: naming all of them
    """
    for change in changes:
        if change.verb == CREATE:
            refs.expect(RESOURCES[change.kind].group, change.parent, change.key)
    problems: list[str] = []
    for change in changes:
        for name, value in (change.after or {}).items():
            field = RESOURCES[change.kind].field(name)
            if field is None or value is None:
                continue
            for space, key in _references(field.kind, value):
                problem = refs.check(space, change.parent, key)
                if problem is not None:
                    problems.append(f"{change.title}: {name}: {problem}")
    if problems:
        raise ReconcileError(" ".join(dict.fromkeys(problems)) + " Nothing was changed.")


def _references(kind: Kind, value: Any) -> list[tuple[str, Any]]:
    """All names of other objects in a value: (name space, name)."""
    if isinstance(kind, Reference):
        return [(kind.space, value)]
    if isinstance(kind, ListOf):
        return [found for item in value for found in _references(kind.item, item)]
    if isinstance(kind, Record):
        return [
            found
            for name, part in kind.parts.items()
            if value.get(name) is not None
            for found in _references(part.kind, value[name])
        ]
    return []


def _attempt(client: Client, change: Change, refs: Refs, stop: Event) -> Outcome:
    if stop.is_set():
        return Outcome(change, "not tried")
    try:
        return Outcome(change, "done", _make(client, change, refs))
    except (ClientError, ReconcileError) as error:
        stop.set()
        return Outcome(change, "failed", error=error)


def _make(client: Client, change: Change, refs: Refs) -> Object | None:
    resource = RESOURCES[change.kind]
    if not resource.writable:
        raise ReconcileError(f"{change.title} cannot be written by this collection.")
    if change.verb == DELETE:
        # One that is gone already is as it should be.
        client.delete(resource.item(change.parent, change.id))
        return None
    body = resource.to_wire(change.after or {}, refs, change.parent)
    if change.verb == CREATE:
        answer = _create(client, change, body)
    else:
        path = resource.item(change.parent, change.id)
        answer = client.patch(path, body)
        if not isinstance(answer, Mapping):
            answer = client.get(path)
    if not isinstance(answer, Mapping):
        raise ReconcileError(f"{change.title}: the server did not return the object that it has written.")
    if resource.group in ("interface", "filter"):
        refs.learn(resource.group, change.parent, [answer], whole=False)
    made = read_object(change.kind, change.parent, answer, refs)
    _verify(change, made)
    return made


def _create(client: Client, change: Change, body: dict[str, Any]) -> Any:
    """POST; if the outcome is unclear, look whether it was done, and if not, do it once more."""
    path = RESOURCES[change.kind].collection(change.parent)
    for last in (False, True):
        try:
            answer = client.post(path, body)
        except UnclearError as error:
            there = _look_up(client, change)
            if there is None:
                # A request that only timed out may still be worked on; a second one would then make a second object.
                client.pause(_LATE)
                there = _look_up(client, change)
            if there is not None:
                return there
            if last:
                raise ReconcileError(
                    f"{error} It was looked up: it does not exist, so it was not done, twice in a row.", cause=error
                ) from error
        else:
            return answer if isinstance(answer, Mapping) else _look_up(client, change)
    return None


def _look_up(client: Client, change: Change) -> Mapping[str, Any] | None:
    """The object with the natural key of a change, as the server has it."""
    resource = RESOURCES[change.kind]
    key = resource.field(resource.key)
    if key is None:
        raise AssertionError("the caller has checked key")
    for item in client.list(resource.collection(change.parent)):
        if key.wire in item and same(key, item[key.wire], change.key):
            return item
    return None


def _verify(change: Change, made: Object) -> None:
    """Compare what came back with what was sent: the server ignores fields that it does not know, silently."""
    resource = RESOURCES[change.kind]
    for name, sent in (change.after or {}).items():
        field: Field | None = resource.field(name)
        if field is None or field.write_only:
            continue
        if name not in made.data:
            raise ReconcileError(
                f"{change.title}: the server took the write, but its answer has no field {name!r}: this server does "
                "not know it. bonding_api_info with conformance shows what it knows."
            )
        if not same(field, made.data[name], sent):
            raise ReconcileError(
                f"{change.title}: the server took the write, but {name} is {made.data[name]!r} there, not {sent!r}."
            )


def _partial(outcomes: list[Outcome]) -> ReconcileError:
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    done = [f"{outcome.change.verb} {outcome.change.title}" for outcome in outcomes if outcome.status == "done"]
    skipped = [f"{outcome.change.verb} {outcome.change.title}" for outcome in outcomes if outcome.status == "not tried"]
    first = failed[0].error
    text = "; ".join(f"{outcome.change.verb} {outcome.change.title} failed: {outcome.error}" for outcome in failed)
    text += f" Done before: {', '.join(done)}." if done else " Nothing was changed."
    if skipped:
        text += f" Not tried: {', '.join(skipped)}."
    cause = first.cause if isinstance(first, ReconcileError) else first
    return ReconcileError(text, outcomes, cause)
