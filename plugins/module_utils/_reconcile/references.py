# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References between objects: names in options, URLs in requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from threading import RLock
from typing import Any

from .._client import ApiError
from .._objects import title
from .._resources import RESOURCES, ShapeError
from .api import Api
from .model import ReconcileError

# Name spaces whose names are listed under a parent, if nothing was learned of them before.
_LISTED = {"interface", "filter", "bond_interface"}


_MOST_LOOKED_AT = 20
"""So many objects of a kind tell which fields a server has."""


class Refs:
    """Translates names to URLs and back, for relations between objects; asks the server only for what it must.

    Thread safe. What was read before is learned from there, so that a normal run costs no request here.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        self._lock = RLock()
        self._urls: dict[tuple[str, str], dict[str, str]] = {}
        self._names: dict[tuple[str, str], dict[str, str]] = {}
        self._whole: set[tuple[str, str]] = set()
        self._coming: set[tuple[str, str, str]] = set()
        self._lists: dict[str, list[dict[str, Any]]] = {}
        # kind -> field, dotted -> whether an object of the kind shows it
        self._shown: dict[str, dict[str, bool]] = {}
        self._looked_at: Counter[str] = Counter()

    def url(self, space: str, parent: str, key: Any) -> str:
        """Return the URL of what is named ``key``.

        :param space: space, interface, filter, bond_interface, aggregator or bond
        :param parent: "aggregators/7" or "bonds/17"; without meaning for what has no parent
        :raises ReconcileError: if there is nothing of that name; lists the names that there are
        """
        if space in RESOURCES and not RESOURCES[space].below:
            return self.api.url(space, "", key)
        with self._lock:
            known = self._urls.get((space, parent), {})
            if key not in known:
                self._load(space, parent)
                known = self._urls.get((space, parent), {})
            if key in known:
                return known[key]
        names = ", ".join(sorted(known)) or "none"
        raise ReconcileError(f"There is no {title(space, parent, str(key))}; there are: {names}.")

    def key(self, space: str, parent: str, value: Any) -> Any:
        """Return the name behind a URL, an id or a nested object; the value itself where it names nothing known.

        Spaces give their key, aggregators and bonds their id, everything else its name.
        """
        if value is None:
            return None
        if space == "space":
            return self._space_key(value)
        if space in ("aggregator", "bond", "routing_group"):
            return _number(value)
        if isinstance(value, Mapping):
            if "url" not in value:
                return value.get("name", value.get("id"))
            value = value["url"]
        path = self._path(value) if isinstance(value, str) else str(value)
        with self._lock:
            known = self._names.get((space, parent), {})
            if path not in known:
                self._load(space, parent)
                known = self._names.get((space, parent), {})
            return known.get(path, value)

    def learn(self, space: str, parent: str, items: Iterable[Mapping[str, Any]], whole: bool = True) -> None:
        """Take names and URLs from a listing.

        :param whole: whether ``items`` are all that there are
        """
        with self._lock:
            urls = self._urls.setdefault((space, parent), {})
            names = self._names.setdefault((space, parent), {})
            for item in items:
                if not isinstance(item.get("name"), str) or not isinstance(item.get("url"), str):
                    continue
                urls[item["name"]] = item["url"]
                names[self.api.client.path_of(item["url"])] = item["name"]
                if "id" in item:
                    names.setdefault(str(item["id"]), item["name"])
            if whole:
                self._whole.add((space, parent))

    def expect(self, space: str, parent: str, key: str) -> None:
        """Take note of an object that will be created before anything names it."""
        with self._lock:
            self._coming.add((space, parent, key))

    def check(self, space: str, parent: str, key: Any) -> str | None:
        """Return the reason why ``key`` names no object, as a sentence; None if it does, or will."""
        with self._lock:
            if (space, parent, str(key)) in self._coming:
                return None
        if space == "space":
            keys = [str(item.get("key")) for item in self.items("space")]
            if str(key) in keys:
                return None
            return f"There is no space with the key {key!r} that this user can see; there are: {_some(keys)}."
        try:
            self.url(space, parent, key)
        except ReconcileError as error:
            return str(error)
        return None

    def items(self, kind: str) -> list[dict[str, Any]]:
        """Return a whole collection without a parent (of kind space, aggregator or bond), read once."""
        with self._lock:
            if kind not in self._lists:
                self._lists[kind] = self.api.list(kind)
            return self._lists[kind]

    def has_listed(self, kind: str, number: int) -> bool:
        """Return True if a listing that was read has the aggregator or bond of this id."""
        with self._lock:
            return any(item.get("id") == number for item in self._lists.get(kind, ()))

    def take(self, kind: str, items: list[dict[str, Any]]) -> None:
        """Take a collection as read, from a caller that has just read it."""
        with self._lock:
            self._lists[kind] = items

    def find(self, kind: str, reference: Any) -> int:
        """Return the id of an aggregator or bond: digits are an id, anything else is an exact name.

        An id is taken as it is and costs no request.

        :raises ReconcileError: if no object, or more than one, has that name
        """
        text = str(reference).strip()
        if text.isascii() and text.isdigit():
            return int(text)
        found = [item for item in self.items(kind) if item.get("name") == text]
        if len(found) == 1:
            return int(found[0]["id"])
        if not found:
            raise ReconcileError(
                f"There is no {kind} named {text!r} that this user can see; give its exact name or its id. "
                "Nothing was changed."
            )
        found.sort(key=lambda item: int(item["id"]))
        try:
            matches = ", ".join(f"{item['id']} (space {self.key('space', '', item.get('space'))})" for item in found)
        except ShapeError as error:
            raise ReconcileError(
                f"{self.api.table.path(kind)}: the server's answer cannot be used: space: {error}."
            ) from error
        raise ReconcileError(
            f"{len(found)} {kind}s are named {text!r}: the ids are {matches}; give the id. Nothing was changed."
        )

    def item(self, kind: str, number: int) -> dict[str, Any]:
        """Return one aggregator or bond, from a listing that was read anyway, or read by itself.

        :raises ReconcileError: if it does not exist
        """
        with self._lock:
            listed = self._lists.get(kind)
        if listed is not None:
            for item in listed:
                if item.get("id") == number:
                    return item
        try:
            return self.api.one(kind, "", number)
        except ApiError as error:
            if error.status == 404:
                raise ReconcileError(
                    f"There is no {kind} with the id {number} that this user can see. Nothing was changed.", cause=error
                ) from error
            raise

    def look_at(self, kind: str, item: Mapping[str, Any]) -> None:
        """Take note of the fields that an object shows, of the first objects of each kind."""
        with self._lock:
            if self._looked_at[kind] >= _MOST_LOOKED_AT:
                return
            self._looked_at[kind] += 1
            shown = self._shown.setdefault(kind, {})
            for name, there in RESOURCES[kind].shown(item):
                shown[name] = shown.get(name, False) or there

    def not_shown(self) -> dict[str, list[str]]:
        """Return the fields of each kind that no object shows, of those that ought to be in what was read."""
        with self._lock:
            found = {kind: [name for name, there in names.items() if not there] for kind, names in self._shown.items()}
        return {kind: names for kind, names in found.items() if names}

    def _path(self, url: str) -> str:
        """Return the path that a URL in an answer names."""
        try:
            return self.api.client.path_of(url)
        except ValueError as error:
            raise ShapeError(f"not a URL (got {url!r})") from error

    def _load(self, space: str, parent: str) -> None:
        if (space, parent) not in self._whole and space in _LISTED:
            self.learn(space, parent, self.api.list(space, parent))

    def _space_key(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            if value.get("key"):
                return value["key"]
            value = value.get("url", value.get("id"))
        if isinstance(value, str):
            # A space is addressed by its key, so the URL carries it.
            path = self._path(value)
            key = self.api.table.number_in("space", path)
            return value if key is None else key
        for item in self.items("space"):
            if item.get("id") == value:
                return item.get("key")
        return value


def _number(value: Any) -> Any:
    """Return the id in a URL, a nested object, or the id itself."""
    if isinstance(value, Mapping):
        value = value["id"] if "id" in value else value.get("url")
    if isinstance(value, str):
        last = value.rstrip("/").rpartition("/")[2]
        return int(last) if last.isascii() and last.isdigit() else value
    return value


def _some(names: list[str], most: int = 20) -> str:
    shown = sorted(names)
    return (", ".join(shown[:most]) + (", ..." if len(shown) > most else "")) or "none"
