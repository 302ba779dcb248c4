# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that cannot change on an object that exists: each is refused by name with the way, or said, never ignored."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Bond,
    ElasticIp,
    RouteTable,
    Subnet,
    Vpc,
)

from .built_world import FACTS, MASQUERADING, PRIVATE, PUBLIC, Built, addresses_alone, masquerading, tags
from .world import HOSTS, entry, host, initech, instance

OWN_POOL, OTHER_POOL = "ipv4pool-ec2-0123456789", "ipv4pool-ec2-0abcdef012"


def retag(built: Built, pool: str | None = "amazon", **more: str) -> None:
    """Change the Elastic IP of bond 17: its tags by their last part, and the pool that it is from."""
    addresses = built.world.cloud.addresses
    named = {f"bonded.internet/{name}": value for name, value in more.items()}
    addresses[-1] = replace(addresses[-1], tags={**addresses[-1].tags, **named}, pool=pool)


def kept(built: Built, **more: str) -> None:
    """Leave the Elastic IP of bond 17 as a teardown keeps it."""
    retag(built, **{"pool": "amazon", "retired": "true", **more})
    addresses = built.world.cloud.addresses
    addresses[-1] = replace(addresses[-1], interface_id=None, private_ip=None)


def spaces(**more: Any) -> list[dict[str, Any]]:
    """The spaces of the network, acme with other options."""
    return [{**deepcopy(MASQUERADING), **more}, initech()]


def gateway(**more: Any) -> list[dict[str, Any]]:
    """The spaces of the network, the gateway of acme with other options."""
    return spaces(gateways=[{**deepcopy(MASQUERADING["gateways"][0]), **more}])


def refusal(problems: list[str], name: str) -> str:
    """Return the one problem that names the option."""
    (found,) = [problem for problem in problems if name in problem]
    return found


def short(items: list[PlannedChange]) -> set[tuple[str, str, str, str, str]]:
    return {(item.phase, item.verb, item.kind, item.parent, item.key) for item in items}


