# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries for CPE NAT IPs: what an engine refuses, the plan refuses; and two entries of one thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.planner import decide
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.reader import ElasticIp as FoundElasticIp
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.reader import (
    Found,
    Holder,
    Interface,
    Limit,
    Subnet,
)
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.request import CpeNatError, Request
from ansible_collections.bonded.internet.plugins.module_utils._model.addresses import delegated
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import as_json
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Bond, Cloud, ElasticIp
from ansible_collections.bonded.internet.plugins.module_utils._reconcile.cpe_nat import _wanted
from ansible_collections.bonded.internet.plugins.module_utils._reconcile.model import ReconcileError
from ansible_collections.bonded.internet.plugins.module_utils._reconcile.references import Refs

from .world import World, entry, small_world

KEY = "bonded.internet/key"


def address(number: int, key: str | None = None, network: str = "prod", place: str = "", **more: str) -> ElasticIp:
    """An Elastic IP; `place` is the private address on agg1 that it is associated with."""
    tags = {"bonded.internet/network": network, KEY: key} if key else {}
    if place:
        tags |= {"bonded.internet/interface": "eni-agg1", "bonded.internet/private_ip": place} if key else {}
    return ElasticIp(
        f"eipalloc-{number}",
        f"198.51.100.{number}",
        {**tags, **{f"bonded.internet/{name}": value for name, value in more.items()}},
        interface_id="eni-agg1" if place else None,
        private_ip=place or None,
    )


OURS = (
    address(1, "cpe-nat/bond-17", place="10.1.0.50"),
    address(2, "cpe-nat/old", retired="true"),
    address(3, "gateway-ip/acme/agg1"),
)
NAMED = (address(4), address(5, place="10.1.0.51"), address(6, "cpe-nat/x", network="other"))


@pytest.fixture
def world() -> World:
    """Bonds 17 and 18, entry bond-17 built, an address that was kept, and others of the account."""
    return full_world()


def full_world() -> World:
    world = small_world()
    world.server.bonds[18] = Bond(18, "acme-hamburg", "acme", primary=12, secondary=None, present=12)
    world.server.bond_interfaces[18] = ["eth1"]
    there = ("10.1.0.11", "10.1.0.50", "10.1.0.51")
    publics = {"10.1.0.11": "203.0.113.11", "10.1.0.50": "198.51.100.1", "10.1.0.51": "198.51.100.5"}
    agg1 = replace(world.cloud.instances["i-agg1"], addresses=there, publics=publics, automatic_ip="203.0.113.11")
    world.cloud.instances["i-agg1"] = agg1
    for place, used in (("subnet-a", {*there, "10.1.0.13", "10.1.0.60"}), ("subnet-b", {"10.1.1.12"})):
        world.cloud.subnets[place] = replace(world.cloud.subnets[place], used=frozenset(used))
    world.cloud.addresses += OURS
    world.cloud.named += NAMED
    return world


def found_of(cloud: Cloud) -> Found:
    """The same account as module cpe_nat_eips reads it."""

    def shown(one: ElasticIp) -> FoundElasticIp:
        data: dict[str, Any] = {"AllocationId": one.allocation_id, "PublicIp": one.public_ip}
        data["Tags"] = [{"Key": key, "Value": value} for key, value in one.tags.items()]
        if one.interface_id:
            data |= {"NetworkInterfaceId": one.interface_id, "AssociationId": f"eipassoc-{one.allocation_id}"}
            data["PrivateIpAddress"] = one.private_ip
        return FoundElasticIp.of(data)

    expected_interfaces = [*map(shown, cloud.addresses), *map(shown, cloud.named)]
    found = Found(addresses=[one for one in expected_interfaces if one.key is not None and one.network == "prod"])
    found.others = {one.public_ip: one for one in expected_interfaces if one not in found.addresses}
    ids = {one.public_ip: one.allocation_id for one in expected_interfaces}
    for one in cloud.instances.values():
        addresses = {
            private: Holder(one.publics[private], ids.get(one.publics[private])) if private in one.publics else None
            for private in one.addresses
        }
        found.interfaces[one.interface_id] = Interface(one.interface_id, one.subnet_id, one.private_ip, addresses)
        found.limits[one.interface_id] = Limit(one.type, cloud.limits[one.type].addresses_per_interface)
    for place in cloud.subnets.values():
        used = dict.fromkeys(place.used or (), "eni-other")
        for interface in found.interfaces.values():
            if interface.subnet_id == place.id:
                used |= dict.fromkeys(interface.addresses, interface.id)
        found.subnets[place.id] = Subnet(place.id, place.cidr, used)
    return found


