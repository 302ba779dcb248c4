# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of Describe actions: by a path into what the action answers; private to the stand-in.

Values of one filter are alternatives, several filters must all hold, ``*`` and ``?`` are wildcards, a backslash takes
their meaning away, and case matters: EC2's documented behaviour. A filter that the action's table does not know is
refused, never ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from .errors import invalid

# Where a filter's values are found: a dotted path of keys or attributes, or a function of the object.
Path = str | Callable[[Any], Iterable[Any]]


def values_at(found: Any, path: str) -> list[Any]:
    """All values at a dotted path; a list on the way stands for each of its members."""
    level = [found]
    for name in path.split("."):
        following: list[Any] = []
        for item in level:
            value = item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)
            following.extend(value if isinstance(value, list | tuple) else [value])
        level = [value for value in following if value is not None]
    return level


def same(*names: str) -> dict[str, str]:
    """Return the paths of filters that are named like what they look at: ``vpc-id`` like ``VpcId``.

    :param names: texts of filters' names, with spaces between these.
    """
    listed = [name for text in names for name in text.split()]
    return {name: re.sub(r"(?:^|-|(?<=\.))(.)", lambda match: match[1].upper(), name) for name in listed}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return str(value)


def pattern(text: str) -> re.Pattern[str]:
    """The regular expression for a filter's value."""
    parts = re.findall(r"\\.|[*?]|.", text, re.DOTALL)
    known = {"*": ".*", "?": "."}
    return re.compile("".join(known.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)


def _tag_values(found: Any, name: str, tags: str) -> list[Any]:
    own = values_at(found, tags)
    if name == "tag-key":
        return [tag["Key"] for tag in own]
    if name == "tag-value":
        return [tag["Value"] for tag in own]
    return [tag["Value"] for tag in own if tag["Key"] == name.removeprefix("tag:")]


def matching(
    action: str,
    objects: Iterable[Any],
    wanted: Mapping[str, list[str]],
    table: Mapping[str, Path],
    tags: str | None,
) -> list[Any]:
    """The objects that all filters of a request let pass.

    :param wanted: the request's filters, by name.
    :param table: what the action knows: the filter's name and where its values are.
    :param tags: the path of the tags in an object, as a list of Key and Value; None for what has no tags.
    """
    found = list(objects)
    for name, texts in wanted.items():
        is_tag = tags is not None and (name.startswith("tag:") or name in ("tag-key", "tag-value"))
        if not is_tag and name not in table:
            known = ", ".join([*sorted(table), *(["tag:<key>", "tag-key"] if tags else [])])
            invalid(
                f"The filter '{name}' is invalid, or not modelled by this stand-in, for {action}. Known are: {known}"
            )
        patterns = [pattern(text) for text in texts]
        kept = []
        for candidate in found:
            if is_tag:
                values = _tag_values(candidate, name, str(tags))
            else:
                path = table[name]
                values = values_at(candidate, path) if isinstance(path, str) else list(path(candidate))
            if any(one.fullmatch(_text(value)) for one in patterns for value in values):
                kept.append(candidate)
        found = kept
    return found
