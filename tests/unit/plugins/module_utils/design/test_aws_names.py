# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that EC2, BIRD or Linux would refuse in the middle of a run are refused by the plan, the longest ones too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils import _grammar
from ansible_collections.bonded.internet.plugins.module_utils._cpe_nat_rules import ENTRY_KEY
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.inventory_names import MOST_OF_HOST
from ansible_collections.bonded.internet.plugins.module_utils._design.renames import shown_name
from ansible_collections.bonded.internet.plugins.module_utils._model import names as naming
from ansible_collections.bonded.internet.plugins.module_utils._private_wan_rules import MAX_VNI

from .world import HOSTS, World, acme, host, small_world

GROUPS: dict[str, Any] = {"security_groups": True, "managed_mesh_ports": ["udp/51820"]}
NETWORK, SPACE, HOST, ZONE = "n" * 16, "s" * _grammar.MOST_OF_SLUG, "h" * MOST_OF_HOST, "ap-northeast-1-wl1-nrt-wlz-1a"


def problems(world: World, *words: str) -> list[str]:
    return [text for text in world.report.problems if all(word in text for word in words)]


def test_a_network_whose_groups_would_begin_as_an_id_does_is_refused() -> None:
    world = small_world()
    world.plan(network="sg", spaces=[acme()], **GROUPS)
    assert problems(world, "bonding_network: 'sg'", "EC2 takes no security group whose name begins with sg-") != []


def test_without_groups_it_is_warned_of_and_a_teardown_goes_on() -> None:
    world = small_world()
    world.plan(network="sg", spaces=[acme()])
    assert world.report.problems == []
    assert [text for text in world.report.warnings if "bonding_network: 'sg'" in text] != []
    world.plan(network="sg", spaces=[acme()], state="absent", **GROUPS)
    assert world.report.problems == []


@pytest.mark.parametrize("name", ["sga", "sg1", "sg_x", "asg"])
def test_names_that_only_look_like_it_are_fine(name: str) -> None:
    world = small_world()
    world.plan(network=name, spaces=[acme()], **GROUPS)
    assert problems(world, "bonding_network") == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param(
            "h" * (MOST_OF_HOST + 1), f"at most {MOST_OF_HOST} characters (got {MOST_OF_HOST + 1})", id="long"
        ),
        pytest.param("agg\t1", "none of the characters", id="control"),
        pytest.param("agg/1", "none of the characters", id="slash"),
    ],
)
def test_a_host_that_no_tag_can_name_is_refused(name: str, words: str) -> None:
    world = small_world()
    hosts = [host(name, aggregator="agg1", instance_id="i-agg1"), *(host(one) for one in HOSTS if one != "agg1")]
    world.plan(aggregators=hosts, spaces=[acme()])
    assert len(problems(world, words)) == 1


def test_the_longest_host_that_is_accepted_fits_everywhere() -> None:
    world = small_world()
    hosts = [host(HOST, aggregator="agg1", instance_id="i-agg1"), *(host(one) for one in HOSTS if one != "agg1")]
    world.plan(aggregators=hosts, spaces=[acme()])
    assert world.report.problems == []
    entry = "e" * 200
    assert ENTRY_KEY.fullmatch(entry) and not ENTRY_KEY.fullmatch(entry + "e")
    keys = [
        *(name(SPACE) for name in (naming.vpc_key, naming.internet_gateway_key, naming.route_table_key)),
        *(name(SPACE, ZONE) for name in (naming.subnet_key, naming.public_subnet_key, naming.public_table_key)),
        *(name(SPACE, HOST) for name in (naming.gateway_key, naming.gateway_ip_key)),
        *(name(SPACE, HOST) for name in (naming.nat_gateway_key, naming.nat_gateway_ip_key)),
        naming.group_key("aggregators", "vpc-0123456789abcdef0"),
        naming.group_key("gateway", SPACE),
        naming.cpe_nat_key(entry),
        naming.public_ip_key(HOST),
    ]
    for key in keys:
        assert max(len(key), len(shown_name(NETWORK, key))) <= 256, key
    assert len(f"{NETWORK} {naming.gateway_key(SPACE, HOST)}") == 255  # the description of a network interface
    assert len(naming.group_name(NETWORK, naming.group_key("gateway", SPACE))) <= 255


def test_the_longest_names_are_symbols_of_bird_and_devices_of_linux() -> None:
    for kind in naming.OWN_KINDS:
        assert _grammar.bird_symbol_problem(naming.object_name(NETWORK, kind, 10**9)) is None
    for device in (naming.vxlan_name(MAX_VNI), naming.gateway_device(10**9)):
        assert _grammar.interface_name_problem(device) is None


def test_groups_of_one_vpc_differ_by_more_than_case() -> None:
    """EC2 takes a group's name once in a VPC, whatever its case is."""
    world = small_world()
    world.server.spaces["ACME"] = replace(world.server.spaces["initech"], key="ACME")
    gateway: dict[str, Any] = {"aggregator": "agg1", "subnet_id": "subnet-a", "vpc_routes": False}
    spaces: list[dict[str, Any]] = [
        {"key": key, "private_wan": "managed_mesh", "gateways": [{**gateway, "networks": [cidr], "interface": name}]}
        for key, cidr, name in (("acme", "172.16.0.0/12", "ens6"), ("ACME", "172.32.0.0/12", "ens7"))
    ]
    for space, cidr in zip(spaces, ("10.101.0.0/16", "10.102.0.0/16"), strict=True):
        space["vpc"] = {"cidr": cidr}
    world.plan(spaces=spaces, **GROUPS)
    assert len(problems(world, "sg/gateway/ACME and sg/gateway/acme", "the VPC vpc-1")) == 1
