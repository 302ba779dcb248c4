# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of other servers in the built site: those that a reader may follow, and those that a page would load."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

_LOADED = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}
"""Elements whose address a browser asks by itself."""
_NAMED = ("canonical", "license")
"""Relations of `link` elements that a browser does not ask."""


class _Addresses(HTMLParser):
    """Collects the addresses of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.followed: set[str] = set()
        self.loaded: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.followed.add(str(values["href"]))
        elif values.get(_LOADED.get(tag, "")) and values.get("rel") not in _NAMED:
            self.loaded.add(str(values[_LOADED[tag]]))


def _read(site: Path) -> _Addresses:
    found = _Addresses()
    for page in sorted(site.rglob("*.html")):
        found.feed(page.read_text(encoding="utf-8"))
    return found


def external_links(site: Path) -> list[str]:
    """Return the addresses of other servers to which pages link, without their anchors."""
    return sorted({address.partition("#")[0] for address in _read(site).followed if urlsplit(address).scheme})


def loaded_from_elsewhere(site: Path) -> list[str]:
    """Return the addresses of other servers that a page would load."""
    return sorted(address for address in _read(site).loaded if urlsplit(address).netloc)
