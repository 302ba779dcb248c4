# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan as site.yml shows it, in lines for people. Private to the collection.

Here and not in a template, which Ansible would have to look up, read and compile in each run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._design.intent import PARTS
from .._design.items import Item
from .._design.limits import Line
from .._design.prices import DATE, REGION
from .._design.stages import PHASES
from .work import Plan

NOTHING = "Nothing to do: AWS and the server are as the inventory says."
NOTHING_LEFT = "Nothing of this network is left."


def lines_of(plan: Plan, limits: Iterable[Line], costs: Iterable[Mapping[str, Any]], *, absent: bool) -> list[str]:
    """What will be done by phase and part, what it interrupts, comes under and costs, and what is left for later."""
    found = [*_table(plan.items), *_interruptions(plan.items), *_limits(limits), *_costs(costs)] if plan.items else []
    later = Counter(reason for _item, reason in plan.deferred)
    return [
        *(found or [NOTHING_LEFT if absent else NOTHING]),
        *(f"Left for another run: {count} ({reason})" for reason, count in sorted(later.items())),
    ]


def _table(items: Iterable[Item]) -> Iterator[str]:
    counts = Counter((item.phase, item.part) for item in items)
    yield f"{'phase':<8}" + "".join(f"{name:>13}" for name in (*PARTS, "together"))
    for phase in PHASES:
        row = [counts[phase, part] for part in PARTS]
        yield f"{phase:<8}" + "".join(f"{count:>13}" for count in (*row, sum(row)))


def _interruptions(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if item.disruptive:
            place = item.host or item.parent
            what = f"{item.verb} {item.kind} {item.key}" + (f" ({place})" if place else "")
            yield f"INTERRUPTS {item.interrupts}: {what}"


def _limits(limits: Iterable[Line]) -> Iterator[str]:
    heading = f"{'limit':<18} {'where':<48} {'there':>6} {'new':>5} {'most':>5} {'left':>5}  says"
    for line in limits:
        if heading:
            yield heading
            heading = ""
        numbers = f"{line.there:>6} {line.new:>5} {line.most:>5} {line.left:>5}"
        yield f"{line.limit:<18} {line.where:<48} {numbers}  {line.source}"


def _costs(costs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    end = ""
    for cost in costs:
        without = f" {cost['without']}" if cost["without"] else ""
        yield f"{cost['change']:+d} {cost['things']}: {cost['usd_per_month']:+.2f} USD a month{without}"
        end = f"(at AWS's list prices of {REGION}, {DATE}; other regions differ)"
    if end:
        yield end