class TestEntries:
    """`pool`, `public_ip` and `bond` of an entry that has its address."""

    def test_another_pool(self) -> None:
        built = addresses_alone()
        retag(built)
        items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", pool=OWN_POOL)])
        text = refusal(problems, "pool")
        assert f"(got {OWN_POOL}, expected amazon, the pool of its Elastic IP {PUBLIC} (eipalloc-17))" in text
        assert "bonding_prune_elastic_ips: true" in text
        assert "for ever" in text
        assert items == []

    @pytest.mark.parametrize("pool", [OWN_POOL, None])  # EC2 has not told the pool
    def test_the_pool_that_it_has(self, pool: str | None) -> None:
        built = addresses_alone()
        retag(built, pool=pool)
        assert built.run(cpe_nat_ips=[entry(aggregator="agg1", pool=OWN_POOL)]) == ([], [])

    def test_another_pool_than_that_of_the_kept_address(self) -> None:
        built = addresses_alone()
        kept(built)
        _items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", pool=OWN_POOL)])
        assert "aws ec2 release-address --allocation-id eipalloc-17" in refusal(problems, "pool")

    def test_an_address_of_the_operators_is_never_to_be_released(self) -> None:
        built = addresses_alone()
        kept(built, adopted="true")
        _items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", pool=OWN_POOL)])
        text = refusal(problems, "pool")
        assert "release" not in text
        assert "aws ec2 delete-tags --resources eipalloc-17" in text

    def test_a_pool_that_the_address_to_adopt_is_not_of(self) -> None:
        built = addresses_alone()
        built.world.cloud.addresses.clear()
        built.world.cloud.named.append(ElasticIp("eipalloc-9", "198.51.100.9", pool=OTHER_POOL))
        given = entry(aggregator="agg1", pool=OWN_POOL, public_ip="198.51.100.9")
        _items, problems = built.run(cpe_nat_ips=[given])
        assert f"(got {OWN_POOL}, expected {OTHER_POOL}" in refusal(problems, "pool")

    def test_another_public_ip(self) -> None:
        built = addresses_alone()
        built.world.cloud.named.append(ElasticIp("eipalloc-9", "198.51.100.9"))
        items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", public_ip="198.51.100.9")])
        text = refusal(problems, "public_ip")
        assert f"(got 198.51.100.9, expected {PUBLIC}, its Elastic IP eipalloc-17)" in text
        assert "bonded.internet/adopted,Value=true" in text  # how to keep the one that it has
        assert "bonding_prune_elastic_ips: true" in text
        assert items == []

    def test_another_public_ip_where_the_operators_own_is_given_back(self) -> None:
        built = addresses_alone()
        retag(built, adopted="true")
        _items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", public_ip="198.51.100.9")])
        text = refusal(problems, "public_ip")
        assert "takes it off and keeps it" in text
        assert "release" not in text

    def test_another_bond(self) -> None:
        built = addresses_alone()
        retag(built, key="cpe-nat/web")
        server = built.world.server
        server.bonds[18], server.bond_interfaces[18] = Bond(18, "acme-bonn", "acme", 7, None, 7), ["eth1"]
        _items, problems = built.run(cpe_nat_ips=[{**entry(aggregator="agg1", name="web"), "bond": "18"}])
        text = refusal(problems, "bond")
        assert f"its address {PUBLIC} leads to bond 17 (acme-berlin) (got bond 18, expected 17)" in text
        assert f"Delete the CPE NAT IP {PRIVATE} of bond 17" in text

    def test_two_bonds_behind_one_private_address_of_two_vpcs(self) -> None:
        built = addresses_alone()
        retag(built, key="cpe-nat/web")
        world = built.world
        world.server.bonds[18], world.server.bond_interfaces[18] = Bond(18, "far", "acme", 12, None, 12), ["eth1"]
        far = {**tags("cpe-nat/far"), "bonded.internet/interface": "eni-agg2", "bonded.internet/private_ip": PRIVATE}
        world.cloud.addresses.append(ElasticIp("eipalloc-18", "198.51.100.18", far, "eni-agg2", PRIVATE))
        one = world.cloud.instances["i-agg2"]
        world.cloud.instances["i-agg2"] = replace(one, addresses=(*one.addresses, PRIVATE))
        web = entry(aggregator="agg1", name="web")
        _items, problems = built.run(cpe_nat_ips=[{**web, "bond": "18", "name": "far", "aggregator": "agg2"}, web])
        assert problems == []

    def test_a_network_leaves_the_private_wan(self) -> None:
        built = addresses_alone()
        given = entry(aggregator="agg1", include_private_wan=True)
        built.world.apply(cpe_nat_ips=[given])
        _items, problems = built.run(cpe_nat_ips=[{**given, "include_private_wan": False}])
        assert refusal(problems, "connected_ip").endswith(
            "interrupts: what the private WAN has for the bond's connected network. Say bonding_allow_disruption: "
            "true to let it."
        )

    def test_a_network_joins_the_private_wan(self) -> None:
        built = addresses_alone()
        items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", include_private_wan=True)])
        assert problems == []
        assert short(items) == {("add", "update", "connected_ip", "bonds/17", "192.168.17.1/24")}


