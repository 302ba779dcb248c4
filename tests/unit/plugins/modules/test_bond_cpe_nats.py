# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bond_cpe_nats: order and number of requests, shared connected IPs, removal, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.modules.bond_cpe_nats import main
from tests.unit.plugins.api_objects import bond, bond_interface, connected_ip, cpe_nat_ip
from tests.unit.plugins.scripted import API, Step, delete, get, post, run_module

ENTRY = {
    "bond": 17,
    "interface": "eth1",
    "connected_ip": "192.0.2.1/24",
    "nat_ip": "192.0.2.10",
    "private_ip": "198.51.100.20",
}
SECOND = {**ENTRY, "nat_ip": "192.0.2.11", "private_ip": "198.51.100.21"}
OTHER = {**ENTRY, "bond": 18, "private_ip": "198.51.100.30"}


def reads(number: int, connected: list[Any], nats: list[Any]) -> list[Step]:
    return [
        get(f"bonds/{number}/interfaces/", [bond_interface(number * 10 + 2, "eth1", number)]),
        get(f"bonds/{number}/connected_ips/", connected),
        get(f"bonds/{number}/cpe_nat_ips/", nats),
    ]


def post_connected(number: int) -> Step:
    url = f"{API}bonds/{number}/interfaces/{number * 10 + 2}/"
    initial = {"enabled": True, "include_private_wan": False, "aggregator_routing": "auto"}
    body = {"ip": "192.0.2.1/24", "interface": url, **initial}
    made = connected_ip(51, "192.0.2.1/24", number * 10 + 2, number)
    return post(f"bonds/{number}/connected_ips/", body, made)


def post_nat(number: int, ip: str, nat_ip: str) -> Step:
    made = cpe_nat_ip(71, ip, nat_ip, number)
    return post(f"bonds/{number}/cpe_nat_ips/", {"ip": ip, "nat_ip": nat_ip, "enabled": True}, made)


def run(monkeypatch: pytest.MonkeyPatch, entries: list[Any], *steps: Step, **more: Any) -> dict[str, Any]:
    check = more.pop("check", False)
    arguments = {"cpe_nats": entries, "parallel": 1, **more}
    return run_module(monkeypatch, main, arguments, *steps, check=check, diff=True)


def actions(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(item["kind"], item["name"], item["action"]) for item in result["objects"]]


NEW = [*reads(17, [], []), *reads(18, [], [])]


def test_connected_ips_first_over_all_bonds_and_a_shared_one_once(monkeypatch: pytest.MonkeyPatch) -> None:
    writes = [
        post_connected(17),
        post_connected(18),
        post_nat(17, "198.51.100.20", "192.0.2.10"),
        post_nat(17, "198.51.100.21", "192.0.2.11"),
        post_nat(18, "198.51.100.30", "192.0.2.10"),
    ]
    result = run(monkeypatch, [ENTRY, SECOND, OTHER], *NEW, *writes)
    assert len(result["objects"]) == 5
    assert {action for _kind, _name, action in actions(result)} == {"create"}
    assert len(result["diff"]) == 5


def test_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, [ENTRY, SECOND, OTHER], *NEW, check=True)
    assert (result["changed"], len(result["objects"])) == (True, 5)
    assert result["objects"][0]["object"] == {
        "bond": 17,
        "ip": "198.51.100.20",
        "nat_ip": "192.0.2.10",
        "enabled": True,
    }


FOUND_17 = reads(
    17,
    [connected_ip(51, "192.0.2.1/24")],
    [cpe_nat_ip(71, "198.51.100.20", "192.0.2.10"), cpe_nat_ip(72, "198.51.100.21", "192.0.2.11")],
)


def test_a_second_run_takes_three_reads_a_bond(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, [ENTRY, SECOND], *FOUND_17)
    assert not result["changed"]
    assert result["diff"] == []


def test_bonds_by_name_cost_one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    bonds = get("bonds/", [bond(17, "a"), bond(18, "b")])
    entries = [{**ENTRY, "bond": "a"}, {**SECOND, "bond": "a"}]
    assert not run(monkeypatch, entries, bonds, *FOUND_17)["changed"]


