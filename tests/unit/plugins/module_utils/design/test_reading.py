# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading of network_plan's arguments: the exact sentence of each refusal, and the meaning of blanks."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import (
    DEFAULT_TUNNEL_DEVICE,
    DEFAULT_VNI_BASE,
    DesiredEntry,
    DesiredGateway,
    DesiredNetwork,
    DesiredSpace,
    Report,
)

from .world import acme, entry, host

NO_NAME = "expected 1 to 15 ASCII letters, digits, '_', '.' and '-', the first neither '.' nor '-')."


def read(**more: Any) -> tuple[DesiredNetwork, Report]:
    report = Report()
    params = {"network": "prod", "aggregators": [host("agg1"), host("agg2")], "spaces": [], "cpe_nat_ips": [], **more}
    return read_desired_network(params, report), report


def space(**more: Any) -> dict[str, Any]:
    return {"spaces": [{"key": "acme", "private_wan": "managed_mesh", **more}]}


def vpc(**more: Any) -> dict[str, Any]:
    return space(vpc=more)


def gateway(**more: Any) -> dict[str, Any]:
    return space(vpc={"cidr": "10.101.0.0/16"}, gateways=[{"aggregator": "agg1", **more}])


def forward(**more: Any) -> dict[str, Any]:
    return gateway(port_forwards=[{"protocol": "tcp", "port": 80, "to": "172.16.0.9", **more}])


def vxlan(**more: Any) -> dict[str, Any]:
    return space(vxlan={"subnet": "10.254.0.0/20", **more})


def inbound(**more: Any) -> dict[str, Any]:
    return {"cpe_nat_inbound": [{"protocol": "tcp", "ports": "443", **more}]}


