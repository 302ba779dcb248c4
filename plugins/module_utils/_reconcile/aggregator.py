# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interfaces, protocols and filters of one aggregator, in bulk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from .._objects import Object, group_of, title
from .._parents import AGGREGATOR, number_of, parent_of
from .._resources import LISTINGS, RESOURCES
from .changes.checks import check_not_vlan, check_own_address
from .changes.diff import diff
from .changes.executor import Result, Run, apply_or_predict
from .changes.prefetched import load_prefetched
from .model import ReconcileError, wanted
from .reading import AGGREGATOR_PARTS, OF_AGGREGATOR, read_aggregator

MERGED, REPLACED, OVERRIDDEN, DELETED = ("merged", "replaced", "overridden", "deleted")

Sections = Mapping[str, Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class Removal:
    """Objects that may be removed without being named.

    :param owned: shell patterns; only objects whose name matches one are ever removed without being named
    :param max_deletions: how many objects may be removed without being named
    """

    owned: Sequence[str] = ()
    max_deletions: int = 0


def manage_aggregator(
    run: Run,
    aggregator: Any,
    sections: Sections,
    state: str,
    removal: Removal,
    known: Mapping[str, Any] | None = None,
) -> Result:
    """Make the given sections of an aggregator as they are wanted.

    :param aggregator: id or exact name
    :param sections: option name (interfaces, protocols, filters) -> items in the friendly shape, only what was given;
        a section that is absent is not looked at
    :param known: what a plan has just read, see ``KnownObjects``; then nothing is read here
    :raises ReconcileError: before any change, for anything that is not acceptable
    """
    refs = run.refs
    parent = parent_of(AGGREGATOR, refs.find(AGGREGATOR, aggregator))
    if state == DELETED and not sections:
        sections = {section: [] for section in AGGREGATOR_PARTS}
    items = [] if state == DELETED else _wanted(parent, sections, state)
    number = number_of(parent)
    if known is None:
        found = read_aggregator(number, refs, sections)
    else:
        _check_known(state, sections)
        found = load_prefetched(known, number, refs)
    _check_new_names(items, found)
    if state == DELETED:
        items, deletions = _named(parent, sections, found)
        emptied = [section for section, entries in sections.items() if not entries]
        deletions += _surplus(emptied, found, deletions, removal)
    else:
        deletions = _surplus(sections, found, items, removal) if state == OVERRIDDEN else []
    changes = diff(found, [] if state == DELETED else items, deletions, run.update_password, canonical=state == MERGED)
    check_not_vlan(changes)
    check_own_address(refs, changes)
    return apply_or_predict(run, found, changes, items)


def _check_known(state: str, sections: Sections) -> None:
    """Reject `known` with a state that needs all objects: it has enough to change or delete named ones only."""
    if state not in (MERGED, DELETED) or (state == DELETED and not all(sections.values())):
        raise ReconcileError(
            "known goes with state merged, or deleted with names in each section that is given; here the state is "
            f"{state}{' with a section that has none' if state == DELETED else ''}. Nothing was changed."
        )


def _wanted(parent: str, sections: Sections, state: str) -> list[Object]:
    """Return the wanted objects; under replaced and overridden with defaults for what was not given."""
    result = []
    for section, entries in sections.items():
        for entry in entries:
            item = wanted(_kind(parent, section, entry), parent, entry, is_there=True)
            if state != MERGED:
                item = Object(item.kind, parent, item.key, {**RESOURCES[item.kind].defaults(), **item.data})
            result.append(item)
    return result


def _check_new_names(items: Sequence[Object], found: Sequence[Object]) -> None:
    """Refuse a name that a new object cannot have; one that another program has given is used as it is."""
    there = {item.identity for item in found}
    for item in items:
        if item.identity not in there:
            wanted(item.kind, item.parent, item.data)


def _kind(parent: str, section: str, entry: Mapping[str, Any]) -> str:
    group = OF_AGGREGATOR[section]
    listing = LISTINGS.get(group)
    if listing is None:
        return group
    said = entry.get(listing.tells)
    kind = f"{said}_{group}"
    if kind not in listing.of:
        raise ReconcileError(
            f"{title(group, parent, str(entry.get('name')))}: {listing.tells} is {said!r}; "
            f"give one of {', '.join(one.removesuffix(f'_{group}') for one in listing.of)}. Nothing was changed."
        )
    return kind


def _named(parent: str, sections: Sections, found: Sequence[Object]) -> tuple[list[Object], list[Object]]:
    """Return the objects that are named for deletion: all of them, to be reported, and the existing ones."""
    there = {item.identity: item for item in found}
    report: list[Object] = []
    for section, entries in sections.items():
        group = OF_AGGREGATOR[section]
        listing = LISTINGS.get(group)
        for entry in entries:
            name, said = str(entry["name"]), entry.get(listing.tells) if listing else None
            kind = f"{said}_{group}" if said else group
            item = there.get((group, parent, name), Object(kind, parent, name, {}))
            # Without a type the name is enough; with one it must be right.
            report.append(Object(kind, parent, name, item.data, item.id) if said else item)
    return report, [item for item in report if item.identity in there]


def _surplus(
    sections: Collection[str], found: Sequence[Object], kept: Sequence[Object], removal: Removal
) -> list[Object]:
    """Return the sections' owned objects that were not named, never a VLAN interface. Raises if there are too many."""
    if not sections:
        return []
    if not removal.owned:
        raise ReconcileError(
            "owned is empty: to remove objects that are not named, give patterns of the names that may be removed. "
            "Nothing was changed."
        )
    groups = {OF_AGGREGATOR[section] for section in sections}
    named = {item.identity for item in kept}
    surplus = [
        item
        for item in found
        if group_of(item.kind) in groups
        and item.identity not in named
        and item.kind in RESOURCES
        and item.kind != "vlan_interface"
        and any(fnmatchcase(item.key, pattern) for pattern in removal.owned)
    ]
    if len(surplus) > removal.max_deletions:
        raise ReconcileError(
            f"{len(surplus)} objects would be removed, more than max_deletions ({removal.max_deletions}): "
            f"{', '.join(item.title for item in surplus)}. Nothing was changed."
        )
    return surplus
