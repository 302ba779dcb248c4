# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPCs and gateways: what AWS gets, what is left alone, and how a gateway moves and goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.vpc.vpcs import zone_subnet
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    ElasticIp,
    Interface,
    InternetGateway,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)

from .world import World, acme, small_world


def gateway(**more: Any) -> dict[str, Any]:
    given = {"aggregator": "agg1", "networks": ["172.16.0.0/12"], "egress": "none", "interface": "ens6"}
    return {**given, **more}


def space(**more: Any) -> dict[str, Any]:
    return {**acme(), "vpc": {"cidr": "10.101.0.0/16"}, "gateways": [gateway()], **more}


def tags(key: str) -> dict[str, str]:
    return {"bonded.internet/network": "prod", "bonded.internet/key": key}


def made(host: str = "agg1", number: int = 4) -> tuple[Interface, ElasticIp]:
    """A gateway's network interface and Elastic IP, as a run leaves them."""
    private = f"10.101.0.{number}"
    interface = Interface(
        f"eni-gw-{host}", "subnet-gw", "vpc-9", private, tags(f"gateway/acme/{host}"), f"i-{host}", False
    )
    address = ElasticIp(
        f"eipalloc-{host}", f"198.51.100.{number}", tags(f"gateway-ip/acme/{host}"), interface.id, private
    )
    return interface, address


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def built(world: World) -> World:
    """The space's VPC with its gateway on agg1, on both sides."""
    interface, address = made()
    cloud = world.cloud
    cloud.vpcs["vpc-9"] = Vpc("vpc-9", ("10.101.0.0/16",), tags("vpc/acme"))
    key = "subnet/acme/eu-central-1a"
    cloud.subnets["subnet-gw"] = Subnet("subnet-gw", "vpc-9", "10.101.0.0/24", "eu-central-1a", tags(key))
    cloud.internet_gateways["igw-9"] = InternetGateway("igw-9", "vpc-9", tags("igw/acme"))
    to_gateway = Route("172.16.0.0/12", interface.id)
    cloud.route_tables["rtb-main"] = RouteTable("rtb-main", "vpc-9", True, (to_gateway,))
    routes = (Route("0.0.0.0/0", "igw-9"), to_gateway)
    cloud.route_tables["rtb-gw"] = RouteTable("rtb-gw", "vpc-9", False, routes, ("subnet-gw",), tags("rtb/acme"))
    cloud.interfaces[interface.id] = interface
    cloud.addresses.append(address)
    cloud.instances["i-agg1"] = replace(cloud.instances["i-agg1"], devices=(0, 1))
    world.apply(spaces=[space()])
    return world


def short(items: list[PlannedChange]) -> set[tuple[str, ...]]:
    return {(item.phase, item.verb, item.kind, item.parent, item.key) for item in items}


def test_from_nothing(world: World) -> None:
    items = [item for item in world.plan(spaces=[space()]) if item.system == "aws"]
    assert world.report.problems == []
    assert short(items) == {
        ("add", "create", "vpc", "", "vpc/acme"),
        ("add", "create", "internet_gateway", "vpc/acme", "igw/acme"),
        ("add", "create", "subnet", "vpc/acme", "subnet/acme/eu-central-1a"),
        ("add", "create", "route_table", "vpc/acme", "rtb/acme"),
        ("add", "create", "route", "rtb/acme", "0.0.0.0/0"),
        ("add", "create", "network_interface", "subnet/acme/eu-central-1a", "gateway/acme/agg1"),
        ("add", "create", "attachment", "i-agg1", "gateway/acme/agg1"),
        ("add", "create", "elastic_ip", "", "gateway-ip/acme/agg1"),
        ("add", "create", "address_association", "gateway/acme/agg1", "gateway-ip/acme/agg1"),
        ("add", "create", "route", "rtb/acme", "172.16.0.0/12"),
        ("add", "create", "route", "vpc/acme/main", "172.16.0.0/12"),
    }
    interface = next(item for item in items if item.kind == "network_interface")
    assert interface.after is not None
    assert interface.after["source_dest_check"] is False


