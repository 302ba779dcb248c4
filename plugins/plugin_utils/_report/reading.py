# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of a report: the description and the findings, as dataclasses again after their way through Ansible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from ansible_collections.bonded.internet.plugins.module_utils._model.description import Description
from ansible_collections.bonded.internet.plugins.module_utils._model.finding import SEVERITIES, Finding

T = TypeVar("T")


class ReportDataError(Exception):
    """The data is not a description, or none of this version of the collection."""


def description_of(data: Any) -> Description:
    """Return the description that network_plan has returned as plain data.

    :raises ReportDataError: if the data are none of this version of the collection
    """
    return _read(Description, data, "description")


def findings_of(data: Iterable[Any] | None) -> tuple[Finding, ...] | None:
    """Return the findings of an audit, the gravest first; None where there was no audit.

    :raises ReportDataError: if one of them is not a finding
    """
    if data is None:
        return None
    found = [_finding(one, f"findings[{number}]") for number, one in enumerate(data)]
    return tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.kind, one.object)))


def _finding(data: Any, where: str) -> Finding:
    found = _read(Finding, data, where)
    if found.severity not in SEVERITIES:
        raise ReportDataError(f"{where}: severity (got {found.severity!r}, expected one of {', '.join(SEVERITIES)}).")
    return found


def _read(kind: type[T], data: Any, where: str) -> T:
    """Return a dataclass from the dictionary of its fields."""
    if not isinstance(data, Mapping):
        raise ReportDataError(f"{where}: is not {_noun(kind)} (got {type(data).__name__}, expected a dictionary).")
    hints = get_type_hints(kind)
    names = {one.name: one for one in _fields(kind)}
    unknown = sorted(set(data) - set(names))
    required = [n for n, one in names.items() if one.default is MISSING and one.default_factory is MISSING]
    missing = [name for name in required if name not in data]
    if unknown or missing:
        raise ReportDataError(
            f"{where}: is not {_noun(kind)} of this version of the collection (unknown: {', '.join(unknown) or '-'}; "
            f"missing: {', '.join(missing) or '-'})."
        )
    return kind(**{name: _value(hints[name], value, f"{where}.{name}") for name, value in data.items()})


def _noun(kind: type[Any]) -> str:
    """Return the name of a class as words with their article: "a bond description" of BondDescription."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind.__name__).lower()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _fields(kind: Any) -> tuple[Field[Any], ...]:
    """Return the fields of a dataclass, whose type a type variable does not carry."""
    return fields(kind)


def _value(hint: Any, value: Any, where: str) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return None if value is None else _value(next(one for one in inner if one is not NoneType), value, where)
    if origin is tuple:
        return tuple(
            _value(inner[0], one, f"{where}[{number}]") for number, one in enumerate(_expect(list, value, where))
        )
    if origin is dict:
        return {name: _value(inner[1], one, f"{where}.{name}") for name, one in _expect(Mapping, value, where).items()}
    if is_dataclass(hint):
        return _read(cast("type[Any]", hint), value, where)
    return _expect(str if origin is Literal else (float, int) if hint is float else hint, value, where)


def _expect(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, kind):
        expected = (kind[0] if isinstance(kind, tuple) else kind).__name__
        raise ReportDataError(f"{where}: has another type (got {type(value).__name__}, expected {expected}).")
    return value
