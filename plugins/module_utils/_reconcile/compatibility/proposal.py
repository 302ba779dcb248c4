# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines of a map that may cure what a server lacks: its nearest names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from ..._resources import RESOURCES, Field, Table
from ..._resources.fields import Kind, ListOf, Record, Reference

_LIKE = 0.5


class Level:
    """The fields of an object or of the entries of a list: those of the table, and what the server has besides."""

    def __init__(
        self, kind: str, outer: str, described: Mapping[str, Any] | None, objects: list[Mapping[str, Any]]
    ) -> None:
        self.kind, self.outer = kind, outer
        self._described, self._objects = described or {}, objects
        self._known: set[str] = set()
        self.lacking: list[tuple[str, Kind, Field]] = []

    def knows(self, wire: str, name: str) -> None:
        """Take note of a field of the table by both its names."""
        self._known |= {wire, name}

    def lacks(self, name: str, kind: Kind, field: Field) -> None:
        """Take note of a field that the server lacks."""
        self.lacking.append((name, kind, field))

    def candidates(self, kind: Kind, field: Field) -> list[str]:
        """Return the server's names that the table does not know, and whose values this field could have."""
        tags = set(RESOURCES[self.kind].tags or {}) if self.kind in RESOURCES and not self.outer else set()
        names = dict.fromkeys([*self._described, *(name for one in self._objects for name in one)])
        return [name for name in names if name not in self._known | tags and self._fits(name, kind, field)]

    def _fits(self, name: str, kind: Kind, field: Field) -> bool:
        about = self._described.get(name)
        if isinstance(about, Mapping) and about.get("read_only") and not field.read_only:
            return False
        values = [one[name] for one in self._objects if one.get(name) is not None]
        return all(_could_be(kind, value) for value in values)


class Proposal:
    """A map for what a server lacks."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._found: dict[str, dict[str, Any]] = {"paths": {}, "fields": {}, "values": {}}
        self._seen: dict[str, str] = {}

    def fields(self, level: Level) -> None:
        """Propose a name for each field that a level lacks, the nearest pairs first."""
        pairs = []
        for number, (name, kind, field) in enumerate(level.lacking):
            names = level.candidates(kind, field)
            only = len(names) == 1 and len(level.lacking) == 1
            pairs += [(_likeness(name, one) + only, -number, name, one) for one in names]
        taken: set[str] = set()
        for likeness, _number, name, one in sorted(pairs, reverse=True):
            dotted = f"{level.outer}.{name}" if level.outer else name
            entry = self._found["fields"].setdefault(level.kind, {})
            if likeness >= _LIKE and one not in taken and dotted not in entry:
                entry[dotted] = one
                taken.add(one)

    def values(
        self, kind: str, dotted: str, lacking: Iterable[str], offered: Iterable[str], choices: Iterable[str]
    ) -> None:
        """Propose the server's word for each value that it does not take."""
        used = {self._table.wire_value(kind, dotted, one) for one in choices}
        free = [one for one in offered if one not in used]
        for value in lacking:
            best = max(free, key=lambda one: _likeness(value, one), default=None)
            if best is not None and _likeness(value, best) >= _LIKE:
                self._found["values"].setdefault(kind, {}).setdefault(dotted, {})[value] = best
                free.remove(best)

    def seen(self, kind: str, path: str, number: int) -> None:
        """Take note of the path of an object, which is below the aggregator or bond `number`."""
        parts = path.strip("/").split("/")[:-1]
        if str(number) in parts:
            place = parts.index(str(number))
            self._seen[kind] = "/".join([*parts[:place], "X", *parts[place + 1 :], ""])

    def paths(self, missing: Iterable[str], roots: Mapping[str, str]) -> None:
        """Propose a path for each collection that is not there: of an object that was seen, or of the API's root."""
        known = {self._table.path(kind) for kind, one in RESOURCES.items() if not one.below}
        free = {name: path for name, path in roots.items() if path not in known}
        for kind in missing:
            if kind in self._seen:
                self._found["paths"][kind] = self._seen[kind]
            if kind not in RESOURCES or RESOURCES[kind].below:
                continue
            best = max(free, key=lambda name: _likeness(kind, name), default=None)
            if best is not None and _likeness(kind, best) >= _LIKE:
                self._found["paths"][kind] = free[best]

    def as_dict(self) -> dict[str, Any]:
        """Return the map, only what is proposed."""
        fields = {kind: names for kind, names in self._found["fields"].items() if names}
        return {**self._found, "fields": fields}

    def lines(self) -> list[str]:
        """Return the map as lines of YAML."""
        return list(_yaml({name: part for name, part in self.as_dict().items() if part}, ""))


def _could_be(kind: Kind, value: Any) -> bool:
    """Return True if a value on the server may be of this kind."""
    if isinstance(kind, Reference):
        return isinstance(value, (str, Mapping))
    if isinstance(kind, ListOf):
        return isinstance(value, list)
    if isinstance(kind, Record):
        return isinstance(value, Mapping)
    try:
        kind.canonical(value)
    except ValueError:
        return False
    return True


def _likeness(owned_by_network: str, theirs: str) -> float:
    """Return the likeness of two names, from 0 to 1; case and separators do not count."""
    one, other = (name.lower().replace("-", "_") for name in (owned_by_network, theirs))
    if one in other or other in one:
        return 1.0 - abs(len(one) - len(other)) / 100
    return difflib.SequenceMatcher(None, one, other).ratio()


def _yaml(value: Mapping[str, Any], indent: str) -> Iterable[str]:
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            yield f"{indent}{name}:"
            yield from _yaml(inner, f"{indent}  ")
        else:
            yield f"{indent}{name}: {inner}"
