# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our security groups, beside those of others, and the source/destination check of direct BGP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import SecurityGroupInput
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Rule, SecurityGroup

from .egress_world import gateway, plain_world, space, tags
from .test_bgp import DIRECT, TRANSIT, one_subnet
from .world import World, acme, entry, initech, small_world

MESH, CPE, GATE = "sg/aggregators/vpc-1", "sg/cpe-nat/vpc-1", "sg/gateway/acme"
VXLAN = Rule("udp", 4789, 4789, "self")
TOO_LARGE = Rule("icmp", 3, 4, "0.0.0.0/0")


@pytest.fixture
def world() -> World:
    world = small_world()
    for name, found in world.cloud.instances.items():
        world.cloud.instances[name] = replace(found, groups=("sg-others",))
    return world


def has(world: World, key: str, *rules: Rule, on: tuple[str, ...] = ()) -> None:
    """The group is there, with these rules, on these hosts' primary interfaces."""
    number = f"sg-{key.split('/')[1]}"
    vpc = "vpc-9" if key == GATE else "vpc-1"
    world.cloud.groups[number] = SecurityGroup(number, vpc, tags(key), frozenset(rules), frozenset(rules))
    for host in on:
        found = world.cloud.instances[f"i-{host}"]
        world.cloud.instances[f"i-{host}"] = replace(found, groups=(*found.groups, number))


def planned(world: World, **more: Any) -> set[tuple[str, ...]]:
    """(phase, verb, kind, parent, key) of what is planned about groups and checks."""
    given: dict[str, Any] = {"security_groups": True, "managed_mesh_ports": [], **more}
    items = [item for item in world.plan(**given) if item.system == "aws"]
    kinds = ("security_group", "security_group_rule", "group_attachment", "source_dest_check")
    return {(i.phase, i.verb, i.kind, i.parent, i.key) for i in items if i.kind in kinds}


def attached(*hosts: str, key: str = MESH) -> set[tuple[str, ...]]:
    return {("add", "create", "group_attachment", f"eni-{host}", key) for host in hosts}


EVERYBODY = ("agg1", "agg2", "agg3")


def test_nothing_is_made_unless_asked_for(world: World) -> None:
    assert planned(world, spaces=[acme()], security_groups=False) == set()
    assert world.design.security == {"add": [], "switch": [], "remove": []}


def test_the_meshes_get_a_group_that_refers_to_itself(world: World) -> None:
    assert planned(world, spaces=[initech()]) == {
        ("add", "create", "security_group", "vpc-1", MESH),
        ("add", "create", "security_group_rule", MESH, "udp 4789 from the group itself"),
        ("add", "create", "security_group_rule", MESH, "icmp 3/4 from 0.0.0.0/0"),
        *attached(*EVERYBODY),
    }
    has(world, MESH, VXLAN, TOO_LARGE, on=EVERYBODY)
    assert planned(world, spaces=[initech()]) == set()


def test_the_managed_mesh_is_admitted_from_each_public_address_or_warned_of(world: World) -> None:
    planned(world, spaces=[acme()])
    assert [text for text in world.report.warnings if text.startswith("bonding_managed_mesh_ports: none are given")]
    has(world, MESH, VXLAN, TOO_LARGE, on=EVERYBODY)
    found = planned(world, spaces=[acme()], managed_mesh_ports=["udp/51820-51899"])
    assert {key for *_rest, key in found} == {
        "udp 51820-51899 from 203.0.113.7/32",
        "udp 51820-51899 from 203.0.113.12/32",
        f"udp 51820-51899 from 203.0.113.{1007 % 250}/32",
    }
    assert not [text for text in world.report.warnings if "none are given" in text]


def test_members_of_another_vpc_are_admitted_by_their_addresses(world: World) -> None:
    world.cloud.instances["i-agg3"] = replace(world.cloud.instances["i-agg3"], vpc_id="vpc-2")
    hosts = [{"host": n, "aggregator": n, "instance_id": f"i-{n}", "reachable": n == "agg3"} for n in EVERYBODY]
    found = planned(world, spaces=[initech()], aggregators=hosts)
    assert ("add", "create", "security_group_rule", MESH, "udp 4789 from 10.1.0.13/32") in found
    assert ("add", "create", "security_group_rule", "sg/aggregators/vpc-2", "udp 4789 from 10.1.0.11/32") in found
    assert attached("agg3", key="sg/aggregators/vpc-2") <= found


