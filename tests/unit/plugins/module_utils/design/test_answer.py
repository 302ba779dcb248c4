# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's answer is data: of the declared shape, bounded, and nothing beside it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._design.host import answers as declared
from ansible_collections.bonded.internet.plugins.module_utils._design.host.answers import (
    check_answer,
    check_exists,
    check_output,
)
from ansible_collections.bonded.internet.plugins.module_utils._design.host.shapes import MOST_SENTENCES
from ansible_collections.bonded.internet.plugins.module_utils._host import facts, firewall
from ansible_collections.bonded.internet.plugins.modules import aggregator_host_info

DEVICE: dict[str, Any] = {
    "name": "gw11",
    "mac": "0e:00:00:00:00:0b",
    "kind": None,
    "vni": None,
    "mtu": 1500,
    "up": True,
    "carrier": True,
    "master": None,
    "elsewhere": False,
    "addresses": ["10.101.0.4/24", "2001:db8::4/64"],
}
FORWARD = {"protocol": "tcp", "port": 8080, "to": "192.0.2.10", "to_port": 80, "from": ["0.0.0.0/0"]}
MASQUERADE: dict[str, Any] = {
    "space": "acme",
    "zone": 11,
    "device": "gw11",
    "subnet": "10.101.0.0/24",
    "untranslated": ["10.101.0.0/16"],
    "ipv6": False,
    "incoming": ["tun17", "vx10000011"],
    "port_forwards": [FORWARD],
}
FIREWALL = {"device": "ens5", "protocol": "udp", "port": 4789, "ipv6": False, "sources": ["10.1.0.13"]}
WAY = {"address": "10.1.0.77", "via": "10.253.0.12", "device": "vx10000000", "table": 10000012}
HOST: dict[str, Any] = {
    "devices": [DEVICE, {**DEVICE, "name": "lo", "mac": None}, {**DEVICE, "name": "sit0", "mac": "0.0.0.0"}],
    "routes": [
        {"destination": "default", "gateway": "10.1.0.1", "device": "ens5"},
        {"destination": "fe80::/64", "gateway": None, "device": None},
    ],
    "rules": [{"priority": 0, "from": "all", "incoming": None, "outgoing": None, "table": "local"}],
    "programs": dict.fromkeys(declared.PROGRAMS, True),
    "managers": dict.fromkeys(declared.MANAGERS, False),
    "installed": {"masquerade": [MASQUERADE], "return_routes": [WAY], "firewall": [FIREWALL]},
    "admits": {"vxlan": "no", "babel": "yes", "ospf": "unknown", "bgp": "no", "sources": ["10.1.0.0/24"]},
    "firewall": {"directory": True, "known_ips": False},
    "namespaces": [{"name": "space_11", "devices": ["veth0"]}, {"name": "other", "devices": None}],
}
SEEN = {name: {"yes": 2, "no": 1, "unknown": 0} for name in declared.SEEN}
ANSWER: dict[str, Any] = {"changed": False, "host": HOST, "missing": ["there is no device gw12"], "seen": SEEN}
TOO_MANY = declared.MOST_DEVICES + 1


def of(change: Callable[[dict[str, Any]], object]) -> list[str]:
    """The sentences about the answer after a change."""
    given = deepcopy(ANSWER)
    change(given)
    answer, wrong = check_answer(given)
    assert (answer is None) is bool(wrong)
    return wrong


def test_an_answer_of_the_declared_shape_is_handed_on_and_nothing_else_of_the_result() -> None:
    ansible = {"failed": False, "msg": "Not.", "attempts": 2, "warnings": ["a word"], "_ansible_parsed": True}
    discovered = {"discovered_interpreter_python": "/usr/bin/python3.11"}
    answer, wrong = check_answer({**ANSWER, **ansible, "ansible_facts": discovered})
    assert wrong == []
    assert answer == {"host": HOST, "missing": ["there is no device gw12"], "seen": SEEN}


