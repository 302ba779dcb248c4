# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report as a browser without scripts reads it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "link", "img", "rect", "path", "base"}
OUTSIDE = ("src", "srcset", "data", "poster", "action", "formaction", "xlink:href", "background", "ping", "style")
"""Attributes by which a page would load something, or be styled apart from its own style sheet."""


class PageReader(HTMLParser):
    """Reader of a page: its anchors, its links, its tables by section, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: Counter[str] = Counter()
        self.hrefs: list[str] = []
        self.elements: Counter[str] = Counter()
        self.outside: list[str] = []
        self.handlers: list[str] = []
        self.meta: dict[str, str] = {}
        self.texts: list[str] = []
        self.pictures: list[str] = []
        """Texts that are drawn."""
        self.rows: dict[str, list[list[str]]] = {}
        """Section -> its rows, each a list of the texts of its cells."""
        self.unclosed: list[str] = []
        self._open: list[str] = []
        self._section = ""
        self.feed(text)
        self.close()
        self.unclosed += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements[tag] += 1
        if "id" in given:
            self.ids[given["id"]] += 1
        if "href" in given:
            (self.outside if tag in ("link", "base", "use", "image") else self.hrefs).append(given["href"])
        self.outside += [f"{name}={value}" for name, value in given.items() if name in OUTSIDE]
        self.handlers += [name for name in given if name.startswith("on")]
        if tag == "meta":
            self.meta[given.get("name") or given.get("http-equiv") or "charset"] = given.get("content", "")
        if tag == "section":
            self._section = given["id"]
        elif tag == "tr":
            self.rows.setdefault(self._section, []).append([])
        elif tag in ("td", "th"):
            self.rows[self._section][-1].append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.unclosed.append(f"</{tag}>")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("script", "style"):
            return
        self.texts.append(data)
        if "text" in self._open:
            self.pictures.append(data)
        cells = self.rows.get(self._section)
        if cells and cells[-1] and self._open and {"td", "th"} & set(self._open):
            cells[-1][-1] = f"{cells[-1][-1]} {data.strip()}".strip()

    @property
    def text(self) -> str:
        """Return all that is read."""
        return " ".join(" ".join(self.texts).split())

    def problems(self) -> list[str]:
        """Return what no page may have: anchors twice or nowhere, anything from elsewhere, handlers, broken tags."""
        anchors = {href[1:] for href in self.hrefs if href.startswith("#")}
        links = [href for href in self.hrefs if not href.startswith(("#", "http://", "https://"))]
        return [
            *(f"id twice: {name}" for name, number in self.ids.items() if number > 1),
            *(f"no such anchor: {name}" for name in sorted(anchors - set(self.ids))),
            *(f"link: {href}" for href in links),
            *(f"from elsewhere: {text}" for text in self.outside),
            *(f"handler: {name}" for name in self.handlers),
            *(f"tag: {name}" for name in self.unclosed),
            *(
                f"element: {name}"
                for name in ("iframe", "object", "embed", "img", "link", "form")
                if self.elements[name]
            ),
            *(["scripts"] if self.elements["script"] != 1 else []),
        ]
