# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of the items of a plan: what the next run would change, refuse or leave."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..._model.finding import Difference, Finding, NextRun, Severity, finding_of
from ..._model.plan import ALLOW, PlannedChange
from ..aggregators.leftovers import DECOMMISSIONED
from ..checks.prices import HOURS, PRICES, is_of_own_pool

ItemKey = tuple[str, str, str, str, str]
OWN_TAGS = "tags"
LONGEST = 160
ABSENT, PRESENT = "absent", "present"
_SPACE = re.compile(
    r"(?:vpc|igw|eigw|rtb|subnet|natgw-subnet|natgw-rtb|gateway|gateway-ip|natgw|natgw-ip|sg/gateway)/([^/]+)"
)
_ORDER: tuple[NextRun, ...] = ("refused", "changed", "left")


def item_key(item: PlannedChange) -> ItemKey:
    """Return the identity of a change within its plan."""
    return item.verb, item.kind, item.parent, item.key, item.phase


def object_of(item: PlannedChange) -> str:
    """Return the name of an item's object: the host where it is on one, else its parent, and its key."""
    parent = item.host or "" if item.system == "host" else item.parent
    return f"{parent}/{item.key}" if parent else item.key


def find_planned(
    wide: Iterable[PlannedChange],
    real: Mapping[ItemKey, NextRun],
    spaces: Mapping[str, str],
) -> list[Finding]:
    """Return a finding of each object that a plan with all switches changes.

    :param wide: the items of that plan
    :param real: what the next run does, by item; an item that is not in it is left
    :param spaces: space of an object on the server, by the object's name
    """
    by_object: dict[tuple[str, str], list[PlannedChange]] = {}
    for item in wide:
        by_object.setdefault((item.kind, object_of(item)), []).append(item)
    return [_finding(name, items, real, spaces.get(name)) for (_kind, name), items in by_object.items()]


def _finding(name: str, items: list[PlannedChange], real: Mapping[ItemKey, NextRun], space: str | None) -> Finding:
    """Return the finding of one object, which several phases may change."""
    first, last = items[0], items[-1]
    fates = {real.get(item_key(item), "left") for item in items}
    fate = next(one for one in _ORDER if one in fates)
    before, after = first.before or {}, last.after or {}
    for item in items[1:]:
        before = {**(item.before or {}), **before}
    is_created, is_deleted = first.verb == "create", last.verb == "delete"
    difference = Difference(
        kind=first.kind,
        object=name,
        expected=ABSENT if is_deleted else shown(after) or PRESENT,
        found=ABSENT if is_created else (shown(before) or PRESENT) + (_price(first) if is_deleted else ""),
        severity=_severity(items),
        source="plan",
        host=first.host or "",
        space=space or _space_of(first),
        remedy=_remedy(items, fate),
    )
    return finding_of(difference, fate)


def _severity(items: Collection[PlannedChange]) -> Severity:
    """Return `warning` for what is there and not named, or of which tags alone differ."""
    if all(item.verb == "delete" for item in items):
        return "warning"
    only_tags = all(item.verb == "update" and set(item.after or {}) <= {OWN_TAGS} for item in items)
    return "warning" if only_tags or all(item.kind in ("object_tags", "key_tag") for item in items) else "error"


def _remedy(items: Collection[PlannedChange], fate: NextRun) -> str:
    switches = sorted({item.switch for item in items if item.switch and item.switch != DECOMMISSIONED})
    if fate == "changed":
        return "Run site.yml."
    if not switches:
        return "Run site.yml as soon as nothing is refused, and every aggregator is there."
    wanted = " and ".join(f"{name}: true" for name in switches)
    interrupts = "; ".join(dict.fromkeys(item.interrupts for item in items if item.interrupts and item.switch == ALLOW))
    return f"Run site.yml with {wanted}{f', which interrupts {interrupts}' if interrupts else ''}."


def _price(item: PlannedChange) -> str:
    price = None if is_of_own_pool(item) else PRICES.get(item.kind)
    return f"; {price.hourly * HOURS:.2f} USD a month" if price else ""


def _space_of(item: PlannedChange) -> str:
    if item.kind == "space":
        return item.key
    match = _SPACE.match(item.key) or _SPACE.match(item.parent)
    return match[1] if match else ""


def shown(fields: Mapping[str, Any]) -> str:
    """Return the fields of an object in one bounded line; tags only if they are all."""
    chosen = {name: value for name, value in fields.items() if name != OWN_TAGS} or fields
    text = ", ".join(f"{name} {_value(value)}" for name, value in sorted(chosen.items()))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return " ".join(value) or "none"
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
