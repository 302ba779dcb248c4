# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A write whose answer does not say what became of it: what is looked up, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Api, ReconcileError, Refs, apply, diff
from tests.unit.plugins.api_objects import routing_filter
from tests.unit.plugins.scripted import Step, delete, get, lost, patch, post, refused, script

A7 = "aggregators/7"
LIST, ITEM = f"{A7}/filters/", f"{A7}/filters/51/"
OLD = Object("filter", A7, "f1", {"name": "f1", "family": "ipv4", "body": "reject;"}, 51)
NEW = Object("filter", A7, "f1", {"family": "ipv4", "body": "accept;"})
BODY = {"name": "f1", "family": "ipv4", "body": "accept;"}
PATCH = {"body": "accept;"}
WAS, IS = routing_filter(51, "f1", body="reject;"), routing_filter(51, "f1")
PAGE = "<html><title>Log in</title></html>"
GONE = get(ITEM, {"detail": "Not found."}, 404)


def steps_to(verb: str, *steps: Step) -> tuple[list[Any], tuple[Step, ...]]:
    changes = {
        "create": lambda: diff([], [NEW]),
        "update": lambda: diff([OLD], [NEW]),
        "delete": lambda: diff([OLD], [], [NEW]),
    }
    return changes[verb](), steps


DONE = {
    "a lost update was done": steps_to("update", *[lost("PATCH", ITEM, PATCH)] * 5, get(ITEM, IS)),
    "a lost update was done late": steps_to("update", *[lost("PATCH", ITEM, PATCH)] * 5, get(ITEM, WAS), get(ITEM, IS)),
    "an update that failed after it": steps_to("update", patch(ITEM, PATCH, "", 500), get(ITEM, IS)),
    "an update behind a page": steps_to("update", patch(ITEM, PATCH, PAGE), get(ITEM, IS)),
    "an update without an answer": steps_to("update", patch(ITEM, PATCH, None, 204), get(ITEM, IS)),
    "a lost deletion was done": steps_to("delete", *[lost("DELETE", ITEM)] * 5, GONE),
    "a lost deletion was done late": steps_to("delete", *[lost("DELETE", ITEM)] * 5, get(ITEM, WAS), GONE),
    "a deletion behind a page": steps_to("delete", delete(ITEM, 200, PAGE), GONE),
    "a deletion that goes on": steps_to("delete", delete(ITEM, 202), get(ITEM, WAS), GONE),
    "a deletion of what has gone": steps_to("delete", delete(ITEM, 404)),
    "a creation that failed after it": steps_to("create", post(LIST, BODY, "", 500), get(LIST, [IS])),
    "a creation without an answer": steps_to("create", post(LIST, BODY, None), get(LIST, [IS])),
    "a creation with a useless answer": steps_to("create", post(LIST, BODY, {"id": "x"}), get(LIST, [IS])),
}


@pytest.mark.parametrize("case", DONE)
def test_what_was_done_is_taken_as_done(case: str) -> None:
    changes, steps = DONE[case]
    with script(*steps) as server:
        api = Api(server.client())
        (outcome,) = apply(api, changes, Refs(api), 1)
    assert outcome.status == "done"
    assert (outcome.object is None) == case.count("deletion")


NOTHING = "Nothing was changed."
UNKNOWN = "Not known whether done: "
DOWN = [refused("GET", ITEM)] * 5
FAILED = {
    "a lost update was not done": (
        *steps_to("update", *[lost("PATCH", ITEM, PATCH)] * 5, get(ITEM, WAS), get(ITEM, WAS)),
        "It was looked up: body is 'reject;' there, not 'accept;'. Nothing was changed.",
        False,
    ),
    "a lost update and somebody else's": (
        *steps_to("update", *[lost("PATCH", ITEM, PATCH)] * 5, *[get(ITEM, routing_filter(51, "f1", body="x"))] * 2),
        "body is 'x' there, not 'accept;'. Not known whether done: update filter 'f1' of aggregator 7.",
        True,
    ),
    "a lost update and a server that is down": (
        *steps_to("update", *[lost("PATCH", ITEM, PATCH)] * 5, *DOWN),
        "Not known whether done: update filter 'f1' of aggregator 7. Run again, which looks first.",
        True,
    ),
    "an update that did not take": (
        *steps_to("update", patch(ITEM, PATCH, WAS)),
        "Changed on the server, though not as wanted: filter 'f1' of aggregator 7.",
        True,
    ),
    "an update with an answer of another type": (
        *steps_to("update", patch(ITEM, PATCH, {**IS, "body": ["x"]})),
        "aggregators/7/filters/51/: the server's answer cannot be used: body: got ['x'], expected a text. Changed on",
        True,
    ),
    "a refused update": (*steps_to("update", patch(ITEM, PATCH, {"body": ["No."]}, 400)), NOTHING, False),
    "a deletion behind a page that was not done": (
        *steps_to("delete", delete(ITEM, 200, PAGE), get(ITEM, WAS), get(ITEM, WAS)),
        "DELETE aggregators/7/filters/51/ was answered with 200, not with 204. It may or may not have been done. "
        "It was looked up: it is still there. Nothing was changed.",
        False,
    ),
    "a deletion behind a page of which nothing can be known": (
        *steps_to("delete", delete(ITEM, 200, PAGE), get(ITEM, PAGE)),
        "Not known whether done: delete filter 'f1' of aggregator 7.",
        True,
    ),
    "a creation that failed": (
        *steps_to("create", post(LIST, BODY, "", 500), get(LIST, []), get(LIST, [])),
        "It was looked up: it does not exist, so it was not done. Nothing was changed.",
        False,
    ),
    "a creation of which nothing can be known": (
        *steps_to("create", lost("POST", LIST, BODY), *[refused("GET", LIST)] * 5),
        "Not known whether done: create filter 'f1' of aggregator 7.",
        True,
    ),
    "a creation that left nothing": (
        *steps_to("create", post(LIST, BODY, None), get(LIST, [])),
        "it does not have the object. Not known whether done: create filter 'f1' of aggregator 7.",
        True,
    ),
    "a server that was never reached": (*steps_to("delete", *[refused("DELETE", ITEM)] * 5), NOTHING, False),
}


@pytest.mark.parametrize("case", FAILED)
def test_the_words_are_true(case: str) -> None:
    changes, steps, words, changed = FAILED[case]
    with script(*steps) as server:
        api = Api(server.client())
        with pytest.raises(ReconcileError) as caught:
            apply(api, changes, Refs(api), 1)
    assert words in caught.value.sentence()
    assert caught.value.changed is changed
    assert (NOTHING in caught.value.sentence()) is not changed
    assert caught.value.outcomes[0].status == "failed"


def test_a_password_cannot_be_looked_up() -> None:
    session = {"name": "s", "local_as": 1, "neighbor_as": 1, "neighbor_address": "192.0.2.1"}
    old = Object("bgp_protocol", A7, "s", session, 61)
    path = f"{A7}/bgp_protocols/61/"
    item = {"id": 61, "url": f"https://x/api/v4/{path}", **session}
    changes = diff([old], [Object("bgp_protocol", A7, "s", {"password": "hush"})], update_password="always")
    with script(*[lost("PATCH", path, {"password": "hush"})] * 5, get(path, item)) as server:
        api = Api(server.client())
        with pytest.raises(ReconcileError, match="It was looked up, but password is never shown") as caught:
            apply(api, changes, Refs(api), 1)
    assert caught.value.changed
    assert "hush" not in str(caught.value)
