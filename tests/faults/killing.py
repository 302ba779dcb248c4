# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of site.yml of which all processes are killed, after a number of writes; and what the next run makes of it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from lab.demo.playbook import ROOT, command, environment
from tests.faults.cells import Cell
from tests.faults.recording import Recording, doubled
from tests.faults.world import World

KILLS = 12
"""Number of runs that `make faults` kills."""
PATIENCE = 300.0
STILL = 0.5
"""Seconds without a write after which nothing is under way any more."""


def children(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += parents.get(one, [])
    return found


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its descendants at once, none of them warned."""
    stopped: set[int] = set()
    while True:
        new = [pid for pid in children(process.pid) if pid not in stopped]
        if not new:
            break
        for pid in new:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)  # or it would fork on
        stopped.update(new)
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def killed(world: World, recording: Recording, writes: int) -> int:
    """Run site.yml on the seeds, kill it after so many writes, and return how many there were."""
    site = recording.network.site(world)
    sides = (site.server, site.cloud)
    site.reset()
    for side in sides:
        side.begin_history()

    def done() -> int:
        return sum(len(side.history()) for side in sides)

    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        home = pathlib.Path(folder)
        (home / "ansible.cfg").touch()
        extra = {"bonding_api_url": site.server.url, "aws_endpoint_url": site.cloud.url}
        process = subprocess.Popen(
            command("site.yml", inventory=site.inventory, extra=extra),
            cwd=ROOT,
            env=environment(home / "events.jsonl", home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + PATIENCE
        try:
            while done() < writes:
                assert process.poll() is None, f"site.yml ended with {process.returncode} before {writes} writes"
                assert time.monotonic() < end, f"no {writes} writes within {PATIENCE:g} s"
                time.sleep(0.005)
        finally:
            kill(process)
    found = -1
    while found != done():  # what was asked for is done, though nobody waits for the answer
        found = done()
        time.sleep(STILL)
    return found


def check_killed(world: World, recording: Recording, writes: int) -> None:
    """Require that the run after a killed one finishes, that nothing is doubled, and that the next changes nothing."""
    found = killed(world, recording, writes)
    assert writes <= found < len(recording.prefixes) - 1, f"the run was over after {found} writes"
    site = recording.network.site(world)
    outcome = site.run("site")
    assert outcome.code == 0, outcome.problems
    assert doubled(site.server.state(), site.cloud.state()) == []
    assert world.states() == recording.end
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, [])


def cells(recording: Recording, number: int) -> list[Cell]:
    """Return so many kills, spread over the writes of the run."""

    def cell(writes: int) -> Cell:
        name = f"{recording.network.name}: kill -9 after {writes} writes"
        return Cell(name, lambda world: check_killed(world, recording, writes))

    last = len(recording.prefixes) - 4  # a few more are made before all processes are stopped
    return [cell(round(index * last / number)) for index in range(number)]
