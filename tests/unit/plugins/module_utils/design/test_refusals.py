# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every bad input has its own clear sentence, and all of them come at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import as_json
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, ElasticIp, Vpc
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object

from .world import World, acme, entry, host, initech, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def vpc(cidr: str = "10.101.0.0/16", **more: Any) -> dict[str, Any]:
    return {"vpc": {"cidr": cidr, **more}}


def gateway(**more: Any) -> dict[str, Any]:
    given = {"aggregator": "agg1", "networks": ["172.16.0.0/12"], "egress": "none", "interface": "ens6"}
    return {**given, **more}


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "network's name": ({"network": "Prod!"}, "bonding_network: 'Prod!' is not a name for a network"),
    "unknown bond": ({"cpe_nat_ips": [entry(bond="99")]}, "the server has no bond with the id 99"),
    "unknown bond by name": ({"cpe_nat_ips": [entry(bond="nobody")]}, "the server has no bond named 'nobody'"),
    "unknown aggregator": (
        {"aggregators": [host("agg1"), host("agg2"), host("agg3", aggregator="agg9")]},
        "agg3: bonding_aggregator: the server has no aggregator named 'agg9' (it has: agg1, agg2, agg3)",
    ),
    "unknown space": ({"spaces": [{**acme(), "key": "acne"}]}, "space acne: the server has no space with this key"),
    "one space twice": ({"spaces": [acme(), acme()]}, "space acme: is in bonding_spaces twice"),
    "a VNI twice": ({"spaces": [acme(vni=10000013), initech()]}, "the VNI 10000013 is also that of space acme"),
    "a VNI too large": ({"spaces": [acme(vni=16777216)]}, "vxlan.vni: 16777216 is outside of 1 to 16777215"),
    "a derived VNI too large": ({"spaces": [acme()], "vni_base": 16777210}, "the derived VNI 16777221 is above"),
    "tunnels that collide": (
        {"spaces": [acme(addresses={"agg1": "10.254.0.9", "agg2": "10.254.0.9"})]},
        "agg1 and agg2 would both have the tunnel address 10.254.0.9",
    ),
    "tunnels that do not fit": (
        {"spaces": [acme(subnet="10.254.0.0/24")]},
        "the tunnel subnet 10.254.0.0/24 has no address for agg3 (1007)",
    ),
    "the smallest prefix that would do": ({"spaces": [acme(subnet="10.254.0.0/24")]}, "A /22 would do."),
    "a tunnel address outside": (
        {"spaces": [acme(addresses={"agg1": "10.1.2.3"})]},
        "the tunnel address 10.1.2.3 of agg1 lies outside of its subnet 10.254.0.0/20",
    ),
    "a broadcast address": (
        {"spaces": [acme(addresses={"agg1": "10.254.15.255"})]},
        "is the network's or broadcast address",
    ),
    "a tunnel over BGP's": (
        {"spaces": [acme()], "bgp": {"asn": 64512, "subnet": "10.254.0.0/21"}},
        "the tunnel subnet 10.254.0.0/20 of space acme overlaps the tunnel subnet 10.254.0.0/21 of bonding_bgp",
    ),
    "an interface's name": (
        {"spaces": [acme(interface="a-name-of-16-chr")]},
        "space acme, vxlan.interface: not the name of a network interface (got 'a-name-of-16-chr', expected 1 to 15",
    ),
    "a zone of no aggregator": (
        {"spaces": [{**acme(), **vpc(subnets=[{"zone": "eu-central-1q", "cidr": "10.101.9.0/24"}])}]},
        "space acme, vpc.subnets: no aggregator is in the zone eu-central-1q (they are in eu-central-1a, ",
    ),
    "a public zone of no aggregator": (
        {"spaces": [{**acme(), **vpc(public_subnets=[{"zone": "a", "cidr": "10.101.9.0/28"}])}]},
        "space acme, vpc.public_subnets: no aggregator is in the zone a (they are in eu-central-1a, eu-central-1b)",
    ),
    "a tunnel over the space's own VPC": (
        {"spaces": [{**acme(subnet="10.101.16.0/20"), **vpc("10.101.0.0/16")}]},
        "the tunnel subnet 10.101.16.0/20 of space acme overlaps the VPC network 10.101.0.0/16 of space acme",
    ),
    "a VPC too large": ({"spaces": [{**acme(), **vpc("10.0.0.0/8")}]}, "10.0.0.0/8 has a /8; AWS accepts /16 to /28"),
    "a VPC over the aggregators": (
        {"spaces": [{**acme(), **vpc("10.1.0.0/16")}]},
        "the VPC network 10.1.0.0/16 of space acme overlaps the aggregators' subnet 10.1.0.0/24",
    ),
    "private WAN routers": (
        {"spaces": [{**acme(), "private_wan": "private_wan_routers"}]},
        "private_wan_routers does not work on AWS: its GRE tunnels",
    ),
    "unmanaged without vxlan": ({"spaces": [{"key": "acme", "private_wan": "unmanaged"}]}, "unmanaged needs vxlan"),
    "nat_ip outside": (
        {"cpe_nat_ips": [entry(nat_ip="192.168.18.10")]},
        "nat_ip 192.168.18.10 lies outside of its connected network 192.168.17.0/24",
    ),
    "a public connected IP": (
        {"cpe_nat_ips": [entry(connected_ip="8.8.8.1/24", nat_ip="8.8.8.2")]},
        "connected_ip 8.8.8.1/24 is not private",
    ),
    "an unknown interface of the bonder": (
        {"cpe_nat_ips": [entry(interface="eth9")]},
        "the bonder of bond 17 has no interface 'eth9' (it has: eth0, eth1)",
    ),
    "a private address outside": (
        {"cpe_nat_ips": [entry(private_ip="10.9.9.9")]},
        "private_ip 10.9.9.9 lies outside of agg1's subnet 10.1.0.0/24",
    ),
    "a reserved private address": ({"cpe_nat_ips": [entry(private_ip="10.1.0.3")]}, "10.1.0.3 is reserved by AWS"),
    "the last private address": ({"cpe_nat_ips": [entry(private_ip="10.1.0.255")]}, "10.1.0.255 is reserved by AWS"),
    "a used private address": ({"cpe_nat_ips": [entry(private_ip="10.1.0.13")]}, "10.1.0.13 is already used"),
    "the primary address": (
        {"cpe_nat_ips": [entry(private_ip="10.1.0.11")]},
        "10.1.0.11 is the primary address of agg1",
    ),
    "an unnamed second entry": (
        {"cpe_nat_ips": [entry(), entry(nat_ip="192.168.17.11")]},
        "bond 17 (acme-berlin) has more than one CPE NAT entry without a name",
    ),
    "one name for two entries": (
        {"cpe_nat_ips": [entry(name="mail"), entry(name="mail", nat_ip="192.168.17.11")]},
        "bonding_cpe_nat_ips: the entries 1 (name 'mail', bond 17) and 2 (name 'mail', bond 17) have one key, mail",
    ),
    "an entry's unknown aggregator": ({"cpe_nat_ips": [entry(aggregator="agg9")]}, "aggregator: 'agg9' is not a host"),
    "direct BGP between subnets": ({"bgp": {"asn": 64512, "mode": "direct"}}, "the aggregators are in 2 subnets"),
    "direct BGP with tunnels": (
        {"bgp": {"asn": 64512, "mode": "direct", "subnet": "10.253.0.0/20"}},
        "subnet: 10.253.0.0/20 with mode: direct: only transit has tunnels",
    ),
    "an unknown reflector": (
        {"bgp": {"asn": 64512, "subnet": "10.253.0.0/20", "route_reflectors": ["agg9"]}},
        "route_reflectors: 'agg9' is not a host",
    ),
    "transit without a subnet": ({"bgp": {"asn": 64512}}, "mode: transit needs a subnet"),
    "egress": (
        {"spaces": [{**acme(), **vpc(), "gateways": [gateway(egress="masquerade", networks=["0.0.0.0/0"])]}]},
        "0.0.0.0/0 with egress: masquerade: this is the default route of its own subnet",
    ),
    "a gateway without a device": (
        {"spaces": [{**acme(), **vpc(), "gateways": [gateway(interface=None)]}]},
        "space acme, gateway on agg1: interface is needed",
    ),
    "the primary device": (
        {"spaces": [{**acme(), **vpc(), "gateways": [gateway(interface="ens5")]}]},
        "interface 'ens5' is the aggregator's primary device",
    ),
    "one device for two gateways": (
        {
            "spaces": [
                {**acme(), **vpc(), "gateways": [gateway()]},
                {**initech(), **vpc("10.103.0.0/16"), "gateways": [gateway()]},
            ]
        },
        "interface 'ens6' is also that of space acme, gateway on agg1",
    ),
    "more interfaces than the type can hold": (
        {
            "spaces": [
                {
                    **acme(),
                    **vpc(),
                    "gateways": [gateway(interface=f"ens{n}", networks=[f"172.{n}.0.0/16"]) for n in (6, 7, 8)],
                }
            ]
        },
        "agg1: has 1 network interfaces and would get 3 more for gateways; c5.large holds 3",
    ),
    "one route for two gateways": (
        {"spaces": [{**acme(), **vpc(), "gateways": [gateway(), gateway(aggregator="agg3")]}]},
        "the route of 172.16.0.0/12 in vpc/acme/main is also that of",
    ),
    "a gateway's unknown host": (
        {"spaces": [{**acme(), **vpc(), "gateways": [gateway(aggregator="agg9")]}]},
        "gateway on agg9: 'agg9' is not a host",
    ),
    "a bond outside of its mesh": (
        {"spaces": [acme(aggregators=["agg2", "agg3"])]},
        "space acme: agg1 is the aggregator of bonds of the space, and outside of its mesh: there they would be cut "
        "off. Bonds: 17 (acme-berlin: primary and present). Add it to vxlan.aggregators.",
    ),
    "an unknown member": ({"spaces": [acme(aggregators=["agg1", "agg2", "agg8"])]}, "'agg8' is not a host"),
    "an unknown instance": (
        {"aggregators": [host("agg1"), host("agg2"), host("agg3", instance_id="i-none")]},
        "agg3: AWS has no instance i-none",
    ),
    "a wrong private address": (
        {"aggregators": [host("agg1", private_ip_address="10.1.0.99"), host("agg2"), host("agg3")]},
        "agg1: aws_private_ip_address is 10.1.0.99, but the primary address of i-agg1 is 10.1.0.11",
    ),
    "one aggregator for two hosts": (
        {"aggregators": [host("agg1"), host("agg2"), host("agg3", aggregator="12")]},
        "agg3: is aggregator 12 on the server, and so is agg2",
    ),
}


