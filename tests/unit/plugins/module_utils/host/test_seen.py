# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neighbours of the routing daemon, and what is made of them, the firewall and the node's configuration together."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._host import facts, firewall
from ansible_collections.bonded.internet.plugins.module_utils._host.neighbours import read_neighbours
from ansible_collections.bonded.internet.plugins.module_utils._host.verify import judged

READY = "BIRD 2.0.12 ready.\nAccess restricted\n"
SAID = {
    "protocols": READY
    + """Name       Proto      Table      State  Since         Info
device1    Device     ---        up     19:20:15.514
demo_babel_11 Babel      ---        up     19:20:15.514
  Channel ipv4
    State:          UP
demo_bgp_12 BGP        ---        up     19:20:16.483  Established
  BGP state:          Established
    Neighbor address: 10.253.0.12
    Neighbor AS:      64512
demo_bgp_13 BGP        ---        start  19:20:15.514  Connect
  BGP state:          Connect
    Neighbor address: 10.253.0.13
peer       BGP        ---        up     19:20:16.390  Established
    Neighbor address: fe80::2%vx10000000
""",
    "babel": READY
    + """demo_babel_11:
IP address                Interface  Metric Routes Hellos Expires Auth
fe80::cd:b4ff:fec8:551d   vx10000011     32      0      2   1.422 No
fe80::be:74ff:fe01:83d8   vx10000011  65535      0      0   0.100 No
""",
    "ospf": READY
    + """demo_ospf_13:
Router ID       Pri          State      DTime   Interface  Router IP
10.1.1.12         1     Full/BDR        3.4     vx10000013 10.254.32.12
10.1.0.13         1     Init/Other      3.9     vx10000013 10.254.35.239
""",
}
NEIGHBOURS = [
    {"protocol": "bgp", "device": None, "address": "10.253.0.12", "up": True},
    {"protocol": "bgp", "device": None, "address": "10.253.0.13", "up": False},
    {"protocol": "bgp", "device": "vx10000000", "address": "fe80::2", "up": True},
    {"protocol": "babel", "device": "vx10000011", "address": "fe80::cd:b4ff:fec8:551d", "up": True},
    {"protocol": "babel", "device": "vx10000011", "address": "fe80::be:74ff:fe01:83d8", "up": False},
    {"protocol": "ospf", "device": "vx10000013", "address": "10.254.32.12", "up": True},
    {"protocol": "ospf", "device": "vx10000013", "address": "10.254.35.239", "up": False},
]
OPEN, CLOSED = (
    firewall.Ruleset([]),
    firewall.Ruleset(
        [{"chain": {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input", "policy": "drop"}}]
    ),
)
PACKET: dict[str, Any] = {"protocol": "udp", "port": 4789, "device": "ens5", "sources": ["10.1.0.12", "10.1.1.13"]}


def bird(command: list[str]) -> tuple[int, str, str]:
    """Answer as birdc does."""
    assert command[:3] == ["birdc", "-r", "-s"]
    if command[3].endswith("dead.ctl"):
        return 1, "Unable to connect to server control socket", ""
    return 0, SAID[command[5]], ""


def seen(expected: list[dict[str, Any]], **known: Any) -> tuple[dict[str, Any], list[str]]:
    given = {"ruleset": None, "neighbours": None, "configuration": None, **known}
    counts, problems = judged(expected, **given)
    return {part: tuple(counts[part].values()) for part in counts}, problems


def test_bird_shows_neighbours_of_three_protocols(tmp_path: pathlib.Path) -> None:
    for name in ("bird.ctl", "dead.ctl"):
        (tmp_path / name).touch()
    assert read_neighbours(bird, [f"{tmp_path}/*.ctl"]) == NEIGHBOURS


def test_without_a_socket_or_an_answer_neighbours_are_unknown(tmp_path: pathlib.Path) -> None:
    assert read_neighbours(bird, [f"{tmp_path}/*.ctl"]) is None
    (tmp_path / "dead.ctl").touch()
    assert read_neighbours(bird, [f"{tmp_path}/*.ctl"]) is None


def test_what_cannot_be_looked_at_is_unknown_and_nothing_wrong() -> None:
    wanted = {"device": "vx10000011", "admits": [PACKET], "babel": 2, "ospf": ["192.0.2.1"], "bgp": ["192.0.2.2"]}
    assert seen([wanted]) == ({"input": (0, 0, 2), "neighbours": (0, 0, 4), "sent": (0, 0, 1)}, [])


@pytest.mark.parametrize(
    ("wanted", "counts", "problems"),
    [
        ({"device": "vx10000011", "babel": 1}, (1, 0, 0), []),
        ({"device": "vx10000011", "babel": 2}, (1, 1, 0), ["the device vx10000011 has 1 of 2 neighbours of Babel"]),
        ({"device": "vx10000012", "babel": 1}, (0, 1, 0), ["the device vx10000012 has 0 of 1 neighbours of Babel"]),
        ({"device": "vx10000013", "ospf": ["10.254.32.12"]}, (1, 0, 0), []),
        (
            {"device": "vx10000013", "ospf": ["10.254.32.12", "10.254.35.239"]},
            (1, 1, 0),
            ["10.254.35.239 is not a neighbour of OSPF by vx10000013"],
        ),
        ({"device": "vx10000000", "bgp": ["10.253.0.12"]}, (1, 0, 0), []),
        (
            {"device": "vx10000000", "bgp": ["10.253.0.12", "10.253.0.13"]},
            (1, 1, 0),
            ["10.253.0.13 is not a neighbour of BGP by vx10000000"],
        ),
    ],
)
def test_a_neighbour_that_is_not_there_is_said(wanted: dict[str, Any], counts: Any, problems: list[str]) -> None:
    found, said = seen([wanted], neighbours=NEIGHBOURS)
    assert (found["neighbours"], said) == (counts, problems)


def test_a_packet_that_the_firewall_rejects_is_said_with_its_source() -> None:
    wanted = {"device": "vx10000011", "admits": [PACKET, {"protocol": "ospf", "port": None}]}
    assert seen([wanted], ruleset=OPEN) == ({"input": (3, 0, 0), "neighbours": (0, 0, 0), "sent": (0, 0, 1)}, [])
    found, said = seen([wanted], ruleset=CLOSED)
    assert found["input"] == (0, 3, 0)
    assert said == [
        "the firewall rejects udp 4789 from 10.1.0.12 by ens5",
        "the firewall rejects udp 4789 from 10.1.1.13 by ens5",
        "the firewall rejects ospf by vx10000011",
    ]


def test_a_device_is_sent_if_the_configuration_names_it_and_else_unknown() -> None:
    wanted = [{"device": "vx1000001"}, {"device": "vx10000011"}, {"mac": "0e:00:00:00:00:0b"}]
    found, said = seen(wanted, configuration='{"interfaces": [{"name": "vx10000011"}]}')
    assert (found["sent"], said) == ((1, 0, 1), [])


def test_the_configuration_is_read_where_it_can_be(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "configuration.json"
    assert facts.read_configuration(str(path)) is None
    path.write_bytes(b'{"name": "vx1\xff"}')
    assert facts.read_configuration(str(path)) == '{"name": "vx1\ufffd"}'


def test_namespaces_have_their_devices_where_these_can_be_read() -> None:
    said = {
        ("netns", "list"): (0, "space_11 (id: 0)\nother\n\n", ""),
        ("-n", "space_11"): (0, '[{"ifname": "lo"}, {}, {"ifname": "vx10000011"}]', ""),
        ("-n", "other"): (1, "", "Operation not permitted"),
    }
    found = facts.read_namespaces(lambda command: said[command[1], command[2]])
    assert found == [{"name": "space_11", "devices": ["lo", "vx10000011"]}, {"name": "other", "devices": None}]
    assert facts.read_namespaces(lambda command: (255, "", "no such object")) == []


def test_the_directory_of_the_vendors_firewall(tmp_path: pathlib.Path) -> None:
    assert facts.read_firewall(str(tmp_path)) == {"directory": False, "known_ips": False}
    (tmp_path / "etc/bonding/nftables").mkdir(parents=True)
    assert facts.read_firewall(str(tmp_path)) == {"directory": True, "known_ips": False}
