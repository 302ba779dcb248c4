# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that carry out planned changes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from threading import Event
from typing import Any

from ..._client import ClientError
from ..._objects import Change
from ..._resources import RESOURCES
from ..._resources.fields import Kind, ListOf, Record, Reference
from ..api import Api
from ..model import CHANGED, CREATE, NONE, UNCHANGED, UNCLEAR, Outcome, ReconcileError
from ..references import Refs
from .diff import rank
from .writer import make


def apply(api: Api, changes: Sequence[Change], refs: Refs, parallel: int = 8) -> list[Outcome]:
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
                outcomes[number] = _attempt(api, change, refs, stop)
            continue
        with ThreadPoolExecutor(max_workers=min(parallel, len(batch))) as pool:
            futures = {number: pool.submit(_attempt, api, change, refs, stop) for number, change in batch}
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
    """Return all names of other objects in a value: (name space, name)."""
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


def _attempt(api: Api, change: Change, refs: Refs, stop: Event) -> Outcome:
    if stop.is_set():
        return Outcome(change, "not tried")
    try:
        return Outcome(change, "done", make(api, change, refs))
    except (ClientError, ReconcileError) as error:
        stop.set()
        effect = error.effect if isinstance(error, ReconcileError) else NONE
        return Outcome(change, "failed", error=error, effect=effect)


def _partial(outcomes: list[Outcome]) -> ReconcileError:
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    done = [f"{outcome.change.verb} {outcome.change.title}" for outcome in outcomes if outcome.status == "done"]
    skipped = [f"{outcome.change.verb} {outcome.change.title}" for outcome in outcomes if outcome.status == "not tried"]
    unclear = [f"{outcome.change.verb} {outcome.change.title}" for outcome in failed if outcome.effect == UNCLEAR]
    changed = [outcome.change.title for outcome in failed if outcome.effect == CHANGED]
    first = failed[0].error
    text = "; ".join(f"{outcome.change.verb} {outcome.change.title} failed: {outcome.error}" for outcome in failed)
    if done:
        text += f" Done before: {', '.join(done)}."
    if changed:
        text += f" Changed on the server, though not as wanted: {', '.join(changed)}."
    if unclear:
        text += f" Not known whether done: {', '.join(unclear)}. Run again, which looks first."
    if not (done or changed or unclear):
        text += f" {UNCHANGED}"
    if skipped:
        text += f" Not tried: {', '.join(skipped)}."
    cause = first.cause if isinstance(first, ReconcileError) else first
    return ReconcileError(text, outcomes, cause)
