# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about every Python file: its licence on top, and a length that can be read."""

from __future__ import annotations

from pathlib import Path

from tools.house.layers import python_files
from tools.house.modules import BLOCKS, doc_blocks

FOLDERS = ("plugins", "extensions", "lab", "tests", "tools")
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
GNU = "GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)"
LONGEST = 400
EXCUSED = {"extensions/eda/plugins/event_source/bonds.py": 745}
"""Lines of a file that may be longer: ansible-rulebook runs an event source by its path, without neighbours."""


def header_problems(root: Path) -> list[str]:
    """Files with something in them and no licence in the first five lines."""
    problems = []
    for path in python_files(root, *FOLDERS):
        head = "\n".join(path.read_text(encoding="utf-8").splitlines()[:5])
        if head and not (LICENCE in head and GNU in head):
            problems.append(f"{path.relative_to(root)}: the first lines must hold '{GNU}' and '{LICENCE}'")
    return problems


def length_problems(root: Path) -> list[str]:
    """Files of more than LONGEST lines. A module's documentation is not counted: it is long because it is complete."""
    problems = []
    for path in python_files(root, *FOLDERS):
        name = str(path.relative_to(root))
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST and name.startswith(("plugins/", "extensions/")):
            texts = doc_blocks(path)
            lines -= sum(texts.get(block, "").count("\n") for block in BLOCKS)
        if lines > EXCUSED.get(name, LONGEST):
            problems.append(f"{name}: has {lines} lines; over {LONGEST}, ask what it is two of")
    return problems
