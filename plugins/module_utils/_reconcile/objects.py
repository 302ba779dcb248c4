# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One object: what the singular modules do; and several spaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._client import ApiError
from .._parents import AGGREGATOR, parent_of
from .._resources import RESOURCES
from .changes.checks import check_own_address
from .changes.diff import diff
from .changes.executor import Result, Run, apply_or_predict
from .model import ReconcileError, named, wanted
from .reading import OF_AGGREGATOR, OF_BOND, read_aggregator, read_bond, read_object, read_spaces

# The part of an aggregator or bond that has the objects of a name space.
_PART_OF = {group: part for parts in (OF_AGGREGATOR, OF_BOND) for part, group in parts.items()}


def manage_object(run: Run, reference: Any, kind: str, data: dict[str, Any], *, present: bool) -> Result:
    """Manage one object of an aggregator or bond.

    :param reference: id or exact name of the aggregator or bond
    :param data: the given options, in the friendly shape
    """
    refs, resource = run.refs, RESOURCES[kind]
    number = refs.find(resource.below, reference)
    item = (wanted if present else named)(kind, parent_of(resource.below, number), data)
    parts = {_PART_OF[resource.group]}
    if kind == "connected_ip" and present:  # its interface is compared by name, so the names must be known
        parts.add("interfaces")
    found = (read_aggregator if resource.below == AGGREGATOR else read_bond)(number, refs, parts)
    changes = diff(found, [item] if present else [], [] if present else [item], run.update_password)
    check_own_address(refs, changes)
    return apply_or_predict(run, found, changes, [item])


def manage_space(run: Run, data: dict[str, Any]) -> Result:
    """Manage the private WAN settings of one space.

    :raises ReconcileError: if there is no such space; spaces are never created here
    """
    item = wanted("space", "", data)
    try:
        answer = run.refs.api.one("space", "", item.key)
    except ApiError as error:
        if error.status == 404:
            raise ReconcileError(
                f"There is no space with the key {item.key!r} that this user can see. Nothing was changed.", cause=error
            ) from error
        raise
    found = [read_object("space", "", answer, run.refs)]
    changes = diff(found, [item])
    return apply_or_predict(run, found, changes, [item])


def manage_spaces(run: Run, entries: Sequence[dict[str, Any]]) -> Result:
    """Manage the private WAN settings of several spaces; read the list of spaces once.

    :raises ReconcileError: before any change, naming the spaces that do not exist; spaces are never created here
    """
    items = [wanted("space", "", data) for data in entries]
    found = read_spaces(run.refs)
    there = {item.key for item in found}
    missing = [item.key for item in items if item.key not in there]
    if missing:
        names = ", ".join(repr(key) for key in missing)
        raise ReconcileError(f"There is no space with the key {names} that this user can see. Nothing was changed.")
    return apply_or_predict(run, found, diff(found, items), items)
