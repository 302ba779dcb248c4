# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds of values: how one looks on the wire, how to users, and when two are the same.

Three forms of a value: the wire's (JSON of the API), the friendly one (what modules accept and return) and the
canonical one (friendly, with one spelling for each meaning; lists without order are sorted). Values are compared in
canonical form. None is handled by the field that a kind belongs to, not here.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import Any, Protocol

from .._grammar import (
    bird_symbol_problem,
    interface_name_problem,
    interface_pattern_problem,
    password_problem,
    slug_problem,
)
from .numbers import as_number
from .ordering import number_of, rank
from .shape_errors import ShapeError, shape_error

_LINE_END = re.compile(r"\r\n?")


class Names(Protocol):
    """Translates between the names that users write and the URLs that the API wants."""

    def url(self, space: str, parent: str, key: Any) -> str:
        """Return the URL of what is named ``key``; raises an error that names it if it does not exist."""

    def key(self, space: str, parent: str, value: Any) -> Any:
        """Return the name behind a URL, id or nested object."""


class Kind:
    """A kind of value; the base is "any JSON, taken as it is"."""

    title = "a value"

    def canonical(self, value: Any) -> Any:
        """Return one spelling for each meaning.

        :raises ValueError: if the value is not of this kind; the text says what would be accepted
        """
        return value

    def wire(self, value: Any, names: Names, parent: str) -> Any:
        """Return a canonical value for a request body."""
        return value

    def from_wire(self, value: Any, names: Names, parent: str) -> Any:
        """Return a value out of an answer, in canonical form where it is one of this kind.

        :raises ShapeError: if it is of another type
        """
        try:
            return self.canonical(value)
        except (ValueError, TypeError) as error:
            if not self.is_like(value):
                raise shape_error(self.title, value) from error
            # The server may know more than this table; what it has is shown as it is.
            return value

    def is_like(self, value: Any) -> bool:
        """Return True if a value that is none of this kind can still be compared and shown."""
        return not isinstance(value, (list, Mapping))


