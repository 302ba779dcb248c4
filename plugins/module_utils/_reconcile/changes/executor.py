# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes carried out or foretold, and what modules return of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..._objects import Change, Object
from ..._resources import RESOURCES
from ..model import DELETE, ON_CREATE, Outcome
from ..references import Refs
from .apply import apply, check
from .diff import predict, readable


@dataclass(frozen=True)
class Run:
    """Settings of one module's work with the server.

    :param refs: the server's objects by name, and its API
    :param check_mode: True if nothing may be written
    :param parallel: the most requests that are under way at the same time
    :param update_password: whether a password is sent with each change, or with a new object only
    """

    refs: Refs
    check_mode: bool
    parallel: int = 1
    update_password: str = ON_CREATE


@dataclass(frozen=True)
class Result:
    """Result of a module.

    :param objects: for each object of interest {name, kind, changed, action, object}, ``object`` in the friendly
        shape as it is now (in check mode: as it would be), None where there is none
    :param diff: for each changed object {before_header, after_header, before, after}
    """

    objects: list[dict[str, Any]] = field(default_factory=list)
    diff: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return any(item["changed"] for item in self.objects)


def apply_or_predict(
    run: Run, found: Sequence[Object], changes: Sequence[Change], interest: Iterable[Object]
) -> Result:
    """Make the changes, or in check mode foretell them.

    :param interest: the objects to report: those that were wanted, whether they change or not
    """
    after = {item.identity: item for item in predict(found, changes)}
    if run.check_mode:
        check(changes, run.refs)
    else:
        for outcome in apply(run.refs.api, changes, run.refs, run.parallel):
            if outcome.object is not None:
                after[outcome.object.identity] = outcome.object
    before = {item.identity: item for item in found}
    planned = {change.identity: change for change in changes}
    reported: dict[tuple[str, str, str], dict[str, Any]] = {}
    for item in interest:
        reported[item.identity] = _report(item.kind, item.key, planned.get(item.identity), after.get(item.identity))
    for change in changes:
        reported[change.identity] = _report(change.kind, change.key, change, after.get(change.identity))
    diffs = [_diff(change, before.get(change.identity), after.get(change.identity)) for change in changes]
    return Result(list(reported.values()), diffs)


def report_outcomes(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Return reports of the changes that a partly failed run has made."""
    return [
        _report(outcome.change.kind, outcome.change.key, outcome.change, outcome.object)
        for outcome in outcomes
        if outcome.status == "done"
    ]


def _report(kind: str, key: str, change: Change | None, now: Object | None) -> dict[str, Any]:
    return {
        "name": key,
        "kind": kind,
        "changed": change is not None,
        "action": change.verb if change else "none",
        "object": now.data if now else None,
    }


def _diff(change: Change, before: Object | None, after: Object | None) -> dict[str, Any]:
    old = readable(change.kind, before.data) if before else {}
    new = readable(change.kind, after.data) if after and change.verb != DELETE else {}
    for item in RESOURCES[change.kind].fields:
        if item.write_only and item.name in (change.after or {}):
            # It cannot be compared and must not be shown; that it is sent must be.
            new[item.name] = "(sent, not shown)"
    return {"before_header": change.title, "after_header": change.title, "before": old, "after": new}
