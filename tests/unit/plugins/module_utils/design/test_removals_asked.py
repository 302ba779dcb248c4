# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removals on request: the switch for each, the objects that are removed along, and the limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import SecurityGroup

from .built_world import BEHIND_NAT, BUILDERS, GATEWAY, MASQUERADING, Built, masquerading, said
from .egress_world import LANS, tags
from .world import HOSTS, entry, initech

Given = dict[str, Any]
MESH, CPE, GATE = "sg/aggregators/vpc-1", "sg/cpe-nat/vpc-1", "sg/gateway/acme"


@pytest.fixture(scope="module")
def networks() -> dict[str, Built]:
    return {name: build() for name, build in BUILDERS.items()}


def test_what_a_pruned_space_has_goes_with_it_by_one_switch(networks: dict[str, Built]) -> None:
    items, problems = networks["masquerading"].run(spaces=[initech()], prune=True, max_deletions=100)
    assert problems == []
    assert {item.switch for item in items if item.disruptive} == {"bonding_prune"}
    gone = {(item.verb, item.kind, item.key) for item in items if item.disruptive}
    assert gone >= {
        ("delete", "masquerade", "acme"),
        ("delete", "security_group", GATE),
        ("delete", "network_interface", "gateway/acme/agg1"),
        ("delete", "route", LANS),
        ("delete", "static_protocol", "prod_gateway_11"),
        ("delete", "babel_protocol", "prod_babel_11"),
        ("delete", "vxlan_interface", "vx10000011"),
    }


def test_what_a_released_address_has_goes_with_it_by_its_switch(networks: dict[str, Built]) -> None:
    items, problems = networks["masquerading"].run(cpe_nat_ips=[], prune_addresses=True)
    assert problems == []
    assert {(item.verb, item.kind, item.key, item.host): item.switch for item in items if item.disruptive} == {
        ("delete", "address_association", "cpe-nat/bond-17", "agg1"): "bonding_prune_elastic_ips",
        ("delete", "elastic_ip", "cpe-nat/bond-17", "agg1"): "bonding_prune_elastic_ips",
        ("delete", "cpe_nat_ip", "10.1.0.44", "agg1"): "bonding_prune_elastic_ips",
        ("delete", "connected_ip", "192.168.17.1/24", "agg1"): "bonding_prune_elastic_ips",
        ("delete", "group_attachment", CPE, "agg1"): "bonding_prune_elastic_ips",
        ("delete", "security_group", CPE, None): "bonding_prune_elastic_ips",
        ("delete", "return_route", "10.1.0.44", "agg2"): "bonding_prune_elastic_ips",
        ("delete", "return_route", "10.1.0.44", "agg3"): "bonding_prune_elastic_ips",
    }


def test_what_a_leaving_aggregator_has_goes_with_it(networks: dict[str, Built]) -> None:
    items, problems = networks["masquerading"].run(decommissioned=["agg3"], max_deletions=100)
    assert problems == []
    assert {(item.verb, item.kind, item.key, item.host): item.switch for item in items if item.disruptive} == {
        ("delete", "group_attachment", MESH, "agg3"): "bonding_decommissioned",
        ("delete", "return_route", "10.1.0.44", "agg3"): "bonding_decommissioned",
    }


def test_bgp_that_is_pruned_takes_its_rules_checks_and_ways_back_along(networks: dict[str, Built]) -> None:
    items, problems = networks["direct"].run(bgp=None, prune=True, max_deletions=100, allow_disruption=True)
    assert problems == []
    assert {item.switch for item in items if item.kind == "source_dest_check"} == {"bonding_prune"}
    assert {item.key for item in items if item.kind == "security_group_rule"} == {
        "tcp 179 from the group itself",
        "udp 3784 from the group itself",
    }
    items, problems = networks["masquerading"].run(bgp=None, prune=True, max_deletions=100)
    assert problems == []
    assert {(item.host, item.key, item.switch) for item in items if item.kind == "return_route"} == {
        ("agg2", "10.1.0.44", "bonding_prune"),
        ("agg3", "10.1.0.44", "bonding_prune"),
    }


