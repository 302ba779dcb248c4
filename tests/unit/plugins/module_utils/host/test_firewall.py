# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The input path of a host: what its rules let in, as far as they can be read and understood."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._host import firewall

VENDORS = json.loads((pathlib.Path(__file__).parent / "firewall.json").read_text(encoding="utf-8"))["nftables"]
"""Output of nft for lab/packets/firewall.nft, the documented part of the vendor's input chain."""
VXLAN: dict[str, Any] = {"protocol": "udp", "port": 4789, "device": "ens5", "source": "10.1.0.13"}


def match(left: dict[str, Any], right: Any, op: str = "==") -> dict[str, Any]:
    return {"match": {"op": op, "left": left, "right": right}}


def meta(key: str) -> dict[str, Any]:
    return {"meta": {"key": key}}


def payload(protocol: str, field: str) -> dict[str, Any]:
    return {"payload": {"protocol": protocol, "field": field}}


UDP = match(payload("udp", "dport"), 4789)
FROM = payload("ip", "saddr")


def rules(*expressions: list[Any], **more: list[list[Any]]) -> firewall.Ruleset:
    """An input chain of these rules, and further chains by name."""
    place = {"family": "inet", "table": "filter"}
    entries: list[dict[str, Any]] = [
        {"chain": {**place, "name": "input", "type": "filter", "hook": "input", "policy": "drop"}},
        {"set": {**place, "name": "peers", "elem": ["10.1.0.12", {"prefix": {"addr": "10.1.1.0", "len": 24}}]}},
    ]
    for name, found in {"input": expressions, **more}.items():
        entries += [{"rule": {**place, "chain": name, "expr": [*expr]}} for expr in found]
    return firewall.Ruleset(entries)


@pytest.mark.parametrize(
    ("expressions", "more", "answer"),
    [
        ([], {}, "no"),
        ([[UDP, {"accept": None}]], {}, "yes"),
        ([[{"counter": {"packets": 1}}, UDP, {"accept": None}]], {}, "yes"),
        ([[match(payload("udp", "dport"), {"set": [53, {"range": [4000, 5000]}]}), {"accept": None}]], {}, "yes"),
        ([[match(payload("udp", "dport"), 4789, "!="), {"accept": None}]], {}, "no"),
        ([[match(payload("tcp", "dport"), 4789), {"accept": None}]], {}, "no"),
        ([[match(meta("l4proto"), "udp"), {"accept": None}]], {}, "yes"),
        ([[match(meta("iifname"), "ens*"), {"accept": None}]], {}, "yes"),
        ([[match(meta("iifname"), {"set": ["lo", "ens6"]}), {"accept": None}]], {}, "no"),
        ([[match(FROM, {"prefix": {"addr": "10.1.0.0", "len": 24}}), {"accept": None}]], {}, "yes"),
        ([[match(FROM, {"range": ["10.1.0.1", "10.1.0.9"]}), {"accept": None}]], {}, "no"),
        ([[match(FROM, "@peers"), {"accept": None}]], {}, "no"),
        ([[match({"ct": {"key": "state"}}, ["established", "related"], "in"), {"accept": None}]], {}, "no"),
        ([[{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [["new", {"accept": None}]]}}}]], {}, "yes"),
        ([[{"jump": {"target": "own"}}], [{"accept": None}]], {"own": [[UDP, {"drop": None}]]}, "no"),
        ([[{"jump": {"target": "own"}}], [{"accept": None}]], {"own": [[{"return": None}], [{"drop": None}]]}, "yes"),
        ([[{"goto": {"target": "own"}}], [{"accept": None}]], {"own": [[{"return": None}]]}, "no"),
        ([[{"jump": {"target": "input"}}]], {}, "no"),
        # What is not understood may match or not.
        ([[{"limit": {"rate": 10, "per": "second"}}, UDP, {"accept": None}]], {}, "unknown"),
        ([[{"xt": None}, {"accept": None}], [UDP, {"accept": None}]], {}, "yes"),
        ([[{"xt": None}, {"drop": None}], [UDP, {"accept": None}]], {}, "unknown"),
        ([[match(meta("skuid"), 0), {"drop": None}], [{"accept": None}]], {}, "unknown"),
    ],
)
def test_a_packet_is_admitted_if_each_way_through_the_rules_lets_it_in(
    expressions: list[list[Any]], more: dict[str, list[list[Any]]], answer: str
) -> None:
    assert rules(*expressions, **more).admits(VXLAN) == answer


def test_a_packet_of_an_unknown_source_may_be_of_any() -> None:
    chain = rules([match(FROM, "@peers"), {"accept": None}])
    assert chain.admits({**VXLAN, "source": "10.1.1.12"}) == "yes"
    assert chain.admits({**VXLAN, "source": None}) == "unknown"
    assert chain.admits({**VXLAN, "source": "fe80::1", "ipv6": True}) == "no"


def test_without_a_chain_all_is_admitted_and_one_of_two_is_enough_to_stop_it() -> None:
    assert firewall.Ruleset([]).admits(VXLAN) == "yes"
    other = {"family": "ip", "table": "own", "name": "in", "type": "filter", "hook": "input", "policy": "drop"}
    assert firewall.Ruleset([{"chain": other}]).admits(VXLAN) == "no"
    assert firewall.Ruleset([{"chain": {**other, "type": "nat"}}]).admits(VXLAN) == "yes"
    assert firewall.Ruleset([{"chain": {**other, "family": "ip6"}}]).admits(VXLAN) == "yes"


def test_the_vendors_documented_chain_admits_nothing_of_a_mesh() -> None:
    found = firewall.read_admitted(firewall.Ruleset(VENDORS), "ens5")
    assert found == {"vxlan": "no", "babel": "no", "ospf": "no", "bgp": "no", "sources": []}
    # Its two networks for troubleshooting may come in, by eth0 alone.
    by_eth0 = firewall.read_admitted(firewall.Ruleset(VENDORS), "eth0")
    assert by_eth0 == {**found, "sources": ["10.207.35.248/29", "192.168.1.0/24"]}


@pytest.mark.parametrize(
    ("code", "output"), [(1, ""), (0, "no json"), (0, json.dumps({"nftables": VENDORS}))], ids=["root", "json", "old"]
)
def test_rules_that_cannot_be_read_are_unknown(code: int, output: str, tmp_path: pathlib.Path) -> None:
    old = tmp_path / "names"
    old.write_text("filter\n", encoding="ascii")
    ruleset = firewall.read_ruleset(lambda command: (code, output, ""), str(old))
    assert ruleset is None
    assert set(map(str, firewall.read_admitted(ruleset, "ens5").values())) == {"unknown", "[]"}


def test_rules_are_read_where_iptables_own_code_has_none(tmp_path: pathlib.Path) -> None:
    old = tmp_path / "names"
    old.write_text("nat\n", encoding="ascii")
    ruleset = firewall.read_ruleset(lambda command: (0, json.dumps({"nftables": VENDORS}), ""), str(old))
    assert ruleset is not None and ruleset.admits(VXLAN) == "no"
