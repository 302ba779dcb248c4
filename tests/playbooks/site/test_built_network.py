# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state that AN-001 asks for, written by hand from the note, against what is really on both stand-ins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.running import Outcome, Site

# aggregator: (id on the server, private address, host part of the tunnels, instance, primary interface)
AGGREGATORS = {
    "agg1": (7, "10.1.0.11", "0.7", "i-0d00000000000a901", "eni-0d00000000000a901"),
    "agg2": (12, "10.1.1.12", "0.12", "i-0d00000000000a902", "eni-0d00000000000a902"),
    "agg3": (1007, "10.1.0.13", "3.239", "i-0d00000000000a903", "eni-0d00000000000a903"),
}
# interface: (space, VNI, first two octets of the tunnel network plus the third of its base)
MESHES = {
    "vx10000000": (None, 10000000, (253, 0)),
    "vx10000011": ("acme", 10000011, (254, 0)),
    "vx10000012": ("globex", 10000012, (254, 16)),
    "vx10000013": ("initech", 10000013, (254, 32)),
}
# bond, destination: (connected IP, owner of the public address)
CPE_NAT = {
    (17, "192.168.17.10"): ("192.168.17.1/24", "agg1"),
    (17, "192.168.117.25"): ("192.168.117.1/24", "agg1"),
    (18, "192.168.18.10"): ("192.168.18.1/24", "agg2"),
    (19, "192.168.19.10"): ("192.168.19.1/24", "agg1"),
    (20, "192.168.20.10"): ("192.168.20.1/24", "agg3"),
    (21, "192.168.21.10"): ("192.168.21.1/24", "agg2"),
    (22, "192.168.22.10"): ("192.168.22.1/24", "agg3"),
    (26, "192.168.26.10"): ("192.168.26.1/24", "agg3"),
}
ALL, NONE = {"mode": "all", "filter": None}, {"mode": "none", "filter": None}


@pytest.fixture
def server(built: Site) -> dict[str, Any]:
    return built.server.state()


@pytest.fixture
def cloud(built: Site) -> dict[str, Any]:
    return built.cloud.state()


