# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links and headings of a Markdown page, as a forge shows them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_FENCE = re.compile(r"^(?P<indent> *)(?P<fence>```+|~~~+)[^\n]*\n.*?(?:^ *(?P=fence) *$|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?P<ticks>`+)(?:(?!`).|(?!(?P=ticks))`)+?(?P=ticks)", re.DOTALL)
_LINK = re.compile(r"(?P<text>!?\[(?:[^\[\]]|\[[^\]]*\])*\])\((?P<target>[^()\s]+(?:\([^()\s]*\))?)\)")
_HEADING = re.compile(r"^(?P<marks>#{1,6}) +(?P<text>.+?) *#* *$", re.MULTILINE)
_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:")


@dataclass(frozen=True)
class Link:
    """Link of a page: `path` is empty for an anchor of the page itself."""

    line: int
    text: str
    path: str
    anchor: str

    @property
    def is_external(self) -> bool:
        return bool(_EXTERNAL.match(self.path))


def links(text: str) -> Iterator[Link]:
    """Yield the links of a page, none of its code."""
    shown = _blank(text)
    for found in _LINK.finditer(shown):
        path, _hash, anchor = found["target"].partition("#")
        line = shown.count("\n", 0, found.start()) + 1
        words = text[found.start("text") : found.end("text")].strip("![]")
        yield Link(line, words, path if _EXTERNAL.match(path) else unquote(path), anchor)


def replace_links(text: str, target_of: Callable[[str, str], str]) -> str:
    """Return a page with other targets of its links; `target_of` gets path and anchor."""
    shown, parts, end = _blank(text), [], 0
    for found in _LINK.finditer(shown):
        path, _hash, anchor = found["target"].partition("#")
        parts += [text[end : found.start("target")], target_of(path, anchor)]
        end = found.end("target")
    return "".join([*parts, text[end:]])


def headings(text: str) -> Iterator[tuple[int, str]]:
    """Yield level and text of each heading, with its inline marks."""
    shown = _blank(text, code=False)
    for found in _HEADING.finditer(shown):
        yield len(found["marks"]), found["text"]


def title(text: str) -> str:
    """Return the text of the first heading."""
    return next((words for _level, words in headings(text)), "")


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page."""
    used: Counter[str] = Counter()
    found = set()
    for _level, words in headings(text):
        plain = slug(words)
        used[plain] += 1
        found.add(plain if used[plain] == 1 else f"{plain}-{used[plain] - 1}")
    return found


def slug(words: str) -> str:
    """Return the anchor that GitHub, GitLab and MyST make of a heading."""
    plain = _LINK.sub(lambda link: link["text"].strip("![]"), words)
    plain = re.sub(r"[`*]|(?<!\w)_|_(?!\w)", "", plain)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def _blank(text: str, code: bool = True) -> str:
    """Return a page whose code is blank, each character in its place."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0])

    shown = _FENCE.sub(blank, text)
    return _CODE.sub(blank, shown) if code else shown