@pytest.mark.parametrize(("desired", "text"), CASES.values(), ids=CASES.keys())
def test_a_bad_input_is_refused(world: World, desired: dict[str, Any], text: str) -> None:
    world.plan(**desired)
    assert any(text in problem for problem in world.report.problems), world.report.problems


def test_a_good_input_is_not(world: World) -> None:
    spaces = [{**acme(), **vpc(), "gateways": [gateway()]}, initech()]
    world.plan(spaces=spaces, cpe_nat_ips=[entry()], bgp={"asn": 64512, "subnet": "10.253.0.0/20"})
    assert world.report.problems == []


def test_all_problems_come_at_once(world: World) -> None:
    world.plan(
        spaces=[acme(vni=10000013), initech(), {**acme(), "key": "acne"}],
        cpe_nat_ips=[entry(bond="99"), entry(nat_ip="192.168.18.10")],
    )
    assert len(world.report.problems) == 4


def foreign(kind: str, parent: str, data: dict[str, Any]) -> Callable[[World], None]:
    return lambda world: world.add_thing(kind, parent, data)


VXLAN = {"name": "vx900", "space": "initech", "vni": 10000011, "enabled": True, "addresses": [], "endpoints": []}
ETHERNET = {"name": "ens9", "space": None, "enabled": True, "addresses": ["10.1.0.11/24"], "accept_ra": False}

