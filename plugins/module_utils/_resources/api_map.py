# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operator's corrections of the table of resources: paths, fields and values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._printable import excerpt
from .fields import Choice, Kind, ListOf, Record
from .resource import IDENTITY, Field, Listing, Resource
from .table import LISTINGS, RESOURCES

OBJECT = "object"
"""The name of all kinds together, for the fields that every object has."""
SECTIONS = ("paths", "fields", "values")

_PATH = re.compile(r"([A-Za-z0-9_.~-]+/)+")
_SHOWN = 60


class ApiMapError(ValueError):
    """A map that cannot be used; `str(error)` names the entry and what would be accepted."""


@dataclass(frozen=True)
class ApiMap:
    """A map in its full form: kinds and listings only, dotted names of fields.

    :param paths: kind or listing -> path with X for the id of its parent
    :param fields: kind or listing -> dotted name -> the last part of its name on the server
    :param values: kind or listing -> dotted name -> value -> the value on the server
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.paths or self.fields or self.values)

    def as_dict(self) -> dict[str, Any]:
        """Return the map as JSON."""
        return {"paths": _plain(self.paths), "fields": _plain(self.fields), "values": _plain(self.values)}


def read_map(given: Any) -> ApiMap:
    """Return a map out of the option `api_map`.

    A name of several kinds (`interface`, `protocol`, `object`) stands for each of them that has the field; an entry of
    a kind itself counts more.

    :raises ApiMapError: naming the entry
    """
    if given is None:
        return ApiMap()
    sections = _mapping(given, "api_map", f"a mapping with {', '.join(SECTIONS)}")
    for section in sections:
        if section not in SECTIONS:
            raise ApiMapError(f"api_map: {section!r} is not known{_nearest(section, SECTIONS)}")
    fields = _expanded(sections.get("fields"), "fields", _wire_name)
    for kind, names in fields.items():
        _refuse_twice(kind, names)
    return ApiMap(_paths(sections.get("paths")), fields, _expanded(sections.get("values"), "values", _wire_values))


def walk(fields: Iterable[Field]) -> Iterator[tuple[str, str, Kind]]:
    """Yield (dotted name, last part of its name on the server, kind) of each field, nested ones too."""
    for one in fields:
        yield one.name, one.wire, one.kind
        yield from _inside(one.name, one.kind)


def _inside(name: str, kind: Kind) -> Iterator[tuple[str, str, Kind]]:
    if isinstance(kind, ListOf):
        yield from _inside(name, kind.entry)
    elif isinstance(kind, Record):
        for part_name, part in kind.parts.items():
            dotted = f"{name}.{part_name}"
            yield dotted, part.wire_name or part_name, part.kind
            yield from _inside(dotted, part.kind)


def choices_of(kind: Kind) -> tuple[str, ...]:
    """Return the values of an enumeration, also of a list of such; nothing for any other kind."""
    if isinstance(kind, ListOf):
        return choices_of(kind.entry)
    return kind.choices if isinstance(kind, Choice) else ()


def _paths(given: Any) -> dict[str, str]:
    known: dict[str, Resource | Listing] = {**RESOURCES, **LISTINGS}
    result = {}
    for kind, path in _mapping(given or {}, "api_map: paths", "a mapping of kinds to paths").items():
        where = f"api_map: paths: {kind}"
        if kind not in known:
            raise ApiMapError(f"api_map: paths: {kind!r} is not known{_nearest(kind, known)}")
        if not isinstance(path, str) or not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
            raise ApiMapError(
                f"{where}: got {excerpt(path, _SHOWN)}, expected a path below /api/v4/ with a slash at its end and "
                f"none at its beginning, as {known[kind].path}."
            )
        marks = path.split("/").count("X")
        if marks != bool(known[kind].below):
            owner = f"X once, for the id of its {known[kind].below}" if known[kind].below else "no X, it has no parent"
            raise ApiMapError(f"{where}: got {path!r}, expected a path with {owner}, as {known[kind].path}.")
        result[str(kind)] = path
    return result


def _expanded(given: Any, section: str, read: Any) -> dict[str, dict[str, Any]]:
    """Return {kind: {dotted name: what `read` makes of its entry}}."""
    at = f"api_map: {section}"
    result: dict[str, dict[str, Any]] = {}
    entries = _mapping(given or {}, at, "a mapping of kinds")
    known = {OBJECT, *RESOURCES, *LISTINGS, *_groups()}
    for name in entries:
        if name not in known:
            raise ApiMapError(f"{at}: {name!r} is not known{_nearest(name, known)}")
    # What stands for several kinds first, so that a kind's own entry counts more.
    for name in sorted(entries, key=lambda one: (one != OBJECT, one in RESOURCES, one)):
        names = _mapping(entries[name], f"{at}: {name}", "a mapping of fields")
        for dotted, value in names.items():
            owners = {kind: kinds[dotted] for kind, kinds in _owners(str(name)).items() if dotted in kinds}
            if not owners:
                there = {one for kinds in _owners(str(name)).values() for one in kinds}
                raise ApiMapError(f"{at}: {name}: {dotted!r} is not known{_nearest(dotted, there)}")
            for kind, field_kind in owners.items():
                result.setdefault(kind, {})[str(dotted)] = read(value, f"{at}: {name}: {dotted}", field_kind)
    return result


def _groups() -> set[str]:
    return {group for group, count in _counts().items() if count > 1}


def _counts() -> dict[str, int]:
    counts: dict[str, int] = {}
    for resource in RESOURCES.values():
        counts[resource.group] = counts.get(resource.group, 0) + 1
    return counts


def _owners(name: str) -> dict[str, dict[str, Kind]]:
    """Return {kind or listing: {dotted name: kind of value}} of what a name in a map stands for."""
    found: dict[str, dict[str, Kind]] = {}
    if name in LISTINGS:
        found[name] = {dotted: kind for dotted, _wire, kind in walk(LISTINGS[name].fields)}
    for resource in RESOURCES.values():
        if name == OBJECT:
            found[resource.kind] = {dotted: kind for dotted, _wire, kind in walk(IDENTITY)}
        elif name in (resource.kind, resource.group):
            found[resource.kind] = {dotted: kind for dotted, _wire, kind in walk((*IDENTITY, *resource.fields))}
    return found


def _wire_name(value: Any, where: str, _kind: Kind) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or "." in value:
        raise ApiMapError(
            f"{where}: got {excerpt(value, _SHOWN)}, expected the name that the server uses in this place, without the "
            "names around it."
        )
    return value


def _wire_values(value: Any, where: str, kind: Kind) -> dict[str, str]:
    choices = choices_of(kind)
    if not choices:
        raise ApiMapError(f"{where}: it is not an enumeration; values of such fields alone can be mapped.")
    result = {}
    for owned_by_network, theirs in _mapping(value, where, f"a mapping of {', '.join(choices)}").items():
        if owned_by_network not in choices:
            raise ApiMapError(f"{where}: {owned_by_network!r} is not known{_nearest(owned_by_network, choices)}")
        if not isinstance(theirs, str) or not theirs:
            raise ApiMapError(f"{where}: {owned_by_network}: got {excerpt(theirs, _SHOWN)}, expected a text.")
        result[str(owned_by_network)] = theirs
    all_of_them = [result.get(choice, choice) for choice in choices]
    for one in all_of_them:
        if all_of_them.count(one) > 1:
            raise ApiMapError(f"{where}: {one!r} would stand for two values.")
    return result


def _refuse_twice(kind: str, names: Mapping[str, str]) -> None:
    """Refuse a name on the server that two fields of one object would have."""
    fields = (*IDENTITY, *RESOURCES[kind].fields) if kind in RESOURCES else LISTINGS[kind].fields
    seen: dict[tuple[str, str], str] = {}
    for dotted, wire, _kind in walk(fields):
        place = (dotted.rpartition(".")[0], names.get(dotted, wire))
        other = seen.setdefault(place, dotted)
        if other != dotted:
            raise ApiMapError(f"api_map: fields: {kind}: {other} and {dotted} would both be {place[1]!r}.")


def _mapping(value: Any, where: str, expected: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise ApiMapError(f"{where}: got {excerpt(value, _SHOWN)}, expected {expected}.")
    return value


def _nearest(name: Any, known: Iterable[str]) -> str:
    listed = sorted(known)
    found = difflib.get_close_matches(str(name), listed, n=1) or [one for one in listed if str(name) in one]
    return f"; did you mean {found[0]!r}?" if found else f" (expected one of {', '.join(listed)})."


def _plain(value: Any) -> Any:
    return {name: _plain(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value
