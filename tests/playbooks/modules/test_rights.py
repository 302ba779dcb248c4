# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each action of the policy that changes something, taken away: the preflight's words, and nothing changed.

By the engine alone; that a playbook ends with all the rights of a whole way is in tests/playbooks/right_by_right.py.
"""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from tests.playbooks.faults import Fault, Spoil
from tests.playbooks.planning import plan
from tests.playbooks.right_by_right import ASK, NAMED, POLICIES
from tests.playbooks.rights import allowed, only, policy, statements
from tests.playbooks.running import Site

# The last one is allowed by the policy to read, and a run asks for it while it changes.
RIGHTS = {*allowed([policy("change")]), "DescribeVpcAttribute"}
ADDRESS = "cpe-nat/bond-17"
EGRESS_ONLY = {"network": "demo", "key": "eigw/initech"}


def from_nothing(fault: Fault) -> None:
    """All that the demo wants, with security groups, a name for an address, and IPv6 beside the NAT gateway."""
    fault.variables["bonding_spaces"][2]["vpc"]["ipv6"] = True
    fault.groups().variables["bonding_cpe_nat_ips"][0]["reverse_dns"] = "mail.example.com"


def torn_down(fault: Fault) -> None:
    """All that is there, and an egress-only internet gateway."""
    tags = [{"Key": f"bonded.internet/{key}", "Value": value} for key, value in EGRESS_ONLY.items()]
    fault.site.ec2().create_egress_only_internet_gateway(
        VpcId=fault.site.ours("vpcs")["vpc/initech"]["id"],
        TagSpecifications=[{"ResourceType": "egress-only-internet-gateway", "Tags": tags}],
    )
    fault.more |= {"state": "absent", "teardown_private_wan": True, "release_addresses": True}


def with_ipv6(fault: Fault) -> None:
    """IPv6 for the space with two gateways, whose VPC is there."""
    fault.acme()["vpc"]["ipv6"] = True


def named_no_more(fault: Fault) -> None:
    fault.site.ec2().modify_address_attribute(AllocationId=fault.address(ADDRESS), DomainName="mail.example.com")
    fault.variables["bonding_cpe_nat_ips"][0]["reverse_dns"] = ""


def kept(fault: Fault) -> None:
    """An Elastic IP that is kept for later is wanted again."""
    tags = [{"Key": "bonded.internet/retired", "Value": "true"}]
    fault.site.ec2().create_tags(Resources=[fault.address(ADDRESS)], Tags=tags)


def closed(fault: Fault) -> None:
    """A port of a group that is wanted, and a group that belongs to nothing any more; both may go."""
    fault.more |= {"prune": True, "allow_disruption": True}
    fault.groups().our_group("sg/aggregators/vpc-0d000000000000001", 999).our_group("sg/gateway/gone", 999)


def direct(fault: Fault) -> None:
    """BGP inside one subnet, with the source/destination checks off."""
    del fault.hosts["agg2"]
    fault.variables |= {
        "bonding_spaces": [],
        "bonding_cpe_nat_ips": [],
        "bonding_bgp": {"asn": 64512, "mode": "direct"},
    }


WORLDS: dict[str, tuple[str, Spoil, set[str]]] = {
    "the demo from nothing": (
        "empty",
        from_nothing,
        {
            "AllocateAddress",
            "AssignPrivateIpAddresses",
            "AssociateAddress",
            "AssociateRouteTable",
            "AttachInternetGateway",
            "AttachNetworkInterface",
            "AuthorizeSecurityGroupIngress",
            "CreateEgressOnlyInternetGateway",
            "CreateInternetGateway",
            "CreateNatGateway",
            "CreateNetworkInterface",
            "CreateRoute",
            "CreateRouteTable",
            "CreateSecurityGroup",
            "CreateSubnet",
            "CreateTags",
            "CreateVpc",
            "DescribeTags",
            "DescribeVpcAttribute",
            "ModifyAddressAttribute",
            "ModifyNetworkInterfaceAttribute",
            "ModifyVpcAttribute",
        },
    ),
    "IPv6 for what is there": (
        "built",
        with_ipv6,
        {"AssignIpv6Addresses", "AssociateSubnetCidrBlock", "AssociateVpcCidrBlock", "ModifySubnetAttribute"},
    ),
    "a name taken away": ("built", named_no_more, {"ResetAddressAttribute"}),
    "an address taken back": ("built", kept, {"DeleteTags"}),
    "direct BGP": ("empty", direct, set()),
    "groups closed": ("built", closed, {"DeleteSecurityGroup", "RevokeSecurityGroupIngress"}),
    "the demo taken down": (
        "built",
        torn_down,
        {
            "DeleteEgressOnlyInternetGateway",
            "DeleteInternetGateway",
            "DeleteNatGateway",
            "DeleteNetworkInterface",
            "DeleteRoute",
            "DeleteRouteTable",
            "DeleteSubnet",
            "DeleteVpc",
            "DetachInternetGateway",
            "DetachNetworkInterface",
            "DisassociateAddress",
            "ReleaseAddress",
            "ReplaceRoute",
            "UnassignPrivateIpAddresses",
        },
    ),
}
"""World -> (the site's state before, what is wanted, the actions that are taken away there)."""
ROWS = [(world, action) for world, (_start, _spoil, actions) in WORLDS.items() for action in sorted(actions)]


def in_world(request: pytest.FixtureRequest, world: str) -> Fault:
    start, spoil, _actions = WORLDS[world]
    fault = Fault(request.getfixturevalue(start))
    spoil(fault)
    return fault


def refusal(fault: Fault) -> str:
    """The preflight's words; that nothing is changed is judged by the state of both sides."""
    before = fault.site.cloud.state(), fault.site.server.state()
    with pytest.raises(PlanError) as refused:
        plan(fault.site, fault.variables, fault.hosts, **fault.more)
    assert (fault.site.cloud.state(), fault.site.server.state()) == before
    return str(refused.value)


def test_each_action_of_the_policy_has_a_row() -> None:
    assert sorted(action for _world, action in ROWS) == sorted(RIGHTS)


@pytest.mark.parametrize(("world", "action"), ROWS, ids=[" without ".join(row) for row in ROWS])
def test_an_action_that_is_missing_is_refused_by_its_name(
    request: pytest.FixtureRequest, world: str, action: str
) -> None:
    words = refusal(in_world(request, world).lacking(action))
    assert set(NAMED.findall(words)) == {action}
    assert "Nothing was changed." in words


@pytest.mark.parametrize("world", WORLDS)
def test_with_all_rights_nothing_is_missing(request: pytest.FixtureRequest, world: str) -> None:
    fault = in_world(request, world)
    fault.site.grant([*POLICIES, ASK])
    found = plan(fault.site, fault.variables, fault.hosts, check_rights=True, **fault.more)
    assert {item["system"] for item in found["plan"]} >= {"aws"}
    assert not [text for text in found["warnings"] if "asked for" in text or "does not tell" in text]


def test_an_address_of_the_operators_takes_the_policy_for_adoption(empty: Site) -> None:
    fault = Fault(empty)
    theirs = empty.ec2().allocate_address(Domain="vpc")["PublicIp"]
    fault.variables["bonding_cpe_nat_ips"][0]["public_ip"] = theirs
    fault.more["check_rights"] = True
    fault.site.grant([*POLICIES, ASK])
    words = refusal(fault)
    assert set(NAMED.findall(words)) == {"CreateTags"}
    fault.site.grant([*POLICIES, policy("adopt"), ASK])
    found = plan(fault.site, fault.variables, fault.hosts, **fault.more)
    (taken,) = [one for one in found["plan"] if one["kind"] == "elastic_ip" and one["key"] == ADDRESS]
    assert (taken["verb"], taken["after"]["tags"]["bonded.internet/adopted"]) == ("update", "true")


@pytest.mark.parametrize("sid", statements(policy("change")))
def test_a_statement_of_the_policy_that_is_missing_is_found(request: pytest.FixtureRequest, sid: str) -> None:
    """The conditions and the resources too: each statement gives something that no other gives."""
    left = policy("change")
    left["Statement"] = [one for one in left["Statement"] if one["Sid"] != sid]
    named: set[str] = set()
    for world in WORLDS:
        fault = in_world(request, world)
        fault.site.grant([policy("read"), left, ASK])
        try:
            plan(fault.site, fault.variables, fault.hosts, check_rights=True, **fault.more)
        except PlanError as refused:
            named = set(NAMED.findall(str(refused)))
            break
    assert named
    assert named <= statements(policy("change"))[sid]


def test_without_the_right_to_ask_it_is_said_what_was_not_asked_for(request: pytest.FixtureRequest) -> None:
    fault = in_world(request, "the demo taken down")
    fault.site.grant(POLICIES)
    found = plan(fault.site, fault.variables, fault.hosts, check_rights=True, **fault.more)
    (text,) = [text for text in found["warnings"] if "could not be asked for" in text]
    assert {"DetachNetworkInterface", "UnassignPrivateIpAddresses"} <= set(named_in(text))
    assert "DeleteVpc" not in named_in(text)  # by a dry run
    assert "iam:SimulatePrincipalPolicy" in text


def named_in(text: str) -> list[str]:
    return [word.strip("., ").removeprefix("ec2:") for word in text.split() if word.startswith("ec2:")]


def test_a_role_with_a_path_is_found_by_its_name(request: pytest.FixtureRequest) -> None:
    """As those of AWS's single sign-on are; the second right of iam-policy-ask.json is for them."""
    role = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_net_0a1b"
    fault = in_world(request, "the demo taken down")
    key = fault.variables["aws_access_key"]
    fault.site.cloud.control("POST", "identities", {key: role})
    words = refusal(fault.lacking("DetachNetworkInterface"))
    assert f"IAM's simulation for {role} says implicitDeny" in words
    fault.site.grant([*POLICIES, *only([ASK], {"iam:SimulatePrincipalPolicy"})])
    found = plan(fault.site, fault.variables, fault.hosts, **fault.more)
    (text,) = [text for text in found["warnings"] if "could not be asked for" in text]
    assert "iam:GetRole" in text