class Bonds:
    """Looks bonds up as Refs does."""

    def find(self, _kind: str, reference: Any) -> int:
        return int(reference)


def engines_refuse(work: list[dict[str, Any]], cloud: Cloud) -> list[str]:
    """Return the refusals by the modules cpe_nat_eips and bond_cpe_nats of the ENTRYs of role eip_cpe_nat."""
    refused = []
    names = ("key", "interface_id", "private_ip", "preferred_private_ip", "pool", "public_ip", "reverse_dns")
    given = [{name: one.get(name) for name in names} for one in work]
    try:
        decide(Request.of({"network": "prod", "entries": given, "allow_moves": True}), found_of(cloud))
    except CpeNatError as error:
        refused += error.problems
    options = [
        {name: value for name, value in one.items() if name not in names}
        | {"private_ip": one.get("private_ip") or one["preferred_private_ip"]}
        for one in work
    ]
    try:
        _wanted(cast(Refs, Bonds()), options, True)
    except ReconcileError as error:
        refused.append(str(error))
    return refused


def work_of(world: World) -> list[dict[str, Any]]:
    """The ENTRYs of all entries, changed or not, each once."""
    return list({work.key: as_json(work) for _host, work in world.design.entries.values()}.values())


B18 = entry(bond="18", connected_ip="192.168.18.1/24", nat_ip="192.168.18.10")
KEY_RULE = "wanted a key of letters, digits, spaces and . _ : + = @ - (at most 200, the first a letter or digit)."
NAME_RULE = "wanted a full domain name, for example mail.example.com (labels of letters, digits and -, 253 at most)."
POOL_RULE = "wanted the id of a public IPv4 pool of the account (ipv4pool-ec2-...)."
OF_17, OF_18 = "CPE NAT entry of bond 17:", "CPE NAT entry of bond 18:"

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a name with another letter": ({"name": "bücher"}, f"CPE NAT entry 'bücher': name is 'bücher'; {KEY_RULE}"),
    "a name of two lines": ({"name": "a\nb"}, f"CPE NAT entry 'a\\nb': name is 'a\\nb'; {KEY_RULE}"),
    "a name that ends a line": ({"name": "ab\n"}, f"CPE NAT entry 'ab\\n': name is 'ab\\n'; {KEY_RULE}"),
    "a name with a slash": ({"name": "a/b"}, f"CPE NAT entry 'a/b': name is 'a/b'; {KEY_RULE}"),
    "a long name": ({"name": "a" * 201}, f"CPE NAT entry '{'a' * 201}': name is '{'a' * 201}'; {KEY_RULE}"),
    "a pool": ({"pool": "x"}, f"{OF_18} pool is 'x'; {POOL_RULE}"),
    "a reverse name of two words": ({"reverse_dns": "a b"}, f"{OF_18} reverse_dns is 'a b'; {NAME_RULE}"),
    "a reverse name of one label": ({"reverse_dns": "mail"}, f"{OF_18} reverse_dns is 'mail'; {NAME_RULE}"),
    "a public address that is none": (
        {"public_ip": "bastion"},
        f"{OF_18} public_ip is 'bastion'; wanted an IPv4 address without a prefix length.",
    ),
    "a public address of nobody": (
        {"public_ip": "1.2.3.4"},
        f"{OF_18} public_ip 1.2.3.4 is not an Elastic IP of this account and region.",
    ),
    "an aggregator's automatic address": (
        {"public_ip": "203.0.113.11"},
        f"{OF_18} public_ip 203.0.113.11 is not an Elastic IP of this account and region: it is the automatic address "
        "of agg1.",
    ),
    "a public address in use": (
        {"public_ip": "198.51.100.5"},
        f"{OF_18} public_ip 198.51.100.5 (eipalloc-5) is associated, at 10.1.0.51 on eni-agg1 of agg1; disassociate it "
        "first.",
    ),
    "a public address of another network": (
        {"public_ip": "198.51.100.6"},
        f"{OF_18} public_ip 198.51.100.6 (eipalloc-6) belongs to the network 'other'.",
    ),
    "a public address of another entry": (
        {"public_ip": "198.51.100.1"},
        f"{OF_18} public_ip 198.51.100.1 (eipalloc-1) is in use in this network, for the entry bond-17.",
    ),
    "a gateway's public address": (
        {"public_ip": "198.51.100.3"},
        f"{OF_18} public_ip 198.51.100.3 (eipalloc-3) is in use in this network, for something else than CPE NAT.",
    ),
    "another public address than it has": (
        {**entry(), "public_ip": "198.51.100.4"},
        f"{OF_17} public_ip cannot be changed while the entry has an address (got 198.51.100.4, expected 198.51.100.1, "
        "its Elastic IP eipalloc-1). Leave public_ip out, or take the entry out for one run with "
        "bonding_prune_elastic_ips: true, which releases 198.51.100.1 for ever, and add it again. "
        "To keep 198.51.100.1 in the account, mark it as "
        "yours first: aws ec2 create-tags --resources eipalloc-1 --tags Key=bonded.internet/adopted,Value=true. "
        "Inbound connections are interrupted in between.",
    ),
    "the network's address": (
        {"nat_ip": "192.168.18.0"},
        f"{OF_18} nat_ip 192.168.18.0 is the network or broadcast address of 192.168.18.0/24.",
    ),
    "the broadcast address": (
        {"nat_ip": "192.168.18.255"},
        f"{OF_18} nat_ip 192.168.18.255 is the network or broadcast address of 192.168.18.0/24.",
    ),
    "the bonder itself": (
        {"nat_ip": "192.168.18.1"},
        f"{OF_18} nat_ip 192.168.18.1 is the bonder's own address (connected_ip 192.168.18.1/24), not a host's.",
    ),
    "a host elsewhere": (
        {"nat_ip": "192.168.19.9"},
        f"{OF_18} nat_ip 192.168.19.9 lies outside of its connected network 192.168.18.0/24 (connected_ip "
        "192.168.18.1/24): the bonder translates for that network only.",
    ),
    "a host with a prefix length": (
        {"nat_ip": "192.168.18.9/24"},
        f"{OF_18} nat_ip is '192.168.18.9/24'; wanted an IPv4 address, for example 192.168.17.10.",
    ),
    "a bonder that is its network": (
        {"connected_ip": "192.168.18.0/24"},
        f"{OF_18} connected_ip 192.168.18.0/24 is the network or broadcast address of 192.168.18.0/24; wanted a "
        "host's.",
    ),
    "a bonder without a prefix length": (
        {"connected_ip": "192.168.18.1"},
        f"{OF_18} connected_ip is '192.168.18.1'; wanted an IPv4 address with its prefix length, as 192.168.17.1/24.",
    ),
    "a bonder alone": (
        {"connected_ip": "192.168.18.10/32"},
        f"{OF_18} connected_ip 192.168.18.10/32 has no room for a host beside the bonder; wanted a /30 or larger.",
    ),
    "a bonder and one more": (
        {"connected_ip": "192.168.18.10/31"},
        f"{OF_18} connected_ip 192.168.18.10/31 has no room for a host beside the bonder; wanted a /30 or larger.",
    ),
    "a public bonder": (
        {"connected_ip": "8.8.8.1/24", "nat_ip": "8.8.8.2"},
        f"{OF_18} connected_ip 8.8.8.1/24 is not private; a CPE NAT IP needs a private one.",
    ),
    "a loopback bonder": (
        {"connected_ip": "127.0.0.1/24", "nat_ip": "127.0.0.2"},
        f"{OF_18} connected_ip 127.0.0.1/24 is not private; a CPE NAT IP needs a private one.",
    ),
    "a private address that is none": (
        {"private_ip": "10.1.1.50/24"},
        f"{OF_18} private_ip is '10.1.1.50/24'; wanted an IPv4 address without a prefix length.",
    ),
}


