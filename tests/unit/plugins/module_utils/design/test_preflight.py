# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits are counted in the plan's items; what does not fit is refused where it is known, and warned of elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.checks.prices import monthly
from ansible_collections.bonded.internet.plugins.module_utils._model.quotas import QUOTAS
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Account,
    ElasticIp,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)
from lab.aws.ec2.quotas import DEFAULTS

from .egress_world import ANYWHERE, ZONE, gateway, nat_world, plain_world, routes, space
from .world import HOSTS, World, acme, entry, small_world


def account(**more: Any) -> dict[str | None, Account]:
    given = {"elastic_ips": 3, "vpcs": 5, "internet_gateways": 1, "limits": {"elastic_ips": 5}}
    return {None: Account("eu-central-1", **{**given, **more})}


def line(world: World, limit: str, where: str = "eu-central-1") -> tuple[int, ...]:
    """(there, new, most, left) of one line."""
    found = [one.as_dict() for one in world.design.limits if (one.limit, one.where) == (limit, where)]
    assert len(found) == 1, world.design.limits
    return tuple(found[0][name] for name in ("there", "new", "most", "left"))


def said(texts: list[str], *words: str) -> list[str]:
    return [text for text in texts if all(word in text for word in words)]


@pytest.fixture
def world() -> World:
    world = small_world()
    world.cloud.accounts = account()
    return world


def test_each_limit_has_a_line_with_what_is_left(world: World) -> None:
    world.cloud.nat_gateways_in = {ZONE: 2}
    world.plan(spaces=space(), cpe_nat_ips=[entry()])
    assert line(world, "Elastic IPs") == (3, 2, 5, 0)
    assert line(world, "VPCs") == (5, 1, 5, -1)
    assert line(world, "internet gateways") == (1, 1, 5, 3)
    assert line(world, "NAT gateways", ZONE) == (2, 1, 5, 2)
    assert line(world, "network interfaces", "agg1 (c5.large)") == (1, 1, 3, 1)
    assert line(world, "network interfaces", "agg2 (c5.large)") == (1, 0, 3, 2)
    assert line(world, "private addresses", "agg1 (c5.large)") == (1, 1, 10, 8)
    assert line(world, "subnet addresses", f"subnet/acme/{ZONE} 10.101.0.0/24") == (0, 1, 251, 250)
    assert line(world, "subnet addresses", f"natgw-subnet/acme/{ZONE} 10.101.255.240/28") == (0, 1, 11, 10)
    assert line(world, "routes", "rtb/acme") == (0, 2, 50, 48)
    assert line(world, "routes", "vpc/acme/main") == (0, 1, 50, 49)


def test_a_plan_with_nothing_new_has_no_limits() -> None:
    world = nat_world()
    world.cloud.limits.clear()  # read only where something new is asked for
    assert world.plan(spaces=space()) == []
    assert world.design.limits == []


def test_what_aws_tells_is_refused_and_what_it_does_not_is_warned_of(world: World) -> None:
    world.cloud.accounts = account(elastic_ips=5)
    world.plan(spaces=space(gateway(egress="none")))
    assert world.report.problems == [
        "The region eu-central-1 has 5 Elastic IPs and would get 1 more; AWS says that it may have 5 (quota "
        '"EC2-VPC Elastic IPs"). Ask AWS for more. If it was raised, say bonding_quotas: {elastic_ips: ...}.'
    ]
    assert said(world.report.warnings, "VPCs") == [
        "The region eu-central-1 has 5 VPCs and would get 1 more; AWS lets an account have 5 in a region unless that "
        'was raised (quota "VPCs per Region").'
    ]


def test_what_cannot_be_read_is_awss_default(world: World) -> None:
    world.cloud.accounts = account(elastic_ips=5, limits={})
    world.plan(spaces=space(gateway(egress="none")))
    assert world.report.problems == []
    assert said(world.report.warnings, "5 Elastic IPs and would get 1 more; AWS lets an account have 5 in a region")


