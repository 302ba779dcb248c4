# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For each habit: the tolerance of the collection that it wants, taken out.

A break puts a function without the tolerance in the place of the collection's own. Each is what a plausible client
would do that was written for one server alone.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import Client, Retry, client, pages
from ansible_collections.bonded.internet.plugins.module_utils._client import messages as wording
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Api, Refs, reading
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import info as survey
from ansible_collections.bonded.internet.plugins.module_utils._reconcile.changes import writer as writing
from ansible_collections.bonded.internet.plugins.module_utils._resources import RESOURCES, wire
from ansible_collections.bonded.internet.plugins.module_utils._resources import fields as kinds
from ansible_collections.bonded.internet.plugins.module_utils._resources.composite_fields import Area
from ansible_collections.bonded.internet.plugins.module_utils._resources.fields import (
    Block,
    HostAddress,
    InterfaceAddress,
    ListOf,
    Network,
    Number,
)
from ansible_collections.bonded.internet.plugins.module_utils._resources.resource import Listing, Resource
from tests.second_server.fields import Json

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]
BREAKS: dict[str, Break] = {}
EXPECTED = {"POST": 201, "DELETE": 204}


class Intolerant(AssertionError):
    """Error of a client without the tolerance."""


def _without(habit: str) -> Callable[[Break], Break]:
    def note(taken_out: Break) -> Break:
        BREAKS[habit] = taken_out
        return taken_out

    return note


# Lists


@_without("small_pages")
def _reads_the_first_page_alone(patch: Patch) -> None:
    patch.setattr(pages, "_next_page", lambda *_page: None)


@_without("always_pages")
def _takes_arrays_alone(patch: Patch) -> None:
    def all_objects(get: pages.Get, path: str, _received: Any) -> list[Json]:
        body = get(path)
        if not isinstance(body, list):
            raise Intolerant(path)
        return body

    patch.setattr(client, "all_objects", all_objects)


@_without("bare_lists")
def _takes_envelopes_alone(patch: Patch) -> None:
    own = pages._pages

    def read(get: pages.Get, path: str, received: Any) -> Any:
        def asked(path: str) -> Any:
            body = get(path)
            if isinstance(body, list):
                raise Intolerant(path)
            return body

        return own(asked, path, received)

    patch.setattr(pages, "_pages", read)


@_without("relative_next")
def _follows_next_as_it_is(patch: Patch) -> None:
    own = pages._next_page

    def next_page(path: str, page: int, body: Mapping[str, Any], got: int) -> str | None:
        if body.get("next") and not urlsplit(body["next"]).netloc:
            raise Intolerant(body["next"])
        return own(path, page, body, got)

    patch.setattr(pages, "_next_page", next_page)


@_without("no_next")
def _knows_the_last_page_by_next_alone(patch: Patch) -> None:
    own = pages._next_page
    patch.setattr(pages, "_next_page", lambda path, page, body, got: own(path, page, {"next": None, **body}, got))


@_without("other_order")
def _keeps_the_order_of_lists(patch: Patch) -> None:
    patch.setattr(reading, "sorted", lambda found, key=None: list(found), raising=False)


@_without("loose_search")
def _trusts_a_search(patch: Patch) -> None:
    def find(self: Refs, kind: str, reference: Any) -> int:
        number = self.api.client.list(f"{kind}s/?search={reference}&ordering=name")[0]["id"]
        assert isinstance(number, int)
        return number

    patch.setattr(Refs, "find", find)


# Objects


@_without("unknown_fields")
def _refuses_unknown_fields(patch: Patch) -> None:
    own = Resource.from_wire

    def from_wire(self: Resource, item: Mapping[str, Any], names: Any, parent: str) -> Json:
        known = {"id", "url", "parent", "bonder", *(self.tags or {}), *(field.wire for field in self.fields)}
        if set(item) - known:
            raise Intolerant(sorted(set(item) - known))
        return own(self, item, names, parent)

    patch.setattr(Resource, "from_wire", from_wire)


