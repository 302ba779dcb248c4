# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server by kinds of objects: the one place where the table's paths are asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._client import Client
from .._resources import TABLE, Table


class Api:
    """A server whose paths and names are those of a table.

    `kind` is a kind of the table, or one of its listings; `parent` the name of the aggregator or bond, or "". Every
    object has the table's names. All methods raise as those of :class:`Client`.
    """

    def __init__(self, client: Client, table: Table = TABLE) -> None:
        self.client = client
        self.table = table

    def list(self, kind: str, parent: str = "") -> list[dict[str, Any]]:
        """Return all objects of a collection."""
        return self.client.list(self.table.collection(kind, parent), partial(self.table.received, kind))

    def sample(self, kind: str, parent: str = "") -> Any:
        """Return the objects that the first answer for a collection has, unjudged; an empty list if it has none."""
        found = self.client.get(self.table.collection(kind, parent))
        listed = found.get("results") if isinstance(found, Mapping) else found
        return [self.table.received(kind, one) for one in listed] if isinstance(listed, list) else []

    def one(self, kind: str, parent: str, number: Any) -> dict[str, Any]:
        """Return one object."""
        return self.client.one(self.table.item(kind, parent, number), partial(self.table.received, kind))

    def ask(self, kind: str, parent: str, number: Any) -> Any:
        """Return the server's answer for one object, of any type."""
        return self.client.get(self.table.item(kind, parent, number))

    def create(self, kind: str, parent: str, body: Mapping[str, Any]) -> Any:
        """Create an object; return it, or None if the server sent none."""
        path = self.table.collection(kind, parent)
        return self.client.post(path, self.table.sent(kind, body), partial(self.table.received, kind))

    def update(self, kind: str, parent: str, number: Any, body: Mapping[str, Any]) -> Any:
        """Change fields of an object; return it, or None if the server sent none."""
        path = self.table.item(kind, parent, number)
        return self.client.patch(path, self.table.sent(kind, body), partial(self.table.received, kind))

    def delete(self, kind: str, parent: str, number: Any) -> None:
        """Delete an object, which may have gone already."""
        self.client.delete(self.table.item(kind, parent, number))

    def describe(self, kind: str, parent: str = "") -> Any:
        """Return the server's OPTIONS of a collection."""
        return self.client.options(self.table.collection(kind, parent))

    def describe_one(self, kind: str, parent: str, number: Any) -> Any:
        """Return the server's OPTIONS of one object."""
        return self.client.options(self.table.item(kind, parent, number))

    def root(self) -> Any:
        """Return the page of the API itself."""
        return self.client.get("")

    def url(self, kind: str, parent: str, number: Any) -> str:
        """Return the absolute URL of one object."""
        return self.client.url(self.table.item(kind, parent, number))