def test_a_host_left_out_of_bgp_gives_back_what_it_has_of_it_by_prune_alone(networks: dict[str, Built]) -> None:
    some = ["agg1", "agg2"]
    transit = {**networks["masquerading"].params["bgp"], "aggregators": some}
    items, problems = networks["masquerading"].run(bgp=transit, prune=True, max_deletions=100)
    assert problems == []
    assert {(item.host, item.key, item.switch) for item in items if item.kind == "return_route"} == {
        ("agg3", "10.1.0.44", "bonding_prune")
    }
    assert any("what bonds on agg3 answer under" in item.interrupts for item in items)
    # the owner of the address left out: no aggregator that stays leads anything to it
    transit["aggregators"] = ["agg2", "agg3"]
    items, problems = networks["masquerading"].run(bgp=transit, prune=True, max_deletions=100)
    assert problems == []
    assert {(item.host, item.switch) for item in items if item.kind == "return_route"} == {
        ("agg2", "bonding_prune"),
        ("agg3", "bonding_prune"),
    }
    direct = {**networks["direct"].params["bgp"], "aggregators": some}
    items, problems = networks["direct"].run(bgp=direct, prune=True, max_deletions=100, allow_disruption=True)
    assert problems == []
    assert {(item.key, item.switch) for item in items if item.kind == "source_dest_check"} == {
        ("eni-agg3", "bonding_prune")
    }
    assert {(item.host, item.parent) for item in items if item.kind == "group_attachment"} == {("agg3", "eni-agg3")}


@pytest.mark.parametrize("release", [False, True])
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("masquerading", {"masquerade", "return_route", "network_interface", "vpc"}),
        ("nat", {"nat_gateway", "return_route"}),
        ("direct", {"source_dest_check"}),
        ("addresses", {"address_association"}),
    ],
)
def test_a_teardown_is_confirmed_as_a_whole_and_marks_nothing(
    networks: dict[str, Built], name: str, kinds: set[str], release: bool
) -> None:
    items, problems = networks[name].run(state="absent", release_addresses=release)
    assert problems == []
    assert {item.kind for item in items if item.disruptive} == set()
    assert {"security_group", "group_attachment", *kinds} <= {item.kind for item in items}


def test_the_check_of_an_instance_that_the_inventory_does_not_name_stays_off() -> None:
    built = BUILDERS["direct"]()
    built.world.cloud.checked_before |= {"eni-of-a-host-left-out"}
    assert built.run() == ([], [])
    items, _problems = built.run(bgp=None, prune=True, max_deletions=100)
    assert "eni-of-a-host-left-out" in {item.key for item in items if item.kind == "source_dest_check"}


def test_checks_of_a_leaving_aggregator_are_switched_on_by_its_leaving(networks: dict[str, Built]) -> None:
    items, problems = networks["direct"].run(decommissioned=["agg3"], max_deletions=100)
    assert problems == []
    assert {(item.key, item.switch) for item in items if item.kind == "source_dest_check"} == {
        ("eni-agg3", "bonding_decommissioned")
    }


def moved() -> Given:
    """The gateway on agg3, in the same zone, instead of agg1."""
    return {"spaces": [{**MASQUERADING, "gateways": [{**GATEWAY, "aggregator": "agg3"}]}, initech()]}


def test_a_gateway_that_moves_says_that_the_public_address_becomes_another(networks: dict[str, Built]) -> None:
    built = networks["masquerading"]
    items, problems = built.run(**moved())
    text = "the connections of space acme to the Internet: they get another public address, the one of agg3"
    assert {(item.phase, item.parent, item.key) for item in items if item.interrupts == text} == {
        ("switch", "vpc/acme/main", LANS),
        ("switch", "rtb/acme", LANS),
    }
    assert said(problems) == {f"update route {LANS} on agg3"}
    items, problems = built.run(**moved(), prune=True, allow_disruption=True, max_deletions=100)
    assert problems == []
    assert {i.switch for i in items if i.host == "agg1" and i.disruptive} == {"bonding_prune"}


