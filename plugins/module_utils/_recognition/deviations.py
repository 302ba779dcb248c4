# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deviations: what a plan in memory would change on the management server, and what therefore stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from .._model.plan import PlannedChange
from .._objects import title_of
from .._parents import AGGREGATOR, is_below
from .assembly import Deviations
from .model import Difference, Piece, some_of

CHECK = "source_dest_check"
SHOWN = 60
"""Characters of a value in a difference."""


def named_deviations(pieces: Iterable[Piece]) -> Deviations:
    """Return the names that objects of the pieces have in place of the collection's own."""
    found: Deviations = {}
    for piece in pieces:
        for host, names in piece.names.items():
            found.setdefault(host, {}).update({own: {"name": name} for own, name in names.items()})
    return found


def with_changes(deviations: Deviations, items: Iterable[PlannedChange]) -> Deviations:
    """Return the deviations, and those that keep what the items would change of objects that exist or could."""
    found = deepcopy(deviations)
    for item in filter(_is_kept_back, items):
        own = found.setdefault(str(item.host), {}).setdefault(_key(item, deviations), {})
        if item.verb == "create":
            own["absent"] = True
        elif item.system == "aws":
            own["keep"] = [CHECK]
        else:
            own["keep"] = sorted({*own.get("keep", ()), *(item.before or {}), *(item.after or {})})
    return found


def _is_kept_back(item: PlannedChange) -> bool:
    """Return True if a deviation can keep an item back.

    It creates or changes an object of an aggregator on the management server, or sets the check of a network interface
    on AWS.
    """
    if item.system == "server":
        return bool(item.host) and item.verb != "delete" and is_below(item.parent, AGGREGATOR)
    return item.verb == "update" and bool(item.host) and CHECK in (item.after or {})


def _key(item: PlannedChange, deviations: Deviations) -> str:
    """Return the collection's name of an item's object: a plan shows the name that it has on the server."""
    if item.system != "server" or item.kind.endswith("_interface"):
        return item.key
    names = {one["name"]: key for key, one in deviations.get(str(item.host), {}).items() if "name" in one}
    return names.get(item.key, item.key)


def differences(items: Iterable[PlannedChange]) -> Iterator[Difference]:
    """Yield a difference for each item that a deviation keeps back."""
    for item in filter(_is_kept_back, items):
        subject = f"{title_of(item.kind)} {item.key} on {item.host}"
        if item.verb == "create":
            yield Difference(subject, "it does not exist; the collection would create it")
            continue
        fields = [CHECK] if item.system == "aws" else sorted(item.after or {})
        for field, after in ((field, (item.after or {})[field]) for field in fields):
            yield Difference(subject, f"{field}: {_difference((item.before or {}).get(field), after)}")


def _difference(before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        lacks, more = [one for one in after if one not in before], [one for one in before if one not in after]
        parts = [f"lacks {some_of(list(map(_shown, lacks)))}"] if lacks else []
        parts += [f"has {some_of(list(map(_shown, more)))} beside the collection's"] if more else []
        return "; ".join(parts) or "has another order"
    return f"is {_shown(before)}, the collection's is {_shown(after)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        value = ", ".join(f"{name} {one}" for name, one in value.items() if one is not None)
    text = "not set" if value is None else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