def test_what_may_come_in_is_on_the_owners_alone(world: World) -> None:
    has(world, MESH, VXLAN, TOO_LARGE, on=EVERYBODY)
    inbound = [
        {"protocol": "tcp", "ports": "443", "from": ["0.0.0.0/0"]},
        {"protocol": "icmp", "from": ["198.51.100.0/24"]},
    ]
    assert planned(world, cpe_nat_ips=[entry()], cpe_nat_inbound=inbound) == {
        ("add", "create", "security_group", "vpc-1", CPE),
        ("add", "create", "security_group_rule", CPE, "tcp 443 from 0.0.0.0/0"),
        ("add", "create", "security_group_rule", CPE, "icmp from 198.51.100.0/24"),
        *attached("agg1", key=CPE),
    }
    assert [text for text in world.report.warnings if "open on the aggregators' own addresses too" in text]


def test_rules_of_others_stay_and_ours_that_are_not_wanted_go_last(world: World) -> None:
    old, theirs = Rule("tcp", 80, 80, "0.0.0.0/0"), Rule("tcp", 22, 22, "198.51.100.0/24")
    has(world, MESH, VXLAN, TOO_LARGE, old, Rule("-1", None, None, "0.0.0.0/0"), on=EVERYBODY)
    group = world.cloud.groups["sg-aggregators"]
    world.cloud.groups["sg-aggregators"] = replace(group, rules=group.rules | {theirs})
    assert planned(world, spaces=[initech()]) == {
        ("remove", "delete", "security_group_rule", MESH, "all from 0.0.0.0/0"),
        ("remove", "delete", "security_group_rule", MESH, "tcp 80 from 0.0.0.0/0"),
    }


def test_a_gateways_group_is_made_after_its_interface() -> None:
    world = plain_world()
    has(world, MESH, VXLAN, TOO_LARGE, on=EVERYBODY)
    spaces = space(gateway(egress="none"))
    assert planned(world, spaces=spaces) == {
        ("add", "create", "security_group", "vpc-9", GATE),
        ("add", "create", "security_group_rule", GATE, "all from 10.101.0.0/16"),
        ("add", "create", "group_attachment", "eni-gw", GATE),
    }
    assert {work.after_gateways for work in world.design.security["add"]} == {True}
    fresh = small_world()
    assert ("add", "create", "group_attachment", "gateway/acme/agg1", GATE) in planned(fresh, spaces=spaces)
    late = [one.entry for one in fresh.design.security["add"] if one.after_gateways]
    (place,) = [one for one in late if isinstance(one, SecurityGroupInput)]
    assert (place.vpc_id, place.vpc_key) == (None, "vpc/acme")


def test_a_gateways_group_admits_what_it_forwards() -> None:
    forward = {"protocol": "tcp", "port": 8080, "to": "172.16.2.10", "to_port": 80, "from": ["198.51.100.0/24"]}
    masquerade = gateway(egress="masquerade", port_forwards=[forward])
    found = planned(plain_world(), spaces=space(masquerade))
    assert {key for _p, _v, kind, parent, key in found if parent == GATE} == {
        "all from 10.101.0.0/16",
        "tcp 8080 from 198.51.100.0/24",
    }


def test_an_interface_that_is_full_is_refused(world: World) -> None:
    full = replace(world.cloud.instances["i-agg1"], groups=tuple(f"sg-{n}" for n in range(5)))
    world.cloud.instances["i-agg1"] = full
    planned(world, spaces=[initech()], quotas={"security_groups_per_interface": 5})
    assert world.report.problems == [
        "The network interface eni-agg1 has 5 security groups and would get 1 more; bonding_quotas says that it may "
        'have 5 (quota "Security groups per network interface"). Ask AWS for more.'
    ]


def test_a_teardown_takes_off_what_is_ours_and_deletes_it(world: World) -> None:
    has(world, MESH, VXLAN, on=EVERYBODY)
    world.cloud.checked_before = frozenset({"eni-agg2"})
    assert planned(world, state="absent", security_groups=False, spaces=[initech()]) == {
        *(("remove", "delete", "group_attachment", f"eni-{host}", MESH) for host in EVERYBODY),
        ("remove", "delete", "security_group", "vpc-1", MESH),
        ("remove", "update", "source_dest_check", "", "eni-agg2"),
    }


