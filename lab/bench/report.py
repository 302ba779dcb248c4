# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures as tables in Markdown, and where they stand in docs/benchmark.md."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import version

from .benchmark import Figure

BEGIN, END = "<!-- figures: made by make bench -->", "<!-- end of the figures -->"

INTRODUCTION = """On {machine}, Python {python}, ansible-core {core}. Times are seconds: the median, with the range,
of {runs} runs that were made after one another on the same machine; the loops (a) and (b) ran once, over a sample of
100 objects, and are scaled up to the 1,000. (c) is what no program can do without: the request log of the measured run
sent again on kept-open connections, and an empty play. Peak memory is that of the largest process.
"""


def machine() -> str:
    """In words: how many cores of what."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"


def markdown(figures: Iterable[Figure], runs: int) -> str:
    """The tables."""
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
        if figure.plot:
            parts.append(f"\n```mermaid\n{figure.plot}```")
        parts.append("")
    return "\n".join(parts)


def placed(page: str, tables: str) -> str:
    """The page with these tables between its two marks. Raises ValueError if it has no marks."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the marks {BEGIN} and {END}, in this order")
    return f"{before}{begin}\n\n{tables.strip()}\n\n{end}{after}"
