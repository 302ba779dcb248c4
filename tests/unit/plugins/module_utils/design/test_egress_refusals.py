# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals of an egress that cannot work, each with its reason, and warnings about one that will not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.state import Route, Vpc

from .egress_world import ANYWHERE, LANS, ZONE, gateway, nat_world, routes, space
from .world import World, initech, small_world


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def built() -> World:
    return nat_world()


POOL = "ipv4pool-ec2-0123456789abcdef0"
ADOPTED = {"vpc": {"id": "vpc-1"}}
REFUSED: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "masquerade": (
        space(
            gateway(
                egress="masquerade",
                networks=[LANS, ANYWHERE],
                incoming=["a/b"],
                port_forwards=[
                    {"protocol": "tcp", "port": 0, "to": "192.0.2.9", "to_port": 70000, "from": ["198.51.100.7/24"]},
                    {"protocol": "sctp", "port": 0, "to": "lan-host"},
                    {"protocol": "tcp", "port": 0, "to": "172.16.1.2"},
                ],
            )
        ),
        [
            "space acme, gateway on agg1, incoming: not the name of a network interface (got 'a/b', expected 1 to 15 "
            "ASCII letters, digits, '_', '.' and '-', the first neither '.' nor '-').",
            "space acme, gateway on agg1: port_forwards: tcp port 0: port: 0 is outside of 1 to 65535.",
            "space acme, gateway on agg1: port_forwards: tcp port 0: to_port: 70000 is outside of 1 to 65535.",
            "space acme, gateway on agg1: port_forwards: tcp port 0: from: '198.51.100.7/24' is not an IPv4 network "
            "(198.51.100.7/24 has host bits set); expected is for example 10.254.0.0/20.",
            "space acme, gateway on agg1: port_forwards: sctp port 0: port: 0 is outside of 1 to 65535.",
            "space acme, gateway on agg1: networks: 0.0.0.0/0 with egress: masquerade: this is the default route of "
            "its own subnet. Give the supernets of the bonds' networks.",
            "space acme, gateway on agg1: port_forwards: sctp port 0: the protocol is none of tcp and udp. "
            "Give one of them.",
            "space acme, gateway on agg1: port_forwards: sctp port 0: to: 'lan-host' is not an IPv4 address; "
            "expected is that of a host behind a bond.",
            "space acme, gateway on agg1: port_forwards: tcp port 0 is forwarded twice. Leave one out.",
        ],
    ),
    "a host behind no bond, and no name for the device": (
        [
            *space(
                gateway(egress="masquerade", port_forwards=[{"protocol": "udp", "port": 53, "to": "192.0.2.9"}]),
                gateway(aggregator="agg3", egress="masquerade", networks=["192.168.0.0/16"], interface=None),
            )
        ],
        [
            "space acme, gateway on agg1: port_forwards: udp port 53: to: 192.0.2.9 lies outside of the gateway's "
            "networks (172.16.0.0/12): it is not a host behind a bond. Name a host inside of them.",
            "space acme, gateway on agg3: interface is needed: the name that the device gets on agg3. With "
            "bonding_manage_hosts: true it is given over SSH.",
        ],
    ),
    "everything at once": (
        space(
            gateway(networks=[ANYWHERE], vpc_routes=False, port_forwards=[{"port": 80}]),
        ),
        [
            "space acme, gateway on agg1: port_forwards: 1 given with egress: nat_gateway: a NAT gateway lets nothing "
            "in. Give none; a host behind a bond gets a public address by bonding_cpe_nat_ips.",
            "space acme, gateway on agg1: vpc_routes: false with egress: nat_gateway: without the VPC's routes no "
            "route leads back to addresses that are not translated. Leave it true.",
            "space acme, gateway on agg1: networks: 0.0.0.0/0 with egress: nat_gateway: this is the NAT gateway's own "
            "default route. Give the supernets of the bonds' networks.",
        ],
    ),
    "port forwards and no routes with none": (
        space(gateway(egress="none", vpc_routes=False, port_forwards=[{"port": 80}])),
        [
            "space acme, gateway on agg1: port_forwards: 1 given with egress: none: nothing is translated, and nothing "
            "comes in. Give none; a host behind a bond gets a public address by bonding_cpe_nat_ips.",
            "space acme, gateway on agg1: vpc_routes: false with egress: none: without the VPC's routes no route leads "
            "back to addresses that are not translated. Leave it true.",
        ],
    ),
    "an address for the NAT gateway of an adopted VPC": (
        space(
            gateway(subnet_id="subnet-a", public_ip="198.51.100.9", pool="ipv4pool-ec2-0123456789abcdef0"), **ADOPTED
        ),
        [
            "space acme, gateway on agg1: public_ip and pool with egress: nat_gateway in the adopted VPC vpc-1: the "
            "NAT gateway there is your own, and keeps its address. Leave public_ip and pool out.",
            "space acme, gateway on agg1: egress: nat_gateway in an adopted VPC: the route table none of its subnet "
            "subnet-a leads 0.0.0.0/0 to no NAT gateway (got no such route, expected one of this VPC that is "
            "available). Lead 0.0.0.0/0 of none to a NAT gateway, or choose another egress.",
        ],
    ),
    "the subnet of others in a VPC of ours": (
        space(gateway(subnet_id="subnet-a")),
        [
            "space acme, gateway on agg1: egress: nat_gateway with subnet_id: subnet-a: the default route of the "
            "subnet's table has to lead to the NAT gateway, and that table is not ours. Leave subnet_id out: a subnet "
            "is made.",
            "space acme, gateway on agg1: subnet subnet-a is in vpc-1, the space's VPC is not made yet: only egress: "
            "masquerade with vpc_routes: false can do with another VPC's subnet. Name a subnet of the space's VPC, or "
            "leave subnet_id out.",
        ],
    ),
    "nothing to find back": (
        space(gateway(networks=[])),
        [
            "space acme, gateway on agg1: egress: nat_gateway without networks: no answer would be routed back to "
            "the private WAN. Give the supernets of the bonds' networks."
        ],
    ),
    "two gateways in one zone": (
        space(gateway(), gateway(aggregator="agg3", networks=["192.168.0.0/16"])),
        [
            "space acme, gateway on agg3: the default route of rtb/acme cannot lead to the Internet for it (egress: "
            "nat_gateway) and for space acme, gateway on agg1 (egress: nat_gateway): one gateway with a NAT gateway is "
            "all that a space's route table can serve."
        ],
    ),
    "one network in one table": (
        space(gateway(egress="none"), gateway(aggregator="agg2")),
        [
            "space acme, gateway on agg2: the route of 172.16.0.0/12 in vpc/acme/main is also that of space acme, "
            "gateway on agg1. Take 172.16.0.0/12 out of the networks of one of them.",
            "space acme, gateway on agg2: the route of 172.16.0.0/12 in rtb/acme is also that of space acme, gateway "
            "on agg1. Take 172.16.0.0/12 out of the networks of one of them.",
            "space acme, gateway on agg2: the default route of rtb/acme cannot lead to the Internet for it (egress: "
            "nat_gateway) and for space acme, gateway on agg1 (egress: none): one gateway with a NAT gateway is all "
            "that a space's route table can serve.",
        ],
    ),
    "no room for a public subnet": (
        space(vpc={"cidr": "10.101.0.0/28"}),
        [
            "space acme, vpc.public_subnets: 10.101.0.0/28 (for a NAT gateway in eu-central-1a) overlaps the gateway "
            "subnet 10.101.0.0/28 (eu-central-1a): give another one, or a larger vpc.cidr."
        ],
    ),
    "a public subnet outside": (
        space(vpc={"cidr": "10.101.0.0/16", "public_subnets": [{"zone": ZONE, "cidr": "10.102.0.0/28"}]}),
        [
            "space acme, vpc.public_subnets: 10.102.0.0/28 does not lie in the VPC's network 10.101.0.0/16. Give one "
            "inside."
        ],
    ),
}


