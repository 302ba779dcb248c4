# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make faults`: all cells of the harness, and a table of what held.

python -m tests.faults              all parts, two processes
python -m tests.faults --rewrite    the expectations of both matrices, and docs/reliability.md
"""

from __future__ import annotations

import argparse
import multiprocessing
import pathlib
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.faults import expected
from tests.faults.cells import Outcome
from tests.faults.matrix import Seen, run
from tests.faults.page import PAGE, page
from tests.faults.parts import PARTS, part
from tests.faults.sides import SIDES
from tests.faults.world import opened

LONGEST = 15 * 60
"""Seconds that all parts together may take, on two idle cores."""


def report(outcomes: list[Outcome]) -> Iterator[str]:
    """Yield the lines of the table, and the reason of each failure."""
    yield f"{'part':20}{'cells':>8}{'held':>8}{'failed':>8}{'seconds':>9}"
    for one in outcomes:
        yield f"{one.part:20}{one.cells:8}{one.held:8}{len(one.failed):8}{one.seconds:9.0f}"
    failed = [(one.part, name, reason) for one in outcomes for name, reason in one.failed]
    for name, cell, reason in failed:
        yield f"FAILED {name}: {cell}\n    {reason}"
    cells = sum(one.cells for one in outcomes)
    yield f"faults: {cells - len(failed)} of {cells} cells held"


def rewrite() -> int:
    """Write the expectations and the page; nothing if a rule is broken somewhere."""
    every: dict[str, dict[tuple[str, str], Seen]] = {}
    broken = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, opened(pathlib.Path(folder)) as world:
        for side in SIDES:
            every[side.name] = {}
            for kind, fault in side.pairs():
                try:
                    every[side.name][kind.name, fault.name] = run(world, kind, fault)
                except AssertionError as error:
                    broken.append(f"FAILED {side.name}: {kind.name}: {fault.name}\n    {error}")
                    world.quiet()
    print("\n".join(broken), end="\n" if broken else "")
    if broken:
        print(f"faults: {len(broken)} cells are broken, so nothing was written")
        return 1
    for name, seen in every.items():
        expected.write(name, seen)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"faults: wrote {sum(map(len, every.values()))} expectations and {PAGE.name}")
    return 0


def main() -> int:
    """Run all parts."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="All faults, kills and attacks.")
    parser.add_argument("--rewrite", action="store_true", help="write the expectations and docs/reliability.md anew")
    if parser.parse_args().rewrite:
        return rewrite()
    start = time.monotonic()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        outcomes = [one for found in pool.map(part, range(len(PARTS))) for one in found]
    print("\n".join(report(outcomes)))
    print(f"{time.monotonic() - start:.0f} s, of at most {LONGEST} on two idle cores")
    return 1 if any(one.failed for one in outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
