# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.bench``: what a run costs, measured on the stand-ins beside what it is compared with."""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

from lab.process import LabError

from .audit import audit
from .benchmark import Figure, Plan
from .benchmarks import FIGURES
from .measure import BenchError
from .report import markdown, placed
from .scale import SCALE

EVERY = {**FIGURES, **SCALE, "audit": audit}
"""The default is FIGURES: docs/scale.md and docs/audit.md have figures of their own."""


def say(text: str) -> None:
    """Progress, at once and apart from the result."""
    print(f"bench: {text} ...", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.bench", description=__doc__)
    parser.add_argument(
        "figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(EVERY)}; default: {', '.join(FIGURES)}"
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each thing (default: 5)")
    parser.add_argument("--page", type=pathlib.Path, help="also put the tables there, between the page's two marks")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.figures) - set(EVERY))
    if unknown or arguments.runs < 1:
        parser.error(f"there are the figures {', '.join(EVERY)}; runs: 1 or more")
    figures: list[Figure] = []
    try:
        with tempfile.TemporaryDirectory(prefix="bonded-bench-") as folder:
            plan = Plan(arguments.runs, pathlib.Path(folder), say)
            for name in arguments.figures or FIGURES:
                figures += EVERY[name](plan)
    except (BenchError, LabError) as error:
        print(f"bench: FAILED: {error}")
        return 1
    text = markdown(figures, arguments.runs)
    print(text)
    if arguments.page:
        page = placed(arguments.page.read_text(encoding="utf-8"), text)
        arguments.page.write_text(page, encoding="utf-8")
    missed = [f"{figure.title}: {must}" for figure in figures for must, _found, held in figure.claims if not held]
    print(f"bench: {len(missed)} claims do not hold: {'; '.join(missed)}" if missed else "bench: OK, all claims hold")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