def named(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The one item of this name."""
    (found,) = [item for item in items if item["name"] == name]
    return found


def aggregator(server: dict[str, Any], name: str) -> dict[str, Any]:
    return named(server["aggregators"], name)


def test_private_wan_modes(server: dict[str, Any]) -> None:
    modes = {s["key"]: (s["private_wan_enabled"], s["private_wan_mode"]) for s in server["spaces"]}
    assert modes["acme"] == (True, "managed_mesh")
    assert modes["globex"] == (True, "managed_mesh")
    assert modes["initech"] == (True, "unmanaged")
    assert modes["main"][0] is False


@pytest.mark.parametrize("host", AGGREGATORS)
@pytest.mark.parametrize("name", MESHES)
def test_vxlan_interfaces_are_a_full_mesh(server: dict[str, Any], host: str, name: str) -> None:
    space, vni, (second, third) = MESHES[name]
    interface = named(aggregator(server, host)["interfaces"], name)
    low, high = (int(part) for part in AGGREGATORS[host][2].split("."))
    peers = sorted(private for other, (_id, private, *_rest) in AGGREGATORS.items() if other != host)
    assert interface["type"] == "vxlan"
    assert interface["space"] == space
    assert interface["enabled"] is True
    assert interface["vni"] == vni
    assert interface["mtu"] == 1500
    assert interface["addresses"] == [f"10.{second}.{third + low}.{high}/20"]
    assert sorted(interface["endpoints"], key=lambda e: e["ip"]) == [{"ip": ip, "vni": vni} for ip in peers]


@pytest.mark.parametrize("host", AGGREGATORS)
@pytest.mark.parametrize(("space", "number"), [("acme", 11), ("globex", 12)])
def test_babel_speaks_on_the_spaces_interface(server: dict[str, Any], host: str, space: str, number: int) -> None:
    protocol = named(aggregator(server, host)["protocols"], f"demo_babel_{number}")
    assert (protocol["protocol"], protocol["space"], protocol["enabled"]) == ("babel", space, True)
    (entry,) = protocol["interfaces"]
    assert entry["patterns"] == [f"vx100000{number}"]
    assert (entry["hello_interval"], entry["update_interval"], entry["rxcost"]) == (1, 1, 32)
    # a managed mesh is a second Babel in the same table: neither hands on what it learned by Babel
    assert protocol["import_ipv4"] == ALL
    assert protocol["export_ipv4"] == {"mode": "filter", "filter": f"demo_export_{number}"}
    assert protocol["import_ipv6"] == protocol["export_ipv6"] == NONE
    body = named(aggregator(server, host)["filters"], f"demo_export_{number}")["body"]
    assert body == "if source = RTS_BABEL || dest = RTD_UNREACHABLE then reject;\naccept;"


@pytest.mark.parametrize("host", AGGREGATORS)
def test_ospf_speaks_in_the_unmanaged_space(server: dict[str, Any], host: str) -> None:
    protocol = named(aggregator(server, host)["protocols"], "demo_ospf_13")
    assert (protocol["protocol"], protocol["space"], protocol["enabled"]) == ("ospf", "initech", True)
    (area,) = protocol["areas"]
    assert [entry["patterns"] for entry in area["interfaces"]] == [["vx10000013"]]
    assert protocol["import_ipv4"] == protocol["export_ipv4"] == ALL


@pytest.mark.parametrize("host", AGGREGATORS)
def test_bgp_is_a_full_mesh_in_the_main_table(server: dict[str, Any], host: str) -> None:
    protocols = aggregator(server, host)["protocols"]
    peers = {other: values for other, values in AGGREGATORS.items() if other != host}
    assert {p["name"] for p in protocols if p["protocol"] == "bgp"} == {f"demo_bgp_{v[0]}" for v in peers.values()}
    for number, _private, tunnel, *_rest in peers.values():
        peer = named(protocols, f"demo_bgp_{number}")
        assert peer["space"] is None
        assert (peer["local_as"], peer["neighbor_as"]) == (64512, 64512)
        assert peer["local_address"] == f"10.253.{AGGREGATORS[host][2]}"
        assert peer["neighbor_address"] == f"10.253.{tunnel}"
        assert (peer["hold_time"], peer["keepalive_time"], peer["next_hop_self"]) == (9, 3, True)
        assert peer["import_ipv4"] == {"mode": "filter", "filter": "demo_import_0"}
        assert peer["export_ipv4"] == {"mode": "filter", "filter": "demo_export_0"}
        assert peer["import_ipv6"] == peer["export_ipv6"] == NONE


@pytest.mark.parametrize("host", AGGREGATORS)
def test_there_is_nothing_else_on_the_aggregators(server: dict[str, Any], host: str) -> None:
    found = aggregator(server, host)
    interfaces = set(MESHES) | {"agg1": {"ens6", "ens7"}, "agg2": {"ens9"}, "agg3": {"ens6"}}[host]
    assert {item["name"] for item in found["interfaces"]} == interfaces
    bgp = {f"demo_bgp_{v[0]}" for other, v in AGGREGATORS.items() if other != host}
    more = {"agg1": {"demo_gateway_11", "demo_gateway_12"}, "agg2": {"office"}, "agg3": {"demo_gateway_13"}}[host]
    assert {item["name"] for item in found["protocols"]} == bgp | more | {
        "demo_babel_11",
        "demo_babel_12",
        "demo_ospf_13",
    }
    filters = {"demo_import_0", "demo_export_0", "demo_export_11", "demo_export_12"}
    filters |= {name.replace("gateway", "gateway_import") for name in more - {"office"}}
    assert {item["name"] for item in found["filters"]} == filters | ({"office_only"} if host == "agg2" else set())


@pytest.mark.parametrize(("bond", "nat_ip"), CPE_NAT)
def test_a_bond_has_its_public_address(server: dict[str, Any], cloud: dict[str, Any], bond: int, nat_ip: str) -> None:
    connected_ip, owner = CPE_NAT[bond, nat_ip]
    (found,) = [item for item in server["bonds"] if item["id"] == bond]
    (nat,) = [item for item in found["cpe_nat_ips"] if item["nat_ip"] == nat_ip]
    (connected,) = [item for item in found["connected_ips"] if item["ip"] == connected_ip]
    assert nat["enabled"] is True
    assert (connected["interface"], connected["enabled"]) == ("eth2", True)
    # the CPE NAT IP is the private address, and exactly that one has an Elastic IP, on the owner's primary interface
    (interface,) = [item for item in cloud["network_interfaces"] if item["id"] == AGGREGATORS[owner][4]]
    (address,) = [item for item in interface["addresses"] if item["private_ip"] == nat["ip"]]
    assert address["primary"] is False
    elastic = [item for item in cloud["addresses"] if item["private_ip"] == nat["ip"]]
    assert len(elastic) == 1
    assert elastic[0]["network_interface_id"] == AGGREGATORS[owner][4]
    assert elastic[0]["tags"]["bonded.internet/network"] == "demo"
    assert address["association"]["allocation_id"] == elastic[0]["allocation_id"]
    # nothing of it is on an interface of the aggregator
    for item in server["aggregators"]:
        for device in item["interfaces"]:
            assert not [a for a in device["addresses"] if a.split("/")[0] == nat["ip"]]


def test_there_are_no_other_public_addresses(server: dict[str, Any], cloud: dict[str, Any]) -> None:
    ours = [item for item in cloud["addresses"] if item["tags"].get("bonded.internet/network") == "demo"]
    assert len(ours) == len(CPE_NAT) + 3
    nats = {(b["id"], n["nat_ip"]) for b in server["bonds"] for n in b["cpe_nat_ips"]}
    assert nats == set(CPE_NAT) | {(28, "192.168.99.10")}


@pytest.mark.parametrize("host", AGGREGATORS)
def test_the_primary_address_keeps_its_automatic_public_one(cloud: dict[str, Any], host: str) -> None:
    (instance,) = [item for item in cloud["instances"] if item["id"] == AGGREGATORS[host][3]]
    assert instance["private_ip"] == AGGREGATORS[host][1]
    assert instance["public_ip"] == {"agg1": "203.0.113.11", "agg2": "203.0.113.12", "agg3": "203.0.113.13"}[host]
    (interface,) = [item for item in cloud["network_interfaces"] if item["id"] == AGGREGATORS[host][4]]
    primary = next(a for a in interface["addresses"] if a["primary"])
    assert primary["association"]["owner"] == "amazon"


# space: (VPC, subnets with their zones, gateway's aggregator, networks that the VPC sends to it)
VPCS: dict[str, tuple[str, list[tuple[str, str]], str, set[str]]] = {
    "acme": ("10.101.0.0/16", [("10.101.0.0/24", "eu-central-1a")], "agg1", {"172.16.0.0/12"}),
    "globex": ("10.102.0.0/16", [("10.102.0.0/24", "eu-central-1a")], "agg1", {"172.16.0.0/12"}),
    # the second one is the NAT gateway's: the last /28 of the VPC's network
    "initech": (
        "10.103.0.0/16",
        [("10.103.0.0/24", "eu-central-1a"), ("10.103.255.240/28", "eu-central-1a")],
        "agg3",
        {"172.20.0.0/15"},
    ),
}


@pytest.mark.parametrize("space", VPCS)
def test_a_space_has_its_vpc(cloud: dict[str, Any], space: str) -> None:
    cidr, wanted, _host, _networks = VPCS[space]
    (vpc,) = [item for item in cloud["vpcs"] if item["cidr"] == cidr]
    assert vpc["tags"]["bonded.internet/key"] == f"vpc/{space}"
    assert bool(vpc["ipv6_cidrs"]) is (space == "globex")
    assert [item["vpc_id"] for item in cloud["internet_gateways"]].count(vpc["id"]) == 1
    subnets = [(s["cidr"], s["zone"]) for s in cloud["subnets"] if s["vpc_id"] == vpc["id"]]
    assert sorted(subnets) == wanted


# space: (the device on the aggregator, the static protocol, the VPC's router, whether it has a NAT gateway)
GATEWAYS = {
    "acme": ("ens6", "demo_gateway_11", "10.101.0.1", False),
    "globex": ("ens7", "demo_gateway_12", "10.102.0.1", False),
    "initech": ("ens6", "demo_gateway_13", "10.103.0.1", True),
}


@pytest.mark.parametrize("space", GATEWAYS)
def test_a_gateway_is_an_interface_in_the_spaces_vpc(server: dict[str, Any], cloud: dict[str, Any], space: str) -> None:
    cidr, _subnets, host, networks = VPCS[space]
    name, static, router, through_nat = GATEWAYS[space]
    (vpc,) = [item for item in cloud["vpcs"] if item["cidr"] == cidr]
    inside = [item for item in cloud["network_interfaces"] if item["vpc_id"] == vpc["id"]]
    (interface,) = [item for item in inside if item["type"] == "interface"]
    assert interface["attachment"]["instance_id"] == AGGREGATORS[host][3]
    assert interface["zone"] == "eu-central-1a"
    assert interface["source_dest_check"] is False
    # the interface has the Elastic IP, unless there is a NAT gateway
    elastic = [item for item in cloud["addresses"] if item["network_interface_id"] == interface["id"]]
    assert [item["private_ip"] for item in elastic] == ([] if through_nat else [interface["private_ip"]])
    # the VPC's main table, the gateway subnet's own and the NAT gateway's send the private WAN's networks to it
    tables = [item for item in cloud["route_tables"] if item["vpc_id"] == vpc["id"]]
    assert sorted(table["main"] for table in tables) == [False] * (2 if through_nat else 1) + [True]
    for table in tables:
        to_gateway = {r["destination"] for r in table["routes"] if r["target"] == interface["id"]}
        assert to_gateway == networks
        assert {r["state"] for r in table["routes"]} == {"active"}
    # on the aggregator: the device with the address, a default route to the first address of its own subnet, and an end
    # for what no LAN has, which a LAN's own route comes before
    found = aggregator(server, host)
    device = named(found["interfaces"], name)
    assert device["type"] == "ethernet"
    assert device["space"] == space
    own = [f"{address}/64" for address in interface["ipv6_addresses"]]
    assert device["addresses"] == [f"{interface['private_ip']}/24", *own]
    assert (len(own), device["accept_ra"]) == ((1, True) if space == "globex" else (0, False))
    assert device["mtu"] == 1500
    protocol = named(found["protocols"], static)
    by = static.replace("gateway", "gateway_import")
    assert (protocol["protocol"], protocol["space"]) == ("static", space)
    assert {(route["network"], route["destination"], route["address"]) for route in protocol["routes"]} == {
        ("0.0.0.0/0", "gateway", router),
        *((network, "unreachable", None) for network in networks),
    }
    assert (protocol["import_ipv4"], protocol["export_ipv4"]) == ({"mode": "filter", "filter": by}, NONE)
    body = named(found["filters"], by)["body"]
    assert body == "if net.len > 0 then preference = 1;\naccept;"


def test_a_packet_finds_its_way_through_the_nat_gateway_and_back(cloud: dict[str, Any]) -> None:
    """Both ways, table by table: only so does a host behind a bond of initech reach the Internet."""
    (vpc,) = [item for item in cloud["vpcs"] if item["cidr"] == "10.103.0.0/16"]
    (outer,) = [item for item in cloud["internet_gateways"] if item["vpc_id"] == vpc["id"]]
    subnets = {item["cidr"]: item["id"] for item in cloud["subnets"] if item["vpc_id"] == vpc["id"]}
    inside = [item for item in cloud["network_interfaces"] if item["vpc_id"] == vpc["id"]]
    (interface,) = [item for item in inside if item["type"] == "interface"]
    (nat,) = cloud["nat_gateways"]
    assert (nat["state"], nat["vpc_id"], nat["subnet_id"]) == ("available", vpc["id"], subnets["10.103.255.240/28"])
    own = {"bonded.internet/network": "demo"}
    assert nat["tags"].items() >= (own | {"bonded.internet/key": "natgw/initech/agg3"}).items()
    (address,) = [item for item in cloud["addresses"] if item["allocation_id"] == nat["allocation_id"]]
    assert address["tags"].items() >= (own | {"bonded.internet/key": "natgw-ip/initech/agg3"}).items()

    def routes(cidr: str) -> dict[str, str]:
        (table,) = [item for item in cloud["route_tables"] if subnets[cidr] in item["subnet_ids"]]
        return {route["destination"]: route["target"] for route in table["routes"]}

    local = {"10.103.0.0/16": "local", "172.20.0.0/15": interface["id"]}
    assert interface["subnet_id"] == subnets["10.103.0.0/24"]
    assert routes("10.103.0.0/24") == {**local, "0.0.0.0/0": nat["id"]}
    assert routes("10.103.255.240/28") == {**local, "0.0.0.0/0": outer["id"]}


def test_a_second_run_changes_nothing_sends_nothing_and_names_the_drift(built: Site, first_run: Outcome) -> None:
    outcome = built.run("site")
    assert outcome.code == 0, outcome.output
    assert outcome.writes == []
    assert outcome.changed == 0
    assert "bond 19 (acme-munich) is on agg2, its address (bond-19) on agg1" in outcome.said
    # and it costs what the design allows: 4 requests an aggregator, 3 a bond that is named, 6 in all
    assert len(outcome.server) <= 4 * 3 + 3 * 7 + 6
    assert len(outcome.aws) <= 9
    assert "DEPRECATION" not in outcome.output


def test_a_bond_that_comes_home_changes_nothing(built: Site) -> None:
    built.server.control("POST", "move", {"bond": 19, "aggregator": "agg1"})
    outcome = built.run("site")
    assert outcome.writes == []
    assert "Drift" not in outcome.output
