# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of `make faults`, each a process of its own with stand-ins of its own."""

from __future__ import annotations

import pathlib
import tempfile
import time
from collections.abc import Callable, Iterator

from tests.faults import bad_input, foreign, killing
from tests.faults.attack import Trap, Watched, listening, plant, secrets, told
from tests.faults.cells import Cell, Outcome, tried
from tests.faults.recording import demo, recorded, small
from tests.faults.sides import CLOUD, SERVER
from tests.faults.world import World, opened


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
    """Return the outcomes of a part, in a process of its own; what is not a cell's and fails counts as one."""
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, opened(pathlib.Path(folder)) as world:
        outcomes = PARTS[number](world)
        while True:
            start = time.monotonic()
            try:
                outcome = next(outcomes, None)
            except Exception as error:
                name = PARTS[number].__name__
                outcome = Outcome(name, 1, [("set-up", f"{type(error).__name__}: {error}")])
            if outcome is None:
                return found
            outcome.seconds = time.monotonic() - start
            found.append(outcome)