def test_a_leaving_aggregator_loses_our_groups(world: World) -> None:
    has(world, MESH, VXLAN, TOO_LARGE, on=EVERYBODY)
    assert planned(world, spaces=[initech()], decommissioned=["agg3"]) == {
        ("remove", "delete", "group_attachment", "eni-agg3", MESH)
    }


def test_direct_bgp_switches_the_checks_off_and_admits_forwarded_clients(world: World) -> None:
    one_subnet(world)
    found = planned(world, bgp=DIRECT)
    assert {item for item in found if item[2] == "source_dest_check"} == {
        ("add", "update", "source_dest_check", "", f"eni-{host}") for host in EVERYBODY
    }
    assert {key for *_rest, parent, key in found if parent == MESH} == {
        "udp 4789 from the group itself",
        "tcp 179 from the group itself",
        "udp 3784 from the group itself",
        "icmp 3/4 from 0.0.0.0/0",
    }
    assert ("add", "create", "security_group_rule", CPE, "all from 0.0.0.0/0") in found
    assert attached(*EVERYBODY, key=CPE) <= found
    assert [text for text in world.report.warnings if "admits any source on all of them" in text]


def test_the_check_of_others_is_left_and_ours_is_put_back(world: World) -> None:
    one_subnet(world)
    for host in EVERYBODY:
        found = world.cloud.instances[f"i-{host}"]
        world.cloud.instances[f"i-{host}"] = replace(found, source_dest_check=False)
    world.cloud.checked_before = frozenset({"eni-agg1", "eni-agg3"})
    assert planned(world, bgp=DIRECT, security_groups=False) == set()
    assert [text for text in world.report.warnings if "own security groups have to admit TCP 179" in text]
    assert planned(world, bgp=TRANSIT, security_groups=False, allow_disruption=True) == {
        ("remove", "update", "source_dest_check", "", "eni-agg1"),
        ("remove", "update", "source_dest_check", "", "eni-agg3"),
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"managed_mesh_ports": ["51820"]}, "'51820' is not a protocol with a port", id="no protocol"),
        pytest.param({"managed_mesh_ports": ["udp/9-8"]}, "'udp/9-8' is not a protocol with a port", id="backwards"),
        pytest.param({"cpe_nat_inbound": [{"protocol": "tcp", "from": []}]}, "tcp and udp want ports", id="no port"),
        pytest.param(
            {"cpe_nat_inbound": [{"protocol": "all", "ports": "1", "from": []}]}, "icmp and all have none", id="a port"
        ),
        pytest.param(
            {"cpe_nat_inbound": [{"protocol": "udp", "ports": "53", "from": ["any"]}]},
            "'any' is not an IPv4 network",
            id="from",
        ),
        pytest.param(
            {"security_groups": False, "managed_mesh_ports": ["udp/1"]},
            "bonding_managed_mesh_ports: is given, but bonding_security_groups is not true",
            id="without groups",
        ),
    ],
)
def test_a_bad_input_is_refused(world: World, given: dict[str, Any], words: str) -> None:
    planned(world, **given)
    assert [text for text in world.report.problems if words in text], world.report.problems


def test_a_rule_that_is_said_twice_is_one_rule_and_an_address_is_a_network(world: World) -> None:
    """EC2 takes no address without a prefix length, and refuses a request that names a rule twice."""
    inbound = [
        {"protocol": "tcp", "ports": "443", "from": ["203.0.113.77", "203.0.113.77/32"]},
        {"protocol": "tcp", "ports": "443-443", "from": ["203.0.113.77"]},
    ]
    ports = ["udp/51820", "udp/51820-51820"]
    world.plan(security_groups=True, cpe_nat_ips=[entry()], cpe_nat_inbound=inbound, managed_mesh_ports=ports)
    assert world.report.problems == []
    rules = [(item.parent, item.key) for item in world.design.items if item.kind == "security_group_rule"]
    assert len(rules) == len(set(rules))
    assert [name for parent, name in rules if "cpe-nat" in parent] == ["tcp 443 from 203.0.113.77/32"]
    groups = [one.entry for one in world.design.security["add"] if isinstance(one.entry, SecurityGroupInput)]
    work = [group.rules or [] for group in groups]
    assert all(len(given) == len({str(rule) for rule in given}) for given in work)