def test_the_operator_is_believed(world: World) -> None:
    world.plan(spaces=space(gateway(egress="none")), quotas={"vpcs": 9, "elastic_ips": 3})
    assert said(world.report.warnings, "VPCs") == []
    assert world.report.problems == [
        "The region eu-central-1 has 3 Elastic IPs and would get 1 more; bonding_quotas says that it may have 3 (quota "
        '"EC2-VPC Elastic IPs"). Ask AWS for more.'
    ]


def test_an_address_that_is_taken_over_or_kept_is_not_new() -> None:
    world = plain_world()
    world.cloud.accounts = account(elastic_ips=5)
    world.cloud.named.append(ElasticIp("eipalloc-9", "198.51.100.99"))
    world.plan(spaces=space(gateway(egress="none")), cpe_nat_ips=[entry(public_ip="198.51.100.99")])
    assert world.report.problems == []


def test_an_address_of_an_own_pool_counts_neither_against_the_quota_nor_the_price(world: World) -> None:
    """AWS counts and charges the addresses that it provides, not those of a pool of the account's own (BYOIP)."""
    world.cloud.accounts = account(elastic_ips=5)
    pool = {"pool": "ipv4pool-ec2-0123456789abcdef0"}
    assert [item.kind for item in world.plan(cpe_nat_ips=[entry(**pool)]) if item.kind == "elastic_ip"]
    assert world.report.problems == []
    assert [one for one in world.design.limits if one.limit == "Elastic IPs"] == []
    assert monthly(world.design.items) == []


def test_addresses_are_counted_in_their_own_region(world: World) -> None:
    far = [{"host": n, "aggregator": n, "instance_id": f"i-{n}", "region": f"r-{i}"} for i, n in enumerate(HOSTS)]
    limits = {"elastic_ips": 1}
    world.cloud.accounts = {f"r-{i}": Account(f"r-{i}", limits, i) for i in range(3)}
    world.plan(aggregators=far, cpe_nat_ips=[entry(aggregator="agg1"), entry(name="b", aggregator="agg2")])
    assert said(world.report.problems, "Elastic IPs") == [
        "The region r-1 has 1 Elastic IPs and would get 1 more; AWS says that it may have 1 (quota "
        '"EC2-VPC Elastic IPs"). Ask AWS for more. If it was raised, say bonding_quotas: {elastic_ips: ...}.'
    ]


@pytest.mark.parametrize(("free", "fits"), [(1, True), (0, False)])
def test_a_subnet_that_is_there_has_to_have_an_address_free(free: int, fits: bool) -> None:
    world = plain_world()
    world.cloud.interfaces.clear()
    world.cloud.subnets["subnet-gw"] = replace(world.cloud.subnets["subnet-gw"], free=free)
    world.plan(spaces=space(gateway(egress="none")))
    text = (
        f"The subnet subnet/acme/{ZONE} (10.101.0.0/24) has {free} free addresses and would have to give 1. Free "
        "some, or put what is new on an aggregator in another subnet."
    )
    assert (text in world.report.problems) is not fits


def test_routes_of_others_count_and_ipv6_counts_apart() -> None:
    world = plain_world()
    others = [Route(f"100.64.{n}.0/24", "tgw-1") for n in range(49)]
    mine = world.cloud.route_tables["rtb-main"].routes
    routes(world.cloud, "rtb-main", *mine, *others, Route("2001:db8::/32", "tgw-1"))
    given = gateway(egress="none", networks=["172.16.0.0/12", "172.32.0.0/24"])
    world.plan(spaces=space(given), quotas={"routes_per_table": 50})
    assert world.report.problems == [
        "The route table vpc/acme/main has 50 routes and would get 1 more; bonding_quotas says that it may have 50 "
        '(quota "Routes per route table"). Ask AWS for more.'
    ]


def test_a_subnets_network_cannot_change() -> None:
    world = plain_world()
    vpc = {"cidr": "10.101.0.0/16", "subnets": [{"zone": ZONE, "cidr": "10.101.7.0/24"}]}
    world.plan(spaces=space(gateway(egress="none"), vpc=vpc))
    assert world.report.problems == [
        f"space acme, vpc.subnets: 10.101.7.0/24 is wanted in {ZONE}, but subnet/acme/{ZONE} (subnet-gw) has "
        f"10.101.0.0/24 in {ZONE}: AWS cannot change a subnet's network. Take the old one."
    ]