STATES: dict[str, tuple[Callable[[World], None], dict[str, Any], str]] = {
    "a VNI of another space on the server": (
        foreign("vxlan_interface", "aggregators/12", VXLAN),
        {"spaces": [acme()]},
        "the VNI 10000011 is in use by the interface vx900 on agg2 (id 12) in space initech",
    ),
    "a name of others": (
        foreign("ethernet_interface", "aggregators/12", {**ETHERNET, "name": "vx10000011", "addresses": []}),
        {"spaces": [acme()]},
        "agg2 has an interface vx10000011 of another kind or space",
    ),
    "the primary address on an interface": (
        foreign("ethernet_interface", "aggregators/7", ETHERNET),
        {"spaces": [acme()]},
        "agg1: its primary address 10.1.0.11 is on the interface ens9: the host would not come back",
    ),
    "a CPE NAT address on an interface": (
        foreign("ethernet_interface", "aggregators/7", {**ETHERNET, "addresses": ["10.1.0.50/24"]}),
        {"cpe_nat_ips": [entry(private_ip="10.1.0.50")]},
        "CPE NAT entry bond-17: its private address 10.1.0.50 is on the interface ens9 of agg1 (id 7)",
    ),
}


@pytest.mark.parametrize(("prepare", "desired", "text"), STATES.values(), ids=STATES.keys())
def test_what_exists_is_not_run_over(
    world: World, prepare: Callable[[World], None], desired: dict[str, Any], text: str
) -> None:
    prepare(world)
    world.plan(**desired)
    assert any(text in problem for problem in world.report.problems), world.report.problems


