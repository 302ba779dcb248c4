# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table as one server speaks it: its paths, and its names in bodies and answers.

Above this file each object has the names of the table; below it, those of the server. They differ where the table
says so (`wire_name`), or an operator's map.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from .._parents import kind_of, number_of
from .api_map import ApiMap, walk
from .fields import Choice, Kind, ListOf, Record, Reference
from .resource import IDENTITY, Listing, Resource
from .table import LISTINGS, RESOURCES

_MARK = "X"


class Table:
    """The paths and names of one server. Immutable; each module makes its own with the map that it was given."""

    def __init__(
        self,
        api_map: ApiMap | None = None,
        resources: Mapping[str, Resource] = RESOURCES,
        listings: Mapping[str, Listing] = LISTINGS,
    ) -> None:
        self.api_map = api_map or ApiMap()
        self._resources, self._listings = resources, listings
        known: dict[str, Resource | Listing] = {**resources, **listings}
        self._paths = {kind: self._path_of(one) for kind, one in known.items()}
        self._kinds: dict[str, dict[str, Kind]] = {}
        self._wire: dict[str, dict[str, str]] = {}
        for kind, one in known.items():
            fields = (*IDENTITY, *one.fields) if isinstance(one, Resource) else one.fields
            given = self.api_map.fields.get(kind, {})
            self._wire[kind] = {dotted: given.get(dotted, wire) for dotted, wire, _kind in walk(fields)}
            self._kinds[kind] = {dotted: value for dotted, _wire, value in walk(fields)}
        # (kind, dotted name of what is around) -> name on the server -> name in the table
        self._ours: dict[tuple[str, str], dict[str, str]] = {}
        for kind, names in self._wire.items():
            for dotted, wire in names.items():
                outer, _dot, last = dotted.rpartition(".")
                self._ours.setdefault((kind, outer), {})[wire] = last
        own = {kind for kind in known if self._differs(kind)}
        inner = own | {kind for kind in resources if self._refers_to(kind) & own}
        self._differing = inner | {kind for kind, one in listings.items() if inner & set(one.of)}

    def path(self, kind: str) -> str:
        """Return the path of a kind's or listing's collection, with X for the id of its parent."""
        return self._paths[kind]

    def collection(self, kind: str, parent: str = "") -> str:
        """Return the path of the collection under `parent` ("aggregators/7", or "" for none)."""
        one = self._listings.get(kind) or self._resources[kind]
        if not one.below:
            return self._paths[kind]
        if kind_of(parent) != one.below:
            raise ValueError(f"{one.title} belongs to an {one.below}, not to {parent!r}")
        return "/".join(str(number_of(parent)) if part == _MARK else part for part in self._paths[kind].split("/"))

    def item(self, kind: str, parent: str, number: Any) -> str:
        """Return the path of one object."""
        return f"{self.collection(kind, parent)}{quote(str(number), safe='')}/"

    def number_in(self, kind: str, path: str) -> str | None:
        """Return the end of one object's path, which is its id or key; None for a path of something else."""
        start = self._paths[kind]
        return unquote(path[len(start) :].split("/")[0]) if path.startswith(start) and path != start else None

    def wire_name(self, kind: str, dotted: str) -> str:
        """Return the server's name of a field, with the names around it: "endpoints.remote_address"."""
        parts = dotted.split(".")
        return ".".join(self._wire[kind][".".join(parts[: count + 1])] for count in range(len(parts)))

    def wire_value(self, kind: str, dotted: str, value: str) -> str:
        """Return the server's word for a value of an enumeration."""
        return self.api_map.values.get(kind, {}).get(dotted, {}).get(value, value)

    def names(self, kind: str) -> dict[str, Kind]:
        """Return the kind of value of each field, nested ones by their dotted names."""
        return self._kinds[kind]

    def received(self, kind: str, item: Any) -> Any:
        """Return an object out of an answer with the names of the table; what is not an object as it is.

        :param kind: its kind, or that of the listing it is in
        """
        if not isinstance(item, Mapping) or kind not in self._differing:
            return item
        listing = self._listings.get(kind)
        if listing is None:
            return self._in(kind, "", item)
        tells = listing.tells
        if not tells:
            return self.received(listing.of[0], item)
        item = self._in(kind, "", item)
        # An object of an unknown kind has at least what all objects have.
        named = f"{item.get(tells)}_{kind}"
        inner = named if named in self._resources else listing.of[0]
        found = self.received(inner, {name: value for name, value in item.items() if name != tells})
        return {**found, tells: item[tells]} if tells in item else found

    def sent(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body with the server's names."""
        return self._out(kind, "", body) if kind in self._differing else dict(body)

    def _path_of(self, one: Resource | Listing) -> str:
        """Return the path, which follows that of its parent where it has none of its own in the map."""
        given = self.api_map.paths
        if one.kind in given or not one.below:
            return given.get(one.kind, one.path)
        parent = self._resources[one.below].path
        return given.get(one.below, parent) + one.path.removeprefix(parent)

    def _differs(self, kind: str) -> bool:
        """Return True if a name or value of this kind differs on the server."""
        names = self._wire[kind].items()
        return bool(self.api_map.values.get(kind)) or any(dotted.rpartition(".")[2] != wire for dotted, wire in names)

    def _refers_to(self, kind: str) -> set[str]:
        kinds: Iterable[Kind] = self._kinds[kind].values()
        spaces = {value.space for value in kinds if isinstance(value, Reference)}
        return {one.kind for one in self._resources.values() if one.group in spaces}

    def _in(self, kind: str, outer: str, item: Mapping[str, Any]) -> dict[str, Any]:
        owned_by_network = self._ours[kind, outer]
        hidden = set(owned_by_network.values())
        result = {}
        for name, value in item.items():
            if name in owned_by_network:
                dotted = f"{outer}.{owned_by_network[name]}" if outer else owned_by_network[name]
                result[owned_by_network[name]] = self._value_in(kind, dotted, self._kinds[kind][dotted], value)
            elif name not in hidden:
                result[name] = value
        return result

    def _value_in(self, kind: str, dotted: str, value_kind: Kind, value: Any) -> Any:
        if isinstance(value_kind, ListOf) and isinstance(value, list):
            return [self._value_in(kind, dotted, value_kind.entry, one) for one in value]
        if isinstance(value_kind, Record) and isinstance(value, Mapping):
            return self._in(kind, dotted, value)
        if isinstance(value_kind, Reference) and isinstance(value, Mapping):
            return self._reference_in(value_kind.space, value)
        if isinstance(value_kind, Choice) and isinstance(value, str):
            words = self.api_map.values.get(kind, {}).get(dotted, {})
            return next((owned_by_network for owned_by_network, theirs in words.items() if theirs == value), value)
        return value

    def _reference_in(self, space: str, value: Mapping[str, Any]) -> Any:
        """Return a nested object with the names of its kind, which of a group is the first whose URL it has."""
        kinds = [one.kind for one in self._resources.values() if one.group == space]
        for kind in kinds:
            if self._wire[kind]["url"] in value:
                return self.received(kind, value)
        return self.received(kinds[0], value)

    def _out(self, kind: str, outer: str, body: Mapping[str, Any]) -> dict[str, Any]:
        result = {}
        for name, value in body.items():
            dotted = f"{outer}.{name}" if outer else name
            result[self._wire[kind][dotted]] = self._value_out(kind, dotted, self._kinds[kind][dotted], value)
        return result

    def _value_out(self, kind: str, dotted: str, value_kind: Kind, value: Any) -> Any:
        if isinstance(value_kind, ListOf) and isinstance(value, list):
            return [self._value_out(kind, dotted, value_kind.entry, one) for one in value]
        if isinstance(value_kind, Record) and isinstance(value, Mapping):
            return self._out(kind, dotted, value)
        if isinstance(value_kind, Choice) and isinstance(value, str):
            return self.wire_value(kind, dotted, value)
        return value


TABLE = Table()
"""The table without an operator's map."""
