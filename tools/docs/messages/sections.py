# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sections of docs/troubleshooting: each has a cause and a cure, and names the files whose messages it explains.

A section with rows explains some of its messages one by one. On the site each section gets the list of its messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tools.docs.messages.extract import Message, messages
from tools.fresh_copy import ROOT

FOLDER = "docs/troubleshooting"
OVERVIEW = "docs/troubleshooting.md"
RULE = "every message has a section of docs/troubleshooting with its cause and cure"
UTILS = "plugins/module_utils/"
MARKER = re.compile(r"^<!-- messages: (?P<files>[^>]+) -->\n+", re.MULTILINE)
_ROW = re.compile(r"^\| `(?P<text>[^`]+)` \| (?P<advice>.+) \|$", re.MULTILINE)
_SHOWN = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """Section of a page, with the patterns of its files."""

    page: str
    title: str
    text: str
    files: tuple[str, ...]

    @property
    def rows(self) -> list[str]:
        """Return the messages that have a row of their own."""
        return [row["text"] for row in _ROW.finditer(self.text)]

    def has(self, file: str) -> bool:
        """Return True if the section explains the messages of a file."""
        return any(fnmatch(file, pattern) for pattern in self.files)


def sections(root: Path = ROOT) -> list[Section]:
    """Return all sections of the pages, in their order."""
    found = []
    for path in sorted((root / FOLDER).glob("*.md")):
        for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _line, text = part.partition("\n")
            marker = MARKER.search(text)
            names = [name.strip() for name in marker["files"].split(",")] if marker else []
            files = tuple(name if "/" in name and name[0] != "_" else UTILS + name for name in names)
            found.append(Section(str(path.relative_to(root)), title, text, files))
    return found


def message_problems(root: Path) -> list[str]:
    """Return a problem for each message without a section, and for what explains no message any more."""
    if not (root / FOLDER).is_dir():
        return []
    found, parts = messages(root), sections(root)
    files = sorted({message.file for message in found})
    problems = []
    for file in files:
        having = [section.title for section in parts if section.has(file)]
        if len(having) != 1:
            problems.append(
                f"{file}: its messages are in {len(having)} sections of {FOLDER} (got {', '.join(having) or 'none'}, "
                "expected one): name the file in the section that explains them"
            )
    for section in parts:
        problems += [f"{section.page}: {section.title}: {text}" for text in _section_problems(section, files, found)]
    return [*problems, *_shown_problems(root, found)]


def _section_problems(section: Section, files: Sequence[str], found: Iterable[Message]) -> Iterator[str]:
    for pattern in section.files:
        if not any(fnmatch(file, pattern) for file in files):
            yield f"{pattern} has no message (expected a file with messages)"
    for word in ("**Cause.**", "**Cure.**"):
        if word not in section.text:
            yield f"has no paragraph that begins with {word}"
    patterns = {message.pattern for message in found if section.has(message.file)}
    for row in section.rows:
        if Message("", row).pattern not in patterns:
            yield f"no code prints this any more: {row}"


def _shown_problems(root: Path, found: Iterable[Message]) -> Iterator[str]:
    """Yield a problem for each message shown in the overview that the code does not print."""
    path = root / OVERVIEW
    if not path.is_file():
        return
    expressions = [expression(message.text) for message in found]
    for block in _SHOWN.findall(path.read_text(encoding="utf-8")):
        shown = " ".join(block.split())
        if not any(re.search(one, shown) for one in expressions):
            yield f"{OVERVIEW}: no code prints this: {shown}"


def expression(text: str) -> str:
    """Return an expression for what a message may look like when it is printed."""
    return ".*?".join(re.escape(part) for part in re.split(r"<[^<>]*>", text))
