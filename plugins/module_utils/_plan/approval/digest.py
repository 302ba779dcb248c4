# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digest of a plan, and a line for each of its items."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..._printable import printable

Item = Mapping[str, Any]
"""An item of `plan` or `deferred`, as network_plan returns it with its details; the latter has a reason."""

MARK = 8
"""Digits of an item's own digest, at the end of its line: the line changes with everything that the item says."""


def digest_of(network: str, items: Sequence[Item], deferred: Sequence[Item]) -> str:
    """Return the SHA-256 of everything that is planned, in hexadecimal digits: the same in any order of the items."""
    planned = {"network": network, "plan": sorted(map(_text, items)), "deferred": sorted(map(_text, deferred))}
    return _sha256(_text(planned))


def item_lines(items: Sequence[Item], deferred: Sequence[Item]) -> list[str]:
    """Return a line for each item, sorted."""
    lines = [f"{label_of(item)} #{_mark(item)}" for item in items]
    return sorted([*lines, *(f"deferred, {label_of(item)} #{_mark(item)}" for item in deferred)])


def label_of(item: Item) -> str:
    """Return the phase, the verb, the object and the host of an item."""
    place = f" on {item['host']}" if item["host"] else ""
    parent = f"{item['parent']} " if item["parent"] else ""
    return printable(f"{item['phase']}: {item['verb']} {item['system']} {item['kind']} {parent}{item['key']}{place}")


def _mark(item: Item) -> str:
    return _sha256(_text(item))[:MARK]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
