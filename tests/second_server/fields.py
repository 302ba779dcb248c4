# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of the server's objects: each judges what is written and says how it is shown."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = dict[str, Any]
UNSET: Any = object()
Errors = str | dict[str, Any] | dict[int, Any]


class Invalid(Exception):
    """A value that is refused, with its errors: a text, or the errors of the fields or elements in it."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


class Writing(Protocol):
    """Context of a written value: the server's habits, and the objects that a relation may name."""

    def has(self, habit: str) -> bool:
        """Return True if the server has the habit."""

    def find(self, url: object, kinds: tuple[str, ...]) -> int:
        """Return the id of the object that a URL names; raise Invalid if there is none that fits."""


class Showing(Protocol):
    """Context of a shown value."""

    def has(self, habit: str) -> bool:
        """Return True if the server has the habit."""

    def link(self, kinds: tuple[str, ...], number: int, form: str) -> Any:
        """Return an object's URL, number, or short object."""

    def with_more(self, shown: Json) -> Json:
        """Return a nested object with what this server shows besides."""


@dataclass(frozen=True)
class Field:
    """A field, as it is written."""

    name: str
    required: bool = False
    null: bool = False
    default: Any = UNSET
    other: Any = UNSET
    """The default of a server with the habit `other_defaults`, where it differs."""
    read_only: bool = False
    write_only: bool = False
    fixed: bool = False
    """Not to be changed once the object is there."""

    def default_of(self, where: Writing) -> Any:
        """Return what an object gets whose body leaves the field out."""
        if self.other is not UNSET and where.has("other_defaults"):
            return self.other
        return None if self.default is UNSET else self.default

    def keep(self, value: Any, where: Writing) -> Any:
        """Return the value as it is stored; raise Invalid if it is refused."""
        if value is None:
            if not self.null:
                raise Invalid("This field may not be null.")
            return None
        return self.judged(value, where)

    def judged(self, value: Any, where: Writing) -> Any:
        """Return a value other than null as it is stored."""
        return value

    def show(self, value: Any, how: Showing) -> Any:
        """Return the value as it is shown."""
        return value

    @property
    def type(self) -> str:
        """The type that OPTIONS gives."""
        return "field"

    @property
    def about(self) -> Json:
        """Description of the field in an answer to OPTIONS."""
        label = self.name.replace("_", " ").capitalize()
        return {"type": self.type, "required": self.required, "read_only": self.read_only, "label": label}


@dataclass(frozen=True)
class Text(Field):
    """A text of one line, or a body of several."""

    longest: int = 255
    no_space: bool = False
    lines: bool = False

    def judged(self, value: Any, where: Writing) -> str:
        if not isinstance(value, str):
            raise Invalid("Not a valid string.")
        kept = value.strip() if where.has("text_trimmed") else value
        if not kept:
            raise Invalid("This field may not be blank.")
        if len(kept) > self.longest:
            raise Invalid(f"Ensure this field has no more than {self.longest} characters.")
        if self.no_space and ("/" in kept or any(sign.isspace() for sign in kept)):
            raise Invalid("A name has no slash and no white space.")
        return kept

    def show(self, value: Any, how: Showing) -> Any:
        if self.lines and value is not None and how.has("text_lines"):
            return "\r\n".join(value.splitlines()) + "\r\n"
        return value

    @property
    def type(self) -> str:
        return "string"

    @property
    def about(self) -> Json:
        return super().about | ({} if self.lines else {"max_length": self.longest})


