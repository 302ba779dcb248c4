# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's state as kernel objects and as nftables text."""

from __future__ import annotations

from typing import Any

from lab.packets import filters
from lab.packets.applied_state import Piece
from lab.packets.aws_topology import Fabric
from tests.lab.packets.states import aws, interface


def by_key(fabric: Fabric) -> dict[str, Piece]:
    return {piece.key: piece for piece in fabric.pieces()}


def test_an_interface_is_plugged_in_with_its_mac() -> None:
    found = by_key(Fabric(aws()))
    assert found["eni/eni-00000001"].namespace == "vpc-main"
    assert found["eni/eni-00000001"].up == (
        "link add peni-00000001 mtu 9001 type veth peer name ens5 netns agg1 mtu 9001 address 02:00:00:00:00:01",
        "link set peni-00000001 master bnet-0000000a",
        "link set peni-00000001 type bridge_slave proxy_arp on",
        "link set peni-00000001 up",
    )
    assert found["eni/eni-00000001/bridge"].up == (
        "link set dev peni-00000001 flood off mcast_flood off bcast_flood off learning off",
        "fdb add 02:00:00:00:00:01 dev peni-00000001 master static",
    )
    assert found["eni/eni-00000001/configured"].up == (
        "link set ens5 up",
        "addr add 10.1.0.11/24 dev ens5",
        "route replace default via 10.1.0.1 dev ens5 metric 1024",
    )


def test_every_private_address_is_answered_for_by_its_interface() -> None:
    found = by_key(Fabric(aws()))
    assert found["address/vpc-main/10.1.0.50"].up == (
        "neigh replace 10.1.0.50 lladdr 02:00:00:00:00:01 dev bnet-0000000a nud permanent",
    )


def test_routes_of_the_table_in_force() -> None:
    found = by_key(Fabric(aws()))
    key = "subnet/subnet-0000000a"
    assert found[f"{key}/0.0.0.0/0"].up == ("route replace 0.0.0.0/0 via 169.254.255.2 dev igw onlink table 1010",)
    assert found[f"{key}/172.16.0.0/12"].up == (
        "route replace 172.16.0.0/12 via 10.1.0.12 dev bnet-0000000a table 1010",
    )
    assert found[f"{key}/10.9.0.0/16"].up == ("route replace blackhole 10.9.0.0/16 table 1010",)
    assert f"{key}/10.1.0.0/16" not in found


def test_a_further_interface_appears_and_is_not_configured() -> None:
    more = interface(3, 1, "10.1.0.61", "", index=1)
    found = by_key(Fabric(aws(network_interfaces=[*aws()["network_interfaces"], more])))
    assert "peer name ens6 netns agg1" in found["eni/eni-00000003"].up[0]
    assert "eni/eni-00000003/configured" not in found


def test_an_unattached_interface_and_a_stopped_instance_are_not_there() -> None:
    loose = {**interface(3, 1, "10.1.0.61", ""), "attachment": None}
    stopped: Any = [{**one, "state": "stopped"} if one["id"] == "i-00000002" else one for one in aws()["instances"]]
    fabric = Fabric(aws(network_interfaces=[*aws()["network_interfaces"], loose], instances=stopped))
    assert [device.interface_id for device in fabric.devices] == ["eni-00000001"]
    assert "agg2" not in fabric.namespaces()


def test_the_internet_gateway_translates_what_is_mapped() -> None:
    assert Fabric(aws()).gateways() == {
        "igw-main": {"10.1.0.11": "203.0.113.11", "10.1.0.50": "203.0.113.50", "10.1.0.12": "203.0.113.12"}
    }
    assert filters.internet_gateway({"10.1.0.11": "203.0.113.11"}) == (
        "flush map ip igw outward\n"
        "add element ip igw outward { 10.1.0.11 : 203.0.113.11 }\n"
        "flush map ip igw inward\n"
        "add element ip igw inward { 203.0.113.11 : 10.1.0.11 }\n"
        "flush set ip igw private\n"
        "add element ip igw private { 10.1.0.11 }\n"
        "flush set ip igw public\n"
        "add element ip igw public { 203.0.113.11 }\n"
    )


def test_one_rule_of_a_group_is_one_rule_with_a_counter() -> None:
    fabric = Fabric(aws())
    rules = [
        {"protocol": "udp", "from_port": 4789, "to_port": 4789, "peer": "sg-00000001"},
        {"protocol": "tcp", "from_port": 80, "to_port": 80, "peer": "198.51.100.0/24"},
    ]
    group = {"id": "sg-00000001", "ingress": rules, "egress": []}
    lines = filters.vpc(fabric.devices, [group]).splitlines()
    flow = "oifname . ip saddr . th sport . ip daddr . th dport"
    start = 'add rule bridge vpc ingress oifname { "peni-00000001", "peni-00000002" }'
    assert lines[lines.index("flush chain bridge vpc ingress") :] == [
        "flush chain bridge vpc ingress",
        f"add rule bridge vpc ingress ip protocol {{ tcp, udp }} {flow} @flows accept",
        "add rule bridge vpc ingress icmp type echo-reply oifname . ip saddr . ip daddr . icmp id @echoes accept",
        "add rule bridge vpc ingress icmp type { destination-unreachable, time-exceeded } accept",
        "add counter bridge vpc ingress_sg_00000001_udp_4789_4789_sg_00000001",
        f"{start} ip saddr {{ 10.1.0.11, 10.1.0.12, 10.1.0.50 }} ip protocol udp th dport 4789-4789"
        f" update @flows {{ {flow} }} counter name ingress_sg_00000001_udp_4789_4789_sg_00000001 accept",
        "add counter bridge vpc ingress_sg_00000001_tcp_80_80_198_51_100_0_24",
        f"{start} ip saddr 198.51.100.0/24 ip protocol tcp th dport 80-80"
        f" update @flows {{ {flow} }} counter name ingress_sg_00000001_tcp_80_80_198_51_100_0_24 accept",
        "add rule bridge vpc ingress counter name group_in_drop drop",
    ]


def test_the_check_and_the_addresses_of_each_port() -> None:
    lines = filters.vpc(Fabric(aws()).devices, []).splitlines()
    assert 'add element bridge vpc checked { "peni-00000001" }' in lines
    assert (
        'add element bridge vpc own { "peni-00000001" . 10.1.0.11, "peni-00000001" . 10.1.0.50,'
        ' "peni-00000002" . 10.1.0.12 }'
    ) in lines


def test_whether_mac_addresses_are_heeded_is_asked_of_what_a_group_has_accepted_too() -> None:
    base = filters.vpc_base()
    before, chain, after = base.partition("  chain router { type filter hook prerouting priority 10;")
    assert chain and "jump by_address" in after and "jump by_address" not in before
