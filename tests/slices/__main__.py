# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.slices`: slices and pairs of whole runs at random moments, and a table of what they left."""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.slices.runs import WHOLE, Result, Start, moments, network

Case = tuple[list[int], Start]
SEED = 17
PAIR = [WHOLE, WHOLE]
CASES: dict[str, list[Case]] = {
    "mesh": [
        ([2], "nothing"),
        ([3], "nothing"),
        ([2], "nothing"),
        ([3], "nothing"),
        ([2], "built"),
        ([3], "built"),
        (PAIR, "nothing"),
        (PAIR, "nothing"),
        (PAIR, "nothing"),
        (PAIR, "built"),
    ],
    "demo": [([3], "nothing"), ([2], "built"), (PAIR, "nothing"), (PAIR, "built")],
}
"""By network: which runs are at once, and from which state."""
HEAD = (
    "| | network | from | at once | starts, s | exit codes | doubled | state | writes (one run) "
    "| runs after: exit code, writes | s | said |\n" + 12 * "|---" + "|"
)
SHOWN = 200
"""Characters of what a failed run said."""


def title(parts: list[int]) -> str:
    """Return the words for runs at once."""
    return "two whole runs" if parts == PAIR else f"{parts[0]} slices"


def is_good(parts: list[int], result: Result) -> bool:
    """Return True if the runs left what one run leaves; a whole run may fail beside another, a slice may not."""
    failed = any(result.codes) and parts != PAIR
    return result.finished and not result.differs and not failed


def row(parts: list[int], result: Result) -> Iterator[str]:
    """Yield the cells that a result fills."""
    yield ", ".join(map(str, result.codes))
    yield ", ".join(result.doubled) or "none"
    yield "DIFFERS" if result.differs else "same"
    yield f"{result.writes[0]} ({result.writes[1]})"
    yield ", ".join(f"{code} {writes}" for code, writes in result.after) + ("" if is_good(parts, result) else " BAD")
    yield f"{result.seconds:.0f}"
    yield " / ".join(" ".join(text.split())[:SHOWN] for text in result.said)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.slices", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the moments (default: {SEED})")
    parser.add_argument("--network", choices=list(CASES), action="append", help="default: both")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    print(f"slices: seed {arguments.seed}\n\n{HEAD}", flush=True)
    number = bad = 0
    for name in arguments.network or CASES:
        with tempfile.TemporaryDirectory(prefix="bonded-slices-") as folder, network(name, Path(folder)) as one:
            for parts, start in CASES[name]:
                number += 1
                starts = moments(sum(parts), chance)
                result = one.at_once(parts, start, starts)
                bad += not is_good(parts, result)
                shown = ", ".join(f"{moment:.1f}" for moment in starts)
                cells = (str(number), name, start, title(parts), shown, *row(parts, result))
                print(f"| {' | '.join(cells)} |", flush=True)
    print(f"\nslices: {f'{bad} of {number} left what one run would not' if bad else 'OK'}")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