@dataclass(frozen=True)
class Number(Field):
    """A whole number, written as such or as a text."""

    low: int = 0
    high: int = 2**32 - 1
    decimal: bool = False
    """True if a server with the habit `decimals` shows it so."""

    def judged(self, value: Any, where: Writing) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise Invalid("A valid number is required.")
        try:
            kept: float = float(value) if self.decimal else int(value)
        except ValueError:
            raise Invalid("A valid number is required.") from None
        kept = int(kept) if kept == int(kept) else kept
        if not self.low <= kept <= self.high:
            raise Invalid(f"Ensure this value is between {self.low} and {self.high}.")
        return kept

    def show(self, value: Any, how: Showing) -> Any:
        shown = float(value) if self.decimal and value is not None and how.has("decimals") else value
        return str(shown) if shown is not None and how.has("numbers_as_text") else shown

    @property
    def type(self) -> str:
        return "integer"

    @property
    def about(self) -> Json:
        return super().about | {"min_value": self.low, "max_value": self.high}


@dataclass(frozen=True)
class Area(Field):
    """An OSPF area: a number, or the same as a dotted quad."""

    def judged(self, value: Any, where: Writing) -> str:
        try:
            return str(ipaddress.IPv4Address(int(value) if str(value).isdecimal() else value))
        except ValueError:
            raise Invalid("Enter a valid area.") from None

    def show(self, value: Any, how: Showing) -> Any:
        return int(ipaddress.IPv4Address(value)) if how.has("area_numbers") else value


@dataclass(frozen=True)
class Version(Field):
    """The version of a node."""

    def show(self, value: Any, how: Showing) -> Any:
        return f"v{value}-1~deb12" if value and how.has("long_versions") else value


@dataclass(frozen=True)
class Flag(Field):
    """True or false."""

    def judged(self, value: Any, where: Writing) -> bool:
        if not isinstance(value, bool):
            raise Invalid("Must be a valid boolean.")
        return value

    @property
    def type(self) -> str:
        return "boolean"


@dataclass(frozen=True)
class Choice(Field):
    """One word of several."""

    words: tuple[str, ...] = ()

    def judged(self, value: Any, where: Writing) -> str:
        if value not in self.words:
            raise Invalid(f'"{value}" is not a valid choice.')
        return str(value)

    @property
    def type(self) -> str:
        return "choice"

    @property
    def about(self) -> Json:
        return super().about | {"choices": [{"value": word, "display_name": word.title()} for word in self.words]}


@dataclass(frozen=True)
class Address(Field):
    """An IP address, alone or with the length of its prefix, or a network."""

    form: str = "address"  # or "interface" (10.0.0.1/24), "network" (10.0.0.0/24)
    version: int | None = None

    def judged(self, value: Any, where: Writing) -> str:
        makers: dict[str, Any] = {
            "address": ipaddress.ip_address,
            "interface": ipaddress.ip_interface,
            "network": ipaddress.ip_network,
        }
        if not isinstance(value, str) or (self.form != "address") != ("/" in value):
            raise Invalid(f"Enter a valid {self.form}.")
        try:
            kept = makers[self.form](value)
        except ValueError as error:
            raise Invalid(f"Enter a valid {self.form}: {error}.") from None
        if self.version not in (None, kept.version):
            raise Invalid(f"Enter an IPv{self.version} address.")
        return str(kept)

    def show(self, value: Any, how: Showing) -> Any:
        if value is None or ":" not in value or not how.has("ipv6_written_out"):
            return value
        address, slash, length = value.partition("/")
        return f"{ipaddress.ip_address(address).exploded.upper()}{slash}{length}"

    @property
    def type(self) -> str:
        return "string"


@dataclass(frozen=True)
class Relation(Field):
    """Another object, written as its URL."""

    kinds: tuple[str, ...] = ()
    form: str = "url"
    """Form without habits: `url` or `object`."""
    by_id: bool = False
    """True if a server with the habit `bare_ids` shows the number alone."""

    def judged(self, value: Any, where: Writing) -> int:
        return where.find(value, self.kinds)

    def show(self, value: Any, how: Showing) -> Any:
        if value is None:
            return None
        form = self.form
        if self.by_id and how.has("bare_ids"):
            form = "id"
        elif form == "url" and how.has("nested_objects"):
            form = "object"
        elif form == "object" and self.kinds == ("space",) and how.has("urls_for_objects"):
            form = "url"
        return how.link(self.kinds, value, form)


