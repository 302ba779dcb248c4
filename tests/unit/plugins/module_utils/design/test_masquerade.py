# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Egress through the aggregator itself: AWS's side, the host's side, and changes from and to the other ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.host.config import HostConfigChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, Route, Subnet

from .egress_world import ANYWHERE, LANS, ZONE, gateway, nat_world, plain_world, routes, short, space
from .world import HOSTS, World, entry, host, small_world

FACTS: dict[str, Any] = {"devices": [], "programs": {"nft": True}, "managers": {}, "installed": {}}
FORWARD = {"protocol": "tcp", "port": 8080, "to": "172.16.2.10", "to_port": 80}


def masquerade(**more: Any) -> dict[str, Any]:
    return gateway(**{"egress": "masquerade", **more})


def reached(**facts: Any) -> list[dict[str, Any]]:
    """All hosts, and what was read on agg1."""
    return [host(name, manage_host=True, found=FACTS | (facts if name == "agg1" else {})) for name in HOSTS]


def side(world: World, name: str = "agg1") -> HostConfigChange:
    found: HostConfigChange = world.design.host_configs[name]
    return found


@pytest.fixture
def world() -> World:
    world = small_world()
    for number in (17, 9):
        world.server.bonds.setdefault(number, Bond(number, f"bond-{number}", "acme", 7, 12, 7))
    return world


@pytest.fixture
def plain() -> World:
    return plain_world()


def test_from_nothing_over_ssh(world: World) -> None:
    forwards = [{**FORWARD, "from": ["198.51.100.0/24"]}, {"protocol": "tcp", "port": 25, "to": "172.16.2.25"}]
    given = space(masquerade(interface=None, port_forwards=forwards, incoming=["wg0"]))
    items = world.plan(spaces=given, aggregators=reached())
    assert world.report.problems == []
    created = {item.kind: item for item in items if item.part == "gateways"}
    assert created["network_interface"].after is not None
    assert created["network_interface"].after["source_dest_check"] is False
    assert created["elastic_ip"].key == "gateway-ip/acme/agg1"
    assert created["ethernet_interface"].key == "gw11"
    assert (created["masquerade"].system, created["masquerade"].phase) == ("host", "add")
    (wanted,) = side(world).wanted.as_dict()["masquerade"]
    bonds = [
        f"tun{bond.id}" for bond in sorted(world.server.bonds.values(), key=lambda b: b.id) if bond.space == "acme"
    ]
    assert wanted == {
        "space": "acme",
        "zone": 11,
        "device": "gw11",
        "subnet": "10.101.0.0/24",
        "untranslated": ["10.101.0.0/16"],
        "ipv6": False,
        "incoming": [*bonds, "vx10000011", "wg0"],
        "port_forwards": [
            {"protocol": "tcp", "port": 25, "to": "172.16.2.25", "to_port": 25, "from": [ANYWHERE]},
            {**FORWARD, "from": ["198.51.100.0/24"]},
        ],
    }
    assert bonds[:2] == ["tun9", "tun17"]
    assert not any("masquerade" in text for text in world.report.warnings)
    # what is installed as wanted is left alone, and nothing is said of a host that nobody asked
    installed = {"masquerade": [wanted], "return_routes": []}
    again = world.plan(spaces=given, aggregators=reached(installed=installed))
    assert [item for item in again if item.system == "host"] == []
    unasked = world.plan(spaces=given, aggregators=[host(name, manage_host=True) for name in HOSTS])
    assert [item for item in unasked if item.system == "host"] == []
    assert world.design.host_configs == {}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"spaces": space(masquerade(incoming=['a"}}#']))}, 'a"}}#'),
        ({"spaces": space(masquerade(incoming=["lo"]))}, "lo"),
        ({"spaces": space(masquerade()), "tunnel_device": "tun*{bond}"}, "tun*{bond}"),
        ({"spaces": space(masquerade())}, 'ens5":12,"q'),
    ],
)
def test_a_name_that_nft_would_read_otherwise_is_a_problem_of_the_plan(
    world: World, given: dict[str, Any], name: str
) -> None:
    """Reject the name from each source: the inventory, and a user who may name an interface on the server."""
    if '"q' in name:
        world.add_thing("ethernet_interface", "aggregators/7", {"name": name, "type": "ethernet", "space": "acme"})
    world.plan(**given, aggregators=reached())
    assert any(name in text or ascii(name) in text for text in world.report.problems), world.report.problems


