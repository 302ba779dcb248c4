# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories with one to three values spoilt: each is refused in sentences or planned, never a traceback."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.plugin_utils._typed import typed
from tests.unit.plugins.module_utils.design.world import HOSTS, acme, entry, host, initech, small_world

VALUES: list[Any] = [
    *(None, "", " ", [], {}, [""], [None], [[]], [{}], ["x"], {"x": 1}, True, False, -1, 0, 1, 1.5, 2**40, 10**400),
    *("x", "²", "٧", "-5", "9" * 5000, "a/b", "a\nb", 'a"b', "a" * 300, "lo", "eth0", ".", "{bond}", "all", "auto"),
    *("10.0.0.0/8", "10.101.0.1/16", "10.101.0.0/24", "0.0.0.0/0", "224.0.0.0/4", "8.8.0.0/20", "10.101.0.0/31"),
    *("10.1.0.11", "10.1.0.50", "10.254.0.9", "203.0.113.9", "::1", "fe80::1%a", "2001:db8::/64", "10.1.0.11/24"),
    *("agg1", "agg9", "acme", "initech", "17", "22-80", "udp/51820", "true", "ja"),
]


def inventory() -> dict[str, Any]:
    """Something of everything, and nothing wrong with it."""
    gateway = {
        "aggregator": "agg1",
        "networks": ["172.16.0.0/12"],
        "max_networks": 4,
        "egress": "masquerade",
        "vpc_routes": True,
        "route_tables": ["rtb-1"],
        "interface": "ens6",
        "incoming": ["vxlan42"],
        "port_forwards": [
            {"protocol": "tcp", "port": 80, "to": "172.16.0.9", "to_port": 8080, "from": ["198.51.100.0/24"]}
        ],
    }
    vpc = {
        "cidr": "10.101.0.0/16",
        "ipv6": False,
        "subnets": [{"zone": "eu-central-1a", "cidr": "10.101.0.0/24"}],
        "public_subnets": [{"zone": "eu-central-1a", "cidr": "10.101.255.240/28"}],
    }
    vxlan = {"vni": 10000011, "interface": "vxa", "addresses": {"agg1": "10.254.0.1"}, "aggregators": ["all"]}
    return {
        "network": "prod",
        "state": "present",
        "aggregators": [host(name, index=number, host_skip=["attach"]) for name, (number, *_more) in HOSTS.items()],
        "spaces": [{**acme(**vxlan), "vpc": vpc, "gateways": [gateway]}, initech()],
        "cpe_nat_ips": [
            entry(aggregator="agg1", private_ip="10.1.0.70", reverse_dns="a.example.com", include_private_wan=True),
            entry(name="mail", nat_ip="192.168.17.11", include_private_wan=True, pool="ipv4pool-ec2-0123456789abcdef0"),
        ],
        "bgp": {"asn": 64512, "mode": "transit", "subnet": "10.253.0.0/20", "route_reflectors": ["agg1", "agg2"]},
        "vni_base": 10000000,
        "tunnel_device": "tun{bond}",
        "decommissioned": ["10.1.0.77"],
        "max_deletions": 25,
        "security_groups": True,
        "cpe_nat_inbound": [{"protocol": "tcp", "ports": "443", "from": ["203.0.113.0/24"]}],
        "managed_mesh_ports": ["udp/51820-51899"],
        "quotas": {"vpcs": 20},
    }


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a tree."""
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ():
        yield tree, key
        yield from places(tree[key])


def spoil(given: dict[str, Any], dice: random.Random) -> None:
    """Put another value in one place, take it away, or double it."""
    container, key = dice.choice([place for place in places(given) if place != (given, "network")])
    what = dice.random()
    if what < 0.7:
        container[key] = copy.deepcopy(dice.choice(VALUES))
    elif what < 0.85:
        del container[key]
    elif isinstance(container, list):
        container.append(copy.deepcopy(container[key]))


def judged(given: dict[str, Any]) -> list[str]:
    """Return the problems of an inventory on its way into the plan: of its types, of Ansible's, of the design."""
    problems: list[str] = []
    read = {
        name: value
        for name, one in given.items()
        if not isinstance(value := typed(one, ARGUMENT_SPEC[name], name, problems), type(typed(None, {}, "", [])))
    }
    if problems:
        return problems
    checked = ArgumentSpecValidator(ARGUMENT_SPEC).validate(read)
    if checked.error_messages:
        return list(checked.error_messages)
    world = small_world()
    world.plan(**checked.validated_parameters)
    return world.report.problems


def test_nothing_is_wrong_with_the_inventory_itself() -> None:
    assert [text for text in judged(inventory()) if "AWS has no route table rtb-1" not in text] == []


@pytest.mark.parametrize("seed", range(3))
def test_a_spoilt_inventory_is_judged_in_sentences(seed: int) -> None:
    dice = random.Random(seed)
    said = 0
    for _round in range(120):
        given = inventory()
        for _number in range(dice.choice((1, 1, 1, 2, 3))):
            spoil(given, dice)
        problems = judged(given)
        said += bool(problems)
        assert all(isinstance(text, str) and text for text in problems)
    assert said > 40, said


EVERY = 5
"""Each value is put in every so many places, beginning with another one; with 1 it takes half a minute."""


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_each_value_is_judged_in_sentences_wherever_it_is(value: Any) -> None:
    count = len([place for place in places(inventory()) if place[1] != "network"])
    for number in range(VALUES.index(value) % EVERY, count, EVERY):
        given = inventory()
        container, key = [place for place in places(given) if place[1] != "network"][number]
        container[key] = copy.deepcopy(value)
        problems = judged(given)
        assert all(isinstance(text, str) and text for text in problems)