@pytest.mark.parametrize(("given", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_an_engine_refuses_the_plan_refuses(world: World, given: dict[str, Any], sentence: str) -> None:
    wanted = {**B18, **given}
    world.plan(cpe_nat_ips=[wanted])
    assert world.report.problems == [sentence]
    key = wanted.get("name") or f"bond-{wanted['bond']}"
    names = ("connected_ip", "nat_ip", "interface", "bond")
    defaults = dict.fromkeys(("private_ip", "pool", "public_ip", "reverse_dns"))
    on = {"interface_id": "eni-agg1" if wanted["bond"] == "17" else "eni-agg2", "preferred_private_ip": "10.1.1.50"}
    work = {"key": key, **on, **{name: wanted[name] for name in names}, **defaults, **given}
    work.pop("name", None)
    assert engines_refuse([work], world.cloud) != []


SAME: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "a name that is another's default": (
        [entry(name="bond-18"), B18],
        [
            "bonding_cpe_nat_ips: the entries 1 (name 'bond-18', bond 17) and 2 (bond 18) have one key, bond-18, by "
            "which an entry keeps its public address. Give one of them another name."
        ],
    ),
    "the same in the other order": (
        [B18, entry(name="bond-18")],
        [
            "bonding_cpe_nat_ips: the entries 1 (bond 18) and 2 (name 'bond-18', bond 17) have one key, bond-18, by "
            "which an entry keeps its public address. Give one of them another name."
        ],
    ),
    "one host of a bond": (
        [entry(), entry(name="mail")],
        [
            "bonding_cpe_nat_ips: the entries 1 (bond 17) and 2 (name 'mail', bond 17) both lead to nat_ip "
            "192.168.17.10 of bond 17: a host has one public address. Leave one of them out."
        ],
    ),
    "one public address": (
        [{**B18, "public_ip": "198.51.100.4"}, entry(name="mail", public_ip="198.51.100.4")],
        [
            "bonding_cpe_nat_ips: the entries 1 (bond 18) and 2 (name 'mail', bond 17) both adopt the Elastic IP "
            "198.51.100.4 (public_ip): an Elastic IP serves one entry. Leave one of them out."
        ],
    ),
    "one connected IP of two interfaces": (
        [entry(), entry(name="mail", nat_ip="192.168.17.11", interface="eth0")],
        [
            "bonding_cpe_nat_ips: the entries 1 (bond 17) and 2 (name 'mail', bond 17) have one connected_ip, "
            "192.168.17.1/24, but different interface (got eth1 and eth0). Give both the same."
        ],
    ),
    "one private address, which the later entry has": (
        [entry(name="mail", nat_ip="192.168.17.11", private_ip="10.1.0.50"), entry()],
        [
            "CPE NAT entry 'mail': private_ip 10.1.0.50 is already used in agg1's subnet 10.1.0.0/24. Give another "
            "one, or none."
        ],
    ),
}


@pytest.mark.parametrize(("entries", "sentences"), SAME.values(), ids=SAME.keys())
def test_two_entries_of_one_thing_are_refused_in_any_order(
    world: World, entries: list[dict[str, Any]], sentences: list[str]
) -> None:
    world.plan(cpe_nat_ips=entries)
    assert world.report.problems == sentences


def test_an_address_that_carries_anothers_is_refused(world: World) -> None:
    agg1 = world.cloud.instances["i-agg1"]
    publics = {**agg1.publics, "10.1.0.50": "198.51.100.77"}
    world.cloud.instances["i-agg1"] = replace(agg1, publics=publics)
    world.cloud.addresses[0] = replace(OURS[0], interface_id=None, private_ip=None)
    world.plan(cpe_nat_ips=[entry()])
    assert world.report.problems == [
        f"{OF_17} its private address 10.1.0.50 on eni-agg1 (agg1) carries 198.51.100.77, which is not its Elastic IP "
        "198.51.100.1 (eipalloc-1). Disassociate that one, or retire the entry."
    ]
    assert "carries 198.51.100.77" in engines_refuse(work_of(world), world.cloud)[0]


def test_a_delegated_prefix_is_in_use(world: World) -> None:
    used = frozenset({"10.1.1.12", *delegated(["10.1.1.48/28"])})
    world.cloud.subnets["subnet-b"] = replace(world.cloud.subnets["subnet-b"], used=used)
    world.plan(cpe_nat_ips=[{**B18, "private_ip": "10.1.1.50"}])
    (problem,) = world.report.problems
    assert problem.startswith(f"{OF_18} private_ip 10.1.1.50 is already used in agg2's subnet 10.1.1.0/24.")


def test_a_prefix_takes_the_place_of_an_address(world: World) -> None:
    world.cloud.instances["i-agg2"] = replace(world.cloud.instances["i-agg2"], prefixes=9)
    world.plan(cpe_nat_ips=[B18])
    (problem,) = world.report.problems
    assert "has 10 addresses and would get 1 more; an interface of c5.large holds 10. Give a" in problem


def test_an_adopted_address_that_was_kept_leaves_the_other_one_kept(world: World) -> None:
    world.plan(cpe_nat_ips=[entry(name="old", public_ip="198.51.100.4")])
    assert world.report.problems == []
    taken = [item for item in world.design.items if item.kind == "elastic_ip"]
    assert [(item.verb, (item.after or {}).get("public_ip")) for item in taken] == [("update", "198.51.100.4")]
    assert engines_refuse(work_of(world), world.cloud) == []