class TestInstances:
    """Another instance for a host that owns the address of an entry."""

    def another(self, built: Built, subnet: str = "subnet-a") -> None:
        """The inventory and AWS have a new instance for agg1; the old one is terminated."""
        cloud = built.world.cloud
        del cloud.instances["i-agg1"]
        new = instance("agg1", "10.1.0.99" if subnet == "subnet-a" else "10.1.1.99", subnet[-1], interface_id="eni-new")
        cloud.instances["i-agg1"] = new

    def test_an_address_that_is_still_at_the_old_one(self) -> None:
        built = addresses_alone()
        self.another(built)
        _items, problems = built.run()
        text = refusal(problems, "Elastic IP")
        assert "Name its instance again; or, where another one has taken its place, disassociate it" in text
        assert "--allocation-ids eipalloc-17)" in text

    @pytest.mark.parametrize("subnet", ["subnet-a", "subnet-b"])
    @pytest.mark.parametrize("given", [{}, {"private_ip": "10.1.%d.60"}], ids=["any", "fixed"])
    def test_an_address_that_went_with_the_old_one(self, subnet: str, given: dict[str, str]) -> None:
        built = addresses_alone()
        self.another(built, subnet)
        addresses = built.world.cloud.addresses
        addresses[-1] = replace(addresses[-1], interface_id=None, private_ip=None)
        fixed = {name: text % (subnet == "subnet-b") for name, text in given.items()}
        items, problems = built.run(cpe_nat_ips=[entry(aggregator="agg1", **fixed)])
        assert problems == []
        (private_ip,) = [item.key for item in items if item.kind == "private_address"]
        assert private_ip.startswith("10.1.1." if subnet == "subnet-b" else "10.1.0.")
        assert private_ip == fixed.get("private_ip", PRIVATE if subnet == "subnet-a" else private_ip)
        found = {(i.phase, i.verb, i.kind) for i in items if i.part == "cpe_nat" and i.kind != "group_attachment"}
        wanted = {("add", "update", "elastic_ip"), ("add", "create", "private_address")}
        wanted |= {("add", "create", "address_association")}
        if private_ip != PRIVATE:
            wanted |= {("add", "create", "cpe_nat_ip"), ("remove", "delete", "cpe_nat_ip")}
        assert found == wanted


class TestSpaces:
    """The VPC of a space, its IPv6, and where a gateway lies."""

    def test_a_vpc_of_others_in_place_of_ours(self) -> None:
        built = masquerading()
        cloud = built.world.cloud
        cloud.vpcs["vpc-77"] = Vpc("vpc-77", ("10.66.0.0/16",))
        cloud.subnets["subnet-77"] = Subnet("subnet-77", "vpc-77", "10.66.1.0/24", "eu-central-1a")
        cloud.route_tables["rtb-77"] = RouteTable("rtb-77", "vpc-77", True)
        given = gateway(subnet_id="subnet-77")
        given[0]["vpc"] = {"id": "vpc-77"}
        _items, problems = built.run(spaces=given)
        text = refusal(problems, "cannot be moved")
        assert "(got subnet-77, expected subnet-gw, where its network interface eni-gw is)" in text
        assert "bonding_prune: true" in text
        assert any("The VPC vpc-9 (vpc/acme)" in warning for warning in built.world.report.warnings)

    def test_a_vpc_that_is_ours_and_of_others(self) -> None:
        _items, problems = masquerading().run(spaces=spaces(vpc={"id": "vpc-77", "cidr": "10.101.0.0/16"}))
        text = refusal(problems, "id with cidr")
        assert text.startswith("space acme, vpc: id with cidr (got the VPC vpc-77 of others")

    def test_the_other_vpc_goes_by_its_switch(self) -> None:
        built = masquerading()
        built.world.cloud.vpcs["vpc-77"] = Vpc("vpc-77", ("10.66.0.0/16",))
        items, _problems = built.run(spaces=spaces(vpc={"id": "vpc-77"}, gateways=[]), prune=True)
        assert ("remove", "delete", "vpc", "", "vpc/acme") in short(items)

    def test_another_subnet(self) -> None:
        built = masquerading()
        built.world.cloud.subnets["subnet-8"] = Subnet("subnet-8", "vpc-9", "10.101.8.0/24", "eu-central-1a", ipv6=True)
        _items, problems = built.run(spaces=gateway(subnet_id="subnet-8"))
        assert "(got subnet-8, expected subnet-gw" in refusal(problems, "cannot be moved")

    def test_the_subnet_that_it_has(self) -> None:
        assert masquerading().run() == ([], [])

    def test_another_instance(self) -> None:
        built = masquerading()
        cloud = built.world.cloud
        cloud.interfaces["eni-gw"] = replace(cloud.interfaces["eni-gw"], instance_id="i-old")
        _items, problems = built.run()
        text = refusal(problems, "attached to i-old")
        assert "(got i-agg1, expected i-old)" in text
        assert "aws ec2 detach-network-interface" in text

    def test_ipv6_is_kept_where_no_gateway_has_it(self) -> None:
        built = masquerading()
        built.run(spaces=spaces(vpc={"cidr": "10.101.0.0/16"}, gateways=[]), prune=True)
        (warning,) = [text for text in built.world.report.warnings if "vpc.ipv6" in text]
        assert warning.startswith("space acme: vpc.ipv6 is not true")

    def test_a_route_table_that_is_named_no_more(self) -> None:
        built = masquerading()
        items, problems = built.run(spaces=gateway(route_tables=["rtb-main"]))
        assert ("remove", "delete", "route", "rtb/acme", "172.16.0.0/12") in short(items)
        assert refusal(problems, "route 172.16.0.0/12").endswith("Say bonding_allow_disruption: true to let it.")
        works = [work for _host, work in built.world.design.gateways["remove"]]
        assert [(w.networks, w.absent_networks, w.route_table_ids) for w in works][-1] == (
            [],
            ["172.16.0.0/12"],
            ["rtb-gw"],
        )
        assert not [w for w in works[:-1] if w.absent_networks]


