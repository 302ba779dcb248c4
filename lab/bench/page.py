# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures as tables in Markdown."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import version

from .figures import Figure

INTRODUCTION = """# Benchmark

Made by `make bench`, on the two stand-ins. Times are seconds: the median, with the range, of {runs} runs each that were
made after one another on the same machine; the loops (a) and (b) ran once, over a sample of 100 objects, and are scaled
up to the 1,000. (c) is what no program can do without: the request log of the measured run sent again on kept-open
connections, and an empty play. Peak memory is that of the largest process.

On {machine}, Python {python}, ansible-core {core}. What a real management server and EC2 take for an answer is not in
these figures: the stand-ins answer in milliseconds, and what counts on a real network is the number of requests.
"""


def machine() -> str:
    """In words: how many cores of what."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"


def markdown(figures: Iterable[Figure], runs: int) -> str:
    """The page."""
    core, python = version("ansible-core"), sys.version.split()[0]
    parts = [INTRODUCTION.format(runs=runs, machine=machine(), python=python, core=core)]
    for figure in figures:
        parts.append(f"## {figure.title[0].upper()}{figure.title[1:]}\n")
        parts.append("| | wall, s | CPU, s | peak, MiB | requests |\n|---|---|---|---|---|")
        for line in figure.lines:
            cpu = f"{line.cpu:.1f}" if line.cpu is not None else ""
            peak = f"{line.peak:.0f}" if line.peak is not None else ""
            parts.append(f"| {line.what} | {line.wall} | {cpu} | {peak} | {line.requests} |")
        if figure.claims:
            parts.append("\n| must | found | |\n|---|---|---|")
            parts += [
                f"| {must} | {found} | {'holds' if held else 'DOES NOT HOLD'} |" for must, found, held in figure.claims
            ]
        parts.append("")
    return "\n".join(parts)
