# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of every figure: lines, claims, runs from a saved state, and the floor below them."""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import baselines
from .measure import Bench, Sample, Series, repeat, run_program
from .networks import Network


@dataclass(frozen=True)
class Line:
    """One measured thing: what it took, and what it asked."""

    what: str
    wall: str
    cpu: float | None = None
    peak: float | None = None
    requests: str = ""


@dataclass
class Figure:
    """A group of lines, claims about them (what must hold, what was found, whether it held), and a Mermaid plot."""

    title: str
    lines: list[Line] = field(default_factory=list)
    claims: list[tuple[str, str, bool]] = field(default_factory=list)
    plot: str = ""

    def series(self, what: str, series: Series, scale: float = 1) -> None:
        """Add a line; `scale` other than 1: measured on a sample, the wall time is scaled up."""
        asked = ", ".join(f"{verb} {count}" for verb, count in sorted(series.requests.items())) or "none"
        wall = f"{series.wall * scale:.0f} (from {series.wall:.1f} for the sample)" if scale != 1 else series.spread()
        self.lines.append(Line(what, wall, series.cpu, series.peak, asked))

    def claim(self, must: str, found: str, held: bool) -> None:
        """Add a claim."""
        self.claims.append((must, found, held))

    def faster(self, name: str, loop: float, ours: float, times: int) -> None:
        """Claim that a run takes so small a part of a loop's seconds."""
        self.claim(f"1/{times} of {name}", f"1/{loop / ours:.0f}", ours <= loop / times)


@dataclass(frozen=True)
class Plan:
    """Options of a benchmark: runs of each measurement, and the networks' folder."""

    runs: int
    folder: pathlib.Path
    say: Callable[[str], None]


def floor(
    bench: Bench, network: Network, series: Series, runs: int, parallel: int, state: str
) -> tuple[Series, Series]:
    """(the log of the last run again, an empty play), each from the same state."""
    log = network.folder / "log.json"
    log.write_text(json.dumps(series.samples[-1].log), encoding="utf-8")
    words = [sys.executable, "-m", "lab.bench.minimum", str(log), bench.server.url, "--parallel", str(parallel)]

    def again() -> Any:
        bench.load(state)
        return run_program(words)

    empty = baselines.empty_play(network.folder)
    return repeat(runs, again), repeat(runs, lambda: bench.playbook(empty))


def from_state(bench: Bench, state: str, runs: int, playbook: str | pathlib.Path, *options: str) -> Series:
    """Run a playbook several times, each time from the saved state."""
    return repeat(runs, one_from_state(bench, state, playbook, *options))


def one_from_state(bench: Bench, state: str, playbook: str | pathlib.Path, *options: str) -> Callable[[], Sample]:
    """Return a function that runs a playbook from the saved state."""

    def once() -> Sample:
        bench.load(state)
        return bench.playbook(playbook, *options)

    return once
