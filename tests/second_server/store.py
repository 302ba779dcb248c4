# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that the second server holds, and the rules between them."""

from __future__ import annotations

import copy
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from .fields import Invalid, Json, keep_all
from .kinds import INTERFACES, KINDS, PROTOCOLS, Kind

ROOT = "/api/v4/"


@dataclass
class Row:
    """One object."""

    kind: str
    id: int
    parent: int | None
    values: Json


class NotThere(Exception):
    """Error for an object that the store does not have."""


@dataclass
class Store:
    """All objects, and which habits there are."""

    habits: frozenset[str]
    rows: dict[tuple[str, int], Row] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    """The aggregator on which a bond is at present, where it is not the primary one."""
    made: int = 0

    def has(self, habit: str) -> bool:
        """Return True if the server has the habit."""
        return habit in self.habits

    def copy(self) -> Store:
        """Return a copy to go back to."""
        return copy.deepcopy(self)

    def all(self, *kinds: str, parent: int | None = None) -> Iterator[Row]:
        """Yield the objects of the kinds, of one parent if it is given, in the order in which they were made."""
        for row in list(self.rows.values()):
            if row.kind in kinds and parent in (None, row.parent):
                yield row

    def get(self, kind: str, number: int, parent: int | None = None) -> Row:
        """Return one object; raise NotThere."""
        row = self.rows.get((kind, number))
        if row is None or parent not in (None, row.parent):
            raise NotThere
        return row

    def by_name(self, kind: Kind, word: str, parent: int | None = None) -> Row:
        """Return the object of a URL's last part: a key for a space, an id else; raise NotThere."""
        if kind.name == "space":
            for row in self.all("space"):
                if row.values["key"] == word:
                    return row
            raise NotThere
        if not word.isdecimal():
            raise NotThere
        return self.get(kind.name, int(word), parent)

    def new_id(self, kind: str) -> int:
        """Return an id that no object has."""
        self.made += 1
        if self.has("large_ids"):
            return 2**53 + 1 + (self.made * 7_368_787) % 10_000_019
        taken = [number for of, number in self.rows if of == kind or {of, kind} <= {*INTERFACES, *PROTOCOLS}]
        return max(taken, default=0) + 1

    def write(self, kind: Kind, parent: int | None, body: Any, old: Row | None, *, whole: bool = False) -> Row:
        """Create an object, or change one; raise Invalid."""
        where = _Place(self, parent if kind.parent else None)
        values = keep_all(kind.fields, body, where, old=old.values if old and not whole else None)
        row = Row(kind.name, old.id if old else self.new_id(kind.name), parent, values)
        _judge(self, row, old)
        self.rows[kind.name, row.id] = row
        return row

    def delete(self, row: Row) -> None:
        """Delete an object and what hangs on it; raise Invalid if others need it."""
        needed = _needed_by(self, row)
        if needed:
            raise Invalid({"non_field_errors": f"It is in use by {needed}."})
        if row.kind in ("aggregator", "bond"):
            for other in [one for one in self.rows.values() if KINDS[one.kind].parent == row.kind]:
                if other.parent == row.id:
                    del self.rows[other.kind, other.id]
        del self.rows[row.kind, row.id]


@dataclass(frozen=True)
class _Place:
    """Objects that the relations of a write may name."""

    store: Store
    parent: int | None

    def has(self, habit: str) -> bool:
        return self.store.has(habit)

    def find(self, url: object, kinds: tuple[str, ...]) -> int:
        """Return the id that a URL names: of a kind that fits, and of the same aggregator or bond."""
        if not isinstance(url, str):
            raise Invalid("Incorrect type. Expected URL string.")
        path = urlsplit(url).path
        parts = [unquote(part) for part in path.removeprefix(ROOT).strip("/").split("/")]
        if not path.startswith(ROOT) or not path.endswith("/"):
            raise Invalid("Invalid hyperlink - No URL match.")
        for name in kinds:
            kind = KINDS[name]
            try:
                if kind.parent is None and len(parts) == 2 and parts[0] == kind.path:
                    return self.store.by_name(kind, parts[1]).id
                above = f"{kind.parent}s"
                if kind.parent and len(parts) == 4 and (parts[0], parts[2]) == (above, kind.path):
                    if parts[1] != str(self.parent):
                        raise Invalid("Invalid hyperlink - Object of another node.")
                    return self.store.by_name(kind, parts[3], self.parent).id
            except NotThere:
                raise Invalid("Invalid hyperlink - Object does not exist.") from None
        raise Invalid("Invalid hyperlink - Incorrect URL match.")


