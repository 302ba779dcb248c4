# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values get the types of an argument specification, and each problem names its place."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.plugin_utils._typed import ABSENT, typed

KINDS = ("str", "int", "bool", "list", "dict")
TEXTS = {"type": "list", "elements": "str"}
PORTS = {"type": "list", "elements": "dict", "options": {"port": {"type": "int", "required": True}}}


@pytest.mark.parametrize(
    ("value", "spec", "wanted"),
    [
        ("demo", {}, "demo"),
        (17, {}, "17"),
        ("15", {"type": "int"}, 15),
        (" 15\n", {"type": "int"}, 15),
        (0, {"type": "int", "least": 0}, 0),
        ("no", {"type": "bool"}, False),
        ("False", {"type": "bool"}, False),
        ("false\n", {"type": "bool"}, False),
        (1, {"type": "bool"}, True),
        (["agg1", 2], TEXTS, ["agg1", "2"]),
        ("agg1, agg2", TEXTS, ["agg1", "agg2"]),
        ('["agg1"]', TEXTS, ["agg1"]),
        ([], TEXTS, []),
        ('[{"port": "80"}]', PORTS, [{"port": 80}]),
        ('{"agg1": "192.0.2.1"}', {"type": "dict"}, {"agg1": "192.0.2.1"}),
        *[(empty, {"type": kind}, ABSENT) for empty in (None, "", " \n") for kind in KINDS],
    ],
)
def test_value_gets_its_type(value: Any, spec: dict[str, Any], wanted: Any) -> None:
    problems: list[str] = []
    assert typed(value, spec, "x", problems) == wanted
    assert problems == []


@pytest.mark.parametrize(
    ("value", "spec", "problem"),
    [
        ("ja", {"type": "bool"}, "x: got 'ja', expected true or false."),
        (2, {"type": "bool"}, "x: got 2, expected true or false."),
        ("15s", {"type": "int"}, "x: got '15s', expected a whole number."),
        ("²", {"type": "int"}, "x: got '²', expected a whole number."),
        (True, {"type": "int"}, "x: got True, expected a whole number."),
        (-1, {"type": "int", "least": 0}, "x: got -1, expected a whole number from 0 on."),
        (["a"], {}, "x: got a list, expected a text."),
        (True, {}, "x: got True, expected a text."),
        (["s3cret"], {"no_log": True}, "x: got a value that is not shown, expected a text."),
        ("present", {"choices": ["present", "absent"]}, ""),
        (
            "presnt",
            {"choices": ["present", "absent"]},
            "x: got 'presnt', expected one of present, absent; did you mean 'present'.",
        ),
        (5, TEXTS, "x: got 5, expected a list of texts."),
        ("web", PORTS, "x: got 'web', expected a list of dictionaries."),
        ([None], TEXTS, "x, entry 1: is empty. Leave it out, or give it a value."),
        ([{"prot": 80}], PORTS, "x, entry 1: the key 'prot' is not known; did you mean 'port'?"),
        (True, {"type": "dict"}, "x: got True, expected a dictionary."),
        ("a=b", {"type": "dict", "options": {}}, "x: got 'a=b', expected a dictionary."),
    ],
)
def test_problem_names_what_was_found_and_expected(value: Any, spec: dict[str, Any], problem: str) -> None:
    problems: list[str] = []
    typed(value, spec, "x", problems)
    assert problem in (problems[0] if problems else "")


def test_problem_of_an_entry_names_the_entry_and_the_nearest_key() -> None:
    problems: list[str] = []
    space = {
        "key": "west",
        "private_wan": "managed_mesh",
        "gateways": [{"aggregator": "dub-2", "egres": "none", "max_networks": "4x", "vpc_routes": "maybe"}],
    }
    typed([space], ARGUMENT_SPEC["spaces"], "bonding_spaces", problems)
    where = "bonding_spaces, space west, gateways, gateway on dub-2"
    assert problems == [
        f"{where}: the key 'egres' is not known; did you mean 'egress'?",
        f"{where}, max_networks: got '4x', expected a whole number.",
        f"{where}, vpc_routes: got 'maybe', expected true or false.",
    ]


def test_empty_keys_of_an_entry_are_absent_and_a_required_one_is_missing() -> None:
    problems: list[str] = []
    entry = {"bond": 17, "interface": "", "connected_ip": "192.168.17.1/24", "nat_ip": "192.168.17.10", "pool": None}
    found = typed([entry], ARGUMENT_SPEC["cpe_nat_ips"], "bonding_cpe_nat_ips", problems)
    assert problems == ["bonding_cpe_nat_ips, entry of bond 17: interface is missing."]
    assert found == [{"bond": "17", "connected_ip": "192.168.17.1/24", "nat_ip": "192.168.17.10"}]


def test_a_number_of_thousands_of_digits_is_none() -> None:
    """Python itself refuses to read it, by an exception."""
    problems: list[str] = []
    typed("9" * 5000, {"type": "int"}, "x", problems)
    assert problems == [f"x: got '{'9' * 59}..., expected a whole number."]


@pytest.mark.parametrize("blank", [None, ""])
def test_an_empty_source_is_not_everybody(blank: Any) -> None:
    problems: list[str] = []
    typed([{"protocol": "tcp", "ports": "443", "from": blank}], ARGUMENT_SPEC["cpe_nat_inbound"], "inbound", problems)
    assert problems == ["inbound, entry 1, from: is empty, so that nobody may come. Left out, it means everybody."]


def test_an_empty_reverse_name_takes_the_name_away() -> None:
    problems: list[str] = []
    entry = {"bond": 17, "interface": "eth1", "connected_ip": "192.168.17.1/24", "nat_ip": "192.168.17.10"}
    (found,) = typed([entry | {"reverse_dns": ""}], ARGUMENT_SPEC["cpe_nat_ips"], "bonding_cpe_nat_ips", problems)
    assert (found["reverse_dns"], problems) == ("", [])
