# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A management server in a dictionary: takes every write, keeps it, and shows it again. It has no rules."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._client import Response
from ansible_collections.bonded.internet.plugins.module_utils._resources import (
    INTERFACE_KINDS,
    PROTOCOL_KINDS,
    RESOURCES,
)
from tests.unit.plugins.scripted import API

_ALL_KINDS = {"interfaces": ("type", INTERFACE_KINDS), "protocols": ("protocol", PROTOCOL_KINDS)}


class StoreServer:
    """Collections by path; ``writes`` counts what was written."""

    def __init__(self, **collections: list[dict[str, Any]]) -> None:
        self.collections = {path.replace("__", "/") + "/": items for path, items in collections.items()}
        self.writes = 0
        self._number = 1000
        self._lock = threading.Lock()

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        with self._lock:
            self.writes += method not in ("GET", "OPTIONS")
            return self._answer(method, url.removeprefix(API), json.loads(body or b"{}"))

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, method: str, path: str, body: dict[str, Any]) -> Response:
        if method == "OPTIONS":
            return Response(200, "{}")
        if method == "POST":
            self._number += 1
            made = {**self._defaults(path), **body, "id": self._number, "url": f"{API}{path}{self._number}/"}
            self.collections.setdefault(path, []).append(made)
            return Response(201, json.dumps(made))
        collection, _slash, last = path.rstrip("/").rpartition("/")
        items = self.collections.get(f"{collection}/", [])
        found = next((item for item in items if last in (str(item.get("id")), item.get("key"))), None)
        if found is None:
            return Response(200, json.dumps(self._listed(path)))
        if method == "DELETE":
            items.remove(found)
            return Response(204)
        found.update(body)
        return Response(200, json.dumps(found))

    def _listed(self, path: str) -> list[dict[str, Any]]:
        match = re.fullmatch(r"(aggregators/\d+/)(interfaces|protocols)/", path)
        if not match:
            return self.collections.get(path, [])
        field, kinds = _ALL_KINDS[match[2]]
        return [
            {**item, field: kind}
            for kind in kinds
            for item in self.collections.get(f"{match[1]}{kind}_{match[2]}/", [])
        ]

    def _defaults(self, path: str) -> dict[str, Any]:
        """Return the server's defaults by the table, in the API's form, which is the same for these values."""
        name = path.rstrip("/").rpartition("/")[2]
        resource = next(item for item in RESOURCES.values() if item.path.endswith(f"/{name}/"))
        return resource.defaults()
