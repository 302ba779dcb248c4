# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that are not whole, and answers that have another shape than the API's: one error each, no traceback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import ApiError, Client, ClientError, Response
from tests.unit.plugins.scripted import API, CONNECTION, Step, get, script

CUT = {"count": 50, "next": None, "results": [{"id": 1}]}
NEXT = f"{API}a/?page=2"


def page(count: int | None, following: str | None, *ids: int) -> dict[str, Any]:
    counted = {} if count is None else {"count": count}
    return {**counted, "next": following, "results": [{"id": number} for number in ids]}


def test_a_list_that_is_cut_is_read_once_more_and_then_refused() -> None:
    with script(get("a/", CUT), get("a/", CUT)) as server, pytest.raises(ApiError) as caught:
        server.client().list("a/")
    assert str(caught.value) == (
        "GET a/: the list is not whole (got 1 objects, expected 50 by its count), twice in a row; run again when "
        "nobody else changes this list."
    )


def test_an_object_that_was_deleted_between_two_pages_hides_none() -> None:
    steps = [
        get("a/", page(4, NEXT, 1, 2)),
        get("a/?page=2", page(3, None, 4)),  # 1 was deleted, so that 3 has moved to the page before
        get("a/", page(3, NEXT, 2, 3)),
        get("a/?page=2", page(3, None, 4)),
    ]
    with script(*steps) as server:
        assert [item["id"] for item in server.client().list("a/")] == [2, 3, 4]


def test_a_list_that_changes_each_time() -> None:
    steps = [get("a/", page(4, NEXT, 1, 2)), get("a/?page=2", page(3, None, 4))] * 2
    with script(*steps) as server, pytest.raises(ApiError, match=r"changed between two of its pages \(from 4 objects"):
        server.client().list("a/")


def test_more_objects_than_are_counted_end_the_reading() -> None:
    steps = [get("a/", page(3, NEXT, 1, 2)), get("a/?page=2", page(3, f"{API}a/?page=3", 2, 3))] * 2
    with script(*steps) as server, pytest.raises(ApiError, match="got 4 objects, expected 3 by its count"):
        server.client().list("a/")


def test_a_count_in_digits_tells_of_a_further_page() -> None:
    first = {"count": "3", "results": [{"id": 1}, {"id": 2}]}
    steps = [get("a/", first), get("a/?page=2", {"count": "3", "results": [{"id": 3}]})]
    with script(*steps) as server:
        assert [item["id"] for item in server.client().list("a/")] == [1, 2, 3]
    steps = [get("a/", {"count": "3", "next": None, "results": [{"id": 1}]})] * 2
    with script(*steps) as server, pytest.raises(ApiError, match="got 1 objects, expected 3 by its count"):
        server.client().list("a/")


class Endless:
    """A server whose lists never end."""

    asked = 0

    def send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        self.asked += 1
        return Response(200, json.dumps({"next": f"{API}a/?page={self.asked + 1}", "results": [{"id": self.asked}]}))

    def close(self) -> None:
        """Nothing is open."""


def test_a_list_without_an_end() -> None:
    server = Endless()
    with pytest.raises(ApiError, match="GET a/: the list has more than 1000 pages"):
        Client(CONNECTION, transport=server).list("a/")
    assert server.asked == 1001


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([1, 2], "GET a/: object 1 of the list: is not an object (got 1)."),
        ([{"id": 1}, None], "GET a/: object 2 of the list: is not an object (got None)."),
        ([{"id": None}], "object 1 of the list: id is not a whole number (got None)"),
        ([{"id": True}], "id is not a whole number (got True)"),
        ([{"id": "²"}], "id is not a whole number (got '²')"),
        ([{"name": "x"}], "id is not a whole number (got None)"),
        ([{"id": 1, "url": 5}], "url is not a URL (got 5)"),
        ([{"id": 1, "url": "http://[::1"}], "url is not a URL (got 'http://[::1')"),
        ([{"id": 1, "url": ""}], "url is not a URL (got '')"),
        ([{"id": 1, "name": ["a"]}], "name is not a text (got ['a'])"),
        ([{"id": 1, "key": {}}], "key is not a text (got {})"),
        ({"results": [{"id": "x"}]}, "object 1 of the list: id is not a whole number (got 'x')"),
        ({"results": [], "next": "http://[::1"}, "next is not a URL (got 'http://[::1')"),
        ({"results": 5}, "the answer is not a list of objects"),
        (5, "the answer is not a list of objects (got 5)"),
        ("[NaN]", "was answered with 200, but not with JSON (NaN is not a number of JSON)"),
        ("[" * 200_000, "but not with JSON (it is nested more than 50 levels deep)"),
        ("[" * 900 + "]" * 900, "but not with JSON (it is nested more than 50 levels deep)"),
        ("9" * 5000, "was answered with 200, but not with JSON"),
    ],
)
def test_the_shape_of_lists(body: Any, words: str) -> None:
    with script(get("a/", body)) as server, pytest.raises(ApiError) as caught:
        server.client().list("a/")
    assert words in str(caught.value)


@pytest.mark.parametrize("body", [[], 5, None, {"id": "x"}, {"id": 1, "url": 5}, {"name": 5}])
def test_the_shape_of_one_object(body: Any) -> None:
    with script(get("a/1/", body)) as server, pytest.raises(ApiError, match="GET a/1/: "):
        server.client().one("a/1/")


def test_a_deep_refusal_is_told_without_its_words() -> None:
    with script(get("a/", '{"a":' * 900 + "1" + "}" * 900, 400)) as server, pytest.raises(ApiError) as caught:
        server.client().get("a/")
    assert "GET a/ was answered with 400." in str(caught.value)


def test_text_that_is_not_utf_8() -> None:
    step = Step("GET", "a/", None, Response(200, '[{"id": 1, "name": "\ufffd"}]', {}, "its text is not UTF-8"))
    with script(step) as server, pytest.raises(ClientError, match=r"not with JSON \(its text is not UTF-8\)"):
        server.client().list("a/")