class Text(Kind):
    title = "a text"

    def canonical(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not a text")
        return value

    def from_wire(self, value: Any, names: Names, parent: str) -> Any:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return super().from_wire(str(value) if is_number else value, names, parent)

    def is_like(self, value: Any) -> bool:
        return isinstance(value, str)


class Block(Text):
    """Text of several lines; a server may drop white space around it (Django REST framework), or send CRLF (a form)."""

    title = "a text"

    def canonical(self, value: Any) -> str:
        return _LINE_END.sub("\n", super().canonical(value)).strip()


class Secret(Text):
    """A password of BIRD's, which stands between double quotes and becomes a key of TCP MD5. It is never shown."""

    def canonical(self, value: Any) -> str:
        problem = password_problem(value)
        if problem is not None:  # no `from`, and no value: a traceback would show it
            raise ValueError(f"{problem.rstrip('.')} (the value is not shown)")
        return str(value)


class Symbol(Text):
    """The name of a filter or protocol, which is a symbol in BIRD's configuration."""

    def canonical(self, value: Any) -> str:
        return _named(value, bird_symbol_problem(value))


class Slug(Text):
    """The key of a space, a part of paths."""

    def canonical(self, value: Any) -> str:
        return _named(value, slug_problem(value))


class Pattern(Text):
    """A pattern of interface names."""

    def canonical(self, value: Any) -> str:
        return _named(value, interface_pattern_problem(value))


def _named(value: str, problem: str | None) -> str:
    if problem is not None:
        raise ValueError(problem.rstrip("."))
    return value


class Flag(Kind):
    title = "true or false"

    def is_like(self, value: Any) -> bool:
        return False

    def canonical(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{value!r} is neither true nor false")
        return value


@dataclass(frozen=True)
class Number(Kind):
    least: int = 0
    most: int = 4294967295
    title = "a whole number"

    def canonical(self, value: Any) -> int:
        number = as_number(value)
        if isinstance(number, bool) or not isinstance(number, int) or not self.least <= number <= self.most:
            raise ValueError(f"{value!r} is not a whole number from {self.least} to {self.most}")
        return number

    def is_like(self, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)


class Seconds(Number):
    """A time of BIRD's: the collection gives whole seconds, others may have given a fraction."""

    def from_wire(self, value: Any, names: Names, parent: str) -> Any:
        return super().from_wire(as_number(value), names, parent)

    def is_like(self, value: Any) -> bool:
        return super().is_like(value) or (isinstance(value, float) and math.isfinite(value))


@dataclass(frozen=True)
class Choice(Kind):
    choices: tuple[str, ...] = ()
    title = "a choice"

    def canonical(self, value: Any) -> str:
        if value not in self.choices:
            raise ValueError(f"{value!r} is none of {', '.join(self.choices)}")
        return str(value)


class Name(Text):
    """The name of a network interface."""

    def canonical(self, value: Any) -> str:
        return _named(value, interface_name_problem(value))


class Address(Kind):
    """Kind of field whose value contains an IP address."""

    def is_like(self, value: Any) -> bool:
        # A scope, or the bits of a host, is more than is accepted of users, and can be worked with.
        return isinstance(value, str) and number_of(value) is not None


class HostAddress(Address):
    """An IPv4 or IPv6 address without prefix length."""

    title = "an IP address"

    def canonical(self, value: Any) -> str:
        try:
            return _host_address(value) if isinstance(value, str) else str(ipaddress.ip_address(_no_number(value)))
        except ValueError as error:
            raise ValueError(f"{value!r} is not an IP address without prefix length") from error


class InterfaceAddress(Address):
    """An address with its prefix length, "10.254.0.7/20"; without one it is a host's (/32, /128)."""

    title = "an IP address with prefix length"

    def canonical(self, value: Any) -> str:
        try:
            return (
                _interface_address(value) if isinstance(value, str) else str(ipaddress.ip_interface(_no_number(value)))
            )
        except ValueError as error:
            raise ValueError(f"{value!r} is not an IP address with prefix length") from error


class Network(Address):
    """A network, "0.0.0.0/0"; host bits must be zero."""

    title = "a network"

    def canonical(self, value: Any) -> str:
        try:
            return str(ipaddress.ip_network(_no_number(value)))
        except ValueError as error:
            raise ValueError(f"{value!r} is not a network (address/prefix length with all host bits zero)") from error


@dataclass(frozen=True)
class Reference(Kind):
    """Another object, by name for users and by URL on the wire.

    :param space: the name space it is looked up in: space, interface, filter, bond_interface, aggregator, bond
    """

    space: str
    title = "a name"

    def canonical(self, value: Any) -> Any:
        if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
            raise ValueError(f"{value!r} does not name a {self.space.replace('_', ' ')}")
        if self.space == "space":
            return _named(str(value), slug_problem(str(value)))
        return value if self.space in ("aggregator", "bond") else str(value)

    def wire(self, value: Any, names: Names, parent: str) -> str:
        return names.url(self.space, parent, value)

    def from_wire(self, value: Any, names: Names, parent: str) -> Any:
        key = names.key(self.space, parent, value)
        if not isinstance(key, (str, int, NoneType)) or isinstance(key, bool):
            raise shape_error(f"a reference to a {self.space.replace('_', ' ')}", value)
        return key


@dataclass(frozen=True)
class Part:
    """One entry of a :class:`Record`.

    :param default: stands for what was not given; ... means: must be given
    :param wire_name: its name in the API, where that is another one
    """

    kind: Kind
    default: Any = ...
    wire_name: str = ""


@dataclass(frozen=True)
class Record(Kind):
    """A mapping with known entries; unknown ones out of the server are dropped, from users refused."""

    parts: Mapping[str, Part]
    title = "a mapping"

    def canonical(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValueError(f"{value!r} is not a mapping of {', '.join(self.parts)}")
        unknown = sorted(set(value) - set(self.parts))
        if unknown:
            raise ValueError(f"{', '.join(map(str, unknown))} is not one of {', '.join(self.parts)}")
        result = {}
        for name, part in self.parts.items():
            given = value.get(name)
            if given is None and part.default is ...:
                raise ValueError(f"{name} is missing")
            if given is None:
                result[name] = part.default
                continue
            try:
                result[name] = part.kind.canonical(given)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        return result

    def wire(self, value: Any, names: Names, parent: str) -> dict[str, Any]:
        return {
            name: None if value.get(name) is None else part.kind.wire(value[name], names, parent)
            for name, part in self.parts.items()
        }

    def from_wire(self, value: Any, names: Names, parent: str) -> Any:
        if not isinstance(value, Mapping):
            raise shape_error(f"a mapping of {', '.join(self.parts)}", value)
        result = {}
        for name, part in self.parts.items():
            if value.get(name) is None and part.default is not ...:
                result[name] = part.default
                continue
            try:
                result[name] = part.kind.from_wire(value.get(name), names, parent)
            except ShapeError as error:
                raise ShapeError(f"{name}: {error}") from error
        return result


@dataclass(frozen=True)
class ListOf(Kind):
    """A list, always meant as a whole.

    :param ordered: whether the order means something (patterns of a protocol: the first that matches counts)
    """

    item: Kind
    ordered: bool = False
    title = "a list"

    @property
    def entry(self) -> Kind:
        """Return the kind of an entry as the server has it."""
        return self.item

    def canonical(self, value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{value!r} is not a list")
        return self._sorted([self.item.canonical(item) for item in value])

    def wire(self, value: Any, names: Names, parent: str) -> list[Any]:
        return [self.item.wire(item, names, parent) for item in value]

    def from_wire(self, value: Any, names: Names, parent: str) -> Any:
        if not isinstance(value, list):
            raise shape_error("a list", value)
        result = []
        for number, item in enumerate(value, 1):
            try:
                result.append(self.item.from_wire(item, names, parent))
            except ShapeError as error:
                raise ShapeError(f"entry {number}: {error}") from error
        return self._sorted(result)

    def _sorted(self, items: list[Any]) -> list[Any]:
        return items if self.ordered else sorted(items, key=rank)


# In a mesh each address is named by every other aggregator, and compared in every phase.
@lru_cache(maxsize=65536)
def _host_address(text: str) -> str:
    return str(ipaddress.ip_address(_unscoped(text)))


@lru_cache(maxsize=65536)
def _interface_address(text: str) -> str:
    return str(ipaddress.ip_interface(_unscoped(text)))


def _no_number(value: Any) -> Any:
    """Return the value, unless it is a number: ipaddress would take 5 for 0.0.0.5."""
    if isinstance(value, int):
        raise ValueError(f"{value!r} is a number")
    return value


def _unscoped(text: str) -> str:
    """Return the text, unless it names a device: such an address means something on one host only."""
    if "%" in text:
        raise ValueError(f"{text!r} names a device after %, so that it is valid on one host only")
    return text