def test_removal_keeps_a_connected_ip_that_another_one_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"bond": 17, "private_ip": "198.51.100.20", "connected_ip": "192.0.2.1/24"}
    found = [FOUND_17[1], FOUND_17[0], FOUND_17[2]]
    result = run(monkeypatch, [entry], *found, delete("bonds/17/cpe_nat_ips/71/"), state="absent")
    assert actions(result) == [("cpe_nat_ip", "198.51.100.20", "delete"), ("connected_ip", "192.0.2.1/24", "none")]


def test_removal_takes_the_connected_ip_last(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        {"bond": 17, "private_ip": "198.51.100.20", "connected_ip": "192.0.2.1/24"},
        {"bond": 17, "private_ip": "198.51.100.21"},
    ]
    steps = [
        delete("bonds/17/cpe_nat_ips/71/"),
        delete("bonds/17/cpe_nat_ips/72/"),
        delete("bonds/17/connected_ips/51/"),
    ]
    found = [FOUND_17[1], FOUND_17[0], FOUND_17[2]]
    assert run(monkeypatch, entries, *found, *steps, state="absent")["changed"]
    gone = [get("bonds/17/connected_ips/", []), get("bonds/17/cpe_nat_ips/", [])]
    assert not run(monkeypatch, entries, *gone, state="absent")["changed"]


def test_a_pair_of_bonds_has_one_cpe_nat_ip(monkeypatch: pytest.MonkeyPatch) -> None:
    backup = {**OTHER, "private_ip": ENTRY["private_ip"], "enabled": False}
    body = {"ip": "198.51.100.20", "nat_ip": "192.0.2.10", "enabled": False}
    made = cpe_nat_ip(72, "198.51.100.20", "192.0.2.10", 18) | {"enabled": False}
    steps = [
        post_connected(17),
        post_connected(18),
        post_nat(17, "198.51.100.20", "192.0.2.10"),
        post("bonds/18/cpe_nat_ips/", body, made),
    ]
    assert run(monkeypatch, [ENTRY, backup], *NEW, *steps)["changed"]


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        (
            [{**ENTRY, "nat_ip": "203.0.113.10"}],
            "entry 1 (bond 17, private_ip 198.51.100.20): nat_ip 203.0.113.10 lies outside of its connected network "
            "192.0.2.0/24 (connected_ip 192.0.2.1/24): the bonder translates for that network only.",
        ),
        ([{**ENTRY, "nat_ip": "192.0.2.255"}], "192.0.2.255 is the network or broadcast address of 192.0.2.0/24"),
        ([ENTRY, {**SECOND, "private_ip": "198.51.100.20"}], "the same private_ip is given for entry 1 (bond 17"),
        ([{"bond": 17, "private_ip": "198.51.100.20"}], "interface and connected_ip and nat_ip must be given"),
        ([ENTRY, {**SECOND, "interface": "eth2"}], "connected_ip 192.0.2.1/24 is given twice with different options"),
        ([{**ENTRY, "connected_ip": "192.0.2.1/33"}], "'192.0.2.1/33' is not an IP address with prefix length"),
        (
            [{**ENTRY, "private_ip": "2001:db8::20"}],
            "CPE NAT IPs are IPv4 only (got 192.0.2.1/24, 2001:db8::20 and 192.0.2.10)",
        ),
        (
            [{**ENTRY, "nat_ip": "203.0.113.10"}, {**SECOND, "private_ip": "nonsense"}],
            "entry 2 (bond 17, private_ip nonsense): CPE NAT IP 'nonsense' of bond 17: ip: 'nonsense' is not an IP",
        ),
    ],
)
def test_refused_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch, entries: list[Any], text: str) -> None:
    result = run(monkeypatch, entries)
    assert text in result["msg"]
    assert result["msg"].endswith("Nothing was changed. Correct the entries and run again.")


def test_all_entries_are_judged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bonds = get("bonds/", [bond(17, "a"), bond(18, "a")])
    entries = [{**ENTRY, "bond": "a"}, {**ENTRY, "bond": "b"}, {**ENTRY, "nat_ip": "203.0.113.10"}]
    result = run(monkeypatch, entries, bonds)
    assert "entry 1 (bond a, private_ip 198.51.100.20): 2 bonds are named 'a'" in result["msg"]
    assert "entry 2 (bond b, private_ip 198.51.100.20): There is no bond named 'b'" in result["msg"]
    assert "entry 3 (bond 17, private_ip 198.51.100.20): nat_ip 203.0.113.10 lies outside" in result["msg"]
