# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as Markdown, for a folder under version control: a network that did not change makes the same text."""

from __future__ import annotations

from collections.abc import Iterable

from .mermaid import mermaid_of
from .network import Network
from .page import key_figures, lead_of
from .sheets import Sheet, Value, sheets_of

SHOWN = ("findings", "aggregators", "addresses", "gateways", "spaces", "unprotected")
"""Tables of the Markdown file; the others are CSV files alone."""
MOST_ROWS = 200
"""Rows of a table up to which it is whole: sites cut longer files."""


def markdown_of(network: Network, stem: str) -> str:
    """Return the text.

    :param stem: the beginning of the names of the files beside it
    """
    figures = [f"- **{one.number}** {one.label}{f' ({one.note})' if one.note else ''}" for one in key_figures(network)]
    parts = [
        f"# Network {escaped(network.description.network)}",
        escaped(lead_of(network)),
        "\n".join(figures),
        f"```mermaid\n{mermaid_of(network)}```",
    ]
    drift = network.description.drift
    if drift:
        parts += ["## Drift", "\n".join(f"- {escaped(one.text)}" for one in drift)]
    sheets = sheets_of(network)
    parts += [_table(sheets[name], f"{stem}-{name}.csv", network.none("None.")) for name in SHOWN if name in sheets]
    return "\n\n".join(parts) + "\n"


def _table(sheet: Sheet, file: str, none: str) -> str:
    if not sheet.rows:
        return f"## {sheet.title}\n\n{none}"
    lines = [_line(sheet.columns), _line(["---"] * len(sheet.columns))]
    lines += [_line(row) for row in sheet.rows[:MOST_ROWS]]
    more = len(sheet.rows) - MOST_ROWS
    left = f"\n\n{more:,} more rows are in `{escaped(file)}`." if more > 0 else ""
    return f"## {sheet.title}\n\n" + "\n".join(lines) + left


def _line(values: Iterable[Value]) -> str:
    return "| " + " | ".join(map(_cell, values)) + " |"


def _cell(value: Value) -> str:
    text = "" if value is None else str(value)
    return text if text == "---" else escaped(text)


def escaped(text: str) -> str:
    """Return other people's text so that Markdown and HTML take it for nothing but text."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ").replace("\r", " ")
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]|#!~" else letter for letter in safe)
