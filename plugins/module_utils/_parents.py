# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of what objects belong to: "aggregators/7", "bonds/17".

Such a name says which aggregator or bond an object belongs to, in plans, in `known` and in sentences. It is no path of
the server: the paths are in the table of resources alone.
"""

from __future__ import annotations

AGGREGATOR, BOND = "aggregator", "bond"


def parent_of(kind: str, number: int) -> str:
    """Return the name of an aggregator or bond: "aggregators/7"."""
    return f"{kind}s/{number}"


def kind_of(parent: str) -> str:
    """Return the kind of the named object: "aggregator"; an empty text for no parent."""
    return parent.partition("s/")[0]


def number_of(parent: str) -> int:
    """Return the id of the named object: 7."""
    return int(parent.partition("/")[2])


def is_below(parent: str, kind: str) -> bool:
    """Return True if the parent is of this kind."""
    return kind_of(parent) == kind