@pytest.mark.parametrize(("spaces", "texts"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_work_is_refused_with_its_reason(
    world: World, spaces: list[dict[str, Any]], texts: list[str]
) -> None:
    world.cloud.vpcs["vpc-1"] = Vpc("vpc-1", ("10.1.0.0/16",))
    world.plan(spaces=spaces)
    assert [p for p in world.report.problems if "overlaps the aggregators" not in p] == texts


def test_a_second_space_behind_a_nat_gateway_is_refused(built: World) -> None:
    """Reject a subnet of the first space's VPC, whose default route leads to the first space's NAT gateway."""
    other = {**initech(), "vpc": {"id": "vpc-9"}}
    used = gateway(aggregator="agg3", egress="none", subnet_id="subnet-gw", networks=["192.168.0.0/16"])
    built.plan(spaces=[*space(), {**other, "gateways": [used | {"route_tables": ["rtb-main"]}]}])
    assert (
        "space initech, gateway on agg3: its subnet subnet-gw is led to the Internet by the NAT gateway "
        "natgw/acme/agg1 of space acme, gateway on agg1: a NAT gateway serves one space, since its return route knows "
        "one owner of a network. Choose another subnet."
    ) in built.report.problems


def test_what_others_have_is_not_replaced(built: World) -> None:
    routes(built.cloud, "rtb-gw", Route(ANYWHERE, "tgw-1"), Route(LANS, "eni-gw"))
    routes(built.cloud, "rtb-nat", Route(ANYWHERE, "vgw-1"), Route(LANS, "eni-other"))
    built.cloud.subnets["subnet-nat"] = replace(built.cloud.subnets["subnet-nat"], cidr="10.101.9.0/28")
    nat = replace(built.cloud.nat_gateways["nat-9"], subnet_id="subnet-gw")
    built.cloud.nat_gateways["nat-9"] = nat
    built.plan(spaces=space())
    assert built.report.problems == [
        "space acme, vpc.public_subnets: 10.101.255.240/28 is wanted in eu-central-1a, but "
        "natgw-subnet/acme/eu-central-1a (subnet-nat) has 10.101.9.0/28: AWS cannot change a subnet's network. Take "
        "the old network.",
        "space acme: the route table rtb-nat (natgw-rtb/acme/eu-central-1a) of its NAT gateway sends 0.0.0.0/0 to "
        "vgw-1, not to the internet gateway igw-9: it is not replaced. Delete that route: the next run creates it.",
        "space acme, gateway on agg1: its NAT gateway natgw/acme/agg1 (nat-9) lies in subnet subnet-gw of vpc-9, "
        "wanted is natgw-subnet/acme/eu-central-1a. Take the tag bonded.internet/key off it, or delete it.",
        "space acme, gateway on agg1: the route table rtb-nat already sends 172.16.0.0/12 to eni-other, which is not "
        "ours: it is not replaced. Delete that route, or take 172.16.0.0/12 out of the gateway's networks.",
        "space acme, gateway on agg1: the route table rtb-gw already sends 0.0.0.0/0 to tgw-1, which is not ours: it "
        "is not replaced. Delete that route: the next run creates it.",
    ]


def test_none_is_warned_of_once_for_all_gateways(world: World) -> None:
    second = {**initech(), "vpc": {"cidr": "10.103.0.0/16"}, "gateways": [gateway(aggregator="agg3", egress="none")]}
    world.plan(spaces=[*space(gateway(egress="none")), second])
    assert [text for text in world.report.warnings if "egress" in text] == [
        "egress: none (space acme, gateway on agg1; space initech, gateway on agg3): hosts in the VPC are reached, "
        "hosts on the Internet are not: AWS's internet gateway drops packets whose source has no public mapping. "
        "egress: masquerade and nat_gateway reach them."
    ]


@pytest.mark.parametrize(("there", "warned"), [(4, False), (5, True)])
def test_a_zone_full_of_nat_gateways_is_warned_of(world: World, there: int, warned: bool) -> None:
    world.cloud.nat_gateways_in = {ZONE: there}
    world.plan(spaces=space())
    text = (
        f"The zone {ZONE} has {there} NAT gateways and would get 1 more; AWS lets an account have 5 in a zone unless "
        "that "
        'was raised (quota "NAT gateways per Availability Zone").'
    )
    assert (text in world.report.warnings) is warned
