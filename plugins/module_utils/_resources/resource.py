# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Model of a resource of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

from .._objects import group_of, title_of
from .fields import Address, Kind, ListOf, Names, Number, Record, Text
from .shape_errors import ShapeError, shape_error


@dataclass(frozen=True)
class Field:
    """One field of a resource.

    :param name: its name for users
    :param kind: the kind of its value
    :param sure: D documented by the vendor, C seen in a working public client, A assumed (see the API contract)
    :param default: what the server fills in on creation, and what ``state: replaced`` goes back to; ... if unknown
    :param required: whether an object cannot be created without it
    :param nullable: whether null clears it; null on a list means an empty one
    :param write_only: never read back, so never compared
    :param read_only: never sent
    :param wire_name: its name in the API, where that is another one
    """

    name: str
    kind: Kind
    sure: str = "A"
    default: Any | EllipsisType = ...
    required: bool = False
    nullable: bool = False
    write_only: bool = False
    read_only: bool = False
    wire_name: str = ""

    @property
    def wire(self) -> str:
        return self.wire_name or self.name

    def canonical(self, value: Any) -> Any:
        """Return the value in its one spelling.

        :raises ValueError: saying what would be accepted
        """
        if value is not None:
            return self.kind.canonical(value)
        if self.nullable:
            return None
        if self.default == []:
            return []
        raise ValueError("it cannot be null; leave it out to leave it as it is")


IDENTITY = (Field("id", Number(), sure="C", read_only=True), Field("url", Text(), sure="C", read_only=True))
"""Fields that every object has."""


@dataclass(frozen=True)
class Listing:
    """A path that lists objects of several kinds, or another resource's objects: read, never written.

    :param kind: its name in this collection, e.g. "interface"
    :param path: its path below /api/v4/, with X for the parent's id
    :param below: the kind of the parent
    :param of: the kinds of the objects in it
    :param tells: the field that says of which kind an object is; empty where there is one kind
    :param fields: what an object has only here
    """

    kind: str
    path: str
    below: str
    of: tuple[str, ...]
    sure: str = "A"
    tells: str = ""
    fields: tuple[Field, ...] = ()

    @property
    def title(self) -> str:
        """Return the name of the listing in a sentence: "interface"."""
        return title_of(self.kind)


@dataclass(frozen=True)
class Resource:
    """One resource of the API: everything that the engine must know of it.

    :param kind: its name in this collection, e.g. "vxlan_interface"
    :param path: its collection's path below /api/v4/, with X for the parent's id
    :param below: the kind of the parent; empty without one
    :param key: the field that names it among its siblings
    :param sure: as in :class:`Field`, for the path
    :param tags: what the friendly shape says besides the fields, e.g. {"type": "vxlan"}
    :param rank: creation order: smaller first; deletion in reverse
    :param addressed_by: the field whose value ends the path of one object
    :param complete: whether a creation also sends the defaults of what was not given, where they are more than nothing:
        another server may have other defaults, and a translation would be created disabled without a word
    """

    kind: str
    path: str
    key: str
    fields: tuple[Field, ...]
    sure: str = "A"
    tags: Mapping[str, str] | None = None
    rank: int = 0
    addressed_by: str = "id"
    writable: bool = True
    below: str = ""
    complete: bool = False

    @property
    def group(self) -> str:
        """Return the name space that its key is unique in."""
        return group_of(self.kind)

    @property
    def title(self) -> str:
        """Return the name of the kind in a sentence: "VXLAN interface"."""
        return title_of(self.kind)

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    def canonical(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the friendly data in canonical form, only this resource's fields.

        :raises ValueError: naming the field, and what would be accepted
        """
        result = {}
        for name, value in data.items():
            field = self.field(name)
            if field is None:
                continue
            try:
                result[name] = field.canonical(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        return result

    def unknown(self, data: Mapping[str, Any]) -> list[str]:
        """Return the names in ``data`` that are neither fields nor tags nor the parent's name."""
        known = {field.name for field in self.fields} | set(self.tags or {}) | {"bond", "aggregator", "id"}
        return sorted(set(data) - known)

    def to_wire(self, data: Mapping[str, Any], names: Names, parent: str) -> dict[str, Any]:
        """Return a request body of canonical data, with the table's names (:class:`Table` gives the server's)."""
        body = {}
        for name, value in data.items():
            field = self.field(name)
            if field is not None and not field.read_only:
                body[name] = None if value is None else field.kind.wire(value, names, parent)
        return body

    def from_wire(self, item: Mapping[str, Any], names: Names, parent: str) -> dict[str, Any]:
        """Return the fields of the server's object in the shape that modules accept; unknown fields are left out.

        :param item: the object with the table's names
        :raises ShapeError: naming the field whose value has another type
        """
        data: dict[str, Any] = {}
        for field in self.fields:
            if field.name in item and not field.write_only:
                value = item[field.name]
                if value is None and field.default == []:
                    value = []
                elif value == "" and isinstance(field.kind, Address):
                    value = None  # as Django keeps what is left blank
                try:
                    if value is None and field.required:
                        raise shape_error(field.kind.title, value)
                    data[field.name] = None if value is None else field.kind.from_wire(value, names, parent)
                except ShapeError as error:
                    raise ShapeError(f"{field.name}: {error}") from error
        return data

    def shown(self, item: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
        """Yield (dotted name, True if it is there) of each field that an object out of an answer ought to show.

        Of a list its first entry tells. What may be null is left out: a server may leave that out too.
        """
        for field in self.fields:
            if field.write_only or field.nullable or field.default is None:
                continue
            yield field.name, field.name in item
            yield from _shown_inside(field.name, field.kind, item.get(field.name))

    def defaults(self) -> dict[str, Any]:
        """Return the values that ``state: replaced`` sets for fields that were not given."""
        return {field.name: field.default for field in self.fields if field.default is not ... and not field.read_only}

    def initial(self) -> dict[str, Any]:
        """Return the fields that a creation sends although they were not given."""
        defaults = self.defaults() if self.complete else {}
        return {name: value for name, value in defaults.items() if value not in (None, [])}


def _shown_inside(name: str, kind: Kind, value: Any) -> Iterator[tuple[str, bool]]:
    if isinstance(kind, ListOf) and isinstance(value, list) and value:
        yield from _shown_inside(name, kind.entry, value[0])
    elif isinstance(kind, Record) and isinstance(value, Mapping):
        for part_name, part in kind.parts.items():
            if part.default is not None:
                dotted = f"{name}.{part_name}"
                yield dotted, part_name in value
                yield from _shown_inside(dotted, part.kind, value.get(part_name))