def test_what_is_built_is_left_alone(built: World) -> None:
    assert built.plan(spaces=[space()]) == []


def test_the_server_gets_the_address_and_a_route_to_the_first_of_the_subnet(built: World) -> None:
    device = built.objects["interface", "aggregators/7", "ens6"].data
    assert (device["addresses"], device["space"], device["mtu"]) == (["10.101.0.4/24"], "acme", 1500)
    route, _end = built.objects["protocol", "aggregators/7", "prod_gateway_11"].data["routes"]
    assert (route["network"], route["address"]) == ("0.0.0.0/0", "10.101.0.1")


@pytest.mark.parametrize(
    ("cidr", "zone", "expected"),
    [
        ("10.101.0.0/16", "eu-central-1a", "10.101.0.0/24"),
        ("10.101.0.0/16", "eu-central-1c", "10.101.2.0/24"),
        ("10.101.0.0/24", "eu-central-1b", "10.101.0.32/27"),
        ("10.101.0.0/28", "eu-central-1a", "10.101.0.0/28"),
        ("10.101.0.0/28", "eu-central-1b", None),
    ],
)
def test_a_zones_subnet_is_that_of_its_letter(cidr: str, zone: str, expected: str | None) -> None:
    assert zone_subnet(cidr, zone) == expected


def test_a_check_that_was_switched_on_is_switched_off_again(built: World) -> None:
    interface = built.cloud.interfaces["eni-gw-agg1"]
    built.cloud.interfaces[interface.id] = replace(interface, source_dest_check=True)
    (item,) = built.plan(spaces=[space()])
    assert (item.verb, item.kind, item.after) == ("update", "network_interface", {"source_dest_check": False})
    assert built.design.gateways["add"]


def test_another_network_is_a_new_route_and_the_old_one_goes_last(built: World) -> None:
    items = built.plan(spaces=[space(gateways=[gateway(networks=["172.20.0.0/14"])])])
    phases = {(item.verb, item.key): item.phase for item in items if item.system == "aws"}
    assert phases == {("create", "172.20.0.0/14"): "add", ("delete", "172.16.0.0/12"): "remove"}


def test_a_gateway_that_moves_is_built_then_switched_to_then_the_old_one_goes(built: World) -> None:
    moved = [space(gateways=[gateway(aggregator="agg3")])]
    items = built.plan(spaces=moved, prune=True)
    phases = {(item.phase, item.verb, item.kind) for item in items if item.system == "aws"}
    assert ("add", "create", "network_interface") in phases
    assert ("switch", "update", "route") in phases
    assert ("remove", "delete", "network_interface") in phases
    assert ("add", "create", "route") not in phases
    server = {(i.phase, i.verb, i.kind, i.parent) for i in items if i.system == "server"}
    assert ("remove", "delete", "ethernet_interface", "aggregators/7") in server
    assert ("add", "create", "ethernet_interface", "aggregators/1007") in server
    kept = built.plan(spaces=moved)
    assert not [item for item in kept if item.phase == "remove"]
    assert any("gateway/acme/agg1 (eni-gw-agg1) is not in the inventory" in text for text in built.report.warnings)


def test_a_route_of_others_is_refused(built: World) -> None:
    table = built.cloud.route_tables["rtb-main"]
    built.cloud.route_tables["rtb-main"] = replace(table, routes=(Route("172.16.0.0/12", "eni-foreign"),))
    built.plan(spaces=[space()])
    assert any("rtb-main already sends 172.16.0.0/12 to eni-foreign" in text for text in built.report.problems)


