# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights of a user to add objects, by the server's OPTIONS. An unknown description of the server refuses no user."""

from __future__ import annotations

from typing import Any, cast

from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Api, rights_to_write

DESCRIBED = {"name": "List", "renders": [], "parses": []}


class Client:
    """Answers OPTIONS, and remembers the paths."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def options(self, path: str) -> Any:
        self.asked.append(path)
        return self.answer


def rights(answer: Any) -> tuple[list[str], list[str], list[str]]:
    client = Client(answer)
    added = [("filter", "aggregators/7"), ("filter", "aggregators/12"), ("connected_ip", "bonds/17")]
    return (*rights_to_write(Api(cast("Any", client)), added), client.asked)


def test_each_kind_is_asked_for_once() -> None:
    missing, untold, asked = rights({**DESCRIBED, "actions": {"POST": {}, "PUT": {}}})
    assert (missing, untold) == ([], [])
    assert asked == ["aggregators/7/filters/", "bonds/17/connected_ips/"]


def test_without_post_the_right_is_missing() -> None:
    missing, untold, _asked = rights({**DESCRIBED, "actions": {"PUT": {}}})
    assert untold == []
    assert len(missing) == 2
    assert missing[0] == (
        "The user lacks the right to add objects of the kind filter on the server: the OPTIONS of "
        "aggregators/7/filters/ name no POST. Give it to a group of the user's there."
    )


def test_a_server_without_any_actions_has_one_sentence_that_claims_no_more() -> None:
    missing, untold, _asked = rights(DESCRIBED)
    assert (missing, untold) == (
        [
            "The user may write nothing on the server, or the server does not tell: no OPTIONS of "
            "aggregators/7/filters/, bonds/17/connected_ips/ name actions. Use a user who may write; if this one may, "
            "leave out bonding_check_rights."
        ],
        [],
    )


def test_a_space_that_changes_is_asked_for_by_its_key() -> None:
    client = Client(DESCRIBED | {"actions": {"POST": {}}})
    missing, untold = rights_to_write(Api(cast("Any", client)), [], ["acme", "globex"])
    assert (len(missing), untold, client.asked) == (1, [], ["spaces/acme/"])
    assert "lacks the right to change objects of the kind space on the server" in missing[0]
    client.answer = DESCRIBED | {"actions": {"PUT": {}}}
    assert rights_to_write(Api(cast("Any", client)), [], ["acme"]) == ([], [])


def test_another_description_says_nothing() -> None:
    for answer in ({}, None, {"methods": ["GET"]}):
        missing, untold, _asked = rights(answer)
        assert missing == []
        assert untold[0] == "The server does not tell who may add to aggregators/7/filters/."