@_without("unknown_kinds")
def _knows_all_kinds(patch: Patch) -> None:
    def typed(item: Mapping[str, Any], listing: Listing, parent: str, names: Refs) -> Any:
        return reading.read_object(f"{item[listing.tells]}_{listing.kind}", parent, item, names)

    patch.setattr(reading, "_typed", typed)


@_without("nested_objects")
def _takes_URLs_of_these_relations_alone(patch: Patch) -> None:
    own = Refs.key

    def key(self: Refs, space: str, parent: str, value: Any) -> Any:
        # The contract has objects for the spaces and groups of aggregators and bonds anyway: those have no parent.
        if isinstance(value, Mapping) and parent:
            raise Intolerant(value)
        return own(self, space, parent, value)

    patch.setattr(Refs, "key", key)


@_without("urls_for_objects")
def _takes_objects_of_these_relations_alone(patch: Patch) -> None:
    own = Refs.key

    def key(self: Refs, space: str, parent: str, value: Any) -> Any:
        if isinstance(value, str) and space == "space" and not parent:
            raise Intolerant(value)
        return own(self, space, parent, value)

    patch.setattr(Refs, "key", key)


@_without("bare_ids")
def _takes_no_bare_id(patch: Patch) -> None:
    own = Refs.key

    def key(self: Refs, space: str, parent: str, value: Any) -> Any:
        if isinstance(value, int):
            raise Intolerant(value)
        return own(self, space, parent, value)

    patch.setattr(Refs, "key", key)


@_without("other_name")
def _wants_its_own_name_in_URLs(patch: Patch) -> None:
    def path_of(self: Client, url: str) -> str:
        if urlsplit(url).netloc and not url.startswith(self._root):
            raise Intolerant(url)
        return url.removeprefix(self._root)

    patch.setattr(Client, "path_of", path_of)


@_without("escaped_urls")
def _takes_URLs_letter_by_letter(patch: Patch) -> None:
    patch.setattr(wire, "unquote", lambda text: text)


@_without("large_ids")
def _reads_numbers_as_JavaScript_does(patch: Patch) -> None:
    own = reading.id_of

    def id_of(resource: Resource, item: Mapping[str, Any]) -> Any:
        number = own(resource, item)
        return int(float(number)) if isinstance(number, int) else number

    patch.setattr(reading, "id_of", id_of)


@_without("thin_bonds")
def _wants_whole_bonds(patch: Patch) -> None:
    def present(names: Refs, number: int) -> list[int]:
        listed = names.api.list("current_bond", f"aggregators/{number}")
        return [item["id"] for item in listed if item["aggregator"]]

    patch.setattr(survey, "read_current_bonds", present)


# Values


@_without("numbers_as_text")
def _takes_numbers_alone(patch: Patch) -> None:
    own = Number.canonical

    def canonical(self: Number, value: Any) -> int:
        if isinstance(value, str):
            raise ValueError(value)
        return own(self, value)

    patch.setattr(Number, "canonical", canonical)


@_without("decimals")
def _takes_whole_numbers_alone(patch: Patch) -> None:
    own = kinds.as_number

    def as_number(value: Any) -> Any:
        if "." in str(value) and isinstance(own(value), int):
            raise Intolerant(value)
        return own(value)

    patch.setattr(kinds, "as_number", as_number)


@_without("area_numbers")
def _takes_areas_as_dotted_quads_alone(patch: Patch) -> None:
    def canonical(self: Area, value: Any) -> str:
        if "." not in str(value):
            raise ValueError(value)
        return str(value)

    patch.setattr(Area, "canonical", canonical)


@_without("long_versions")
def _takes_a_version_for_numbers(patch: Patch) -> None:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(part) if part.isdecimal() else -1 for part in text.split("."))

    patch.setattr(importlib.import_module(".compatibility.versions", reading.__package__), "version_numbers", numbers)


@_without("ipv6_written_out")
def _compares_addresses_as_texts(patch: Patch) -> None:
    for kind in (HostAddress, InterfaceAddress, Network):
        patch.setattr(kind, "canonical", lambda self, value: value)


