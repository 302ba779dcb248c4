# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit as a table for people, of at most 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ..._model.finding import SEVERITIES, Finding
from .comparison import Comparison
from .outcome import Status

WIDTH = 100
INDENT = " " * 10
HEADING = f"{'severity':<10}{'next run':<10}{'kind':<26}object"
MEANINGS: dict[Status, str] = {
    "clean": "the network is as the inventory says",
    "drift": "the network differs from the inventory",
    "incomplete": "a part could not be read, and was not judged",
    "failed": "nothing could be judged",
}


def table_of(network: str, status: Status, comparison: Comparison) -> list[str]:
    """Return the lines of the table: findings, what has been resolved, counts, and the status."""
    lines: list[str] = []
    if comparison.findings:
        lines.append(HEADING)
    for one in comparison.findings:
        lines += _finding(one, one.id in comparison.new)
    for gone in comparison.resolved:
        lines += _wrapped(f"resolved  {'':<10}{gone.get('kind', ''):<26}{gone.get('object', '')}", INDENT)
    lines += _wrapped(sentence_of(network, status, comparison), "  ")
    return lines


def sentence_of(network: str, status: Status, comparison: Comparison) -> str:
    """Return the audit in one sentence."""
    counts = {name: sum(one.severity == name for one in comparison.findings) for name in SEVERITIES}
    numbers = ", ".join(f"{count} {name}" for name, count in counts.items())
    since = f"; {len(comparison.new)} new, {len(comparison.resolved)} resolved since {comparison.earlier}"
    since += f", {len(comparison.unjudged)} of that audit not judged" if comparison.unjudged else ""
    return f"Audit of {network}: {status}, {MEANINGS[status]}: {numbers}{since if comparison.earlier else ''}."


def _finding(one: Finding, is_new: bool) -> Iterator[str]:
    place = f" on {one.host}" if one.host and one.host not in one.object else ""
    mark = " (new)" if is_new else f" (since {one.since})" if one.since else ""
    yield from _wrapped(f"{one.severity:<10}{one.at_next_run:<10}{one.kind:<26}{one.object}{place}{mark}", INDENT)
    says = f"expected: {one.expected}; found: {one.found}" if one.expected else one.found
    yield from _wrapped(f"{INDENT}{says}", INDENT)
    if one.remedy:
        yield from _wrapped(f"{INDENT}{one.remedy}", INDENT)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True) or [""]
