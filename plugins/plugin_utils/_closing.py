# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Last lines of a run, and lines as a terminal or a log viewer shows them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

WIDTH = 100
"""Columns of a line that is displayed: Ansible and AWX wrap longer ones in the middle of a word."""
INDENT = " " * 8
"""Indent of a continuation line: the change's verb begins there."""
TIME = "%Y-%m-%dT%H:%M:%SZ"
"""Form of `started`, in UTC."""


def wrapped(lines: Iterable[str]) -> Iterator[str]:
    """Yield each line in pieces of up to WIDTH columns, broken between words alone; a continuation is indented."""
    for line in lines:
        yield from textwrap.wrap(
            line, WIDTH, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False
        ) or [""]


def closing_lines(
    network: str, counts: Mapping[str, int], left: Sequence[str], started: str, now: datetime, *, made: bool
) -> list[str]:
    """Return three lines: the changes, what is left, and how long the run took.

    :param counts: phase -> number of changes
    :param left: phrases for what the run leaves (`left` of network_plan)
    :param started: time at which the run read the inventory, in the form TIME
    :param now: time with its zone
    :param made: False if the run has only planned, as in check mode
    """
    number = sum(counts.values())
    phases = ", ".join(f"{phase} {count}" for phase, count in counts.items() if count)
    changes = f"{number} change{'s' if number > 1 else ''}"
    if not number:
        done = f"Nothing to change in the network {network}."
    elif made:
        done = f"Made {changes} of the network {network}: {phases}."
    else:
        done = f"Planned {changes} of the network {network}, and made none: {phases}."
    # strptime takes no notice of the Z, so that the zone is given.
    began = datetime.strptime(started, TIME).replace(tzinfo=now.tzinfo)
    return [
        done,
        f"Left: {', '.join(left) or 'nothing'}.",
        f"Took {_duration(round((now - began).total_seconds()))}, from {began:%H:%M:%S} to {now:%H:%M:%S} UTC.",
    ]


def _duration(seconds: int) -> str:
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
