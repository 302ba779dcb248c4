# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 of both states as kernel objects and as nftables text."""

from __future__ import annotations

from typing import Any

from lab.packets import ipv6
from lab.packets.aggregators import Server
from lab.packets.applied_state import RULE6, Piece, _tool
from lab.packets.aws_topology import Fabric
from lab.packets.bonders import Bonders
from tests.lab.packets.states import aws, interface, server


def network() -> Server:
    """The small network: its subnet has a block, and agg1 a gateway of acme in it, which accepts advertisements."""
    gateway = interface(3, 1, "10.1.0.61", "", index=1) | {"ipv6_addresses": ["2001:db8:0:a::5"]}
    cloud = aws()
    cloud["network_interfaces"].append(gateway)
    cloud["instances"][0]["network_interface_ids"].append("eni-00000003")
    cloud["vpcs"][0]["ipv6_cidrs"] = ["2001:db8::/56"]
    cloud["subnets"][0]["ipv6_cidrs"] = ["2001:db8:0:a::/64"]
    state = server()
    shape: dict[str, Any] = {"type": "ethernet", "space": "acme", "enabled": True, "mtu": 1500, "accept_ra": True}
    state["aggregators"][0]["interfaces"].append({"name": "ens6", "addresses": ["10.1.0.61/24"], **shape})
    bond = state["bonds"][0]
    for one, port in zip(bond["connected_ips"], ("eth1", "eth2"), strict=True):
        one["interface"] = port
    lan = {"id": 3, "ip": "fd00:17::1/64", "enabled": True, "include_private_wan": True, "interface": "eth1"}
    bond["connected_ips"].append(lan)
    return Server(state, Fabric(cloud))


def by_key(found: Server) -> dict[str, Piece]:
    pieces = list(ipv6.pieces(found, Bonders(found.state)))
    assert len({piece.key for piece in pieces}) == len(pieces)
    return {piece.key: piece for piece in pieces}


def test_a_gateway_has_its_address_and_the_space_its_default_route() -> None:
    pieces = by_key(network())
    key = "gateway6/eni-00000003"
    assert pieces[f"{key}/2001:db8:0:a::5"].up == ("addr add 2001:db8:0:a::5/128 dev ens6 nodad noprefixroute",)
    assert pieces[f"{key}/default"].up == ("route replace ::/0 via fe80::1 dev ens6 table 1011",)
    assert pieces[f"{key}/iif"].up == ("rule add iif ens6 lookup 1011 pref 1100",)
    assert (pieces[f"{key}/iif"].rank, _tool(RULE6)) == (RULE6, "ip -6")


def test_the_vpc_answers_and_leads_out() -> None:
    pieces = by_key(network())
    near = pieces["subnet6/subnet-0000000a/2001:db8:0:a::/64"]
    assert near.up == (
        "addr add fe80::1/64 dev bnet-0000000a nodad",
        "addr add 2001:db8:0:a::1/64 dev bnet-0000000a nodad",
    )
    assert pieces["address6/vpc-main/2001:db8:0:a::5"].up == (
        "neigh replace 2001:db8:0:a::5 lladdr 02:00:00:00:00:03 dev bnet-0000000a nud permanent",
    )
    assert pieces["inet6/2001:db8::/56"].namespace == "inet"


def test_a_bond_s_lan_is_in_its_space_s_table_and_behind_its_bonder() -> None:
    pieces = by_key(network())
    assert pieces["tunnel6/17/fd00:17::/64"].up == ("route replace fd00:17::/64 via fe80::2 dev tun17 table 1011",)
    assert pieces["tunnel6/17/fd00:17::1/64/bonder"].up == ("addr add fd00:17::1/64 dev lan1 nodad",)
    assert pieces["tunnel6/17/fd00:17::1/64/host"].up == (
        "addr add fd00:17::10/64 dev eth0 nodad",
        "route replace ::/0 via fd00:17::1 dev eth0",
    )


def test_the_internet_gateway_knows_the_interfaces_addresses_alone() -> None:
    texts = ipv6.filters(network().fabric)
    assert set(texts) == {("vpc-main", "bridge vpc6"), ("igw-main", "ip6 igw")}
    assert "set owned { type ipv6_addr; elements = { 2001:db8:0:a::5 }; }" in texts["igw-main", "ip6 igw"]
    assert 'iifname "vpc" ip6 saddr != @owned counter name out_drop6 drop' in texts["igw-main", "ip6 igw"]
    assert '"peni-00000003" . 2001:db8:0:a::5' in texts["vpc-main", "bridge vpc6"]


def test_without_a_block_there_is_nothing() -> None:
    plain = Server(server(), Fabric(aws()))
    for bond in plain.state["bonds"]:
        for one in bond["connected_ips"]:
            one["interface"] = "eth1"
    assert (list(ipv6.pieces(plain, Bonders(plain.state))), ipv6.filters(plain.fabric)) == ([], {})


def test_the_link_local_address_of_a_mac_address() -> None:
    assert ipv6.link_local("02:00:00:00:00:03") == "fe80::ff:fe00:3"