def test_a_longer_prefix_takes_the_others_traffic_in_the_switch_phase(networks: dict[str, Built]) -> None:
    given = [GATEWAY, {"aggregator": "agg3", "networks": ["172.16.4.0/24", "192.168.0.0/16"]}]
    items, _problems = networks["masquerading"].run(spaces=[{**MASQUERADING, "gateways": given}, initech()])
    text = f"what has gone for 172.16.4.0/24 by the route {LANS} to gateway/acme/agg1: it goes to gateway/acme/agg3"
    assert {(i.phase, i.verb, i.parent, i.key, i.interrupts) for i in items if i.kind == "route"} == {
        *(("switch", "create", table, "172.16.4.0/24", text) for table in ("vpc/acme/main", "rtb/acme")),
        *(("add", "create", table, "192.168.0.0/16", "") for table in ("vpc/acme/main", "rtb/acme")),
    }


def test_the_public_subnet_of_a_gateway_that_is_kept_stays_without_its_nat_gateway() -> None:
    built = BUILDERS["nat"]()
    cloud = built.world.cloud
    cloud.nat_gateways.clear()
    for number, table in cloud.route_tables.items():
        dead = (replace(one, state="blackhole") if one.target == "nat-9" else one for one in table.routes)
        cloud.route_tables[number] = replace(table, routes=tuple(dead))
    items, problems = built.run(spaces=[{**BEHIND_NAT, "gateways": []}, initech()])
    assert [(item.verb, item.parent, item.key) for item in items] == [("update", "rtb/acme", "0.0.0.0/0")]
    assert problems == []


def test_a_rule_that_others_cover_and_one_for_an_address_of_nobody_are_missed_by_nobody() -> None:
    built = masquerading()
    wider = [{"protocol": "all", "from": ["0.0.0.0/0"]}]
    items, problems = built.run(cpe_nat_inbound=wider)
    assert problems == []
    assert {(i.verb, i.key) for i in items if i.kind == "security_group_rule"} == {
        ("create", "all from 0.0.0.0/0"),
        ("delete", "tcp 443 from 0.0.0.0/0"),
        ("delete", "udp 53 from 198.51.100.0/24"),
    }
    for number, one in built.world.server.aggregators.items():
        built.world.server.aggregators[number] = replace(one, ip=f"192.0.2.{number % 250}")
    items, problems = built.run()
    assert problems == []
    assert {i.key for i in items if i.verb == "delete"} == {
        "udp 51820 from 203.0.113.7/32",
        "udp 51820 from 203.0.113.12/32",
    }


def test_a_group_that_belongs_to_nothing_any_more_is_kept_and_named() -> None:
    built = masquerading()
    cloud = built.world.cloud
    cloud.groups["sg-x"] = SecurityGroup("sg-x", "vpc-2", tags("sg/aggregators/vpc-2"))
    cloud.groups["sg-y"] = SecurityGroup("sg-y", "vpc-8", tags("sg/gateway/gone"))
    assert built.run() == ([], [])
    named = [text for text in built.world.report.warnings if "belongs to nothing in the inventory any more" in text]
    assert [text.split(" (")[0] for text in named] == [
        "The security group sg/aggregators/vpc-2",
        "The security group sg/gateway/gone",
    ]
    cloud.carriers = {"sg-x": ("eni-of-others",), "sg-y": ()}
    items, problems = built.run(prune=True)
    assert problems == []
    assert {(i.verb, i.kind, i.parent, i.key, i.switch) for i in items} == {
        ("delete", "group_attachment", "eni-of-others", "sg/aggregators/vpc-2", "bonding_prune"),
        ("delete", "security_group", "vpc-2", "sg/aggregators/vpc-2", "bonding_prune"),
        ("delete", "security_group", "vpc-8", "sg/gateway/gone", "bonding_prune"),
    }


def test_a_gateway_keeps_its_rules_while_another_one_of_its_space_is_wanted() -> None:
    built = masquerading()
    other = {"aggregator": "agg3", "networks": [LANS]}  # without the kept one's port forward
    items, _problems = built.run(spaces=[{**MASQUERADING, "gateways": [other]}, initech()])
    assert ("create", "group_attachment") in {(item.verb, item.kind) for item in items}
    assert not [item for item in items if item.kind == "security_group_rule"]
    assert not [item for item in items if item.system == "host" and item.verb == "delete"]