def automatic(world: World, *names: str) -> None:
    for name in names:
        found = world.cloud.instances[f"i-{name}"]
        world.cloud.instances[f"i-{name}"] = replace(found, automatic_ip=f"203.0.113.{name[-1]}")


LOSES = (
    "the public address was assigned automatically. With a second network interface, or with an Elastic IP on a "
    "secondary private address (a CPE NAT IP), the instance loses it at its next stop and start, and AWS gives no "
    "other: bonders do not find the aggregator any more. Give it an Elastic IP first, and its address on the server "
    "with it"
)


def test_an_automatic_address_is_lost_with_a_second_interface() -> None:
    world = small_world()
    automatic(world, "agg1", "agg2")
    world.plan(spaces=space(gateway(egress="none")))
    assert len(said(world.report.warnings, f"agg1 (203.0.113.1): {LOSES}")) == 1
    world.plan(spaces=[acme()])
    assert said(world.report.warnings, "assigned automatically") == []


def test_an_automatic_address_is_lost_with_a_new_cpe_nat_address() -> None:
    world = small_world()
    automatic(world, "agg1", "agg2", "agg3")
    world.plan(cpe_nat_ips=[entry()])
    assert len(said(world.report.warnings, f"agg1 (203.0.113.1): {LOSES}")) == 1


def carries(world: World, name: str) -> None:
    """Give the aggregator a secondary address with an Elastic IP of others."""
    one = world.cloud.instances[f"i-{name}"]
    addresses, publics = (one.private_ip, "10.1.0.99"), {"10.1.0.99": "198.51.100.9"}
    world.cloud.instances[one.id] = replace(one, addresses=addresses, publics=publics)


def test_an_automatic_address_is_lost_with_an_elastic_ip_that_is_there() -> None:
    world = small_world()
    automatic(world, "agg1", "agg2")
    carries(world, "agg2")
    world.plan(spaces=[acme()])
    assert len(said(world.report.warnings, f"agg2 (203.0.113.2): {LOSES}")) == 1


def test_an_automatic_address_stays_where_the_last_cpe_nat_address_goes() -> None:
    world = small_world()
    automatic(world, "agg1")
    address = "10.1.0.99"
    carries(world, "agg1")
    owner = {"bonded.internet/network": "prod", "bonded.internet/key": "cpe-nat/bond-17"}
    world.cloud.addresses.append(ElasticIp("eipalloc-9", "198.51.100.9", owner, "eni-agg1", address))
    world.plan(spaces=[acme()])
    assert len(said(world.report.warnings, f"agg1 (203.0.113.1): {LOSES}")) == 1
    world.plan(spaces=[acme()], prune_addresses=True)
    assert said(world.report.warnings, "assigned automatically") == []


def test_an_automatic_address_stays_where_the_last_cpe_nat_address_moves_away() -> None:
    world = small_world()
    automatic(world, "agg1", "agg3")
    carries(world, "agg1")
    owner = {"bonded.internet/network": "prod", "bonded.internet/key": "cpe-nat/bond-17"}
    world.cloud.addresses.append(ElasticIp("eipalloc-9", "198.51.100.9", owner, "eni-agg1", "10.1.0.99"))
    world.plan(cpe_nat_ips=[entry(aggregator="agg3")], allow_disruption=True)
    assert len(said(world.report.warnings, f"agg3 (203.0.113.3): {LOSES}")) == 1


def test_it_is_said_as_long_as_it_is_so() -> None:
    world = plain_world()
    automatic(world, "agg1")
    assert world.plan(spaces=space(gateway(egress="none"))) == []
    assert len(said(world.report.warnings, "agg1 (203.0.113.1)", "assigned automatically")) == 1