class TestNetwork:
    """Options of the whole network: the name of the network, security groups, and what derived values come from."""

    def test_another_name_of_the_network(self) -> None:
        built = masquerading()
        _items, problems = built.run(network="other")
        text = refusal(problems, "bonding_network")
        assert "(got other, expected prod, which has prod_babel_11" in text
        assert "Say bonding_network: prod again, or take that network down first" in text

    def test_a_second_network_beside_one_that_is_there(self) -> None:
        built = masquerading()
        _items, problems = built.run(network="other", spaces=[], bgp=None, cpe_nat_ips=[])
        assert not [problem for problem in problems if "bonding_network" in problem]

    def test_a_network_that_is_there_beside_another(self) -> None:
        built = masquerading()
        built.world.add_thing("babel_protocol", "aggregators/7", {"name": "other_babel_11", "space": "acme"})
        _items, problems = built.run()
        assert not [problem for problem in problems if "bonding_network" in problem]

    def test_security_groups_that_are_not_wanted_any_more(self) -> None:
        built = masquerading()
        none = {"security_groups": False, "cpe_nat_inbound": None, "managed_mesh_ports": None}
        items, problems = built.run(**none)
        assert (items, problems) == ([], [])
        named = [text for text in built.world.report.warnings if text.startswith("The security group sg/")]
        assert [text.split()[3] for text in named] == [
            "sg/aggregators/vpc-1",
            "sg/cpe-nat/vpc-1",
            "sg/gateway/acme",
        ]
        assert built.world.report.kept == 3
        items, _problems = built.run(**none, prune=True)
        assert ("remove", "delete", "security_group", "vpc-1", "sg/cpe-nat/vpc-1") in short(items)

    def test_another_base_of_the_vnis(self) -> None:
        built = masquerading()
        built.run(vni_base=15000000)
        (text,) = [text for text in built.world.report.warnings if "bonding_vni_base" in text]
        assert "acme keeps 10000011, initech keeps 10000013" in text
        assert "vxlan.vni" in text

    def test_another_index(self) -> None:
        built = masquerading()
        given = [host(n, manage_host=True, found={**FACTS, "installed": built.installed.get(n, {})}) for n in HOSTS]
        given[0]["index"] = 77
        _items, problems = built.run(aggregators=given)
        assert problems == []
        (text,) = [text for text in built.world.report.warnings if "bonding_aggregator_index" in text]
        assert text.startswith("agg1: bonding_aggregator_index 77 ")
        assert "space acme keeps 10.254.0.7" in text
        assert "vxlan.addresses" in text

    def test_nothing_is_said_where_nothing_differs(self) -> None:
        built = masquerading()
        items, problems = built.run()
        assert (items, problems, built.world.report.kept) == ([], [], 0)
        assert [text.split(":")[0] for text in built.world.report.warnings] == ["bonding_cpe_nat_inbound"]
