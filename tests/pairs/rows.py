# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs judged in a process of their own, as rows of the table of `make changes`."""

from __future__ import annotations

import json
import pathlib
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from tests.pairs.inventories import Json
from tests.pairs.playbooks import judge_whole, whole_pair
from tests.pairs.pure import Judged, judge, pair
from tests.playbooks.running import started


@dataclass(frozen=True)
class Row:
    """The result of one pair."""

    seed: int
    kind: str
    size: str
    related: bool
    judged: Judged
    difference: tuple[str, ...] = ()


def difference(one: Json, other: Json) -> tuple[str, ...]:
    """Return what of two inventories differs, as lines of JSON."""
    found = []
    for name in other:
        first, second = one.get(name), other[name]
        if isinstance(first, list) and isinstance(second, list):
            for old, new in zip_longest(first, second):
                if old != new:
                    found += [
                        f"{sign} {name}: {json.dumps(v)}" for sign, v in (("-", old), ("+", new)) if v is not None
                    ]
        elif first != second:
            found += [f"- {name}: {json.dumps(first)}", f"+ {name}: {json.dumps(second)}"]
    return tuple(found)


def pure_rows(seeds: range, end: float) -> list[Row]:
    """Judge pairs in memory, as many as there is time for."""
    rows: list[Row] = []
    for seed in seeds:
        if time.time() > end:
            break
        one = pair(seed)
        judged = judge(one)
        size = "demo" if len(one.base.spaces) == 3 else "twice"
        changed = difference(one.a, one.b) if judged.broken else ()
        rows.append(Row(seed, "pure", size, one.related, judged, changed))
    return rows


def playbook_rows(seeds: Iterable[int], end: float) -> list[Row]:
    """Judge pairs by whole playbooks, as many as there is time for."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="pairs-") as folder, started(pathlib.Path(folder)) as site:
        for seed in seeds:
            if time.time() > end:
                break
            one = whole_pair(seed)
            judged = judge_whole(one, site)
            changed = difference(one.a, one.b) if judged.broken else ()
            rows.append(Row(seed, "playbook", "demo", one.related, judged, changed))
            said = judged.refused or f"{judged.steps} writes, {len(judged.broken)} rules broken"
            print(f"  playbook pair {seed}: {said}", flush=True)
    return rows
