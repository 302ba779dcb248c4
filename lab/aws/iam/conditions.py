# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Condition element of a policy's statement; private to the stand-in.

What is not modelled is refused when the policy is read: a condition that is ignored would prove the wrong thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lab.kit.messages import ControlError

Context = Mapping[str, tuple[str, ...]]
"""The condition keys of a request on one resource, in lower case as IAM compares them, with their values."""

OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
QUANTIFIERS = ("ForAllValues", "ForAnyValue")
KEYS = ("aws:TagKeys", "aws:RequestedRegion", "ec2:CreateAction", "ec2:Region")
TAG_KEYS = ("aws:RequestTag/", "aws:ResourceTag/", "ec2:ResourceTag/")
SEVERAL = "aws:tagkeys"
"""The one key that may have several values, so that only a quantifier makes sense of it."""


class BadPolicy(ControlError):
    """A policy document that IAM, or this stand-in, cannot use; the text names the place and what would do."""


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile("".join(parts), re.DOTALL)


def like(pattern: str, value: str) -> bool:
    """Return True if the value matches a pattern of IAM: ``*`` is any text, ``?`` any one character."""
    return _pattern(pattern).fullmatch(value) is not None


@dataclass(frozen=True)
class Condition:
    """One key under one operator.

    :ivar quantifier: ForAllValues, ForAnyValue or "".
    :ivar operator: one of OPERATORS, or Null.
    :ivar if_exists: whether a missing key fulfils it.
    :ivar key: in lower case.
    :ivar written: the key as the document has it.
    """

    quantifier: str
    operator: str
    if_exists: bool
    key: str
    values: tuple[str, ...]
    written: str

    def holds(self, context: Context) -> bool:
        """Return True if a request with these condition keys fulfils the condition."""
        found = context.get(self.key, ())
        if self.operator == "Null":
            return (self.values[0] == "true") == (not found)
        if not found:
            # Negated operators and ForAllValues match a missing key.
            return self.if_exists or self.quantifier == "ForAllValues" or (self._negated and not self.quantifier)
        judged = [self._one(value) for value in found]
        return any(judged) if self.quantifier == "ForAnyValue" else all(judged)

    @property
    def _negated(self) -> bool:
        return self.operator.startswith("StringNot")

    def _one(self, value: str) -> bool:
        if self.operator.endswith("Like"):
            return any(like(wanted, value) for wanted in self.values) != self._negated
        return (value in self.values) != self._negated


def strings(where: str, given: Any) -> tuple[str, ...]:
    """A text or a list of them. Raises BadPolicy."""
    found = given if isinstance(given, list) else [given]
    if not found or not all(isinstance(one, str) for one in found):
        raise BadPolicy(f"{where}: {given!r} is neither a text nor a list of texts")
    for one in found:
        if "${" in one:
            raise BadPolicy(f"{where}: {one!r} has a policy variable, which this stand-in does not model")
    return tuple(found)


def parse_conditions(where: str, given: Any) -> tuple[Condition, ...]:
    """The Condition element: all of them must hold. Raises BadPolicy."""
    if not isinstance(given, Mapping):
        raise BadPolicy(f"{where}: an object of operators is wanted, not {given!r}")
    found = []
    for name, keys in given.items():
        if not isinstance(keys, Mapping) or not keys:
            raise BadPolicy(f"{where}: {name}: an object of condition keys is wanted, not {keys!r}")
        found += [_parse_one(f"{where}: {name}: {key}", name, key, values) for key, values in keys.items()]
    return tuple(found)


def _parse_one(where: str, name: str, key: str, given: Any) -> Condition:
    quantifier, colon, rest = name.rpartition(":")
    operator = rest.removesuffix("IfExists")
    if (colon and quantifier not in QUANTIFIERS) or operator not in (*OPERATORS, "Null"):
        raise BadPolicy(
            f"{where}: the operator is unknown; there are: {', '.join(OPERATORS)} (with IfExists behind and "
            f"{' or '.join(QUANTIFIERS)} and a colon before, if wanted), and Null"
        )
    lower = key.lower()
    tagged = any(lower.startswith(prefix.lower()) and len(key) > len(prefix) for prefix in TAG_KEYS)
    if not tagged and lower not in {one.lower() for one in KEYS}:
        raise BadPolicy(
            f"{where}: the condition key is unknown; there are: {', '.join(KEYS)}, and {', '.join(TAG_KEYS)} with a "
            "tag's key behind"
        )
    values = strings(where, given)
    if operator == "Null":
        if quantifier or rest != "Null" or values not in (("true",), ("false",)):
            raise BadPolicy(f'{where}: Null wants "true" or "false" and nothing else, not {given!r}')
    elif (lower == SEVERAL) != bool(quantifier):
        raise BadPolicy(f"{where}: aws:TagKeys wants {' or '.join(QUANTIFIERS)} before the operator, no other key does")
    return Condition(quantifier, operator, rest.endswith("IfExists"), lower, values, key)
