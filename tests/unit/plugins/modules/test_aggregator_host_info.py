# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""aggregator_host_info: what is made of iproute2's words, and what is missing of what was expected."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._host import facts
from ansible_collections.bonded.internet.plugins.module_utils._host.verify import by, missing

MAC = "0e:00:00:00:00:0b"
LINKS: list[Any] = [
    {
        "ifname": "gw11",
        "address": MAC,
        "mtu": 1500,
        "flags": ["BROADCAST", "UP", "LOWER_UP"],
        "addr_info": [
            {"local": "10.101.0.4", "prefixlen": 24, "scope": "global"},
            {"local": "fe80::1", "prefixlen": 64, "scope": "link"},
        ],
    },
    {
        "ifname": "vx10000011",
        "address": "02:00:00:00:00:01",
        "mtu": 1500,
        "flags": ["BROADCAST"],
        "linkinfo": {"info_kind": "vxlan", "info_data": {"id": 10000011}},
    },
    {},
]
LOCAL = [{"dst": "10.101.0.4", "dev": "gw11"}, {"dst": "10.1.0.77", "dev": "gw11"}, {"dst": "127.0.0.0/8", "dev": "lo"}]


class Iproute2:
    """The programs of a host by their arguments."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {"address": LINKS, "local": LOCAL, "main": [], "rule": [], **answers}

    def __call__(self, command: list[str]) -> tuple[int, str, str]:
        assert command[:2] == ["ip", "-j"]
        answer = next(answer for word, answer in self.answers.items() if word in command)
        return (0, json.dumps(answer), "") if answer is not None else (2, "", "Object is unknown\n")


def devices() -> list[dict[str, Any]]:
    return facts.read_devices(Iproute2())


def test_devices_have_their_addresses_also_those_that_are_only_local() -> None:
    gateway, tunnel = devices()
    assert gateway == {
        "name": "gw11",
        "mac": MAC,
        "kind": None,
        "vni": None,
        "mtu": 1500,
        "up": True,
        "carrier": True,
        "master": None,
        "elsewhere": False,
        "addresses": ["10.101.0.4/24", "10.1.0.77/32"],
    }
    assert (tunnel["kind"], tunnel["vni"], tunnel["up"]) == ("vxlan", 10000011, False)


def test_routes_and_rules() -> None:
    run = Iproute2(
        main=[{"dst": "default", "gateway": "10.1.0.1", "dev": "ens5"}],
        rule=[{"priority": 5253, "src": "10.1.0.77", "table": "10000012"}],
    )
    assert facts.read_routes(run)[0] == {"destination": "default", "gateway": "10.1.0.1", "device": "ens5"}
    (rule,) = facts.read_rules(run)
    assert (rule["from"], rule["table"]) == ("10.1.0.77", "10000012")
    with pytest.raises(facts.HostError, match=r"ip -j -4 rule show ended with 2: Object is unknown"):
        facts.read_rules(Iproute2(rule=None))


def test_what_is_installed_and_who_may_configure_devices(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "demo.json"
    assert facts.read_installed(str(path)) == {"masquerade": [], "return_routes": [], "firewall": []}
    path.write_text("{", encoding="utf-8")
    with pytest.raises(facts.HostError, match=r"is not JSON .* delete it"):
        facts.read_installed(str(path))
    path.write_text('{"masquerade": [1], "return_routes": []}', encoding="utf-8")
    assert facts.read_installed(str(path))["masquerade"] == [1]
    (tmp_path / "run/systemd/netif").mkdir(parents=True)
    assert facts.read_managers(str(tmp_path)) == {
        "networkd": True,
        "udev": False,
        "network_manager": False,
        "cloud_init": False,
    }


def test_what_is_missing_is_said_in_a_sentence_each() -> None:
    asked: list[tuple[str, str]] = []

    def ping(device: str, address: str) -> bool:
        asked.append((device, address))
        return address == "10.254.0.12"

    expected: list[dict[str, Any]] = [
        {"device": "gw11", "mac": MAC.upper(), "addresses": ["10.101.0.4"], "peers": ["10.254.0.12", "10.254.0.13"]},
        {"device": "vx10000011", "addresses": ["10.254.0.7"], "peers": ["10.254.0.12"]},
        {"device": "gw12", "mac": MAC},
        {"device": "gw13"},
        {"mac": "0e:00:00:00:00:0c"},
    ]
    assert missing(devices(), expected, ping) == [
        "the device vx10000011 is down",
        "the device vx10000011 has no address 10.254.0.7",
        f"the device with the MAC address {MAC} is gw11, not gw12",
        "there is no device gw13",
        "there is no device with the MAC address 0e:00:00:00:00:0c",
        "10.254.0.13 does not answer by gw11",
    ]
    assert asked == [("gw11", "10.254.0.12"), ("gw11", "10.254.0.13")]  # by a device that is down nobody is asked
    assert missing(devices(), [{"mac": MAC}], ping) == []


def test_a_peer_is_asked_by_the_device() -> None:
    asked: list[list[str]] = []

    def run(words: list[str]) -> tuple[int, str, str]:
        asked.append(words)
        if words[0] == "ping":
            return (0 if words[-1] == "10.254.0.12" else 1), "", ""
        return 0, ("10.254.0.13 lladdr 02:00:00:00:00:0d REACHABLE \n" if "10.254.0.13" in words else ""), ""

    answers = [by(run)("vx10000011", address) for address in ("10.254.0.12", "10.254.0.13", "10.254.0.14")]
    # .13 answers to ARP alone: its echo is lost in its main table
    assert answers == [True, True, False]
    assert asked[0] == ["ping", "-n", "-q", "-c", "1", "-W", "1", "-I", "vx10000011", "10.254.0.12"]
    words = ["ip", "-4", "neigh", "show", "to", "10.254.0.13", "dev", "vx10000011", "nud", "reachable"]
    assert asked[2] == words
    assert len(asked) == 5
