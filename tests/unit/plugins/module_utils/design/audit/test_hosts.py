# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of what an aggregator lacks, and of hosts that do not answer."""

from __future__ import annotations

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.audit.conditions import NOT_ASKED, find_silent
from ansible_collections.bonded.internet.plugins.module_utils._design.audit.hosts import find_on_hosts
from ansible_collections.bonded.internet.plugins.module_utils._design.host.answers import MANAGERS, PROGRAMS
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DesiredHost, DesiredNetwork

HOST = {
    "devices": [],
    "routes": [],
    "rules": [],
    "programs": dict.fromkeys(PROGRAMS, True),
    "managers": dict.fromkeys(MANAGERS, False),
    "installed": {"masquerade": [], "return_routes": []},
}


def lacking(*missing: str) -> dict[str, Any]:
    return {"changed": False, "host": HOST, "missing": list(missing)}


def test_each_missing_thing_is_a_finding_with_an_id_of_its_own() -> None:
    found = list(
        find_on_hosts({"agg1": lacking("no device vx1", "no device vx2"), "agg2": lacking()}, ["agg1", "agg2"])
    )
    assert [(one.kind, one.object, one.found) for one in found] == [
        ("host_state", "agg1", "no device vx1"),
        ("host_state", "agg1", "no device vx2"),
    ]
    assert len({one.id for one in found}) == 2


def test_a_host_that_does_not_answer_as_the_module_does_is_named_and_its_answer_is_not_used() -> None:
    answers = {
        "agg1": {"unreachable": True, "msg": "no route"},
        "agg2": {**lacking("nothing"), "ansible_facts": {"bonding_network": "other"}},
    }
    found = {one.object: one for one in find_on_hosts(answers, ["agg1", "agg2", "agg3"])}
    assert {one.kind for one in found.values()} == {"host"}
    assert found["agg1"].found == "no route"
    assert "facts" in found["agg2"].found
    assert found["agg3"].found == "the host was not asked"


def test_a_managed_host_outside_of_the_run_is_named() -> None:
    hosts = (
        DesiredHost("agg1", "7", manage_host=True, found=HOST),
        DesiredHost("agg2", "12", manage_host=True),
        DesiredHost("agg3", "13"),
    )
    (found,) = find_silent(DesiredNetwork("demo", hosts))
    assert (found.kind, found.object, found.found) == ("host", "agg2", NOT_ASKED)
