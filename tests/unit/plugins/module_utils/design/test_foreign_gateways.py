# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand-made objects that meet a gateway's: its names, its device, its subnet, and the route out of its subnets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Route

from .egress_world import ANYWHERE, LANS, gateway, nat_world, plain_world, routes, space
from .test_foreign_protocols import add, meeting, with_gateway
from .world import World, initech, small_world

BESIDE = [{"patterns": ["eth9"]}]
NEW = {"vpc": {"cidr": "10.101.0.0/16"}}


@pytest.fixture
def plain() -> World:
    return plain_world()


def add_filter(world: World, name: str) -> None:
    world.add_thing("filter", "aggregators/7", {"name": name, "family": "ipv4", "body": "accept;"})


# Names.


@pytest.mark.parametrize("built", [True, False])
def test_a_filter_with_the_name_of_a_gateways_protocol_is_refused(built: bool) -> None:
    """BIRD would refuse its whole configuration; no protocol of the aggregator would run."""
    world = plain_world() if built else small_world()
    add_filter(world, "prod_gateway_11")
    assert meeting(world, spaces=with_gateway()) == (
        [
            "agg1: the filter prod_gateway_11 has the name of the network's static protocol (got filter, expected "
            "static protocol): BIRD has one namespace for protocols and filters. Delete or rename prod_gateway_11 on "
            "the management server: the collection changes no object of others."
        ],
        [],
    )


@pytest.mark.parametrize("name", ["prod_gateway_import_11", "prod_gateway_11"])
def test_a_protocol_with_a_name_of_a_gateway_is_refused(name: str) -> None:
    world = small_world()
    add(world, "babel_protocol", name, interfaces=BESIDE)
    kind = "filter" if "import" in name else "static protocol"
    (text,) = [one for one in meeting(world, spaces=with_gateway())[0] if "namespace" in one]
    assert f"the Babel protocol {name} of space acme has the name of the network's {kind}" in text


def test_a_name_of_a_gateway_on_another_aggregator_meets_nothing(plain: World) -> None:
    world_filter = {"name": "prod_gateway_11", "family": "ipv4", "body": "accept;"}
    plain.add_thing("filter", "aggregators/12", world_filter)
    assert meeting(plain, spaces=with_gateway()) == ([], [])


# The device.


@pytest.mark.parametrize("addresses", [["192.168.9.1/24"], []])
def test_a_hand_made_device_of_the_space_is_not_taken(addresses: list[str]) -> None:
    """Its addresses would go: the customer's LAN behind it would be cut off."""
    world = small_world()
    add(world, "ethernet_interface", "ens6", addresses=addresses)
    (text,) = meeting(world, spaces=with_gateway())[0]
    listed = " with 192.168.9.1/24" if addresses else " without an address"
    assert text == (
        f"space acme, gateway on agg1: interface ens6 is in use on the server (got Ethernet interface in space acme"
        f"{listed}, expected none, or one with an address of the gateway's subnet 10.101.0.0/24). Delete it there, or "
        "give the gateway's device another name (interface)."
    )


def test_a_network_interface_that_a_killed_run_has_left_takes_no_hand_made_device(plain: World) -> None:
    plain.objects = {place: obj for place, obj in plain.objects.items() if "gateway" not in obj.key}
    add(plain, "ethernet_interface", "ens6", addresses=["192.168.9.1/24"])
    (text,) = meeting(plain, spaces=with_gateway())[0]
    assert "interface ens6 is in use on the server" in text


def test_a_device_of_a_gateway_that_was_built_is_ours_whatever_its_address(plain: World) -> None:
    """Of an address that was changed by hand, and of a network interface that was deleted by hand."""
    add(plain, "ethernet_interface", "ens6", addresses=["192.168.9.1/24"])
    assert meeting(plain, spaces=with_gateway()) == ([], [])
    del plain.cloud.interfaces["eni-gw"]
    routes(plain.cloud, "rtb-gw", Route(ANYWHERE, "igw-9"))
    routes(plain.cloud, "rtb-main")
    assert meeting(plain, spaces=with_gateway()) == ([], [])


def test_a_device_with_an_address_of_the_subnet_is_that_of_a_network_interface_that_was_deleted() -> None:
    world = small_world()
    add(world, "ethernet_interface", "ens6", addresses=["10.101.0.77/24"])
    assert meeting(world, spaces=with_gateway()) == ([], [])


# The subnet.


@pytest.mark.parametrize("of_space", ["acme", "initech", None])
@pytest.mark.parametrize("kind", ["ethernet", "vlan", "vxlan"])
def test_an_interface_of_others_in_the_gateways_subnet_is_refused(plain: World, kind: str, of_space: str) -> None:
    kinds: dict[str, dict[str, Any]] = {"vlan": {"vlan_id": 9, "interface": "ens9"}, "vxlan": {"vni": 77}}
    more = kinds.get(kind, {})
    add(plain, f"{kind}_interface", "hand0", space=of_space, addresses=["10.101.0.9/24"], **more)
    ((text,), _warnings) = meeting(plain, spaces=with_gateway())
    where = f"of space {of_space}" if of_space else "without a space"
    assert text.endswith(
        f"interface hand0 {where} has an address in the subnet of the gateway of space acme (got 10.101.0.9/24, "
        "expected none that overlaps 10.101.0.0/24): packets to the VPC's router leave by it. Delete or disable hand0 "
        "on the management server, or give the gateway another subnet: the collection changes no object of others."
    )


