# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make changes`: pairs of random inventories, from the first one's network to the second one's, and a table.

python -m tests.pairs                          5,000 pairs in memory, and 60 by whole playbooks
python -m tests.pairs --pure 200 --playbooks 4 --seed 7 --minutes 30
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat

from tests.pairs import PLAYBOOKS, PURE
from tests.pairs.inventories import BY_OTHERS
from tests.pairs.rows import Row, playbook_rows, pure_rows

SEED = 100_000
RULES = {
    "pure": "1 to 6, after every step, by state",
    "playbook": "1, 4 and 6, by both stand-ins' state and logs",
}
MINUTES = 600
AT_ONCE = 50
"""Pairs that a process is given at a time."""


@dataclass
class Table:
    """The results of all pairs so far."""

    rows: list[Row] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the table, what was refused by reason, and each failure."""
        counts = f"{'tried':>7}{'refused':>9}{'held':>7}{'broken':>8}{'steps':>9}"
        yield f"{'pairs':10}{'size':8}{'from A':12}{counts}  rules"
        groups = sorted({(row.kind, row.size, row.related) for row in self.rows})
        for kind, size, related in groups:
            rows = [row for row in self.rows if (row.kind, row.size, row.related) == (kind, size, related)]
            refused, broken = sum(bool(r.judged.refused) for r in rows), sum(bool(r.judged.broken) for r in rows)
            steps, held = sum(r.judged.steps for r in rows), len(rows) - refused - broken
            way = "related" if related else "unrelated"
            yield f"{kind:10}{size:8}{way:12}{len(rows):7}{refused:9}{held:7}{broken:8}{steps:9}  {RULES[kind]}"
        reasons = Counter((row.kind, row.judged.refused) for row in self.rows if row.judged.refused)
        for (kind, reason), count in reasons.most_common():
            yield f"refused {count:5}  {kind}: {reason}"
        for row in self.failed:
            yield f"FAILED {row.kind}, seed {row.seed}"
            yield from (f"    {text[:500]}" for text in row.judged.broken[:5])
            yield from (f"    {text}" for text in row.difference)

    @property
    def failed(self) -> list[Row]:
        """Return the pairs that broke a rule."""
        return [row for row in self.rows if row.judged.broken]


def main() -> int:
    """Run all pairs."""
    parser = argparse.ArgumentParser(prog="python -m tests.pairs", description="Changes from any network to any other.")
    parser.add_argument("--pure", type=int, default=PURE, help=f"pairs in memory (default: {PURE})")
    parser.add_argument("--playbooks", type=int, default=PLAYBOOKS, help=f"by playbooks (default: {PLAYBOOKS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"the first one (default: {SEED})")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"no more pairs after (default: {MINUTES})")
    parser.add_argument("--processes", type=int, default=2, help="at once (default: 2)")
    given = parser.parse_args()
    start = time.monotonic()
    print(f"changes: {given.pure} pairs in memory, {given.playbooks} by playbooks, seeds from {given.seed}")
    print(f"left to tests of their own: {', '.join(BY_OTHERS)}", flush=True)
    table, last = Table(), given.seed + given.pure
    parts = [range(first, min(first + AT_ONCE, last)) for first in range(given.seed, last, AT_ONCE)]
    whole = range(given.seed, given.seed + given.playbooks)
    with ProcessPoolExecutor(given.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        end = time.time() + 60 * given.minutes
        for rows in pool.map(pure_rows, parts, repeat(end)):
            table.rows += rows
        shares = [whole[number :: given.processes] for number in range(given.processes)]
        for rows in pool.map(playbook_rows, shares, repeat(end)):
            table.rows += rows
    print("\n".join(table.lines()))
    verdict = f"{len(table.failed)} pairs broke a rule" if table.failed else "OK, all rules held"
    print(f"changes: {verdict} ({time.monotonic() - start:.0f} s)")
    return int(bool(table.failed))


if __name__ == "__main__":
    raise SystemExit(main())
