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
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.faults import bad_input, expected, foreign, killing
from tests.faults.attack import Trap, Watched, listening, plant, secrets, told
from tests.faults.cells import Cell, Outcome, tried
from tests.faults.matrix import Seen, run
from tests.faults.page import PAGE, page
from tests.faults.recording import demo, recorded, small
from tests.faults.sides import CLOUD, SERVER, SIDES
from tests.faults.world import World, opened

LONGEST = 15 * 60
"""Seconds that all parts together may take, on two idle cores."""


def kills(world: World) -> Iterator[Outcome]:
    """Kill runs on the small network."""
    world.site.reset()
    recording = recorded(world, small())
    yield tried("kill -9", world, killing.cells(recording, killing.KILLS))


def one_run(world: World) -> Iterator[Outcome]:
    """Run site.yml on the demonstration, with texts of others planted, and judge all that comes of it."""
    world.site.reset()
    with tempfile.TemporaryDirectory() as folder, listening() as listener:
        trap = Trap(pathlib.Path(folder) / "marker", listener)
        plant(world, trap)
        with Watched() as watched:
            recording = recorded(world, demo(), "-vvvv", "--diff")

        def evaluated(here: World) -> None:
            assert trap.sprung(here.site, recording.outcome.output) == []

        def shown(_here: World) -> None:
            assert told(recording.outcome, watched.lines, secrets()) == []

        yield tried("attack", world, [Cell("nothing is evaluated", evaluated), Cell("no secret is shown", shown)])
    yield tried("kill, each write", world, recording.cells())
    recording.prefixes[-1].load(world)
    worlds = foreign.cells(foreign.removals(world, recording.network), foreign.WORLDS)
    yield tried("objects of others", world, worlds)


def server_faults(world: World) -> Iterator[Outcome]:
    """Put all faults into requests to the server, and make all mistakes."""
    yield tried("server faults", world, SERVER.cells())
    world.quiet()
    world.site.reset()
    yield tried("mistakes", world, bad_input.cells())


def cloud_faults(world: World) -> Iterator[Outcome]:
    """Put all faults into requests to EC2."""
    yield tried("EC2 faults", world, CLOUD.cells())


PARTS: tuple[Callable[[World], Iterator[Outcome]], ...] = (kills, one_run, server_faults, cloud_faults)
"""Each with stand-ins of its own; the longest first."""


def part(number: int) -> list[Outcome]:
    """Return the outcomes of a part, in a process of its own."""
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, opened(pathlib.Path(folder)) as world:
        outcomes = PARTS[number](world)
        while True:
            start = time.monotonic()
            outcome = next(outcomes, None)
            if outcome is None:
                return found
            outcome.seconds = time.monotonic() - start
            found.append(outcome)


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
