# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content of a management server, read by its API with nothing of the collection, without ids and order."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any
from urllib.parse import unquote

from lab.process import Running
from tests.second_server.fields import Field, Json, Many, Relation, Slot
from tests.second_server.kinds import KINDS

ROOT = "/api/v4/"
ADMINISTRATOR = "admin@example.com:demo-admin-password"


class Reader:
    """Reads one server as its administrator."""

    def __init__(self, url: str, login: str = ADMINISTRATOR) -> None:
        self._url = url
        self._login = base64.b64encode(login.encode()).decode()
        self._names: dict[str, str] = {}

    def network(self) -> Json:
        """Return every object of the contract by its place and name, with the contract's fields alone."""
        found: Json = {}
        for kind in [kind for kind in KINDS.values() if kind.parent is None and kind.name != "node"]:
            path = kind.path
            for item in self._list(f"{path}/"):
                self._learn(item, str(item.get("key") or item["name"]))
                found[self._name(item["url"])] = kind.fields, item
                for below in KINDS.values():
                    if below.parent == kind.name:
                        for one in self._list(f"{path}/{item['id']}/{below.path}/"):
                            what = str(one.get("name") or one.get("ip") or one.get("network"))
                            self._learn(one, f"{self._name(item['url'])} {below.name} {what}")
                            found[self._name(one["url"])] = below.fields, one
        return {name: self._fields(fields, item) for name, (fields, item) in sorted(found.items())}

    def _list(self, path: str) -> list[Json]:
        request = urllib.request.Request(f"{self._url}{ROOT}{path}", headers={"Authorization": f"Basic {self._login}"})
        with urllib.request.urlopen(request) as answer:
            found: list[Json] = json.load(answer)
        return found

    def _learn(self, item: Json, name: str) -> None:
        self._names[_path(item["url"])] = name

    def _name(self, url: str) -> str:
        return self._names[_path(url)]

    def _fields(self, fields: tuple[Field, ...], item: Json) -> Json:
        told = [one for one in fields if not one.write_only and one.name != "bonder"]
        return {one.name: self._value(one, item[one.name]) for one in told}

    def _value(self, field: Field, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(field, Relation):
            return self._name(value["url"] if isinstance(value, dict) else value)
        if isinstance(field, Slot):
            return self._fields((field._mode, field._filter), value)
        if isinstance(field, Many):
            shown = [self._fields(field.of, one) for one in value]
            return shown if field.ordered else sorted(shown, key=json.dumps)
        return value


def _path(url: str) -> str:
    return unquote(url.partition(ROOT)[2])


def read_plain(second: Running) -> Json:
    """Return the second server's network, read while it has no habits."""
    habits = second.control("GET", "habits")
    second.control("PUT", "habits", [])
    try:
        return Reader(second.url).network()
    finally:
        second.control("PUT", "habits", habits)
