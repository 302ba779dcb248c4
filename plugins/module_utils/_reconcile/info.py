# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Aggregators, bonds and spaces with what belongs to them: what the information modules return (private)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from .._objects import Object, group_of
from .._resources import RESOURCES
from .model import ReconcileError
from .reading import OF_AGGREGATOR, OF_BOND, read_aggregator, read_bond, read_current_bonds, read_object, read_spaces
from .references import Refs

T = TypeVar("T")
R = TypeVar("R")


def survey_aggregators(refs: Refs, reference: Any, gather: Sequence[str], parallel: int) -> list[dict[str, Any]]:
    """One aggregator, or all (``reference`` None), each with the parts of ``gather`` in the bulk module's shape."""
    found = _chosen(refs, "aggregator", reference)

    def fill(item: Object) -> dict[str, Any]:
        objects = read_aggregator(int(item.key), refs, gather)
        # A kind that the table does not know could not be given to a module, so it is not shown either.
        known = [one for one in objects if one.kind in RESOURCES]
        return {**item.data, **_parts(known, gather, OF_AGGREGATOR)}

    return _parallel(fill, found, parallel)


def survey_bonds(refs: Refs, reference: Any, gather: Sequence[str], parallel: int) -> list[dict[str, Any]]:
    """One bond, or all (``reference`` None), each with the parts of ``gather``."""
    found = _chosen(refs, "bond", reference)
    parts = [part for part in gather if part != "current_aggregator"]
    # Connected IPs name their interface, so the names are read with them, once.
    needed = {*parts, "interfaces"} if "connected_ips" in parts else set(parts)

    def fill(item: Object) -> dict[str, Any]:
        return {**item.data, **_parts(read_bond(int(item.key), refs, needed), parts, OF_BOND)}

    result = _parallel(fill, found, parallel)
    if "current_aggregator" in gather:
        places = current_aggregators(refs, found, parallel)
        for bond in result:
            bond["current_aggregator"] = places.get(bond["id"])
    return result


def survey_spaces(refs: Refs, reference: str | None) -> list[dict[str, Any]]:
    """One space by its key, or all."""
    spaces = [item for item in read_spaces(refs) if reference in (None, item.key)]
    if reference is not None and not spaces:
        raise ReconcileError(f"There is no space with the key {reference!r} that this user can see.")
    ids = {str(item["key"]): int(item["id"]) for item in refs.items("space")}
    return [{"id": ids[item.key], **item.data} for item in sorted(spaces, key=lambda item: item.key)]


def current_aggregators(refs: Refs, bonds: Iterable[Object], parallel: int) -> dict[int, int]:
    """Bond id -> id of the aggregator that it is on at present; one request an aggregator asked.

    Asks the bonds' own aggregators first and the others only for a bond that is on none of them.
    """
    wanted = {int(bond.key) for bond in bonds}
    own = {
        number
        for bond in bonds
        for number in (bond.data.get("aggregator"), bond.data.get("secondary_aggregator"))
        if isinstance(number, int)
    }
    places: dict[int, int] = {}

    def ask(number: int) -> tuple[int, list[int]]:
        return number, read_current_bonds(refs, number)

    def take(candidates: Iterable[int]) -> None:
        for number, present in _parallel(ask, sorted(candidates), parallel):
            places.update({bond: number for bond in present if bond in wanted})

    take(own)
    if wanted - set(places):
        take({int(item["id"]) for item in refs.items("aggregator")} - own)
    return places


def _chosen(refs: Refs, kind: str, reference: Any) -> list[Object]:
    items = refs.items(kind) if reference is None else [refs.item(kind, refs.find(kind, reference))]
    return sorted((read_object(kind, "", item, refs) for item in items), key=lambda item: int(item.key))


def _parts(objects: Iterable[Object], gather: Sequence[str], groups: dict[str, str]) -> dict[str, Any]:
    listed = list(objects)
    return {part: [item.data for item in listed if group_of(item.kind) == groups[part]] for part in gather}


def _parallel(work: Callable[[T], R], items: Iterable[T], parallel: int) -> list[R]:
    with ThreadPoolExecutor(max_workers=max(1, parallel)) as pool:
        return list(pool.map(work, items))
