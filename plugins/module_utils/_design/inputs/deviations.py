# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reader of `bonding_deviations`; whether an entry fits the network is judged by `_design/deviations.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..._grammar import nearest
from ..._model.desired_network import Deviation, Report
from .values import given_options

OPTIONS = ("name", "keep", "absent")
VARIABLE = "bonding_deviations"


def read_deviations(given: Any, report: Report) -> Iterator[Deviation]:
    """Yield the valid deviations, and report a problem for each other entry."""
    for host, entries in (given or {}).items():
        if not isinstance(entries, Mapping):
            report.problem(
                f"{VARIABLE}, {host}: got {_shown(entries)}, expected a dictionary of objects. Name the objects of "
                f"{host}, each with name, keep or absent."
            )
            continue
        for key, entry in entries.items():
            what = f"{VARIABLE}, {host}, {key}"
            deviation = _deviation(str(host), str(key), entry, what, report)
            if deviation:
                yield deviation


def _deviation(host: str, key: str, given: Any, what: str, report: Report) -> Deviation | None:
    if not isinstance(given, Mapping):
        report.problem(f"{what}: got {_shown(given)}, expected a dictionary with {_choices()}. Give one of them.")
        return None
    unknown = [name for name in given if name not in OPTIONS]
    for name in unknown:
        report.problem(f"{what}: the key {name!r} is not known{nearest(str(name), OPTIONS) or '.'}")
    options = given_options(given)
    name, keep, absent = options.get("name"), options.get("keep", []), options.get("absent", False)
    wrong = {
        "name": None if name is None or isinstance(name, str) else "a text",
        "keep": None if isinstance(keep, list) and all(isinstance(one, str) for one in keep) else "a list of fields",
        "absent": None if isinstance(absent, bool) else "true or false",
    }
    for option, expected in wrong.items():
        if expected:
            report.problem(f"{what}, {option}: got {_shown(options[option])}, expected {expected}. Correct it.")
    if unknown or any(wrong.values()):
        return None
    if name == key:
        name = None  # what the network calls it anyway
    if name is not None and not name.isprintable():
        report.problem(f"{what}, name: got {name!r}, expected a name without control characters. Correct it.")
        return None
    if absent and (name or keep):
        report.problem(f"{what}: absent: true with name or keep: an object that is left out has neither. Choose one.")
        return None
    return Deviation(host, key, name, tuple(dict.fromkeys(keep)), absent)


def _choices() -> str:
    return " or ".join((", ".join(OPTIONS[:-1]), OPTIONS[-1]))


def _shown(value: Any) -> str:
    return "a dictionary" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else repr(value)[:60]