def _judge(store: Store, row: Row, old: Row | None) -> None:
    """Raise Invalid where an object does not go together with the others."""
    values = row.values
    others = [one for one in store.rows.values() if (one.kind, one.id) != (row.kind, row.id)]

    def taken(field_name: str, *kinds: str, **same: Any) -> bool:
        return any(
            one.kind in kinds
            and one.values[field_name] == values[field_name]
            and all(one.values[name] == value for name, value in same.items())
            and one.parent == row.parent
            for one in others
        )

    if row.kind == "space" and taken("key", "space"):
        raise Invalid({"key": "Key must be unique."})
    if row.kind == "aggregator" and taken("name", "aggregator", space=values["space"]):
        raise Invalid({"name": "Name must be unique in its space."})
    if row.kind in INTERFACES and taken("name", *INTERFACES):
        raise Invalid({"name": "Name must be unique on the node."})
    if row.kind == "filter" and taken("name", "filter"):
        raise Invalid({"name": "Name must be unique on the node."})
    if row.kind in PROTOCOLS:
        _judge_protocol(store, row)
    if row.kind == "cpe_nat_ip":
        _judge_nat(store, row)
    if row.kind in INTERFACES and old is not None and old.values["space"] != values["space"] and _needed_by(store, old):
        raise Invalid({"space": f"It is in use by {_needed_by(store, old)}."})


def _judge_nat(store: Store, row: Row) -> None:
    """The destination lies in a private connected network of the bond [D]."""
    target = ipaddress.ip_address(row.values["nat_ip"])
    for one in store.all("connected_ip", parent=row.parent):
        network = ipaddress.ip_interface(one.values["ip"]).network
        if network.is_private and target in network:
            return
    raise Invalid({"nat_ip": "It is in no private connected network of the bond."})


def _judge_protocol(store: Store, row: Row) -> None:
    """Interfaces of a protocol belong to its space [D]; a slot's filter is of the slot's family."""
    by_name = {one.values["name"]: one for one in store.all(*INTERFACES, parent=row.parent)}
    space = row.values["space"]
    blocks = [*row.values.get("interfaces", ())]
    for area in row.values.get("areas", ()):
        blocks += area["interfaces"]
    for pattern in [word for block in blocks for word in block["patterns"]]:
        one = by_name.get(pattern)
        if one is not None and one.values["space"] != space:
            raise Invalid({"non_field_errors": f"Interface {pattern} is of another space."})
    for place, route in enumerate(row.values.get("routes", ())):
        if route["interface"] is not None:
            device = next(one for one in store.all(*INTERFACES, parent=row.parent) if one.id == route["interface"])
            if device.values["space"] != space:
                errors: dict[int, Any] = {number: {} for number in range(len(row.values["routes"]))}
                errors[place] = {"interface": "It is of another space."}
                raise Invalid({"routes": errors})
    for name, value in row.values.items():
        if name.startswith(("import_", "export_")) and value["filter"] is not None:
            family = store.get("filter", value["filter"]).values["family"]
            if not name.endswith(family):
                raise Invalid({name: {"filter": f"It is for {family}."}})


def _needed_by(store: Store, row: Row) -> str:
    """Return the name of a protocol or an interface that needs an object, empty if there is none."""
    for one in store.all(*PROTOCOLS, parent=row.parent):
        slots = [value for name, value in one.values.items() if name.startswith(("import_", "export_"))]
        if row.kind == "filter" and any(slot["filter"] == row.id for slot in slots):
            return str(one.values["name"])
        if row.kind in INTERFACES and any(route["interface"] == row.id for route in one.values.get("routes", ())):
            return str(one.values["name"])
    for one in store.all("vlan", parent=row.parent):
        if row.kind == "ethernet" and one.values["parent"] == row.id:
            return str(one.values["name"])
    return ""