def test_an_answer_without_what_cannot_be_looked_at_knows_nothing_of_it() -> None:
    host = {name: value for name, value in HOST.items() if name not in ("admits", "firewall", "namespaces")}
    answer, wrong = check_answer({"changed": False, "host": host, "missing": []})
    assert answer is not None and wrong == []
    assert answer["host"]["admits"] == {**dict.fromkeys(declared.ADMITTED, "unknown"), "sources": []}
    assert (answer["host"]["firewall"], answer["host"]["namespaces"]) == ({"directory": False, "known_ips": False}, [])
    assert answer["seen"] == {name: {"yes": 0, "no": 0, "unknown": 0} for name in declared.SEEN}


@pytest.mark.parametrize(
    ("result", "answer", "wrong"),
    [
        (None, None, []),
        ({"skipped": True, "changed": False}, None, []),
        ({"unreachable": True, "msg": "Failed to\x1b[2J\nconnect. "}, {"unreachable": r"Failed to\x1b[2J connect"}, []),
        ({"unreachable": True}, {"unreachable": "no connection"}, []),
        ({"failed": True, "msg": "no\npython."}, None, ["The host cannot be read: no python."]),
        ({"failed": True, "msg": ["x"]}, None, ["The host cannot be read: no reason given."]),
        ([1], None, ["The answer is not as expected (got a list, expected a dictionary)."]),
    ],
)
def test_what_is_no_answer(result: Any, answer: Any, wrong: list[str]) -> None:
    assert check_answer(result) == (answer, wrong)


@pytest.mark.parametrize("key", ["ansible_facts", "add_host", "add_group", "_ansible_no_log", "_ansible_x"])
@pytest.mark.parametrize("state", [{}, {"skipped": True}, {"failed": True, "msg": "x"}, {"unreachable": True}])
def test_what_ansible_would_act_on_is_refused_whatever_the_state(key: str, state: dict[str, Any]) -> None:
    given: dict[str, Any] = {"bonding_api_url": "http://192.0.2.66"}
    answer, (sentence,) = check_answer({**ANSWER, **state, key: given})
    assert answer is None
    assert "nobody asked for" in sentence
    assert ("bonding_api_url" if key == "ansible_facts" else key) in sentence


@pytest.mark.parametrize("found", [["x"], "x", {"discovered_interpreter_python": "/bin/sh -c reboot"}])
def test_facts_of_another_shape_are_refused(found: Any) -> None:
    assert check_answer({**ANSWER, "ansible_facts": found})[0] is None
    assert check_exists({"stat": {"exists": True}, "ansible_facts": found})[1] != []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda a: a.update(stat={}), "The answer has the unknown key 'stat'."),
        (lambda a: a.update(changed=True), "changed is not as expected (got True, expected false)."),
        (lambda a: a.pop("missing"), "missing is missing."),
        (lambda a: a.update(host=[1]), "host is not as expected (got a list, expected a dictionary)."),
        (lambda a: a.update(missing="no"), "missing is not as expected (got 'no', expected a list)."),
        (lambda a: a["missing"].append("a\x1b[2Jb"), "missing[1] is not as expected (got 'a\\x1b[2Jb', expected a"),
        (lambda a: a["missing"].append("\ud800"), "missing[1] is not as expected (got '\\ud800', expected a"),
        (lambda a: a["missing"].append("x" * 1001), "expected a sentence of up to 1000 characters)."),
        (lambda a: a["host"].pop("rules"), "host.rules is missing."),
        (lambda a: a["host"].update(devices=[1]), "host.devices[0] is not as expected (got 1, expected a dictionary)."),
        (
            lambda a: a["host"].update(devices=[DEVICE] * TOO_MANY),
            f"host.devices is too long (got {TOO_MANY} entries, expected {TOO_MANY - 1} at most).",
        ),
        (lambda a: a["host"].update(routes=[1] * 65537), "host.routes is too long (got 65537 entries"),
        (
            lambda a: a["host"].update(devices=[{**DEVICE, "addresses": ["192.0.2.1/32"] * 4096}] * 17),
            "host.devices have too many addresses (got 69632, expected 65536 at most).",
        ),
        (lambda a: a["host"]["programs"].update(nft="yes"), "host.programs.nft is not as expected (got 'yes'"),
        (lambda a: a["host"]["managers"].update(x=True), "host.managers has the unknown key 'x'."),
        (lambda a: a["host"]["installed"].update(masquerade=[1]), "host.installed.masquerade[0] is not as expected"),
        (
            lambda a: a["host"]["installed"]["masquerade"][0].update(incoming=['ens5":12,"q']),
            "host.installed.masquerade[0].incoming[0] is not as expected (got 'ens5\":12,\"q', expected the name of an",
        ),
        (
            lambda a: a["host"]["installed"]["return_routes"][0].update(via="10.1.0.1; reboot"),
            "return_routes[0].via is not",
        ),
        (lambda a: a["host"]["rules"][0].update(table="a\nb"), "host.rules[0].table is not as expected (got 'a\\nb'"),
        (lambda a: a["host"]["routes"][0].update(destination="10.0.0.0/33"), "host.routes[0].destination is not as"),
        (lambda a: a["host"]["routes"][0].update(gateway="fe80::1%a b"), "host.routes[0].gateway is not as expected"),
    ],
)
def test_another_shape_is_refused_by_the_place_and_what_was_got(change: Any, sentence: str) -> None:
    wrong = of(change)
    assert sentence in wrong[0]
    assert all(text.isascii() and text.isprintable() for text in wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("name", name) for name in ("", 'a"b', "a b", "tun*", "$(reboot)", "`id`", "%i", "..", "x" * 16, "é", 7)),
        *(("mac", mac) for mac in ("0e:00\n", "none", 7, ["0e"])),
        *(("vni", vni) for vni in (1 << 24, -1, True, "1", 1.0, float("nan"))),
        *(("up", up) for up in (1, "true", None)),
        *(("addresses", [text]) for text in ("10.1.0.1", "10.1.0.1/33", "10.1.0.1/²", "a/24", "::1%x/64", None)),
        ("mtu", 10**100),
        ("kind", "vx lan"),
        ("master", "vrf\x00"),
    ],
)
def test_a_device_of_another_shape_is_refused(name: str, value: Any) -> None:
    (sentence,) = of(lambda given: given["host"]["devices"][0].update({name: value}))
    assert sentence.startswith(f"host.devices[0].{name}")