def test_without_routes_of_the_vpc_everything_is_translated_and_the_check_stays_on(world: World) -> None:
    world.cloud.subnets["subnet-a"] = Subnet("subnet-a", "vpc-1", "10.1.0.0/24", ZONE)
    own = masquerade(interface=None, vpc_routes=False, subnet_id="subnet-a")
    items = world.plan(spaces=space(own), aggregators=reached())
    assert world.report.problems == []
    assert [item for item in items if item.kind == "route" and item.part == "gateways"] == []
    made = next(item.after for item in items if item.kind == "network_interface")
    assert made is not None
    assert made["source_dest_check"] is True
    assert side(world).wanted.masquerade["acme"]["untranslated"] == []
    world.plan(spaces=space({**own, "vpc_routes": True}), aggregators=reached())
    assert "only egress: masquerade with vpc_routes: false can do with another VPC's subnet" in world.report.problems[0]


def test_the_check_goes_on_last_when_the_routes_go(plain: World) -> None:
    items = plain.plan(spaces=space(masquerade(vpc_routes=False)))
    assert short(items) == {
        ("remove", "update", "network_interface", f"subnet/acme/{ZONE}", "gateway/acme/agg1"),
        ("remove", "delete", "route", "vpc/acme/main", LANS),
        ("remove", "delete", "route", "rtb/acme", LANS),
    }
    ((_host, work),) = plain.design.gateways["remove"]
    assert (work.source_dest_check, sorted(work.route_table_ids or [])) == (True, ["rtb-gw", "rtb-main"])
    interface = plain.cloud.interfaces["eni-gw"]
    plain.cloud.interfaces["eni-gw"] = replace(interface, source_dest_check=True)
    back = short(plain.plan(spaces=space(masquerade())))
    assert ("add", "update", "network_interface", f"subnet/acme/{ZONE}", "gateway/acme/agg1") in back


def test_without_ssh_the_plan_says_that_nobody_translates(plain: World) -> None:
    assert plain.plan(spaces=space(masquerade())) == []
    assert [text for text in plain.report.warnings if "masquerade" in text] == [
        "egress: masquerade (space acme, gateway on agg1): bonding_manage_hosts is false (or bonding_host_skip has "
        "it), so the rules that translate are not installed: do it by hand, as roles/aggregator_host says. "
        "Without them the Internet is not reached."
    ]
    left_alone = [{**one, "host_skip": ["masquerade"]} for one in reached()]
    items = plain.plan(spaces=space(masquerade()), aggregators=left_alone)
    assert [item for item in items if item.system == "host"] == []
    assert any("bonding_host_skip has it" in text for text in plain.report.warnings)


def test_none_into_masquerade_and_back(plain: World) -> None:
    (item,) = plain.plan(spaces=space(masquerade()), aggregators=reached())
    assert (item.system, item.verb, item.kind, item.phase, item.disruptive) == (
        "host",
        "create",
        "masquerade",
        "add",
        False,
    )
    installed = side(plain).wanted.as_dict()
    (item,) = plain.plan(spaces=space(gateway(egress="none")), aggregators=reached(installed=installed))
    assert (item.verb, item.phase) == ("delete", "remove")
    assert item.interrupts == "the connections of space acme through agg1: its source address becomes another"
    assert [bool(side(plain).after(phase).masquerade) for phase in ("add", "switch", "remove")] == [True, True, False]
    assert side(plain).after("remove", masquerade=False).masquerade  # the part gateways is not run


