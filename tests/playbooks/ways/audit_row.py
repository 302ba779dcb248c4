# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of audit_table.py: a difference, and the findings that an audit has to have of it."""

from __future__ import annotations

from dataclasses import dataclass

from .audit_plants import Plant

CHANGED, REFUSED, LEFT = "changed", "refused", "left"
"""Change, refusal or nothing by the next run of site.yml, with the operator's switches."""


@dataclass(frozen=True)
class Found:
    """A finding that has to be there; `object` is a part of the finding's object."""

    kind: str
    object: str
    next: str = CHANGED
    severity: str = "error"
    source: str = "plan"


@dataclass(frozen=True)
class Row:
    """A difference, and the findings that it makes."""

    name: str
    plant: Plant
    finds: tuple[Found, ...]
    more: frozenset[str] = frozenset()
    """Kinds of which there may be further findings: they follow from the same difference."""
    alone: bool = False
    """True if it is not planted with all others: it changes the inventory, or would hide others."""


def condition(kind: str, object_: str, severity: str = "error") -> Found:
    return Found(kind, object_, LEFT, severity, "condition")


def bystander(kind: str, object_: str, after: str = LEFT, severity: str = "error") -> Found:
    return Found(kind, object_, after, severity, "bystander")


def waste(kind: str, object_: str) -> Found:
    return Found(kind, object_, LEFT, "warning", "waste")
