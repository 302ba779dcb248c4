# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that the plan hands on to modules: those that the server has, by their ids, and no predicted ones."""

from __future__ import annotations

from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import as_json
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import known_objects

ON = "aggregators/7"
BODY = {"name": "f1", "family": "ipv4", "body": "accept;"}


def test_an_object_that_is_only_foretold_has_no_id_and_is_not_handed_on() -> None:
    """By then it is there under an id that nobody could know: it is looked up by whoever names it."""
    there = Object("filter", ON, "f1", BODY, 51)
    coming = Object("filter", ON, "f2", {**BODY, "name": "f2"})
    known = known_objects({"id": 7, "ip": "203.0.113.11", "name": "agg1"}, ["globex", "acme", "acme"], [there, coming])
    assert as_json(known) == {
        "ip": "203.0.113.11",
        "ipv6": None,
        "spaces": ["acme", "globex"],
        "objects": [{"kind": "filter", "name": "f1", "id": 51, "object": BODY}],
    }