def test_nat_gateway_into_masquerade_translates_before_the_route_is_replaced() -> None:
    built = nat_world()
    items = built.plan(spaces=space(masquerade()), aggregators=reached())
    order = {item.kind: item.phase for item in items}
    assert (order["masquerade"], order["elastic_ip"], order["route"], order["nat_gateway"]) == (
        "add",
        "remove",
        "switch",
        "remove",
    )
    (route,) = [item for item in items if item.kind == "route"]
    assert route.interrupts.endswith("natgw/acme/agg1: they get another public address")


def test_masquerade_into_nat_gateway_translates_until_the_route_is_replaced() -> None:
    """The rules go when nobody needs them."""
    built = nat_world()
    cloud = built.cloud
    routes(cloud, "rtb-gw", Route(ANYWHERE, "igw-9"), Route(LANS, "eni-gw"))
    cloud.nat_gateways.clear()
    cloud.addresses[:] = plain_world().cloud.addresses
    built.plan(spaces=space(masquerade()), aggregators=reached())
    installed = side(built).wanted.as_dict()
    items = built.plan(spaces=space(gateway()), aggregators=reached(installed=installed))
    assert built.report.problems == []
    assert {(item.phase, item.verb, item.kind) for item in items} == {
        ("add", "create", "elastic_ip"),
        ("add", "create", "nat_gateway"),
        ("switch", "update", "route"),
        ("remove", "delete", "masquerade"),
        ("remove", "delete", "address_association"),
        ("remove", "update", "elastic_ip"),
    }
    assert {item.kind for item in items if item.disruptive} == {"route", "masquerade"}
    assert [bool(side(built).after(phase).masquerade) for phase in ("add", "switch", "remove")] == [True, True, False]


def test_a_bond_that_joins_or_leaves_renders_the_rules_again(plain: World) -> None:
    plain.plan(spaces=space(masquerade()), aggregators=reached())
    installed = side(plain).wanted.as_dict()
    plain.server.bonds[90] = Bond(90, "new", "acme", 7, None, 7)
    (joined,) = plain.plan(spaces=space(masquerade()), aggregators=reached(installed=installed))
    assert (joined.verb, joined.phase, joined.after and joined.after["incoming"][-2:]) == (
        "update",
        "add",
        ["tun90", "vx10000011"],
    )
    with_new = side(plain).wanted.as_dict()
    del plain.server.bonds[90]
    (left,) = plain.plan(spaces=space(masquerade()), aggregators=reached(installed=with_new))
    assert left.phase == "remove"
    assert "tun90" in side(plain).after("switch").masquerade["acme"]["incoming"]
    assert "tun90" not in side(plain).after("remove").masquerade["acme"]["incoming"]


def test_ways_back_are_on_every_aggregator_but_the_owner(world: World) -> None:
    given: dict[str, Any] = {
        "cpe_nat_ips": [entry(aggregator="agg1")],
        "bgp": {"asn": 64512, "subnet": "10.253.0.0/20"},
    }
    items = world.plan(**given, aggregators=reached())
    ways = [item for item in items if item.kind == "return_route"]
    assert {(item.host, item.verb, item.phase, item.part) for item in ways} == {
        ("agg2", "create", "add", "cpe_nat"),
        ("agg3", "create", "add", "cpe_nat"),
    }
    address = ways[0].key
    way = {"address": address, "via": "10.253.0.7", "device": "vx10000000", "table": 10000007}
    assert side(world, "agg3").wanted.as_dict()["return_routes"] == [way]
    # an owner that changes: what is there goes on until the address moves
    old = {**way, "via": "10.253.0.12", "table": 10000012}
    facts = FACTS | {"installed": {"return_routes": [old]}}
    hosts = [host(name, manage_host=True, found=facts if name == "agg3" else FACTS) for name in HOSTS]
    changed = [item for item in world.plan(**given, aggregators=hosts) if item.host == "agg3" and item.system == "host"]
    assert [(item.verb, item.phase) for item in changed] == [("update", "switch")]
    assert [side(world, "agg3").after(phase).return_routes[address]["via"] for phase in ("add", "switch")] == [
        "10.253.0.12",
        "10.253.0.7",
    ]
    world.plan(**given)
    assert any("no return route is set there" in text for text in world.report.warnings)