def keep_all(fields: tuple[Field, ...], body: Any, where: Writing, *, old: Json | None = None) -> Json:
    """Return an object's values after a write; with `old` only what the body names is changed."""
    if not isinstance(body, dict):
        raise Invalid({"non_field_errors": f"Invalid data. Expected a dictionary, but got {type(body).__name__}."})
    kept = dict(old or {})
    errors: dict[str, Errors] = {}
    for one in fields:
        if one.read_only:
            continue
        if one.name not in body:
            if old is None and one.required:
                errors[one.name] = "This field is required."
            elif old is None:
                kept[one.name] = one.default_of(where)
            continue
        try:
            value = one.keep(body[one.name], where)
        except Invalid as refused:
            errors[one.name] = refused.errors
            continue
        if one.fixed and old is not None and value != old[one.name]:
            errors[one.name] = "This field cannot be changed."
        kept[one.name] = value
    if errors:
        raise Invalid(errors)
    return kept


def show_all(fields: tuple[Field, ...], values: Json, how: Showing) -> Json:
    """Return an object's fields as they are shown."""
    return {one.name: one.show(values.get(one.name), how) for one in fields if not one.write_only}


@dataclass(frozen=True)
class Many(Field):
    """A list of objects."""

    of: tuple[Field, ...] = ()
    ordered: bool = False
    """True if the order means something, so that it is kept."""

    def default_of(self, where: Writing) -> Any:
        return []

    def judged(self, value: Any, where: Writing) -> list[Json]:
        if not isinstance(value, list):
            raise Invalid("Expected a list of items.")
        kept: list[Json] = []
        errors: dict[int, Errors] = {}
        for place, item in enumerate(value):
            try:
                kept.append(keep_all(self.of, item, where))
            except Invalid as refused:
                errors[place] = refused.errors
        if errors:
            raise Invalid({**dict.fromkeys(range(len(value)), {}), **errors})
        return kept

    def show(self, value: Any, how: Showing) -> Any:
        shown = [how.with_more(show_all(self.of, item, how)) for item in value or ()]
        return shown[::-1] if not self.ordered and how.has("lists_reversed") else shown

    @property
    def about(self) -> Json:
        child = {"type": "nested object", "children": {one.name: one.about for one in self.of}}
        return super().about | {"type": "list", "child": child}


@dataclass(frozen=True)
class Words(Field):
    """A list of texts, whose order means something."""

    def default_of(self, where: Writing) -> Any:
        return []

    def judged(self, value: Any, where: Writing) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            raise Invalid("Expected a list of texts.")
        return value

    @property
    def about(self) -> Json:
        return super().about | {"type": "list", "child": {"type": "string"}}


@dataclass(frozen=True)
class Slot(Field):
    """A filter slot of a protocol: `{mode, filter}`, written whole."""

    default: Any = field(default_factory=lambda: {"mode": "all", "filter": None})
    other: Any = field(default_factory=lambda: {"mode": "none", "filter": None})

    _mode = Choice("mode", required=True, words=("all", "none", "filter"))
    _filter = Relation("filter", null=True, kinds=("filter",))

    def default_of(self, where: Writing) -> Any:
        return dict(super().default_of(where))

    def judged(self, value: Any, where: Writing) -> Json:
        kept = keep_all((self._mode, self._filter), value, where)
        if kept["mode"] == "filter" and kept["filter"] is None:
            raise Invalid({"filter": "A filter is needed in this mode."})
        if kept["mode"] != "filter":
            kept["filter"] = None
        return kept

    def show(self, value: Any, how: Showing) -> Any:
        return how.with_more(show_all((self._mode, self._filter), value, how))

    @property
    def about(self) -> Json:
        children = {one.name: one.about for one in (self._mode, self._filter)}
        return super().about | {"type": "nested object", "children": children}
