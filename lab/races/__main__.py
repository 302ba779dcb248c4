# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.races``: pairs of runs at once, at moments that a seed gives, and a table of what they left."""

from __future__ import annotations

import argparse
import pathlib
import random
import sys
import tempfile

from lab.process import LabError

from .pairs import Pair, Start, network

SEED, PAIRS, SPREAD = 13, 30, 15.0
"""A run from nothing takes some 15 seconds; later the second one finds everything made."""

HEAD = "| | from | apart, s | exit codes | doubled | runs after: exit code, changes | s | said |\n" + 8 * "|---" + "|"
SHOWN = 160
"""Characters of what a run said that failed."""


def moment(chance: random.Random) -> float:
    """Return the seconds between the first run's start and the second's: none in every fifth pair."""
    at_once, apart = chance.random() < 0.2, chance.uniform(0, SPREAD)
    return 0.0 if at_once else apart


def line(number: int, pair: Pair) -> str:
    """A row of the table."""
    after = ", ".join(f"{code} {changed}" for code, changed in pair.after)
    doubled = ", ".join(pair.doubled) or "none"
    said = " / ".join(text.replace("\n", " ")[:SHOWN] for text in pair.said)
    codes = f"{pair.codes[0]}, {pair.codes[1]}"
    mark = "" if pair.good else " BAD"
    cells = (number, pair.start, f"{pair.offset:.1f}", codes, doubled, after + mark, f"{pair.seconds:.0f}", said)
    return f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.races", description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"how many (default: {PAIRS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the moments (default: {SEED})")
    arguments = parser.parse_args()
    if arguments.pairs < 1:
        parser.error("pairs: 1 or more")
    chance = random.Random(arguments.seed)
    print(f"races: {arguments.pairs} pairs, seed {arguments.seed}\n\n{HEAD}", flush=True)
    bad = 0
    try:
        with tempfile.TemporaryDirectory(prefix="bonded-races-") as folder, network(pathlib.Path(folder)) as site:
            for number in range(1, arguments.pairs + 1):
                start: Start = "nothing" if number % 2 else "built"
                pair = site.pair(start, moment(chance))
                bad += not pair.good
                print(line(number, pair), flush=True)
    except LabError as error:
        print(f"races: FAILED: {error}", file=sys.stderr)
        return 1
    print(f"\nraces: {f'{bad} pairs left something twice, or a network without rest' if bad else 'OK'}")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
