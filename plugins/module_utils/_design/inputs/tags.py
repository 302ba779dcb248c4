# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of the operator's own, as they are given."""

from __future__ import annotations

from typing import Any

from ..._model.desired_network import Report

OURS = ("bonded.internet/", "aws:")
MOST_OF_KEY, MOST_OF_VALUE = 127, 256
MOST = 40
"""EC2 lets an object have 50 tags, of which this collection uses up to ten."""


def read_tags(given: Any, what: str, report: Report) -> dict[str, str]:
    """Return the tags of an option; what EC2 or this collection cannot have is a problem."""
    found: dict[str, str] = {}
    for key, value in (given or {}).items():
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            report.problem(f"{what}.{key}: got {value!r}, expected a text. Put it into quotes.")
        elif problem := _problem(str(key), str(value)):
            report.problem(f"{what}: {problem}")
        else:
            found[str(key)] = str(value)
    if len(found) > MOST:
        report.problem(
            f"{what}: has {len(found)} tags, expected at most {MOST}: EC2 allows 50 with ours. Leave some out."
        )
    return found


def _problem(key: str, value: str) -> str | None:
    """Return the problem of a tag."""
    if key.lower().startswith(OURS) or key == "Name":
        return f"the key {key!r} is not for the operator: this collection and AWS write {', '.join(OURS)} and Name."
    if not 1 <= len(key) <= MOST_OF_KEY or not key.isprintable():
        return f"the key {key[:40]!r} has {len(key)} characters, expected 1 to {MOST_OF_KEY} that can be printed."
    if len(value) > MOST_OF_VALUE or not (value == "" or value.isprintable()):
        return f"{key}: the value has {len(value)} characters, expected up to {MOST_OF_VALUE} that can be printed."
    return None