@_without("lists_reversed")
def _compares_lists_in_order(patch: Patch) -> None:
    patch.setattr(ListOf, "_sorted", lambda self, items: items)


@_without("text_trimmed")
def _keeps_white_space_at_the_ends(patch: Patch) -> None:
    def canonical(self: Block, value: str) -> str:
        return "\n".join(value.splitlines())

    patch.setattr(Block, "canonical", canonical)


@_without("text_lines")
def _knows_one_end_of_line(patch: Patch) -> None:
    patch.setattr(Block, "canonical", lambda self, value: value.strip())


@_without("other_defaults")
def _trusts_the_defaults_of_the_server(patch: Patch) -> None:
    patch.setattr(Resource, "initial", lambda self: {})


# Writes


@_without("no_put")
def _PUTs_whole_objects(patch: Patch) -> None:
    def as_written(value: Any) -> Any:
        if isinstance(value, Mapping):
            return value["url"] if "url" in value else {name: as_written(one) for name, one in value.items()}
        return [as_written(one) for one in value] if isinstance(value, list) else value

    def put(self: Client, path: str, body: Mapping[str, Any], received: Any) -> Any:
        whole = {name: as_written(value) for name, value in self.one(path).items()}
        return self._written("PUT", path, {**whole, **body}, received)

    patch.setattr(Client, "patch", put)


@_without("other_statuses")
def _wants_one_status_of_each_method(patch: Patch) -> None:
    own = Client._exchange

    def exchange(self: Client, method: str, path: str, body: Any = None) -> Any:
        response = own(self, method, path, body)
        if response.status not in (EXPECTED.get(method, 200), 204):
            raise Intolerant(response.status)
        if method == "DELETE" and response.status != 204:
            raise Intolerant(response.status)
        return response

    patch.setattr(Client, "_exchange", exchange)


@_without("thin_answers")
def _takes_each_answer_for_the_object(patch: Patch) -> None:
    patch.setattr(writing, "_whole", lambda api, change, answer: answer)


@_without("empty_answers")
def _wants_an_answer(patch: Patch) -> None:
    own = Client._written

    def written(self: Client, method: str, path: str, body: Mapping[str, Any], received: Any) -> Any:
        answer = own(self, method, path, body, received)
        if answer is None:
            raise Intolerant(path)
        return answer

    patch.setattr(Client, "_written", written)


# Errors


@_without("indexed_errors")
def _knows_lists_of_errors_alone(patch: Patch) -> None:
    own = wording.field_errors

    def field_errors(body: Any, prefix: str = "") -> Any:
        if isinstance(body, Mapping) and any(str(name).isdecimal() for name in body):
            return {prefix: [json.dumps(body)]}
        return own(body, prefix)

    patch.setattr(wording, "field_errors", field_errors)


@_without("listed_errors")
def _knows_mappings_of_errors_alone(patch: Patch) -> None:
    own = wording.field_errors

    def field_errors(body: Any, prefix: str = "") -> Any:
        return own(body, prefix) if prefix or isinstance(body, Mapping) else {"": [json.dumps(body)]}

    patch.setattr(wording, "field_errors", field_errors)


@_without("html_errors")
def _wants_JSON_of_errors(patch: Patch) -> None:
    own = wording._page_words

    def words(response: Any) -> str:
        if response.status == 404:  # and not the proxy's
            raise Intolerant(response.body)
        return own(response)

    patch.setattr(wording, "_page_words", words)


@_without("busy_proxy")
def _asks_once(patch: Patch) -> None:
    patch.setattr(Retry, "pause", lambda *_attempt: None)


# OPTIONS


@_without("bare_options")
def _wants_fields_of_OPTIONS(patch: Patch) -> None:
    own = Api.describe

    def describe(self: Api, kind: str, parent: str = "") -> Any:
        answer = own(self, kind, parent)
        if kind in RESOURCES and RESOURCES[kind].writable and "actions" not in answer:
            raise Intolerant(kind)
        return answer

    patch.setattr(Api, "describe", describe)
