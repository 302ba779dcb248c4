# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Default routes of IPv6 as kernel objects: to an internet gateway, to an egress-only one, to one that is gone."""

from __future__ import annotations

from lab.packets import ipv6
from lab.packets.aggregators import Server
from lab.packets.applied_state import RULE6, Piece
from lab.packets.aws_topology import Fabric
from lab.packets.bonders import Bonders

from .states import aws, interface, server

EGRESS_ONLY = "eigw-00000001"


def network(target: str = EGRESS_ONLY, state: str = "active") -> Server:
    """The small network: its subnet has a block, `::/0` leads to this target, and an instance is not an aggregator."""
    cloud = aws(egress_only_internet_gateways=[{"id": EGRESS_ONLY, "vpc_id": "vpc-00000001"}])
    cloud["vpcs"][0]["ipv6_cidrs"] = ["2001:db8::/56"]
    cloud["subnets"][0]["ipv6_cidrs"] = ["2001:db8:0:a::/64"]
    cloud["route_tables"][0]["routes"].append({"destination": "::/0", "target": target, "state": state})
    host = interface(5, 5, "10.1.0.15", "") | {"ipv6_addresses": ["2001:db8:0:a::15"]}
    cloud["network_interfaces"].append(host)
    instance = {"id": "i-00000005", "state": "running", "public_ip": None, "tags": {"Name": "host"}}
    cloud["instances"].append({**instance, "network_interface_ids": [host["id"]]})
    return Server(server(), Fabric(cloud))


def by_key(found: Server) -> dict[str, Piece]:
    pieces = list(ipv6.pieces(found, Bonders({"bonds": []})))
    assert len({piece.key for piece in pieces}) == len(pieces)
    return {piece.key: piece for piece in pieces}


def test_a_default_leads_to_the_egress_only_gateway_and_what_the_internet_sends_comes_by_it() -> None:
    found = network()
    pieces, key = by_key(found), "default6/subnet-0000000a"
    assert "eigw-main" in found.fabric.namespaces()
    assert pieces[key].up == ("route replace ::/0 via fe80::2 dev eigw table 1010",)
    assert (pieces[f"{key}/rule"].rank, pieces[f"{key}/rule"].up) == (
        RULE6,
        ("rule add iif bnet-0000000a lookup 1010 pref 40000",),
    )
    back = pieces[f"{key}/2001:db8:0:a::/64"]
    assert (back.namespace, back.up) == ("inet", ("route replace 2001:db8:0:a::/64 via fe80::2 dev eigw-00000001",))
    assert pieces["eigw/eigw-00000001/inner/2001:db8::/56"].namespace == "eigw-main"


def test_a_default_leads_to_the_internet_gateway() -> None:
    pieces = by_key(network("igw-00000001"))
    assert pieces["default6/subnet-0000000a"].up == ("route replace ::/0 via fe80::2 dev igw table 1010",)
    assert "default6/subnet-0000000a/2001:db8:0:a::/64" not in pieces


def test_a_default_whose_target_is_gone_is_a_black_hole() -> None:
    pieces = by_key(network("eigw-00000009", "blackhole"))
    assert pieces["default6/subnet-0000000a"].up == ("route replace blackhole ::/0 table 1010",)


def test_an_instance_that_is_no_aggregator_has_its_address_and_a_default() -> None:
    hosts = {key: piece for key, piece in by_key(network()).items() if key.startswith("host6/")}
    assert list(hosts) == ["host6/eni-00000005"]
    assert hosts["host6/eni-00000005"].up == (
        "addr add 2001:db8:0:a::15/128 dev ens5 nodad",
        "route replace ::/0 via fe80::1 dev ens5",
    )


def test_the_egress_only_gateway_lets_no_connection_in() -> None:
    text = ipv6.filters(network().fabric)["eigw-main", "ip6 eigw"]
    assert "set owned { type ipv6_addr; elements = { 2001:db8:0:a::15 }; }" in text
    assert 'iifname "inet0" ct state != { established, related } counter name in_drop6 drop' in text


def test_without_a_block_there_is_nothing() -> None:
    plain = Server(server(), Fabric(aws(egress_only_internet_gateways=[{"id": EGRESS_ONLY, "vpc_id": "vpc-00000001"}])))
    assert (list(ipv6.pieces(plain, Bonders({"bonds": []}))), ipv6.filters(plain.fabric)) == ([], {})
