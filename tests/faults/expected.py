# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The committed expectations of the matrices: what a module does and says under each fault.

The files are rewritten by `python -m tests.faults --rewrite`, never by hand, and their diff is read like any other.
They hold what may change with a decision (tries, waits, words); the rules that must hold in any case are in matrix.py.
"""

from __future__ import annotations

import functools
import json
import pathlib
from collections.abc import Mapping
from typing import Any

import yaml

from tests.faults.matrix import Seen

FOLDER = pathlib.Path(__file__).with_name("expected")
HEAD = "# What is seen under each fault; rewritten by: python -m tests.faults --rewrite\n---\n"
Table = dict[str, dict[str, dict[str, Any]]]


@functools.cache
def read(side: str) -> Table:
    """Return the expectations of a side by kind and fault."""
    found: Table = yaml.safe_load((FOLDER / f"{side}.yml").read_text(encoding="utf-8"))
    return found


def write(side: str, seen: Mapping[tuple[str, str], Seen]) -> None:
    """Write the expectations of a side, a line for each cell."""
    lines = []
    last = ""
    for (kind, fault), one in seen.items():
        if kind != last:
            lines.append(f"{json.dumps(kind)}:")
            last = kind
        kept = {name: value for name, value in one.as_dict().items() if value not in ("", [])}
        lines.append(f"  {json.dumps(fault)}: {json.dumps(kept)}")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{side}.yml").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    read.cache_clear()
