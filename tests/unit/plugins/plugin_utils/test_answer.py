# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer of an aggregator is taken if it holds what the module returns, and refused otherwise."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.host.answers import (
    ADMITTED,
    ANSWERS,
    MANAGERS,
    PROGRAMS,
    SEEN,
)
from ansible_collections.bonded.internet.plugins.plugin_utils._answer import answer_of

HONEST: dict[str, Any] = {
    "changed": False,
    "missing": [],
    "host": {
        "devices": [],
        "routes": [],
        "rules": [],
        "programs": dict.fromkeys(PROGRAMS, True),
        "managers": dict.fromkeys(MANAGERS, False),
        "installed": {"masquerade": [], "return_routes": [], "firewall": []},
        "admits": {**dict.fromkeys(ADMITTED, "unknown"), "sources": []},
        "firewall": {"directory": False, "known_ips": False},
        "namespaces": [{"name": "space_11", "devices": None}],
    },
    "seen": {name: dict.fromkeys(ANSWERS, 0) for name in SEEN},
}
MESSAGE = SimpleNamespace(event=SimpleNamespace(msg="\x1b[2J\nlocalhost : ok=1"))
"""A warning or an exception as ansible-core 2.19 and later have it."""
FOUND = {"ansible_facts": {"discovered_interpreter_python": "/usr/bin/python3"}}


@pytest.mark.parametrize(
    "result",
    [
        HONEST,
        {**HONEST, **FOUND, "_ansible_parsed": True, "invocation": {}, "warnings": ["w"]},
        {"unreachable": True, "msg": "no route", "changed": False},
        {"failed": True, "msg": "no ip", "module_stdout": "", "rc": 1, "changed": False},
    ],
)
def test_answer_of_the_module_is_taken(result: dict[str, Any]) -> None:
    assert answer_of("agg1", result) == result


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"ansible_facts": {**FOUND["ansible_facts"], "bonding_api_url": "http://192.0.2.66"}}, "carries facts"),
        ({"ansible_facts": {"kernel": "6.1"}}, "carries facts"),
        ({"ansible_stats": {"data": {"bonding_prune": True}}}, "the unknown key 'ansible_stats'"),
        ({"stat": {"exists": False}}, "the unknown key 'stat'"),
        ({"failed": True, "msg": "x", "ansible_facts": {"bonding_prune": True}}, "carries facts"),
        ({"skipped": True, "ansible_facts": {"bonding_prune": True}}, "carries facts"),
        ({"skipped": True}, "The host says that the module was skipped"),
        ({"host": {**HONEST["host"], "devices": [1]}}, "host.devices"),
    ],
)
def test_answer_that_holds_anything_else_is_refused_by_the_hosts_name(more: dict[str, Any], words: str) -> None:
    refused = answer_of("agg1", {**HONEST, **more, "_ansible_parsed": True})
    assert refused["failed"] is True
    assert refused["msg"].startswith("agg1: the aggregator's answer is refused: ")
    assert words in refused["msg"]
    assert set(refused) == {"changed", "failed", "msg", "_ansible_parsed"}


@pytest.mark.parametrize(
    "result",
    [
        {"failed": True, "msg": "\x1b[2J\nlocalhost : ok=1", "module_stdout": "\x9b1m", "module_stderr": "\u202e"},
        {"unreachable": True, "msg": "\x1b[2J\nlocalhost : ok=1"},
        {**HONEST, "warnings": ["\x1b[2J\nlocalhost : ok=1"]},
        {**HONEST, "warnings": [MESSAGE]},
        {"failed": True, "msg": "\x1b[2J\nlocalhost : ok=1", "exception": MESSAGE},
    ],
)
def test_words_of_a_host_do_nothing_to_the_terminal(result: dict[str, Any]) -> None:
    found = answer_of("agg1", result)
    told = [text for name, text in found.items() if name in ("msg", "module_stdout", "module_stderr")]
    told += found.get("warnings", [])
    assert "exception" not in found
    assert told
    assert all(text.isprintable() for text in told)
    assert any(text == r"\x1b[2J localhost : ok=1" for text in told)
