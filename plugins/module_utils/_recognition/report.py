# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report of an import, as Markdown, and the lines that the playbook shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .._printable import printable
from .model import Difference, Host, NotPlaced, Placed

NEXT = (
    "Read this report: what is not placed is not managed, and stays as it is.",
    "`ansible-playbook -i <this folder> bonded.internet.site --check --diff -e bonding_adopt=true` shows what adoption "
    "does: tags and nothing else.",
    "`ansible-playbook -i <this folder> bonded.internet.site -e bonding_adopt=true` adopts the network. No traffic is "
    "interrupted.",
    "Take a line out of `bonding_deviations` to let the collection correct that difference, one at a time, with "
    "`--check --diff` first.",
    "`bonding_manage_hosts: false` is in the variables, since no aggregator was asked. docs/import.md says how to turn "
    "the host configuration on.",
)


def report_of(
    network: str,
    hosts: Sequence[Host],
    placed: Sequence[Placed],
    drift: Sequence[Difference],
    left: Sequence[NotPlaced],
) -> str:
    """Return the report."""
    lines = [f"# Import of the network {network}", ""]
    lines += [f"{counts_of(hosts, len(placed), drift, left)}", ""]
    lines += _section("Hosts", ("host", "aggregator", "instance", "reason"), map(_host, hosts))
    lines += _section("Placed", ("object", "place", "reason"), ((p.object, p.place, p.reason) for p in placed))
    lines += _section("Drift: kept as it is", ("object", "difference"), ((one.object, one.text) for one in drift))
    lines += _section("Not placed", ("object", "reason"), ((one.object, one.reason) for one in left))
    lines += ["## What to do next", "", *(f"{number}. {text}" for number, text in enumerate(NEXT, 1))]
    return "\n".join(lines) + "\n"


def counts_of(hosts: Sequence[Host], placed: int, drift: Sequence[Difference], left: Sequence[NotPlaced]) -> str:
    """Return the numbers of an import as a sentence."""
    return f"{len(hosts)} hosts, {placed} placed, {len(drift)} kept with a difference, {len(left)} not placed."


def lines_of(hosts: Sequence[Host], placed: int, drift: Sequence[Difference], left: Sequence[NotPlaced]) -> list[str]:
    """Return the lines that the playbook shows; import-report.md has what is placed, too."""
    lines = [counts_of(hosts, placed, drift, left)]
    lines += [f"kept: {one.object}: {one.text}" for one in drift]
    lines += [f"not placed: {one.object}: {one.reason}" for one in left]
    return [*lines, "import-report.md says of each object why, and what to do next."]


def _host(host: Host) -> tuple[str, ...]:
    return (host.name, str(host.aggregator), host.instance.id if host.instance else "none", host.reason)


def _section(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a heading with a table, or a word that there is nothing."""
    cells = [tuple(map(_cell, row)) for row in rows]
    yield from (f"## {title}", "")
    if not cells:
        yield from ("None.", "")
        return
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in cells)
    yield ""


def _cell(text: str) -> str:
    """Return a text as a cell of a table: one line, without what Markdown or Ansible would act on."""
    return printable(text).replace("|", "\\|").replace("{{", "{ {").replace("{%", "{ %").replace("<", "&lt;")