def test_sentences_are_bounded_and_what_has_failed_is_not_walked_through() -> None:
    deep: Any = []
    for _level in range(100000):
        deep = [deep]
    wrong = of(lambda given: given["host"].update(devices=[deep] * 1000))
    assert len(wrong) == MOST_SENTENCES + 1
    assert wrong[-1] == "More is not as expected."
    assert max(len(text) for text in wrong) < 200


def test_results_of_ansibles_own_modules() -> None:
    assert check_exists({"changed": False, "stat": {"exists": True}}) == (True, [])
    assert check_exists({"stat": {"exists": "yes"}}) == (
        False,
        ["stat.exists is not as expected (got 'yes', expected true or false)."],
    )
    assert check_exists({"stat": {"exists": True}, "ansible_facts": {"x": 1}})[0] is False
    assert check_output({"stdout": "rule added"}) == ("rule added", [])
    assert check_output({"failed": True, "msg": "no such file"}) == ("", [])
    assert check_output({"stdout": ["x"]})[1] != []
    assert check_output({"stdout": "x" * (declared.MOST_OUTPUT + 1)})[1] != []
    assert check_output({"stdout": "x", "add_host": {}})[0] == ""
    assert check_output(7)[1] == ["stdout is not as expected (got None, expected a text of up to 1048576 characters)."]


def test_the_shape_is_what_the_module_returns() -> None:
    documented = yaml.safe_load(aggregator_host_info.RETURN)
    assert documented["host"]["contains"].keys() == declared.HOST.fields.keys()
    devices = documented["host"]["contains"]["devices"]["contains"]
    assert devices.keys() == DEVICE.keys()
    assert documented.keys() == {"host", "missing", "seen"}
    assert tuple(firewall.NEEDS) == declared.ADMITTED and tuple(facts.FIREWALL) == declared.FIREWALL
    assert aggregator_host_info.PROGRAMS == declared.PROGRAMS
    assert tuple(facts.MANAGERS) == declared.MANAGERS
    assert check_answer({**ANSWER, "host": {**HOST, "installed": facts.EMPTY}})[1] == []