def test_an_old_version_is_refused(world: World) -> None:
    world.server.aggregators[12] = replace(world.server.aggregators[12], version="6.4.9")
    world.plan(spaces=[acme()])
    assert any("agg2: aggregator agg2 runs version 6.4.9" in text for text in world.report.problems)


def test_a_name_that_two_bonds_have_is_refused_with_both(world: World) -> None:
    world.server.bonds[18] = Bond(18, "acme-berlin", "initech", primary=7, secondary=None, present=7)
    world.plan(cpe_nat_ips=[entry(bond="acme-berlin")])
    assert any("(id 17 in space acme, id 18 in space initech): give the id" in t for t in world.report.problems)


def test_more_addresses_than_the_type_can_hold_are_refused(world: World) -> None:
    full = tuple(f"10.1.0.{n}" for n in range(11, 12)) + tuple(f"10.1.0.{n}" for n in range(100, 109))
    world.cloud.instances["i-agg1"] = replace(world.cloud.instances["i-agg1"], addresses=full)
    world.plan(cpe_nat_ips=[entry()])
    text = "agg1: its primary interface has 10 addresses and would get 1 more; an interface of c5.large holds 10"
    assert any(text in problem for problem in world.report.problems)


def test_a_tunnel_over_a_bonds_network_is_refused(world: World) -> None:
    obj = Object("connected_ip", "bonds/17", "10.254.1.1/24", {"ip": "10.254.1.1/24", "include_private_wan": True})
    world.server.bond_objects[17] = [obj]
    world.plan(spaces=[acme()])
    text = "the tunnel subnet 10.254.0.0/20 of space acme overlaps the network 10.254.1.0/24 of bond 17"
    assert any(text in problem for problem in world.report.problems)


def test_a_vpc_whose_network_differs_is_refused(world: World) -> None:
    tags = {"bonded.internet/network": "prod", "bonded.internet/key": "vpc/acme"}
    world.cloud.vpcs["vpc-9"] = Vpc("vpc-9", ("10.99.0.0/16",), tags)
    world.plan(spaces=[{**acme(), **vpc()}])
    assert any("its VPC vpc-9 has 10.99.0.0/16: AWS cannot change" in text for text in world.report.problems)