def test_masquerading_of_a_gateway_of_which_nothing_is_left_is_kept_and_named() -> None:
    built = masquerading()
    built.installed["agg3"]["masquerade"] = [{**built.installed["agg1"]["masquerade"][0], "space": "old"}]
    assert built.run() == ([], [])
    assert any("agg3: translates for space old, whose gateway" in text for text in built.world.report.warnings)
    items, problems = built.run(prune=True)
    assert problems == []
    assert [(item.verb, item.kind, item.key, item.switch) for item in items] == [
        ("delete", "masquerade", "old", "bonding_prune")
    ]


def test_security_groups_that_are_switched_off_go_when_they_are_pruned(networks: dict[str, Built]) -> None:
    off = {"security_groups": None, "cpe_nat_inbound": None, "managed_mesh_ports": None}
    items, problems = networks["masquerading"].run(**off, prune=True)
    assert problems == []
    assert {(item.verb, item.kind, item.parent, item.key) for item in items} == {
        *(("delete", "group_attachment", f"eni-{name}", MESH) for name in HOSTS),
        ("delete", "group_attachment", "eni-agg1", CPE),
        ("delete", "group_attachment", "eni-gw", GATE),
        *(("delete", "security_group", vpc, key) for vpc, key in (("vpc-1", MESH), ("vpc-1", CPE), ("vpc-9", GATE))),
    }
    assert {item.switch for item in items} == {"bonding_prune"}


def test_deletions_of_all_kinds_are_counted_and_released_addresses_come_first(networks: dict[str, Built]) -> None:
    items, problems = networks["masquerading"].run(cpe_nat_ips=[], prune_addresses=True, max_deletions=9)
    assert (sum(item.verb == "delete" for item in items), problems) == (9, [])
    _items, problems = networks["masquerading"].run(cpe_nat_ips=[], prune_addresses=True, max_deletions=8)
    assert problems == [
        "The plan deletes 9 objects (1 Elastic IPs, which are released and never come back, 2 return_route, "
        "1 address_association, 1 connected_ip, 1 cpe_nat_ip, 1 group_attachment, 1 private_address, "
        "1 security_group), more than the 8 that bonding_max_deletions allows. Say bonding_max_deletions: 9 if all are "
        "to go."
    ]


def test_an_address_that_the_account_had_before_is_given_back_and_never_released() -> None:
    built = masquerading()
    addresses = built.world.cloud.addresses
    given = {"cpe_nat_ips": [entry(aggregator="agg1", public_ip="198.51.100.17")]}
    items, _problems = built.run(**given)
    ((verb, after),) = [(item.verb, item.after) for item in items]
    assert (verb, (after or {})["tags"]["bonded.internet/adopted"]) == ("update", "true")
    # a teardown that meets it before it has its tag
    items, _problems = built.run(**given, state="absent", release_addresses=True)
    assert ("update", "cpe-nat/bond-17") in {(i.verb, i.key) for i in items if i.kind == "elastic_ip"}
    addresses[:] = [
        replace(one, tags={**one.tags, "bonded.internet/adopted": "true"}) if one.public_ip == "198.51.100.17" else one
        for one in addresses
    ]
    assert built.run(**given) == ([], [])
    for asked in ({"cpe_nat_ips": [], "prune_addresses": True}, {"state": "absent", "release_addresses": True}):
        items, problems = built.run(**asked)
        assert problems == []
        changes = {(i.verb, i.key) for i in items if i.kind == "elastic_ip" and i.key == "cpe-nat/bond-17"}
        assert changes == {("update", "cpe-nat/bond-17")}
        assert any("was there before (public_ip)" in text for text in built.world.report.warnings)
    retired = {"bonded.internet/retired": "true"}
    addresses[:] = [replace(one, tags={**one.tags, **retired}, interface_id=None, private_ip=None) for one in addresses]
    items, _problems = built.run(state="absent", release_addresses=True)
    assert not [item for item in items if item.key == "cpe-nat/bond-17"]
