# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer of an aggregator is taken if it holds what the module returns, and refused otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils._answer import answer_of

HONEST: dict[str, Any] = {"changed": False, "host": {"devices": []}, "missing": []}
FOUND = {"ansible_facts": {"discovered_interpreter_python": "/usr/bin/python3"}}


@pytest.mark.parametrize(
    "result",
    [
        HONEST,
        {**HONEST, **FOUND, "_ansible_parsed": True, "invocation": {}, "warnings": ["w"]},
        {"unreachable": True, "msg": "no route", "changed": False},
        {"skipped": True, "skip_reason": "Conditional result was False", "changed": False},
        {"failed": True, "msg": "no ip", "module_stdout": "", "rc": 1, "changed": False},
    ],
)
def test_answer_of_the_module_is_taken(result: dict[str, Any]) -> None:
    assert answer_of("agg1", result) == result


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"ansible_facts": {"bonding_api_url": "http://192.0.2.66"}}, "the fact bonding_api_url"),
        ({"ansible_facts": {"kernel": "6.1"}}, "facts"),
        ({"ansible_stats": {"data": {"bonding_prune": True}}}, "ansible_stats"),
        ({"stat": {"exists": False}}, "stat"),
        ({"failed": True, "msg": "x", "ansible_facts": {"bonding_prune": True}}, "the fact bonding_prune"),
    ],
)
def test_answer_that_holds_more_is_refused_by_the_hosts_name(more: dict[str, Any], words: str) -> None:
    facts = {**FOUND["ansible_facts"], **more.get("ansible_facts", {})}
    refused = answer_of("agg1", {**HONEST, **more, "ansible_facts": facts})
    assert refused["failed"] is True
    assert refused["msg"].startswith(f"agg1: the aggregator's answer is refused: it holds {words}, which")
    assert refused["ansible_facts"] == FOUND["ansible_facts"]
    assert "host" not in refused
