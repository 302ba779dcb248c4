# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs run to their end, with what they cost: wall time, CPU time and peak memory of all that they started."""

from __future__ import annotations

import os
import pathlib
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.demo.playbook import ROOT, command, environment
from lab.process import Running


class BenchError(Exception):
    """A measured program failed, or did not do what was to be measured."""


@dataclass(frozen=True)
class Sample:
    """One run. Seconds, mebibytes, and the requests on both sides by verb (or by AWS's action)."""

    wall: float
    cpu: float
    peak: float
    requests: Counter[str] = field(default_factory=Counter)
    log: list[dict[str, Any]] = field(default_factory=list)
    output: str = ""


@dataclass(frozen=True)
class Series:
    """Several runs of the same thing."""

    samples: list[Sample]

    @property
    def wall(self) -> float:
        """The median."""
        return statistics.median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        """The median."""
        return statistics.median(sample.cpu for sample in self.samples)

    @property
    def peak(self) -> float:
        """The highest."""
        return max(sample.peak for sample in self.samples)

    @property
    def requests(self) -> Counter[str]:
        """Of the last run; a run that asks otherwise than the others is an error of its own."""
        return self.samples[-1].requests

    def spread(self) -> str:
        """The median with the range: "3.41 (3.30 to 3.77)"."""
        walls = [sample.wall for sample in self.samples]
        return f"{self.wall:.2f} ({min(walls):.2f} to {max(walls):.2f})" if len(walls) > 1 else f"{self.wall:.2f}"


def repeat(times: int, run: Callable[[], Sample]) -> Series:
    """Run it several times; the requests must be the same each time."""
    return by_turns(times, run)[0]


def by_turns(times: int, *runs: Callable[[], Sample]) -> list[Series]:
    """Several things, one after the other each time, so that all of them have the same machine; a series of each."""
    rounds = [[run() for run in runs] for _ in range(times)]
    return [_series(list(samples)) for samples in zip(*rounds, strict=True)]


def _series(samples: list[Sample]) -> Series:
    if len({tuple(sorted(sample.requests.items())) for sample in samples}) > 1:
        raise BenchError(f"the runs did not ask the same: {[dict(sample.requests) for sample in samples]}")
    return Series(samples)


def run_program(words: Sequence[str], env: Mapping[str, str] | None = None) -> Sample:
    """Run a program; peak memory is that of the largest process among it and its descendants."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.monotonic()
        process = subprocess.Popen(
            list(words), cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)  # or Popen would wait for it again
        output.seek(0)
        said = output.read()
    if process.returncode:
        raise BenchError(f"{words[0]} ended with {process.returncode}:\n{said[-3000:]}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output=said)


@dataclass(frozen=True)
class Bench:
    """Both stand-ins, and playbooks on one inventory measured on them."""

    server: Running
    cloud: Running
    inventory: pathlib.Path
    connections: pathlib.Path | None = None
    """Folder of connection plugins that the inventory names."""

    def playbook(self, playbook: str | pathlib.Path, *options: str) -> Sample:
        """Run a playbook, with what it asked."""
        self.server.clear_log()
        self.cloud.clear_log()
        where = {"bonding_api_url": self.server.url, "aws_endpoint_url": self.cloud.url}
        with tempfile.TemporaryDirectory(prefix="bonded-bench-") as folder:
            home = pathlib.Path(folder)
            (home / "ansible.cfg").touch()
            words = command(playbook, inventory=self.inventory, extra=where, options=options)
            plugins = {"ANSIBLE_CONNECTION_PLUGINS": str(self.connections)} if self.connections else {}
            sample = run_program(words, _environment(home) | plugins)
        asked = self.server.log()
        requests = Counter(entry["method"] for entry in asked) + Counter(entry["action"] for entry in self.cloud.log())
        return Sample(sample.wall, sample.cpu, sample.peak, requests, asked)

    def save(self, name: str) -> None:
        """Keep both sides as they are."""
        self.server.save(name)
        self.cloud.save(name)

    def load(self, name: str) -> None:
        """Both sides as they were saved."""
        self.server.load(name)
        self.cloud.load(name)


def _environment(home: pathlib.Path) -> dict[str, str]:
    """As a user has it: the callback that tests read results from is not part of what is measured."""
    found = environment(home / "events.jsonl", home)
    return {name: value for name, value in found.items() if name not in ("ANSIBLE_CALLBACK_PLUGINS", "LAB_EVENTS")}