ALL = "Leave it out, or name at least one."
EMPTY = "the list is empty; left out, it means"
ON_PORT = "space acme, gateway on agg1: port_forwards: tcp port 80:"
NOBODY = "from: is empty, so that nobody may come. Name who may; left out, it means everybody."
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a VPC's network with host bits": (
        vpc(cidr="10.101.0.1/16"),
        "space acme, vpc.cidr: '10.101.0.1/16' is not an IPv4 network (10.101.0.1/16 has host bits set); expected is "
        "for example 10.254.0.0/20.",
    ),
    "an empty VPC": (
        vpc(),
        "space acme, vpc: neither cidr (a VPC to make) nor id (a VPC to adopt) is given. Give one.",
    ),
    "a link-local VPC": (
        vpc(cidr="169.254.0.0/16"),
        "space acme, vpc.cidr: 169.254.0.0/16 is link-local address space, which a VPC cannot have. "
        "Give a private network (RFC 1918).",
    ),
    "a zone twice": (
        vpc(
            cidr="10.101.0.0/16",
            subnets=[{"zone": "eu-1a", "cidr": "10.101.0.0/24"}, {"zone": "eu-1a", "cidr": "10.101.1.0/24"}],
        ),
        "space acme, vpc.subnets: the zone eu-1a is given twice; a space has one such subnet in a zone. Leave one "
        "of them out.",
    ),
    "a subnet too small": (
        vpc(cidr="10.101.0.0/16", public_subnets=[{"zone": "eu-1a", "cidr": "10.101.0.0/29"}]),
        "space acme, vpc.public_subnets: 10.101.0.0/29 has a /29; AWS accepts /16 to /28. "
        "Give a network of such a size.",
    ),
    "a multicast tunnel": (
        vxlan(subnet="224.0.0.0/20"),
        "space acme, vxlan.subnet: 224.0.0.0/20 is multicast address space; a private network is accepted (RFC 1918, "
        "RFC 6598), for example 10.254.0.0/20.",
    ),
    "a loopback tunnel": (
        vxlan(subnet="127.0.0.0/8"),
        "space acme, vxlan.subnet: 127.0.0.0/8 is loopback address space; a private network is accepted (RFC 1918, "
        "RFC 6598), for example 10.254.0.0/20.",
    ),
    "a tunnel in the Internet": (
        vxlan(subnet="8.8.0.0/20"),
        "space acme, vxlan.subnet: 8.8.0.0/20 is public address space; a private network is accepted (RFC 1918, RFC "
        "6598), for example 10.254.0.0/20.",
    ),
    "BGP's tunnel in the Internet": (
        {"bgp": {"asn": 64512, "subnet": "8.8.0.0/20"}},
        "bonding_bgp.subnet: 8.8.0.0/20 is public address space; a private network is accepted (RFC 1918, RFC 6598), "
        "for example 10.254.0.0/20.",
    ),
    "a gateway's multicast": (
        gateway(networks=["224.0.0.0/8"]),
        "space acme, gateway on agg1, networks: 224.0.0.0/8 is multicast address space, which nothing behind a bond "
        "has. Leave it out.",
    ),
    "a tunnel address of nobody": (
        vxlan(addresses={"agg9": "10.254.0.9"}),
        "space acme, vxlan.addresses: 'agg9' is not a host of the inventory's group.",
    ),
    "no members": (vxlan(aggregators=[]), f"space acme, vxlan.aggregators: {EMPTY} all hosts. {ALL}"),
    "no tables": (
        gateway(route_tables=[]),
        f"space acme, gateway on agg1, route_tables: {EMPTY} the main one and ours. {ALL}",
    ),
    "no main devices": (
        {"aggregators": [host("agg1", primary_devices=[])]},
        f"agg1: bonding_primary_devices: {EMPTY} eth0 and ens5. {ALL}",
    ),
    "no hosts to do": ({"hosts": []}, "hosts: the list is empty: nothing would be done. Leave it out for all."),
    "no parts to do": ({"parts": []}, "parts: the list is empty: nothing would be done. Leave it out for all."),
    "a port for nobody": (forward(**{"from": []}), f"{ON_PORT} {NOBODY}"),
    "a port for an empty text": (
        forward(**{"from": [""]}),
        f"{ON_PORT} {NOBODY}",
    ),
    "inbound for nobody": (inbound(**{"from": []}), f"bonding_cpe_nat_inbound: tcp 443: {NOBODY}"),
    "inbound for an empty text": (inbound(**{"from": ["", ""]}), f"bonding_cpe_nat_inbound: tcp 443: {NOBODY}"),
    "inbound from no network": (
        inbound(**{"from": ["office"]}),
        "bonding_cpe_nat_inbound: tcp 443: from: 'office' is not an IPv4 network (Expected 4 octets in 'office'); "
        "expected is for example 10.254.0.0/20.",
    ),
    "two gateways on a host": (
        space(gateways=[{"aggregator": "agg1", "interface": "ens6"}, {"aggregator": "agg1", "interface": "ens7"}]),
        "space acme: has two gateways on agg1; a space has one gateway on a host, for all its networks. Make them one.",
    ),
    "a base below zero": ({"vni_base": -5}, "bonding_vni_base: -5 is outside of 1 to 16777215."),
    "a base of zero": ({"vni_base": 0}, "bonding_vni_base: 0 is outside of 1 to 16777215."),
    "a VNI that is true": (
        vxlan(vni=True),
        "space acme, vxlan.vni: true is not a whole number; 1 to 16777215 are accepted.",
    ),
    "fewer than no deletions": ({"max_deletions": -1}, "bonding_max_deletions: -1 is outside of 0 to 1000000."),
    "a quota below zero": ({"quotas": {"vpcs": -1}}, "bonding_quotas.vpcs: -1 is outside of 0 to 1000000."),
    "an index of zero": (
        {"aggregators": [host("agg1", index=0)]},
        "agg1: bonding_aggregator_index: 0 is outside of 1 to 16777214.",
    ),
    "a private address of another kind": (
        {"aggregators": [host("agg1", private_ip_address="10.1.0.11/24")]},
        "agg1: aws_private_ip_address: '10.1.0.11/24' is not an IPv4 address. Give it without /.",
    ),
    "a host with a slash": (
        {"aggregators": [host("a/b")]},
        "a/b: the name of a host is a part of tags; it may have none of the characters / * ? \\ and no "
        "control characters.",
    ),
    "no number of the system": ({"bgp": {"subnet": "10.253.0.0/20"}}, "bonding_bgp: asn is missing."),
    "BGP that is true": ({"bgp": True}, "bonding_bgp: got true, expected a dictionary with an asn."),
    "a key of two words": (
        {"spaces": [{"key": "a b", "private_wan": "managed_mesh"}]},
        "space a b: not a key of a space (got 'a b', expected 1 to 64 ASCII letters, digits, '_' and '-').",
    ),
    "no key": (
        {"spaces": [{"key": "", "private_wan": "managed_mesh"}]},
        "bonding_spaces, entry 1: key is missing: the key of the space on the server.",
    ),
    "an entry without its host": (
        {"cpe_nat_ips": [entry(nat_ip="")]},
        "bonding_cpe_nat_ips, bond 17: nat_ip must be given. Complete the entry.",
    ),
    "a mesh's device with a quote": (
        vxlan(interface='ens5":12,"q'),
        f"space acme, vxlan.interface: not the name of a network interface (got 'ens5\":12,\"q', {NO_NAME}",
    ),
    "the loopback device": (
        vxlan(interface="lo"),
        "space acme, vxlan.interface: the interface name 'lo' is reserved by Linux; use another one.",
    ),
    "the main device": (
        vxlan(interface="eth0"),
        "space acme, vxlan.interface: 'eth0' is the main device of a host, by which the host itself is reached; use "
        "another one.",
    ),
    "a gateway's device": (
        gateway(interface="$(reboot)"),
        f"space acme, gateway on agg1, interface: not the name of a network interface (got '$(reboot)', {NO_NAME}",
    ),
    "everything that comes in": (
        gateway(incoming=["all"]),
        "space acme, gateway on agg1, incoming: the interface name 'all' is reserved by Linux; use another one.",
    ),
    "what comes in by the main device": (
        gateway(incoming=["ens5"]),
        "space acme, gateway on agg1, incoming: 'ens5' is the main device of a host, by which the host itself is "
        "reached; use another one.",
    ),
    "one device for all bonds": (
        {"tunnel_device": "tun0"},
        "bonding_tunnel_device: not a template of tunnel devices (got 'tun0', expected one {bond}, as in tun{bond}).",
    ),
}


