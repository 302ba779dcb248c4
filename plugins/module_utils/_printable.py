# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign text in messages: what a terminal would act on is written as an escape.

The server, EC2, a tenant who names a bond and a host that is asked over SSH all choose words that a message repeats.
A message is one line, so that none of them writes a line of its own, such as one of Ansible's recap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def printable(text: Any) -> str:
    r"""Return a text as one line without control characters.

    White space of any kind becomes a space; C0, C1, bidirectional and other invisible characters become escapes as in
    Python (ESC is written \x1b), so that a name can still be told from another.
    """
    text = str(text)
    return text if text.isprintable() else "".join(map(_letter, text))


def excerpt(value: Any, most: int = 80) -> str:
    """Return a value as a message shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."


def printable_all(value: Any) -> Any:
    """Return a value of JSON's kinds with all its texts, keys too, made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {printable(name): printable_all(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable_all(item) for item in value]
    return value


def _letter(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if letter.isspace() else letter.encode("unicode_escape").decode("ascii")
