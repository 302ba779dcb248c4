# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages on the site: the list at the end of each section, and the field that finds a pasted message."""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tools.docs.markdown import slug
from tools.docs.messages.extract import Message, messages
from tools.docs.messages.sections import FOLDER, MARKER, OVERVIEW, Section, sections
from tools.fresh_copy import ROOT

FIELD = "<!-- find a message -->\n"
_LONGEST_ANCHOR = 60
_PLACE = re.compile(r"<[^<>]*>")


def add_messages(folder: Path, root: Path = ROOT) -> None:
    """Add the messages to the pages in the folder from which Sphinx builds, and the field that finds them."""
    if not (root / FOLDER).is_dir():
        return
    found, parts = messages(root), sections(root)
    index: list[tuple[str, str]] = []
    for page in dict.fromkeys(section.page for section in parts):
        place = page.removeprefix("docs/")
        text, anchors = with_messages((folder / place).read_text(encoding="utf-8"), found, of_page(parts, page))
        (folder / place).write_text(text, encoding="utf-8")
        address = f"{posixpath.splitext(place)[0]}.html"
        index += [(message, f"{address}#{anchor}") for message, anchor in anchors.items()]
    overview = folder / OVERVIEW.removeprefix("docs/")
    overview.write_text(overview.read_text(encoding="utf-8").replace(FIELD, _field(index)), encoding="utf-8")


def of_page(parts: Iterable[Section], page: str) -> list[Section]:
    """Return the sections of a page."""
    return [section for section in parts if section.page == page]


def with_messages(text: str, found: list[Message], parts: Iterable[Section]) -> tuple[str, dict[str, str]]:
    """Return a page with the list of messages at the end of each section, and the anchor of each message."""
    used: Counter[str] = Counter()
    anchors: dict[str, str] = {}
    for section in parts:
        shown, own = _listing(section, found, used)
        anchors |= own
        before, head, rest = text.partition(f"## {section.title}\n")
        body, heading, after = rest.partition("\n## ")
        text = f"{before}{head}{MARKER.sub('', body).rstrip()}\n\n{shown}{heading}{after}"
    return text, anchors


def _listing(section: Section, found: list[Message], used: Counter[str]) -> tuple[str, dict[str, str]]:
    """Return the list of a section's messages, and an anchor for each; a message with a row has the section's."""
    explained = {Message("", row).pattern for row in section.rows}
    texts = sorted({message.text for message in found if section.has(message.file)}, key=_order)
    anchors = {}
    lines = []
    for text in texts:
        if Message("", text).pattern in explained:
            anchors[text] = slug(section.title)
            continue
        anchors[text] = _anchor(text, used)
        marks = "``" if "`" in text else "`"
        lines.append(f"- {marks}{text}{marks}{{#{anchors[text]}}}\n")
    return ("**Messages**\n\n" + "".join(lines) if lines else ""), anchors


def _order(text: str) -> str:
    """Return a message by its first words, whatever the run fills in before them."""
    return re.sub(r"^[^A-Za-z]+", "", _PLACE.sub("", text)).lower()


def _anchor(text: str, used: Counter[str]) -> str:
    """Return an anchor of the message's own words; `used` has those of the page so far."""
    words = slug(_PLACE.sub("", text)).replace("_", "-")
    plain = "m-" + re.sub(r"-{2,}", "-", words)[:_LONGEST_ANCHOR].strip("-")
    used[plain] += 1
    return plain if used[plain] == 1 else f"{plain}-{used[plain] - 1}"


def _field(index: list[tuple[str, str]]) -> str:
    """Return the field for a pasted message, with the script that finds it; all of it is the page's own."""
    data = json.dumps(index, ensure_ascii=False).replace("</", "<\\/")
    label = html.escape(
        "Paste a message of a run. Your browser looks up the collection's own words in it, and sends nothing."
    )
    return (
        "## Find a message\n\n"
        f'<p><label for="find-message">{label}</label></p>\n'
        '<textarea id="find-message" rows="4" spellcheck="false"></textarea>\n<ul id="found-messages"></ul>\n'
        f"<script>const MESSAGES = {data};</script>\n"
        '<script src="_static/find-message.js"></script>\n'
    )