@pytest.mark.parametrize(("spaces", "warned"), [(100, False), (101, True)])
def test_a_crowded_neighbour_table_is_warned_of(spaces: int, warned: bool) -> None:
    world = small_world()
    for number in range(8):
        world.add_aggregator(f"more{number}", 20 + number, f"10.1.0.{100 + number}", "a")
    hosts = [{"host": n, "aggregator": n, "instance_id": f"i-{n}"} for n in (*HOSTS, *(f"more{i}" for i in range(8)))]
    given = []
    for number in range(spaces):
        key = f"s{number}"
        world.server.spaces[key] = replace(world.server.spaces["acme"], id=100 + number, key=key)
        given.append({**acme(subnet=f"100.64.{number}.0/24", addresses={"agg3": f"100.64.{number}.99"}), "key": key})
    world.plan(aggregators=hosts, spaces=given)
    assert bool(said(world.report.warnings, "agg1 (1010)", "more than 1000 neighbours")) is warned


def test_what_a_change_costs_a_month(world: World) -> None:
    world.plan(spaces=space(), cpe_nat_ips=[entry()])
    assert [(c.change, c.objects, c.usd_per_month) for c in monthly(world.design.items)] == [
        (2, "public IPv4 addresses", 7.3),
        (1, "NAT gateways", 32.85),
    ]


def test_what_is_given_up_costs_no_more_and_what_is_kept_does() -> None:
    world = nat_world()
    world.plan(spaces=space(gateway(egress="none")), allow_disruption=True)
    assert [(c.change, c.objects) for c in monthly(world.design.items)] == [
        (1, "public IPv4 addresses"),
        (-1, "NAT gateways"),
    ]
    world.plan(spaces=space(gateway(egress="none")), allow_disruption=True, prune_addresses=True)
    assert [c.objects for c in monthly(world.design.items)] == ["NAT gateways"]


def test_the_names_of_quotas_are_those_of_the_stand_in() -> None:
    assert {quota.name: quota.default for quota in QUOTAS} == DEFAULTS


def test_a_default_route_counts() -> None:
    world = nat_world()
    routes(world.cloud, "rtb-gw", Route("172.16.0.0/12", "eni-gw"))
    world.cloud.accounts = account()
    items = world.plan(spaces=space())
    assert [item.key for item in items if item.kind == "route"] == [ANYWHERE]
    assert line(world, "routes", "rtb/acme") == (1, 1, 50, 48)


def test_an_adopted_vpc_counts_in_its_own_tables_and_subnets() -> None:
    world = small_world()
    cloud = world.cloud
    cloud.vpcs["vpc-7"] = Vpc("vpc-7", ("10.70.0.0/16",))
    cloud.subnets["subnet-7"] = Subnet("subnet-7", "vpc-7", "10.70.0.0/28", ZONE, free=1)
    others = tuple(Route(f"100.64.{number}.0/24", "tgw-1") for number in range(3))
    cloud.route_tables["rtb-7"] = RouteTable("rtb-7", "vpc-7", True, others)
    cloud.route_tables["rtb-8"] = RouteTable("rtb-8", "vpc-7", False, others[:1])
    given = gateway(egress="none", subnet_id="subnet-7", route_tables=["rtb-8"])
    items = world.plan(spaces=space(given, vpc={"id": "vpc-7"}), security_groups=True, managed_mesh_ports=["udp/1"])
    assert world.report.problems == []
    assert line(world, "subnet addresses", "subnet-7 10.70.0.0/28") == (10, 1, 11, 0)
    assert line(world, "routes", "rtb-8") == (1, 1, 50, 48)
    groups = [(item.parent, item.key) for item in items if item.kind == "security_group"]
    assert ("vpc-7", "sg/gateway/acme") in groups
    assert [item.key for item in items if item.parent == "sg/gateway/acme"] == ["all from 10.70.0.0/16"]
    assert not [item for item in items if item.kind in ("vpc", "subnet", "internet_gateway")]
    main = gateway(egress="none", subnet_id="subnet-7")
    world.plan(spaces=space(main, vpc={"id": "vpc-7"}), quotas={"routes_per_table": 3})
    assert said(world.report.problems, "The route table vpc/acme/main has 3 routes and would get 1 more")
