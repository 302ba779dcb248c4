# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Order of the site's pages: docs/README.md lists them by sections, and each section is a group of the site's menu."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.docs.markdown import links
from tools.docs.markdown import title as page_title
from tools.docs.pages import INDEX
from tools.fresh_copy import ROOT

REFERENCE = "Reference"
"""Section that also has the generated pages."""
UNLISTED = "More"
"""Group of pages that docs/README.md does not list."""


@dataclass(frozen=True)
class Group:
    """Group of the menu: its pages by their places, each with its title in the menu."""

    title: str
    pages: Mapping[str, str]


def listed(root: Path = ROOT) -> dict[str, dict[str, str]]:
    """Return the files that docs/README.md lists, with their titles there, by the title of their section."""
    text = (root / INDEX).read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _line, body = section.partition("\n")
        found[title] = {posixpath.normpath(f"docs/{one.path}"): one.text for one in links(body) if not one.is_external}
    return found


def groups(places: Mapping[str, str], generated: Mapping[str, str], root: Path = ROOT) -> list[Group]:
    """Return the menu. A page that docs/README.md does not list comes last, so that none is lost."""
    found = []
    for title, names in listed(root).items():
        pages = {places[name]: words for name, words in names.items() if name in places}
        found.append(Group(title, {**generated, **pages} if title == REFERENCE else pages))
    left = {places[name]: page_title((root / name).read_text(encoding="utf-8")) for name in unlisted(places, root)}
    return [*found, Group(UNLISTED, left)] if left else found


def unlisted(places: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """Return the pages that docs/README.md does not list."""
    names = {name for names in listed(root).values() for name in names}
    return sorted(set(places) - names - {INDEX})


def menu(groups: Iterable[Group]) -> str:
    """Return the directives of Sphinx that make the menu; they show nothing on the page itself."""
    blocks = []
    for group in groups:
        entries = "\n".join(f"{title} <{posixpath.splitext(page)[0]}>" for page, title in group.pages.items())
        blocks.append(f"```{{toctree}}\n:hidden:\n:caption: {group.title}\n\n{entries}\n```\n")
    return "\n".join(blocks)


def index_for_site(text: str, found: Sequence[Group], generated: Mapping[str, str]) -> str:
    """Return the index with the generated pages in their section, and with the menu."""
    head = f"## {REFERENCE}\n\n"
    pages = "".join(f"- [{title}]({page})\n" for page, title in generated.items())
    return f"{text.replace(head, head + pages)}\n{menu(found)}"
