# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rule about words: text and names do not use a word that docs/glossary.md retires."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

GLOSSARY = "docs/glossary.md"
PLACES = ("plugins", "extensions", "roles", "playbooks", "inventories", "docs", "README.md", "CONTRIBUTING.md")
EXEMPT = {GLOSSARY, "plugins/plugin_utils/_retired_names.py"}
"""The files that tell what a retired word is called now."""
SUFFIXES = {".py", ".yml", ".j2", ".md"}
RULE = "no text uses a word that the glossary retires"
_ROW = re.compile(r"^\|([^|]+)\|[^|]+\|([^|]*)\|$")


def word_problems(root: Path) -> list[str]:
    """Return a problem for each line that has a retired word, in prose (`way back`) or in a name (`ways_back`)."""
    retired = dict(_retired(root / GLOSSARY))
    if not retired:
        return []
    pattern = re.compile("|".join(_pattern(word) for word in retired), re.IGNORECASE)
    problems = []
    for path in _files(root):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for match in pattern.finditer(line):
                word = next(one for one in retired if re.fullmatch(_pattern(one), match[0], re.IGNORECASE))
                problems.append(
                    f"{path.relative_to(root)}:{number}: the glossary retires a word (got '{match[0]}', expected "
                    f"'{retired[word]}')"
                )
    return problems


def _retired(glossary: Path) -> Iterator[tuple[str, str]]:
    """Yield (retired word, word in its place): those in backticks in the last column of the glossary's tables."""
    if glossary.is_file():
        for line in glossary.read_text(encoding="utf-8").splitlines():
            if row := _ROW.match(line):
                yield from ((word, row[1].strip()) for word in re.findall(r"`([^`]+)`", row[2]))


def _pattern(word: str) -> str:
    """Return an expression for a word as prose and as a part of a name, in the singular and the plural."""
    words = word.split(" ")
    inner = "[ _-]".join(f"{re.escape(one)}s?" for one in words)
    return rf"(?<![A-Za-z0-9]){inner}(?![A-Za-z0-9])"


def _files(root: Path) -> Iterator[Path]:
    for place in (root / name for name in PLACES):
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.suffix in SUFFIXES and str(path.relative_to(root)) not in EXEMPT:
                yield path