def test_a_disabled_interface_in_the_gateways_subnet_is_a_warning(plain: World) -> None:
    add(plain, "ethernet_interface", "hand0", enabled=False, addresses=["10.101.0.9/24"])
    problems, (text,) = meeting(plain, spaces=with_gateway())
    assert (problems, "would have an address in the subnet of the gateway" in text) == ([], True)


def test_an_interface_on_another_aggregator_or_beside_the_subnet_meets_nothing(plain: World) -> None:
    add(plain, "ethernet_interface", "hand0", "agg2", addresses=["10.101.0.9/24"])
    add(plain, "ethernet_interface", "hand0", "agg1", addresses=["10.101.1.9/24", "2001:db8::9/64"])
    assert meeting(plain, spaces=with_gateway()) == ([], [])


def test_the_devices_of_gateways_of_ours_are_none_of_others(plain: World) -> None:
    """Also of one that the inventory names no more: its network interface has the network's tags."""
    interface = plain.cloud.interfaces["eni-gw"]
    old = replace(interface, id="eni-old", private_ip="10.101.0.5")
    plain.cloud.interfaces["eni-old"] = replace(old, tags={**old.tags, "bonded.internet/key": "gateway/initech/agg1"})
    add(plain, "ethernet_interface", "ens8", space="initech", addresses=["10.101.0.5/24"])
    assert meeting(plain, spaces=with_gateway()) == ([], [])


# The route out of the gateway's subnets.


@pytest.mark.parametrize("gateways", [[], [gateway(egress="none")], [gateway(egress="masquerade")]])
@pytest.mark.parametrize("target", ["tgw-1", "nat-of-others", "eni-firewall"])
def test_a_default_route_of_others_in_the_spaces_own_table_is_named_once(
    plain: World, gateways: list[dict[str, Any]], target: str
) -> None:
    """Refuse it where a gateway translates; where none does, the operator may have a reason."""
    routes(plain.cloud, "rtb-gw", Route(ANYWHERE, target), Route(LANS, "eni-gw"))
    plain.plan(spaces=space(gateways=gateways, vpc={"cidr": "10.101.0.0/16", "subnets": []}))
    translates = gateways == [gateway(egress="masquerade")]
    named = [text for text in plain.report.warnings if "sends 0.0.0.0/0" in text]
    assert (plain.report.problems if translates else named) == [
        f"space acme: its route table rtb-gw (rtb/acme) sends 0.0.0.0/0 to {target} (got {target}, expected the "
        "internet gateway igw-9): it is not replaced. Delete that route: the next run creates it. A VPC with routes of "
        "your own is adopted by vpc.id."
    ]
    assert (named if translates else plain.report.problems) == []


def test_an_ipv6_default_route_of_others_counts_where_the_vpc_has_ipv6(plain: World) -> None:
    routes(plain.cloud, "rtb-gw", Route(ANYWHERE, "igw-9"), Route("::/0", "eigw-1"), Route(LANS, "eni-gw"))
    plain.plan(spaces=space(gateway(egress="none")))
    assert plain.report.problems == []
    plain.plan(spaces=space(gateway(egress="none"), vpc={"cidr": "10.101.0.0/16", "ipv6": True}))
    assert plain.report.problems == []
    (text,) = (one for one in plain.report.warnings if "sends ::/0" in one)
    assert "sends ::/0 to eigw-1 (got eigw-1, expected the internet gateway igw-9)" in text


def test_a_default_route_to_a_gateway_of_the_space_is_deleted_by_the_run(plain: World) -> None:
    routes(plain.cloud, "rtb-gw", Route(ANYWHERE, "eni-gw"), Route(LANS, "eni-gw"))
    items = plain.plan(spaces=space(gateway(egress="none")), allow_disruption=True)
    assert [(i.phase, i.verb, i.parent, i.key) for i in items] == [("remove", "delete", "rtb/acme", ANYWHERE)]
    assert plain.report.problems == []


def test_a_nat_gateway_of_the_space_is_no_route_of_others() -> None:
    world = nat_world()
    world.plan(spaces=space(gateway(egress="none")), allow_disruption=True)
    assert world.report.problems == []


def test_a_nat_gateway_of_another_space_is_a_route_of_others() -> None:
    world = nat_world()
    nat = world.cloud.nat_gateways["nat-9"]
    other = {**nat.tags, "bonded.internet/key": "natgw/initech/agg1"}
    world.cloud.nat_gateways["nat-9"] = replace(nat, tags=other)
    world.plan(spaces=[*space(gateway(egress="none")), initech()], allow_disruption=True)
    assert any("sends 0.0.0.0/0 to nat-9" in text for text in world.report.warnings)


def test_a_teardown_is_not_refused(plain: World) -> None:
    routes(plain.cloud, "rtb-gw", Route(ANYWHERE, "tgw-1"), Route(LANS, "eni-gw"))
    add(plain, "ethernet_interface", "hand0", addresses=["10.101.0.9/24"])
    assert meeting(plain, spaces=with_gateway(), state="absent") == ([], [])