def test_what_is_on_a_host_and_the_server_does_not_show(world: World) -> None:
    devices = [
        {"name": "vxlan7", "kind": "vxlan", "vni": 10000011, "addresses": ["10.254.0.7/20"]},
        {"name": "ens5", "kind": None, "addresses": ["10.1.0.11/24", "10.1.0.77/32"]},
    ]
    given: dict[str, Any] = {
        "spaces": space(masquerade(interface=None)),
        "cpe_nat_ips": [entry(aggregator="agg1", private_ip="10.1.0.77")],
    }
    facts = {"devices": devices, "programs": {"nft": False, "ping": False}, "managers": {"cloud_init": True}}
    hosts = reached(**facts)
    hosts[1]["found"] = {"unreachable": "Failed to connect to the host via ssh"}
    world.plan(**given, aggregators=hosts)
    assert world.report.problems == [
        "agg1: has no program nft, which egress: masquerade needs: install nftables there.",
        "agg1: has no program ping, by which tunnel peers are asked after a change. Install iputils-ping there, or "
        "give bonding_host_skip: [converge].",
        "agg1: the private address 10.1.0.77 of CPE NAT entry bond-17 is configured on its device ens5, so the "
        "aggregator answers itself and the bond gets nothing. cloud-init does that: say bonding_host_cloud_init: true, "
        "which sets apply_full_imds_network_config: false, and take it away: ip address del 10.1.0.77/32 dev ens5.",
        "space acme: agg1 has a VXLAN device vxlan7 with the VNI 10000011, which the server does not show: the kernel "
        "takes no second one. Give vxlan.vni (or another bonding_vni_base).",
        "space acme: the tunnel address 10.254.0.7 of agg1 is on its device vxlan7, which the server does not show: "
        "give vxlan.addresses or another subnet.",
        "agg2: the host cannot be read: Failed to connect to the host via ssh. Give ansible_host, ansible_user and "
        "a key, or say bonding_manage_hosts: false for a host that Ansible does not reach.",
    ]


def test_two_spaces_of_one_zone_do_not_meet_on_a_host(world: World) -> None:
    other = "globex"
    found = world.server.spaces["acme"]
    world.server.spaces[other] = replace(found, id=found.id + 65535, key=other, name=other)
    second = {"key": other, "private_wan": "managed_mesh", "vpc": {"cidr": "10.102.0.0/16"}}
    world.plan(
        spaces=[*space(masquerade()), {**second, "gateways": [masquerade(interface="ens7")]}], aggregators=reached()
    )
    assert any("would share the conntrack zone 11" in text for text in world.report.problems)
    assert any("the managed mesh's own device is not known" in text for text in world.report.warnings)


def test_the_zone_that_a_killed_run_did_not_give_is_given_without_a_switch(plain: World) -> None:
    plain.plan(spaces=space(masquerade()), aggregators=reached())
    (wanted,) = side(plain).wanted.as_dict()["masquerade"]
    left = {"masquerade": [{**wanted, "zone": 0}], "return_routes": []}
    (item,) = plain.plan(spaces=space(masquerade()), aggregators=reached(installed=left))
    assert (item.verb, item.phase, item.before, item.after) == ("update", "add", {"zone": 0}, {"zone": 11})
    assert not item.disruptive
    other = {"masquerade": [{**wanted, "zone": 12}], "return_routes": []}
    (item,) = plain.plan(spaces=space(masquerade()), aggregators=reached(installed=other))
    assert item.interrupts.endswith("the source address becomes another")
