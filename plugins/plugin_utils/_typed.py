# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory values typed by Ansible's argument specifications.

AnsibleModule types a module's options too, but stops at the first problem, and names neither the variable nor the entry
of a list. Here each problem is one sentence that names both, and all problems are collected.

`null` and an empty text mean that a value is absent, as a survey's empty field and an empty YAML key leave it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.bonded.internet.plugins.module_utils._grammar import nearest
from ansible_collections.bonded.internet.plugins.module_utils._printable import excerpt

Spec = Mapping[str, Any]

INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
NAMED_BY = {
    "key": "space",
    "aggregator": "gateway on",
    "name": "entry",
    "bond": "entry of bond",
    "zone": "zone",
}
"""The options that tell the entries of a list apart, and the words before them in a message; the first one counts."""
NEVER_BLANK = ("from",)
"""Options that mean everybody where they are left out: a variable that came out empty must not mean that."""
EMPTY_COUNTS = frozenset({"reverse_dns"})
"""Options whose empty text says something: here that the address has no name any more."""
SHOWN = 60
"""A value is shown up to this many characters."""


class Absent:
    """The type of ABSENT."""


ABSENT = Absent()
"""The result for a value that is not given, or that cannot be used."""


def typed(value: Any, spec: Spec, where: str, problems: list[str]) -> Any:
    """Return `value` with the type of `spec` (an option of an argument specification), or ABSENT.

    :param where: the variable and entry, as they begin a sentence
    :param problems: receives a sentence for each value that cannot be used
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return ABSENT
    return _READERS[spec.get("type", "str")](value, spec, where, problems)


def _refuse(where: str, value: Any, expected: str, spec: Spec, problems: list[str]) -> Absent:
    shown = "a value that is not shown" if spec.get("no_log") else _shown(value)
    problems.append(f"{where}: got {shown}, expected {expected}.")
    return ABSENT


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, list):
        return "a list"
    return excerpt(value, SHOWN)


def _text(value: Any, spec: Spec, where: str, problems: list[str]) -> Any:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return _refuse(where, value, "a text", spec, problems)
    text = str(value)
    choices = spec.get("choices")
    if choices and text not in choices:
        meant = nearest(text, choices).rstrip("?")
        return _refuse(where, text, f"one of {', '.join(choices)}{meant}", spec, problems)
    return text


def _integer(value: Any, spec: Spec, where: str, problems: list[str]) -> Any:
    number: int | None = None
    if (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and INTEGER.fullmatch(value.strip())
    ):
        number = int(value)
    least = spec.get("least")
    if number is None or (least is not None and number < least):
        bound = "" if least is None else f" from {least} on"
        return _refuse(where, value, f"a whole number{bound}", spec, problems)
    return number


def _switch(value: Any, spec: Spec, where: str, problems: list[str]) -> Any:
    try:
        return bool(boolean(value.strip() if isinstance(value, str) else value, strict=True))
    except TypeError:
        return _refuse(where, value, "true or false", spec, problems)


def _parsed(value: Any) -> Any:
    """Return the value of a JSON text, as `-e name='[...]'` gives it; any other value as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("[", "{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _list(value: Any, spec: Spec, where: str, problems: list[str]) -> Any:
    value = _parsed(value)
    element = {key: spec[key] for key in ("options", "choices", "no_log") if key in spec}
    element["type"] = spec.get("elements", "str")
    if isinstance(value, str) and element["type"] != "dict":
        value = [part.strip() for part in value.split(",")]
    if not isinstance(value, list):
        kind = "dictionaries" if element["type"] == "dict" else "texts"
        return _refuse(where, value, f"a list of {kind}", spec, problems)
    found = []
    for number, item in enumerate(value, 1):
        inner = f"{where}, {_entry(item, number)}"
        entry = typed(item, element, inner, problems)
        if not isinstance(entry, Absent):
            found.append(entry)
        elif item is None or item == "":
            problems.append(f"{inner}: is empty. Leave it out, or give it a value.")
    return found


def _entry(item: Any, number: int) -> str:
    """Return the name of a list's entry for a message."""
    if isinstance(item, Mapping):
        for option, words in NAMED_BY.items():
            if isinstance(item.get(option), (str, int)) and not isinstance(item[option], bool):
                return f"{words} {str(item[option])[:SHOWN]}"
    return f"entry {number}"


def _mapping(value: Any, spec: Spec, where: str, problems: list[str]) -> Any:
    value = _parsed(value)
    if not isinstance(value, Mapping):
        return _refuse(where, value, "a dictionary", spec, problems)
    options = spec.get("options")
    if options is None:
        return {str(key): item for key, item in value.items() if item is not None}
    found = {}
    for key in sorted(set(map(str, value)) - set(options)):
        problems.append(f"{where}: the key {key[:SHOWN]!r} is not known{nearest(key, options) or '.'}")
    for name, option in options.items():
        if name in NEVER_BLANK and name in value and value[name] in (None, ""):
            problems.append(f"{where}, {name}: is empty, so that nobody may come. Left out, it means everybody.")
            continue
        if name in EMPTY_COUNTS and value.get(name) == "":
            found[name] = ""
            continue
        item = typed(value.get(name), option, f"{where}, {name}", problems)
        if not isinstance(item, Absent):
            found[name] = item
        elif option.get("required") and value.get(name) in (None, ""):
            problems.append(f"{where}: {name} is missing.")
    return found


def _raw(value: Any, _spec: Spec, _where: str, _problems: list[str]) -> Any:
    """Return the value as it is: what it may be is judged by who takes it."""
    return value


_READERS = {"raw": _raw, "str": _text, "path": _text, "int": _integer, "bool": _switch, "list": _list, "dict": _mapping}
