# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that can be said about the code without running it: `python -m tools.lint [STAGE ...]`, all stages by default.

Every stage runs, whatever the others find, two at a time; a failed one's output is printed in one piece.
Exit code 1 if any failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tools.fresh_copy import ROOT, fresh_copy
from tools.sanity import clean_environment

BIN = Path(sys.executable).parent


COLLECTION = "ansible_collections/bonded/internet"


class Place(Enum):
    """Working directory of a command."""

    CHECKOUT = "the checkout itself"
    COPY = "the fresh copy"
    ABOVE = "the folder above the copy's ansible_collections"


@dataclass(frozen=True)
class Command:
    """A program of the environment, or with `module` a module of its Python, and where it runs."""

    place: Place
    name: str
    arguments: tuple[str, ...] = ()
    module: bool = False

    def words(self) -> list[str]:
        return [*([sys.executable, "-m", self.name] if self.module else [str(BIN / self.name)]), *self.arguments]


def mypy(place: Place, config: str, *folders: str) -> Command:
    return Command(place, "mypy", ("--no-error-summary", "--config-file", config, *folders))


# The longest first: the short ones fill the gaps.
STAGES: dict[str, tuple[Command, ...]] = {
    "sanity": (Command(Place.CHECKOUT, "tools.sanity", module=True),),
    "mypy": (
        # The plugins under the name that Ansible imports them by, everything else under its own.
        mypy(Place.ABOVE, f"{COLLECTION}/pyproject.toml", f"{COLLECTION}/plugins"),
        mypy(Place.COPY, "pyproject.toml", "extensions/eda", "lab", "tests", "tools"),
    ),
    "ansible-lint": (Command(Place.COPY, "ansible-lint", ("--offline", "--strict", "--nocolor")),),
    "docs": (Command(Place.COPY, "antsibull-docs", ("lint-collection-docs", "--plugin-docs", ".")),),
    "house": (Command(Place.CHECKOUT, "tools.house", module=True),),
    "changelog": (Command(Place.COPY, "antsibull-changelog", ("lint",)),),
    "format": (Command(Place.CHECKOUT, "ruff", ("format", "--check", "--output-format", "concise", ".")),),
    "ruff": (Command(Place.CHECKOUT, "ruff", ("check", "--output-format", "concise", ".")),),
}


@dataclass(frozen=True)
class Outcome:
    """Result of a stage."""

    name: str
    passed: bool
    seconds: float
    output: str


def run_command(command: Command, copy: Path | None) -> subprocess.CompletedProcess[str]:
    """Run it in its place; the tools see the copy's collections, and none of the caller's settings for Ansible."""
    environment = clean_environment() | {"NO_COLOR": "1"}
    place = ROOT
    if copy is not None:
        above = copy.parents[2]
        place = {Place.CHECKOUT: ROOT, Place.COPY: copy, Place.ABOVE: above}[command.place]
        # Only the copy's: of two amazon.aws antsibull-docs takes the one whose path is the last by the alphabet, and of
        # the environment's it would copy what git does not ignore, nothing.
        environment |= {
            "ANSIBLE_COLLECTIONS_PATH": str(above),
            "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
            "MYPYPATH": str(above),
        }
    return subprocess.run(
        command.words(),
        cwd=place,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def run_stage(name: str, copy: Path | None) -> Outcome:
    """All commands of a stage; a failing one does not keep the next from running."""
    start = time.monotonic()
    answers = [run_command(command, copy) for command in STAGES[name]]
    return Outcome(
        name=name,
        passed=all(answer.returncode == 0 for answer in answers),
        seconds=time.monotonic() - start,
        output="\n".join(answer.stdout.strip() for answer in answers if answer.stdout.strip()),
    )


def lint(names: list[str], workers: int = 2) -> list[Outcome]:
    """Run the stages and print what the failing ones say as they end."""
    outcomes = []
    in_copy = any(command.place is not Place.CHECKOUT for name in names for command in STAGES[name])
    with ExitStack() as stack, ThreadPoolExecutor(workers) as pool:
        # One copy for all that need one: they only read it.
        copy = stack.enter_context(fresh_copy()) if in_copy else None
        for future in as_completed([pool.submit(run_stage, name, copy) for name in names]):
            outcome = future.result()
            outcomes.append(outcome)
            print(f"== {outcome.name}: {'ok' if outcome.passed else 'FAILED'} ({outcome.seconds:.1f} s)", flush=True)
            if not outcome.passed:
                print(outcome.output, flush=True)
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description="Lint the checkout.")
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"of {', '.join(STAGES)}; default: all")
    chosen = parser.parse_args().stages
    unknown = sorted(set(chosen) - set(STAGES))
    if unknown:
        parser.error(f"no such stage: {', '.join(unknown)}; there are {', '.join(STAGES)}")
    names = [name for name in STAGES if name in chosen] or list(STAGES)
    start = time.monotonic()
    failed = sorted(outcome.name for outcome in lint(names) if not outcome.passed)
    result = (
        f"{len(failed)} of {len(names)} stages failed: {', '.join(failed)}" if failed else f"OK, {len(names)} stages"
    )
    print(f"lint: {result} ({time.monotonic() - start:.0f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