def test_an_endpoint_of_nobody_is_refused(world: World) -> None:
    world.apply(spaces=[acme()])
    old = world.objects["interface", "aggregators/7", "vx10000011"]
    world.add_thing(
        "vxlan_interface", "aggregators/7", {**old.data, "endpoints": [{"ip": "10.1.0.77", "vni": 10000011}]}
    )
    world.plan(spaces=[acme()])
    assert world.report.problems == [
        "endpoint 10.1.0.77: is the private address of no host (vx10000011 of space acme on agg1 (id 7)). If its "
        "aggregator has another address now, or was deleted from the server, say bonding_decommissioned: [10.1.0.77]."
    ]
    world.plan(spaces=[acme()], decommissioned=["10.1.0.77"])
    assert world.report.problems == []


def test_a_secondary_aggregator_without_bgp_and_a_space_without_bonds_are_warned_of(world: World) -> None:
    world.plan(cpe_nat_ips=[entry()], spaces=[initech()])
    assert any("bond 17 has a secondary aggregator, but there is no bonding_bgp" in w for w in world.report.warnings)
    assert any("space initech: has no bonds" in w for w in world.report.warnings)


def own_address(**more: Any) -> ElasticIp:
    tags = {
        "bonded.internet/network": "prod",
        "bonded.internet/key": "cpe-nat/bond-17",
        "bonded.internet/interface": "eni-agg1",
        "bonded.internet/private_ip": "10.1.0.50",
    }
    given: dict[str, Any] = {
        "allocation_id": "eipalloc-1",
        "public_ip": "198.51.100.1",
        "tags": tags,
        "interface_id": "eni-agg1",
        "private_ip": "10.1.0.50",
    }
    return ElasticIp(**{**given, **more})


def test_a_bond_that_moved_is_drift_and_nothing_is_done(world: World) -> None:
    world.cloud.addresses.append(own_address())
    addresses = ("10.1.0.11", "10.1.0.50")
    world.cloud.instances["i-agg1"] = replace(world.cloud.instances["i-agg1"], addresses=addresses)
    world.apply(cpe_nat_ips=[entry()])
    world.server.bonds[17] = replace(world.server.bonds[17], present=12)
    assert world.plan(cpe_nat_ips=[entry()]) == []
    text = "bond 17 (acme-berlin) is on agg2, its address (bond-17) on agg1"
    assert [as_json(drift) for drift in world.report.drift] == [
        {"kind": "bond_moved", "bond": 17, "from_host": "agg1", "to_host": "agg2", "entry": "bond-17", "text": text}
        | {"pinned": False}
    ]


def test_another_aggregator_for_an_address_is_disruptive(world: World) -> None:
    world.cloud.addresses.append(own_address())
    items = world.plan(cpe_nat_ips=[entry(aggregator="agg3")])
    moved = [item for item in items if item.system == "aws"]
    assert moved
    assert all(item.disruptive and item.phase == "switch" for item in moved)


def test_an_address_of_no_inventory_host_is_refused(world: World) -> None:
    world.cloud.addresses.append(own_address(interface_id="eni-lost"))
    world.plan(cpe_nat_ips=[entry()])
    assert any("is on the network interface eni-lost" in text for text in world.report.problems)


def test_an_entry_taken_out_keeps_its_address(world: World) -> None:
    world.cloud.addresses.append(own_address())
    assert world.plan() == []
    assert any("198.51.100.1 (cpe-nat/bond-17) is named by no CPE NAT entry" in w for w in world.report.warnings)
    released = world.plan(prune_addresses=True)
    assert {(i.verb, i.kind) for i in released} >= {("delete", "elastic_ip"), ("delete", "address_association")}


def test_another_reverse_dns_name_is_set_and_the_same_one_is_not(world: World) -> None:
    addresses = ("10.1.0.11", "10.1.0.50")
    world.cloud.instances["i-agg1"] = replace(world.cloud.instances["i-agg1"], addresses=addresses)
    world.cloud.addresses.append(own_address(reverse_dns="mail.example.com"))
    world.apply(cpe_nat_ips=[entry()])
    assert world.plan(cpe_nat_ips=[entry(reverse_dns="Mail.example.com.")]) == []
    (item,) = world.plan(cpe_nat_ips=[entry(reverse_dns="www.example.com")])
    assert (item.verb, item.kind, item.after) == ("update", "elastic_ip", {"reverse_dns": "www.example.com"})
    assert world.design.cpe_nat["add"]
