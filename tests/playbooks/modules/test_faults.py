# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table of what an account, its machines and the server can lack: the preflight's words, and nothing changed.

What is warned of is in test_warned.py. The actions of the IAM policies, each taken away from runs, are in
tests/playbooks/ways/missing_rights.py.
"""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from tests.playbooks.faults import Fault, Spoil
from tests.playbooks.planning import plan
from tests.playbooks.rights import policy, without
from tests.playbooks.running import DEMO, Site, aws_writes, demo_variables, server_writes

REFUSED: dict[str, tuple[Spoil, str]] = {
    "Elastic IPs, AWS tells": (
        lambda f: f.account(elastic_ips=10),
        "The region eu-central-1 has 1 Elastic IPs and would get 11 more; AWS says that it may have 10 (quota "
        '"EC2-VPC Elastic IPs"). Ask AWS for more. If it was raised, say bonding_quotas: {elastic_ips: ...}.',
    ),
    "Elastic IPs, others took them": (
        lambda f: [f.site.ec2().allocate_address(Domain="vpc") for _number in range(10)],
        "The region eu-central-1 has 11 Elastic IPs and would get 11 more; AWS says that it may have 20",
    ),
    "Elastic IPs, the operator tells": (
        lambda f: f.said(elastic_ips=8),
        "The region eu-central-1 has 1 Elastic IPs and would get 11 more; bonding_quotas says that it may have 8",
    ),
    "VPCs": (lambda f: f.said(vpcs=3), "The region eu-central-1 has 1 VPCs and would get 3 more"),
    "VPCs of others": (
        lambda f: f.said(vpcs=4).site.ec2().create_vpc(CidrBlock="10.77.0.0/16"),
        "The region eu-central-1 has 2 VPCs and would get 3 more; bonding_quotas says that it may have 4",
    ),
    "internet gateways": (
        lambda f: f.said(internet_gateways=3),
        "The region eu-central-1 has 1 internet gateways and would get 3 more",
    ),
    "internet gateways of others": (
        lambda f: f.said(internet_gateways=4).site.ec2().create_internet_gateway(),
        "The region eu-central-1 has 2 internet gateways and would get 3 more",
    ),
    "NAT gateways": (
        lambda f: f.said(nat_gateways_per_zone=0),
        "The zone eu-central-1a has 0 NAT gateways and would get 1 more; bonding_quotas says that it may have 0",
    ),
    "NAT gateways of others": (
        lambda f: f.said(nat_gateways_per_zone=2).nat_gateways(2),
        "The zone eu-central-1a has 2 NAT gateways and would get 1 more",
    ),
    "routes of a new table": (
        lambda f: f.said(routes_per_table=9).networks(10),
        "The route table rtb/acme has 0 routes and would get 11 more; bonding_quotas says that it may have 9",
    ),
    "routes of the main table": (
        lambda f: f.said(routes_per_table=9).networks(10),
        "The route table vpc/acme/main has 0 routes and would get 10 more",
    ),
    "groups of an interface": (
        lambda f: f.groups().account(security_groups_per_interface=1),
        "The network interface eni-0d00000000000a901 has 1 security groups and would get 1 more; AWS says that it may",
    ),
    "groups of an interface that has more": (
        lambda f: f.groups("agg3").said(security_groups_per_interface=2),
        "The network interface eni-0d00000000000a903 has 2 security groups and would get 1 more; bonding_quotas says",
    ),
    "interfaces of an instance": (
        lambda f: f.gateway(0, aggregator="agg3").gateway(1, aggregator="agg3", interface="ens8"),
        "agg3: has 1 network interfaces and would get 3 more for gateways; c5.large holds 3.",
    ),
    "interfaces of an instance, others took them": (
        lambda f: f.attach("agg1"),
        "agg1: has 2 network interfaces and would get 2 more for gateways; c5.large holds 3.",
    ),
    "addresses of an interface": (
        lambda f: f.addresses(6, "agg1"),
        "agg1: its primary interface has 8 addresses and would get 3 more; an interface of c5.large holds 10.",
    ),
    "addresses of another interface": (
        lambda f: f.addresses(8, "agg2"),
        "agg2: its primary interface has 9 addresses and would get 2 more; an interface of c5.large holds 10.",
    ),
    "addresses of a gateway's subnet": (
        lambda f: f.small_vpc("10.101.0.0/28", 11),
        "The subnet subnet/acme/eu-central-1a (10.101.0.0/28) has 0 free addresses and would have to give 1",
    ),
    "addresses of the aggregators' subnet": (
        lambda f: f.variables["bonding_cpe_nat_ips"][0].update(private_ip="10.1.0.255"),
        "private_ip 10.1.0.255 is reserved by AWS in 10.1.0.0/24",
    ),
    "addresses of a full subnet of the aggregators": (
        lambda f: f.fill("subnet-0d00000000000001b"),
        "agg2's subnet 10.1.1.0/24 has no free address left.",
    ),
    "addresses of a given subnet": (
        lambda f: f.fill("subnet-0d00000000000001b").in_subnet("agg2", "subnet-0d00000000000001b"),
        "The subnet subnet-0d00000000000001b (10.1.1.0/24) has 0 free addresses and would have to give 1",
    ),
    "no subnet for the zone of a gateway": (
        lambda f: [f.gateway(0, aggregator="agg2"), f.acme().update(vpc={"cidr": "10.101.0.0/28"})],
        "vpc.cidr: 10.101.0.0/28 has no default subnet for the zone eu-central-1b: give vpc.subnets.",
    ),
    "subnets of two zones over each other": (
        lambda f: [
            f.gateway(0, aggregator="agg2"),
            f.acme()["vpc"].update(
                subnets=[
                    {"zone": "eu-central-1a", "cidr": "10.101.0.0/23"},
                    {"zone": "eu-central-1b", "cidr": "10.101.1.0/24"},
                ]
            ),
        ],
        "vpc.subnets: 10.101.0.0/23 (eu-central-1a) and 10.101.1.0/24 (eu-central-1b) overlap.",
    ),
    "another subnet than the one that is there": (
        lambda f: f.small_vpc("10.101.0.0/24", 0).acme()["vpc"]["subnets"][0].update(cidr="10.101.0.0/26"),
        "vpc.subnets: 10.101.0.0/26 is wanted in eu-central-1a, but subnet/acme/eu-central-1a",
    ),
    "the zone of a given subnet": (
        lambda f: f.gateway(0, aggregator="agg2", subnet_id="subnet-0d00000000000001a"),
        "subnet subnet-0d00000000000001a is in eu-central-1a, the aggregator in eu-central-1b",
    ),
    "networks that overlap": (
        lambda f: f.variables["bonding_spaces"][1]["vpc"].update(cidr="10.1.0.0/17"),
        "the VPC network 10.1.0.0/17 of space globex overlaps the aggregators' subnet 10.1.0.0/24",
    ),
    "a tunnel over a bond's network": (
        lambda f: f.acme()["vxlan"].update(subnet="172.16.0.0/20"),
        "the tunnel subnet 172.16.0.0/20 of space acme overlaps the network 172.16.1.0/24 of bond 17",
    ),
    "a tunnel over a VPC": (
        lambda f: f.acme()["vxlan"].update(subnet="10.101.16.0/20"),
        "the tunnel subnet 10.101.16.0/20 of space acme overlaps the VPC network 10.101.0.0/16 of space acme.",
    ),
    "two gateways of one aggregator in the same subnet": (
        lambda f: f.variables["bonding_spaces"][1]["vpc"].update(cidr="10.101.0.0/16"),
        "agg1 finds a gateway's router by the subnet of its address alone, and could lead one customer's packets into",
    ),
    "a VNI of two spaces": (
        lambda f: f.acme()["vxlan"].update(vni=10000012),
        "the VNI 10000012 is also that of space acme: two customers would be connected with each other.",
    ),
    "the right to make addresses": (
        lambda f: f.lacking("AllocateAddress"),
        "the credentials lack the IAM right ec2:AllocateAddress on arn:aws:ec2:",
    ),
    "the right to tag what is made": (
        lambda f: f.lacking("CreateTags"),
        "the credentials lack the IAM right ec2:CreateTags on arn:aws:ec2:",
    ),
    "the right to make VPCs": (
        lambda f: f.lacking("CreateVpc"),
        "the credentials lack the IAM right ec2:CreateVpc on arn:aws:ec2:",
    ),
    "the right to make internet gateways": (
        lambda f: f.lacking("CreateInternetGateway"),
        "the credentials lack the IAM right ec2:CreateInternetGateway on arn:aws:ec2:",
    ),
    "the right to make tables in a VPC that is there": (
        lambda f: f.small_vpc("10.101.0.0/24", 0).lacking("CreateRouteTable"),
        "the credentials lack the IAM right ec2:CreateRouteTable on arn:aws:ec2:",
    ),
    "the right to make interfaces in a subnet that is there": (
        lambda f: f.small_vpc("10.101.0.0/24", 0).lacking("CreateNetworkInterface"),
        "the credentials lack the IAM right ec2:CreateNetworkInterface on arn:aws:ec2:",
    ),
    "on the server, the right to add": (
        lambda f: f.as_viewer(),
        "The user may write nothing on the server, or the server does not tell: no OPTIONS of",
    ),
    "the right to read": (
        lambda f: f.site.grant(without([policy("read")], "DescribeVpcs")),
        "the credentials lack the IAM right ec2:DescribeVpcs",
    ),
    "on the server, a VNI": (
        lambda f: f.on_server(
            "POST",
            "aggregators/12/vxlan_interfaces/",
            {"name": "vxother", "vni": 10000011, "space": "/api/v4/spaces/globex/", "endpoints": [], "addresses": []},
        ),
        "space acme: the VNI 10000011 is in use by the interface vxother on agg2 (id 12) in space globex",
    ),
    "on the server, a name": (
        lambda f: f.on_server(
            "POST",
            "aggregators/7/vxlan_interfaces/",
            {"name": "vx10000011", "vni": 77, "space": None, "endpoints": [], "addresses": []},
        ),
        "agg1 has an interface vx10000011 of another kind or space",
    ),
    "on the server, a host twice": (
        lambda f: f.hosts["agg2"].update(bonding_aggregator="agg1"),
        "agg2: is aggregator 7 on the server, and so is agg1.",
    ),
    "on the server, a bond that is elsewhere": (
        lambda f: f.acme()["vxlan"].update(aggregators=["agg1", "agg2"]),
        "agg3 is the aggregator of bonds of the space, and outside of its mesh",
    ),
    "on the server, no such space": (
        lambda f: f.acme().update(key="acne"),
        "space acne: the server has no space with this key",
    ),
}


@pytest.mark.parametrize(("spoil", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_in_the_preflights_words_with_nothing_changed(empty: Site, spoil: Spoil, words: str) -> None:
    fault = Fault(empty)
    spoil(fault)
    with pytest.raises(Exception) as caught:
        plan(empty, fault.variables, fault.hosts, **fault.more)
    assert words in str(caught.value)
    assert isinstance(caught.value, PlanError) or "lack the IAM right" in words
    assert [entry for entry in empty.cloud.log() if "DryRun" not in entry["params"] and aws_writes([entry])] == []
    assert server_writes(empty.server.log()) == []


ON_SERVER = {
    # what a group of the demo's user gives, and the kind of object that the preflight names without it
    "change_space": "change objects of the kind space",
    "*_connectedip": "add objects of the kind connected_ip",
    "*_cpenatip": "add objects of the kind cpe_nat_ip",
    "*_interface": "add objects of the kind ethernet_interface",
    "*_protocol": "add objects of the kind static_protocol",
    "*_filter": "add objects of the kind filter",
}


@pytest.mark.parametrize("permission", ON_SERVER)
def test_each_right_on_the_server_is_named_when_it_is_taken_away(empty: Site, permission: str) -> None:
    seed = yaml.safe_load((DEMO / "bondingadmin.yml").read_text(encoding="utf-8"))
    (user,) = [one for one in seed["users"] if one["email"] == demo_variables()["bonding_api_username"]]
    assert set(user["permissions"]) == {*ON_SERVER, "view_*"}
    left = [one for one in user["permissions"] if one != permission]
    empty.server.control("POST", "permissions", {user["email"]: left})
    with pytest.raises(PlanError) as refused:
        plan(empty, check_rights=True)
    assert server_writes(empty.server.log()) == []
    assert f"The user lacks the right to {ON_SERVER[permission]} on the server" in str(refused.value)


def test_with_all_rights_nothing_is_missing(empty: Site) -> None:
    empty.grant([policy("read"), policy("change")])
    plan(empty, check_rights=True)
    asked = {entry["action"] for entry in empty.cloud.log() if aws_writes([entry])}
    assert asked == {"AllocateAddress", "CreateInternetGateway", "CreateVpc"}
    assert {entry["error"] for entry in empty.cloud.log() if aws_writes([entry])} == {"DryRunOperation"}
    assert server_writes(empty.server.log()) == []
