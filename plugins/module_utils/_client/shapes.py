# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shape that every object in an answer must have, whatever its kind.

All layers above rely on it: an id is a number, a URL can be parsed, a name and a key are texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .._printable import excerpt

DEEPEST = 50
"""Levels of nesting in an answer; the API's own objects have 6."""


def flaw_of(item: Any, *, listed: bool) -> str | None:
    """Return the flaw of an object, or None if it has none.

    :param listed: whether it is an entry of a list, which has an id in any case
    """
    if not isinstance(item, Mapping):
        return f"is not an object (got {excerpt(item)})"
    number = item.get("id")
    if (listed or "id" in item) and (not isinstance(number, int) or isinstance(number, bool)):
        return f"id is not a whole number (got {excerpt(number)})"
    for name in ("name", "key"):
        text = item.get(name)
        # Null where the server knows no name; what needs one asks for it.
        if text is not None and not isinstance(text, str):
            return f"{name} is not a text (got {excerpt(text)})"
    url = item.get("url")
    if url is not None and not is_url(url):
        return f"url is not a URL (got {excerpt(url)})"
    return None


def is_url(value: Any) -> bool:
    """Return True if the value can be parsed as a URL."""
    try:
        return isinstance(value, str) and bool(urlsplit(value).path)
    except ValueError:
        return False


def is_deep(value: Any) -> bool:
    """Return True if lists and mappings are nested deeper than DEEPEST: later code would run out of stack."""
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True
