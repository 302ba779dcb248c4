# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rewrite the golden files: `python -m tests.golden`, or of some scenarios `python -m tests.golden build teardown`."""

from __future__ import annotations

import argparse
import pathlib
import tempfile

from tests.playbooks.running import Site, started

from .files import FILES
from .record import record
from .scenarios import SCENARIOS, Scenario


def main() -> None:
    """Run the scenarios and write their files."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)} (default: all)")
    given = parser.parse_args()
    if unknown := set(given.scenarios) - set(SCENARIOS):
        parser.error(f"unknown scenarios: {', '.join(sorted(unknown))} (known: {', '.join(SCENARIOS)})")
    with tempfile.TemporaryDirectory() as scratch, started(pathlib.Path(scratch)) as site:
        write(site, SCENARIOS["build"])
        site.save("built")
        for name in given.scenarios or SCENARIOS:
            if name != "build":
                site.load("built")
                write(site, SCENARIOS[name])


def write(site: Site, scenario: Scenario) -> None:
    """Run one scenario and write its files."""
    folder = FILES / scenario.name
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in record(site, scenario).items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"golden: {scenario.name} written", flush=True)


if __name__ == "__main__":
    main()
