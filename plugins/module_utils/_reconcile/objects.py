# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One object: what the singular modules do; and several spaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._client import ApiError
from .._parents import AGGREGATOR, BOND, parent_of
from .._resources import RESOURCES
from .changes.checks import check_own_address
from .changes.diff import diff
from .changes.executor import Result, Run, apply_or_predict
from .model import ReconcileError, named, wanted
from .reading import read_aggregator, read_bond, read_object, read_spaces

# Which part of its parent must be read to know whether an object is there.
_PARTS = {
    "interface": "interfaces",
    "protocol": "protocols",
    "filter": "filters",
    "connected_ip": "connected_ips",
    "cpe_nat_ip": "cpe_nat_ips",
}


def manage_aggregator_object(run: Run, aggregator: Any, kind: str, data: dict[str, Any], *, present: bool) -> Result:
    """Manage one interface, protocol or filter of an aggregator.

    :param aggregator: id or exact name
    :param data: friendly, only what was given
    """
    refs = run.refs
    number = refs.find(AGGREGATOR, aggregator)
    item = (wanted if present else named)(kind, parent_of(AGGREGATOR, number), data)
    found = read_aggregator(number, refs, [_PARTS[RESOURCES[kind].group]])
    changes = diff(found, [item] if present else [], [] if present else [item], run.update_password)
    check_own_address(refs, changes)
    return apply_or_predict(run, found, changes, [item])


def manage_bond_object(run: Run, bond: Any, kind: str, data: dict[str, Any], *, present: bool) -> Result:
    """Manage one connected IP or CPE NAT IP of a bond.

    :param bond: id or exact name
    :param data: friendly, only what was given
    """
    refs = run.refs
    number = refs.find(BOND, bond)
    item = (wanted if present else named)(kind, parent_of(BOND, number), data)
    # The interface of a connected IP is compared by its name, so the names must be known.
    parts = ["interfaces", _PARTS[kind]] if kind == "connected_ip" and present else [_PARTS[kind]]
    found = read_bond(number, refs, parts)
    changes = diff(found, [item] if present else [], [] if present else [item])
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