def test_a_teardown_names_all_that_is_ours(built: World) -> None:
    items = built.plan(spaces=[space()], state="absent")
    aws = {(item.verb, item.kind, item.key) for item in items if item.system == "aws"}
    assert {
        ("delete", "vpc", "vpc/acme"),
        ("delete", "subnet", "subnet/acme/eu-central-1a"),
        ("delete", "internet_gateway", "igw/acme"),
        ("delete", "route_table", "rtb/acme"),
        ("delete", "network_interface", "gateway/acme/agg1"),
        ("delete", "attachment", "gateway/acme/agg1"),
        ("update", "elastic_ip", "gateway-ip/acme/agg1"),
    } <= aws
    assert {item.phase for item in items} == {"remove"}
    released = built.plan(spaces=[space()], state="absent", release_addresses=True)
    assert ("delete", "elastic_ip", "gateway-ip/acme/agg1") in {(i.verb, i.kind, i.key) for i in released}


def test_a_gateway_of_which_only_the_address_is_left_is_released_when_told(built: World) -> None:
    del built.cloud.interfaces["eni-gw-agg1"]
    retired = {**tags("gateway-ip/acme/agg1"), "bonded.internet/retired": "true"}
    built.cloud.addresses[:] = [ElasticIp("eipalloc-agg1", "198.51.100.4", retired)]
    built.objects = {k: v for k, v in built.objects.items() if k[0] == "space"}
    built.apply(spaces=[], state="absent")
    kept = built.plan(state="absent", spaces=[])
    assert not [item for item in kept if item.kind == "elastic_ip"]
    gone = built.plan(state="absent", spaces=[], release_addresses=True)
    assert [(i.verb, i.key) for i in gone if i.kind == "elastic_ip"] == [("delete", "gateway-ip/acme/agg1")]


def test_a_gateway_whose_interface_somebody_deleted_leaves_the_server_too(built: World) -> None:
    built.cloud.interfaces.clear()
    built.cloud.addresses.clear()
    items = built.plan(spaces=[space()], state="absent")
    server = {(item.verb, item.kind, item.key) for item in items if item.system == "server"}
    assert ("delete", "static_protocol", "prod_gateway_11") in server
    assert ("delete", "ethernet_interface", "ens6") in server


def test_an_adopted_vpc_is_never_changed(built: World) -> None:
    built.cloud.vpcs["vpc-9"] = Vpc("vpc-9", ("10.101.0.0/16",))
    adopted = [space(vpc={"id": "vpc-9"}, gateways=[gateway(subnet_id="subnet-gw", route_tables=["rtb-main"])])]
    items = built.plan(spaces=adopted)
    assert built.report.problems == []
    assert [item for item in items if item.system == "aws" and item.kind != "route"] == []
    built.plan(spaces=[space(vpc={"id": "vpc-none"}, gateways=[])])
    assert any("AWS has no VPC vpc-none" in text for text in built.report.problems)


def test_ipv6_is_asked_of_the_vpc_its_subnet_and_its_table(world: World) -> None:
    items = world.plan(spaces=[space(vpc={"cidr": "10.101.0.0/16", "ipv6": True})])
    after = {item.key: item.after or {} for item in items if item.system == "aws"}
    assert after["vpc/acme"]["ipv6"] is True
    assert after["subnet/acme/eu-central-1a"]["ipv6"] is True
    assert "::/0" in after
    (device,) = [item for item in items if item.kind == "ethernet_interface"]
    assert device.after is not None
    assert device.after["accept_ra"] is True


def test_gateways_are_attached_at_free_indexes(built: World) -> None:
    second = {**acme(), "key": "initech", "vxlan": {"subnet": "10.254.16.0/20"}, "vpc": {"cidr": "10.103.0.0/16"}}
    built.plan(spaces=[space(), {**second, "gateways": [gateway(interface="ens7", networks=["172.20.0.0/15"])]}])
    assert built.report.problems == []
    ((host, work),) = built.design.gateways["add"]
    assert (host, work.space, work.device_index) == ("agg1", "initech", 2)