@pytest.mark.parametrize(("given", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused_with_one_sentence(given: dict[str, Any], sentence: str) -> None:
    _intent, report = read(**given)
    assert report.problems == [sentence]


def test_a_public_network_of_a_vpc_is_warned_of() -> None:
    _intent, report = read(**vpc(cidr="8.8.0.0/20"))
    assert report.problems == []
    assert report.warnings == [
        "space acme, vpc.cidr: 8.8.0.0/20 is public address space: what has these addresses on the Internet is not "
        "reached from the space. Unless they are your own, take a private network (RFC 1918, RFC 6598)."
    ]


BLANKS: list[Any] = [None, "", "  "]


@pytest.mark.parametrize("blank", BLANKS)
def test_blanks_are_absent(blank: Any) -> None:
    """Check the blank values that a form of AWX leaves in fields without input."""
    of_gateway = ("networks", "route_tables", "interface", "subnet_id", "incoming", "port_forwards", "egress")
    of_entry = ("name", "aggregator", "private_ip", "pool", "public_ip", "include_private_wan")
    blank_gateway = {"aggregator": "agg1", **dict.fromkeys((*of_gateway, "max_networks", "vpc_routes"), blank)}
    given = {
        "spaces": [
            {"key": "acme", "private_wan": "managed_mesh", "vxlan": blank, "vpc": blank, "gateways": blank},
            {"key": "globex", "private_wan": "managed_mesh", "gateways": [blank_gateway]},
        ],
        "cpe_nat_ips": [entry(**dict.fromkeys(of_entry, blank))],
        **dict.fromkeys(("bgp", "tunnel_device", "quotas", "decommissioned"), None),
    }
    desired, report = read(**given)
    assert report.problems == []
    assert desired.spaces == (
        DesiredSpace("acme", "managed_mesh"),
        DesiredSpace("globex", "managed_mesh", gateways=(DesiredGateway("agg1", ()),)),
    )
    assert desired.cpe_nat_ips == (DesiredEntry("17", "eth1", "192.168.17.1/24", "192.168.17.10", number=1),)
    assert (desired.bgp, desired.tunnel_device, desired.vni_base) == (None, DEFAULT_TUNNEL_DEVICE, DEFAULT_VNI_BASE)


def test_sources_come_in_one_form_and_once() -> None:
    texts = ["203.0.113.77", "203.0.113.77/32", "198.51.100.0/255.255.255.0", "198.51.100.0/24"]
    desired, report = read(**inbound(**{"from": texts}), **forward(**{"from": texts}))
    assert report.problems == []
    assert desired.cpe_nat_inbound[0]["from"] == ["203.0.113.77/32", "198.51.100.0/24"]
    (given,) = desired.spaces[0].gateways[0].port_forwards
    assert given["from"] == ["203.0.113.77/32", "198.51.100.0/24"]


def test_sources_that_are_left_out_are_everybody() -> None:
    desired, report = read(**inbound(), **forward())
    assert report.problems == []
    assert desired.cpe_nat_inbound[0]["from"] == ["0.0.0.0/0"]
    assert "from" not in desired.spaces[0].gateways[0].port_forwards[0]


def test_names_and_networks_count_once() -> None:
    desired, report = read(
        spaces=[
            {
                **acme(aggregators=["agg1", "agg2", "agg1"]),
                "gateways": [{"aggregator": "agg1", "networks": ["172.16.0.0/12", "172.16.0.0/255.240.0.0"]}],
            }
        ],
        bgp={"asn": 64512, "subnet": "10.253.0.0/20", "route_reflectors": ["agg1", "agg1"]},
    )
    assert report.problems == []
    assert desired.spaces[0].vxlan is not None and desired.spaces[0].vxlan.aggregators == ("agg1", "agg2")
    assert desired.spaces[0].gateways[0].networks == ("172.16.0.0/12",)
    assert desired.bgp is not None and desired.bgp.route_reflectors == ("agg1",)


def test_thousands_of_problems_are_noted_once_and_in_no_time() -> None:
    """A list to look into would take 10,000 times 5,000 comparisons."""
    report = Report()
    for _round in range(2):
        for number in range(10_000):
            report.problem(f"Problem {number}.")
    assert report.problems == [f"Problem {number}." for number in range(10_000)]
