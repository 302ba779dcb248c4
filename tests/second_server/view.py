# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of the second server: objects, lists and errors."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from .fields import Errors, Json, show_all
from .kinds import KINDS
from .store import ROOT, NotThere, Row, Store

PAGE = 3
OTHER_NAME = "https://bonding.example.com"


@dataclass(frozen=True)
class View:
    """View of the answer to one request."""

    store: Store
    base: str
    """Scheme and host by which the client asked."""

    def has(self, habit: str) -> bool:
        """Return True if the server has the habit."""
        return self.store.has(habit)

    # Objects

    def url(self, row: Row) -> str:
        """Return an object's URL."""
        base = OTHER_NAME if self.has("other_name") else self.base
        return f"{base}{ROOT}{self.path(row)}"

    def path(self, row: Row) -> str:
        """Return an object's path below the API's root."""
        kind = KINDS[row.kind]
        word = str(row.id)
        if row.kind == "space":
            key = str(row.values["key"])
            escaped = "".join(f"%{byte:02X}" for byte in key[:1].encode()) + quote(key[1:], safe="")
            word = escaped if self.has("escaped_urls") else quote(key, safe="")
        above = f"{kind.parent}s/{row.parent}/" if kind.parent else ""
        return f"{above}{kind.path}/{word}/"

    def link(self, kinds: tuple[str, ...], number: int, form: str) -> Any:
        """Return a relation as a URL, a number or a short object."""
        row = next((self.store.rows[kind, number] for kind in kinds if (kind, number) in self.store.rows), None)
        if row is None:
            raise NotThere
        if form == "id":
            return row.id
        return self.url(row) if form == "url" else self.with_more({"id": row.id, "url": self.url(row)})

    def with_more(self, shown: Json) -> Json:
        """Return an object with fields that the contract does not name."""
        if not self.has("unknown_fields"):
            return shown
        more = {"_links": {"self": None}, "comment": "", "tags": ["a", {"b": 1.5}], "modified": None}
        return {**more, **shown, "zone": {"name": "z", "hosts": []}}

    def object(self, row: Row, *, mixed: bool = False) -> Json:
        """Return a whole object."""
        kind = KINDS[row.kind]
        shown: Json = {"id": row.id, "url": self.url(row)}
        if kind.mixed is not None:
            shown[kind.mixed[1]] = row.kind
        shown |= show_all(kind.fields, row.values, self)
        return self.with_more(shown)

    def short_bond(self, row: Row) -> Json:
        """Return a bond in a list of an aggregator."""
        if not self.has("thin_bonds"):
            return self.object(row)
        return {"id": row.id, "url": self.url(row), "name": row.values["name"]}

    def strangers(self, aggregator: int, path: str) -> list[Json]:
        """Return what a mixed list shows of kinds that the contract does not name."""
        if not self.has("unknown_kinds"):
            return []
        word, field, kind = ("wireguard", "type", "wg") if path == "interfaces" else ("rip", "protocol", "rip")
        base = OTHER_NAME if self.has("other_name") else self.base
        url = f"{base}{ROOT}aggregators/{aggregator}/{word}_{path}/4/"
        return [{"id": 4, "url": url, field: word, "name": f"{kind}-mesh", "peers": [{"key": "AAAA"}], "enabled": True}]

    # Lists

    def ordered(self, shown: list[Json], ordering: str | None) -> list[Json]:
        """Return a list in the order that is asked for, or in this server's own."""
        if ordering:
            name = ordering.lstrip("-")
            return sorted(shown, key=lambda one: str(one.get(name)), reverse=ordering.startswith("-"))
        if self.has("other_order"):
            return sorted(shown, key=lambda one: sha256(str(one.get("url")).encode()).hexdigest())
        return shown

    def listing(self, path: str, shown: list[Json], query: dict[str, str]) -> Any:
        """Return a list, bare or as a page; raise NotThere for a page that is not there."""
        read_only = path == "routing_groups/" or (path.startswith("bonds/") and path.endswith("/interfaces/"))
        bare = read_only and self.has("bare_lists")
        if bare or ("page_size" not in query and not self.has("always_pages")):
            return shown
        size = _whole(query.get("page_size"), 100)
        size = min(size, PAGE) if self.has("small_pages") else size
        page = _whole(query.get("page"), 1)
        pages = max(1, -(-len(shown) // size))
        if page > pages:
            raise NotThere
        envelope: Json = {"count": str(len(shown)) if self.has("numbers_as_text") else len(shown)}
        if not (self.has("no_next") and path.startswith("bonds/") and path.count("/") > 1):
            for name, other in (("next", page + 1), ("previous", page - 1)):
                envelope[name] = self._page_url(path, query, other) if 1 <= other <= pages else None
        envelope["results"] = shown[(page - 1) * size : page * size]
        return self.with_more(envelope)

    def _page_url(self, path: str, query: dict[str, str], page: int) -> str:
        words = urlencode({**query, "page": page})
        if not self.has("relative_next"):
            return f"{self.base}{ROOT}{path}?{words}"
        return f"?{words}" if page % 2 else f"{ROOT}{path}?{words}"

    # Errors

    def errors(self, found: Errors) -> Any:
        """Return the body of a 400."""
        whole = {"non_field_errors": found} if isinstance(found, str) else found
        shown = self._nested(whole)
        if self.has("listed_errors"):
            return shown["non_field_errors"] if list(shown) == ["non_field_errors"] else [shown]
        return shown

    def _nested(self, found: Errors) -> Any:
        if isinstance(found, str):
            return [found]
        if found and all(isinstance(place, int) for place in found):
            if self.has("indexed_errors"):
                return {str(place): self._nested(one) for place, one in found.items() if one}
            return [self._nested(one) if one else {} for one in found.values()]
        return {str(name): self._nested(one) for name, one in found.items()}


def _whole(word: str | None, default: int) -> int:
    return int(word) if word and word.isdecimal() and int(word) > 0 else default
