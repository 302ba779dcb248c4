# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of the management server, read page by page; an incomplete list is an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .._printable import excerpt
from .errors import ApiError
from .shapes import flaw_of

MOST_PAGES = 1_000

Get = Callable[[str], Any]
Received = Callable[[Any], Any]
"""Gives an object out of an answer the names that the code above knows; before it is judged."""


def all_objects(get: Get, path: str, received: Received) -> list[dict[str, Any]]:
    """Return all objects of a collection, whether the server sends one array or pages.

    A list that does not have as many objects as it counts was changed between two of its pages, or cut. It is read
    once more, and then refused: an object that is missing would be made a second time, or be left behind.

    :param get: reads the JSON of a path
    :param received: gives an object the names that the code above knows
    :raises ApiError: also if it is not a list, or an object in it has no id, or a URL or name that is none
    """
    objects, flaw = _pages(get, path, received)
    if flaw:
        objects, flaw = _pages(get, path, received)
    if flaw:
        raise flawed(path, f"{flaw}, twice in a row; run again when nobody else changes this list")
    return objects


def flawed(path: str, flaw: str) -> ApiError:
    """Return the error for an answer to a GET that was a success, and is of no use."""
    return ApiError(f"GET {path}: {flaw}.", method="GET", path=path, status=200)


def _pages(get: Get, path: str, received: Received) -> tuple[list[dict[str, Any]], str]:
    """Return the objects of all pages, and why they cannot be all of the list; empty if they are."""
    body = get(path)
    if isinstance(body, list):
        return _checked(path, [received(item) for item in body], 0), ""
    objects: list[dict[str, Any]] = []
    seen: set[str] = {path}
    counts: set[int] = set()
    for page in range(2, MOST_PAGES + 2):
        if not isinstance(body, Mapping) or not isinstance(body.get("results"), list):
            raise flawed(path, f"the answer is not a list of objects (got {excerpt(body)})")
        objects += _checked(path, [received(item) for item in body["results"]], len(objects))
        count = _count(body)
        if count is not None:
            counts.add(count)
        following = _next_page(path, page, body, len(objects))
        if following is None or following in seen or (counts and len(objects) > max(counts)):
            break
        seen.add(following)
        body = get(following)
    else:
        raise flawed(path, f"the list has more than {MOST_PAGES} pages")
    if len(counts) > 1:
        return objects, f"the list changed between two of its pages (from {max(counts)} objects to {min(counts)})"
    if counts and counts != {len(objects)}:
        return objects, f"the list is not whole (got {len(objects)} objects, expected {counts.pop()} by its count)"
    return objects, ""


def _checked(path: str, items: list[Any], before: int) -> list[dict[str, Any]]:
    """Return the objects of a page, each of which is one."""
    for number, item in enumerate(items, before + 1):
        flaw = flaw_of(item, listed=True)
        if flaw is not None:
            raise flawed(path, f"object {number} of the list: {flaw}")
    return items


def _next_page(path: str, page: int, body: Mapping[str, Any], got: int) -> str | None:
    """Return the path and query of the page after this one; None after the last."""
    following = body.get("next")
    if following:
        # Only its query counts: behind a proxy the server names itself by another host.
        try:
            return f"{path.split('?')[0]}?{urlsplit(str(following)).query}"
        except ValueError as error:
            raise flawed(path, f"next is not a URL (got {excerpt(following)})") from error
    count = _count(body)
    if "next" in body or count is None or got >= count or not body["results"]:
        return None
    query = dict(parse_qsl(urlsplit(path).query))
    return f"{path.split('?')[0]}?{urlencode({**query, 'page': page})}"


def _count(body: Mapping[str, Any]) -> int | None:
    """Return the number of objects that a list states, as a number or in digits; None if it does not say it."""
    count = body.get("count")
    if isinstance(count, str) and re.fullmatch("[0-9]{1,9}", count):
        return int(count)
    return count if isinstance(count, int) else None
