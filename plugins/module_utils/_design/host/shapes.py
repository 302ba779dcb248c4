# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes of foreign data: types, counts and lengths, declared once, checked value by value.

`shape.read(value, where, wrong)` returns the value as plain lists and dictionaries, and appends a sentence to `wrong`
for each part that does not fit. A value that has already failed is never walked through, so depth and size of what a
stranger sends cost nothing. Leaves are returned as they came: Ansible marks texts of hosts as not to be templated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
MOST_SENTENCES = 20
EXCERPT = 40


class Shape(Protocol):
    """Shape that a value must have."""

    def read(self, value: Any, where: str, wrong: list[str]) -> Any:
        """Return the value, or None after a sentence in `wrong`."""


def shown(value: Any) -> str:
    """Return a short description of a foreign value that is safe to print: ASCII, one line, no containers."""
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, str):
        return ascii(str(value[:EXCERPT])) + ("..." if len(value) > EXCERPT else "")
    if isinstance(value, (bool, float)) or value is None:
        return str(value)
    if isinstance(value, int):
        return str(value) if -(10**EXCERPT) < value < 10**EXCERPT else "a huge number"
    return type(value).__name__


def refuse(wrong: list[str], where: str, value: Any, expected: str) -> None:
    """Append one sentence, up to MOST_SENTENCES."""
    say(wrong, f"{where} is not as expected (got {shown(value)}, expected {expected}).")


def say(wrong: list[str], sentence: str) -> None:
    """Append a sentence, up to MOST_SENTENCES; the last one says that there is more."""
    if len(wrong) < MOST_SENTENCES:
        wrong.append(sentence)
    elif len(wrong) == MOST_SENTENCES:
        wrong.append("More is not as expected.")


@dataclass(frozen=True)
class Text:
    """A text of up to `most` printable characters that `fits`; with `optional` also None."""

    expected: str
    most: int
    fits: Callable[[str], object] = bool
    optional: bool = False

    def read(self, value: Any, where: str, wrong: list[str]) -> Any:
        """Return the text, or None after a sentence in `wrong`."""
        if value is None and self.optional:
            return None
        if isinstance(value, str) and len(value) <= self.most and value.isprintable() and self.fits(value):
            return value
        refuse(wrong, where, value, f"{self.expected} of up to {self.most} characters")
        return None


@dataclass(frozen=True)
class Number:
    """A whole number from `least` to `most`; with `optional` also None, with `as_text` also its digits.

    What a variable of Ansible's is put together from may be a text where a number is meant.
    """

    least: int
    most: int
    optional: bool = False
    as_text: bool = False

    def read(self, value: Any, where: str, wrong: list[str]) -> Any:
        """Return the number, or None after a sentence in `wrong`."""
        if value is None and self.optional:
            return None
        if self.as_text and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= EXCERPT:
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        refuse(wrong, where, value, f"a whole number from {self.least} to {self.most}")
        return None


@dataclass(frozen=True)
class Flag:
    """True or false, with `as_text` also a word of YAML for them; with `only` just this one."""

    only: bool | None = None
    as_text: bool = False

    def read(self, value: Any, where: str, wrong: list[str]) -> Any:
        """Return the flag, or None after a sentence in `wrong`."""
        if self.as_text and isinstance(value, str):
            value = FLAGS.get(value.lower(), value)
        if isinstance(value, bool) and self.only in (None, value):
            return value
        refuse(wrong, where, value, "true or false" if self.only is None else str(self.only).lower())
        return None


@dataclass(frozen=True)
class Many:
    """A list of `least` to `most` entries of one shape."""

    of: Shape
    most: int
    least: int = 0

    def read(self, value: Any, where: str, wrong: list[str]) -> Any:
        """Return the list, or an empty one after a sentence in `wrong`."""
        if not isinstance(value, (list, tuple)):
            refuse(wrong, where, value, "a list")
            return []
        if len(value) < self.least:
            refuse(wrong, where, value, f"a list of at least {self.least}")
            return []
        if len(value) > self.most:
            say(wrong, f"{where} is too long (got {len(value)} entries, expected {self.most} at most).")
            return []
        return [self.of.read(entry, f"{where}[{number}]", wrong) for number, entry in enumerate(value)]


@dataclass(frozen=True)
class Optional:
    """Another shape, or None."""

    of: Shape

    def read(self, value: Any, where: str, wrong: list[str]) -> Any:
        """Return None, or what the other shape reads."""
        return None if value is None else self.of.read(value, where, wrong)


@dataclass(frozen=True)
class Record:
    """A dictionary with exactly these keys; one that is absent gets its default, if it has one."""

    fields: Mapping[str, Shape]
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def read(self, value: Any, where: str, wrong: list[str]) -> Any:
        """Return the dictionary of the known keys, or an empty one after a sentence in `wrong`."""
        if not isinstance(value, Mapping):
            refuse(wrong, where, value, "a dictionary")
            return {}
        prefix = f"{where}." if where else ""
        for key in value:
            if key not in self.fields:
                say(wrong, f"{where or 'It'} has the unknown key {shown(key)}.")
        read: dict[str, Any] = {}
        for name, shape in self.fields.items():
            if name in value:
                read[name] = shape.read(value[name], f"{prefix}{name}", wrong)
            elif name in self.defaults:
                read[name] = deepcopy(self.defaults[name])
            else:
                say(wrong, f"{prefix}{name} is missing.")
        return read
