# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab's worlds: in each a network that is built in one way, and the parts of the checks that are proved on it.

Each is a process with stand-ins and namespaces of its own (`sandbox`), so they run side by side and never meet.
A new one is an entry of WORLDS.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from lab.demo.playbook import run_playbook
from lab.process import LabError, Running

from . import changing, sandbox, seed
from .checks import changes, cpe_nat, gateways, moves, mutants, own_side, private_wan, traffic
from .network import FOLDER, Lab
from .report import Check, Result, say

StandIns = tuple[Running, Running]
"""The management server's and AWS's, which run."""
Part = Callable[[Lab], Iterator[Check]]


@dataclass(frozen=True)
class World:
    """How a network is built, and what is proved on it, in this order.

    :param build: gives both stand-ins once they hold the network, and ends them. It runs in the world's own process.
    """

    build: Callable[[], contextlib.AbstractContextManager[StandIns]]
    parts: Mapping[str, Part]


@contextlib.contextmanager
def seeded() -> Iterator[StandIns]:
    """The demonstration's stand-ins, before any run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    server_seed, aws_seed = seed.write(FOLDER)
    with (
        Running("lab.bondingadmin", "--seed", server_seed) as server,
        Running("lab.aws", "--seed", aws_seed) as aws,
    ):
        yield server, aws


@contextlib.contextmanager
def demonstration() -> Iterator[StandIns]:
    """What the demonstration's site.yml makes. Raises LabError with its last lines if it fails."""
    with seeded() as (server, aws):
        outcome = run_playbook("site.yml", extra={"bonding_api_url": server.url, "aws_endpoint_url": aws.url})
        if outcome.rc:
            tail = "\n".join(outcome.stdout.splitlines()[-30:])
            raise LabError(f"site.yml ended with exit code {outcome.rc}\n{tail}")
        say(f"  site.yml made the network in {outcome.seconds:.1f} s")
        yield server, aws


WORLDS: dict[str, World] = {
    "demonstration": World(
        demonstration,
        {
            "Public addresses": cpe_nat.checks,
            "Bonds that move": moves.checks,
            "Private WAN": private_wan.checks,
            "Customers apart": private_wan.customers,
            "Gateways": gateways.checks,
            "Runs under traffic": traffic.checks,
            "One rule broken at a time": mutants.checks,
            "The aggregators' own side": own_side.checks,
        },
    ),
    "changes": World(changing.unbuilt, {"Changes under traffic": changes.checks}),
}
PARTS: dict[str, Part] = {title: part for world in WORLDS.values() for title, part in world.parts.items()}
"""All of them by their titles, each of which is there once."""


def with_parts(wanted: Sequence[str]) -> list[str]:
    """The worlds in which one of these parts is; all if none is named."""
    return [name for name, world in WORLDS.items() if not wanted or set(wanted) & set(world.parts)]


def side_by_side(names: Sequence[str], arguments: Sequence[str]) -> tuple[list[Result], list[str]]:
    """Run each of these worlds in a process of its own, with these further arguments of the program.

    What a world says is printed whole when it has ended. Returns the results of all checks, and the worlds that ended
    before all of theirs were tried.
    """
    # Started by this thread: they end with the thread that has started them.
    started = {name: _start(name, arguments) for name in names}
    signal.signal(signal.SIGTERM, lambda *_: _end(started))
    printing = threading.Lock()
    waiting = [threading.Thread(target=_wait, args=(*started[name][:1], printing)) for name in names]
    try:
        for thread in waiting:
            thread.start()
        for thread in waiting:
            thread.join()
    except KeyboardInterrupt:
        _end(started)
        raise
    results: list[Result] = []
    broken = []
    for name, (process, told) in started.items():
        with open(told, encoding="utf-8") as file:
            file.seek(0)
            text = file.read()
        results += [Result(**one) for one in json.loads(text or "[]")]
        if process.returncode or not text:
            broken.append(name)
    return results, broken


def tell(descriptor: int, results: Sequence[Result]) -> None:
    """Leave the results to who has started this world."""
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(result) for result in results], file)


def _start(name: str, arguments: Sequence[str]) -> tuple[subprocess.Popen[str], int]:
    # A file without a name: nothing is left of it, however this ends.
    told = os.memfd_create(name)
    words = [sys.executable, "-m", "lab.packets", "--world", name, "--tell", str(told), *arguments]
    return sandbox.start(words, told), told


def _wait(process: subprocess.Popen[str], printing: threading.Lock) -> None:
    said, _nothing = process.communicate()
    with printing:
        say(said.rstrip("\n"))


def _end(started: Mapping[str, tuple[subprocess.Popen[str], int]]) -> None:
    for process, _told in started.values():
        process.kill()
