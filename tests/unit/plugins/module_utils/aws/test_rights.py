# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dry runs of EC2: of actions that create an object by itself, and of actions on existing objects."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import api_name
from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.check import (
    NO_DRY_RUN,
    dry_runs,
    missing_rights,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Cloud, ElasticIp
from tests.unit.plugins.module_utils.design.egress_world import (
    ANYWHERE,
    gateway,
    nat_world,
    plain_world,
    retired,
    routes,
    space,
    tags,
)
from tests.unit.plugins.module_utils.design.world import World, small_world


def asked(world: World, **more: Any) -> dict[str, dict[str, Any]]:
    """The dry runs for a plan, tags left out."""
    items = world.plan(**more)
    assert world.report.problems == []
    found = dict(dry_runs(items, "prod", world.cloud))
    return {m: {k: v for k, v in given.items() if k != "TagSpecifications"} for m, given in found.items()}


def test_from_nothing_only_what_is_made_by_itself() -> None:
    found = asked(small_world(), spaces=space())
    assert found == {
        "create_vpc": {"CidrBlock": "10.101.0.0/16"},
        "create_internet_gateway": {},
        "allocate_address": {"Domain": "vpc"},
    }


def test_what_is_missing_of_what_is_there() -> None:
    """A gateway's interface that a killed run made and no more, with the VPC, its table and a kept Elastic IP."""
    world = plain_world()
    cloud = world.cloud
    cloud.interfaces["eni-gw"] = replace(cloud.interfaces["eni-gw"], instance_id=None, source_dest_check=True)
    cloud.addresses[:] = [replace(cloud.addresses[0], interface_id=None, tags=retired("gateway-ip/acme/agg1"))]
    for table in ("rtb-gw", "rtb-main"):
        routes(cloud, table)
    assert asked(world, spaces=space(gateway(egress="none"))) == {
        "modify_network_interface_attribute": {
            "NetworkInterfaceId": "eni-gw",
            "SourceDestCheck": {"Value": False},
        },
        "attach_network_interface": {"InstanceId": "i-agg1", "NetworkInterfaceId": "eni-gw", "DeviceIndex": 1},
        "delete_tags": {
            "Resources": ["eipalloc-gw"],
            "Tags": [{"Key": "bonded.internet/retired", "Value": "true"}],
        },
        "associate_address": {
            "AllocationId": "eipalloc-gw",
            "NetworkInterfaceId": "eni-gw",
            "PrivateIpAddress": "10.101.0.4",
        },
        "create_route": {"RouteTableId": "rtb-gw", "DestinationCidrBlock": ANYWHERE, "GatewayId": "igw-9"},
    }


def test_the_subnets_and_tables_of_a_vpc_that_is_there() -> None:
    world = plain_world()
    found = asked(world, spaces=space(gateway(aggregator="agg2")))
    assert found["create_subnet"] == {
        "VpcId": "vpc-9",
        "CidrBlock": "10.101.1.0/24",
        "AvailabilityZone": "eu-central-1b",
    }
    assert found["create_route_table"] == {"VpcId": "vpc-9"}
    assert "create_network_interface" not in found  # its subnet has yet to be made
    second = gateway(aggregator="agg3", networks=["10.99.0.0/16"], egress="none")
    again = asked(plain_world(), spaces=space(gateway(egress="none"), second))
    assert again["create_network_interface"] == {"SubnetId": "subnet-gw"}


def test_back_to_none_asks_for_what_is_replaced_and_deleted() -> None:
    found = asked(nat_world(), spaces=space(gateway(egress="none")), prune_addresses=True)
    assert found == {
        "allocate_address": {"Domain": "vpc"},
        "replace_route": {"RouteTableId": "rtb-gw", "DestinationCidrBlock": ANYWHERE, "GatewayId": "igw-9"},
        "delete_nat_gateway": {"NatGatewayId": "nat-9"},
        "release_address": {"AllocationId": "eipalloc-nat"},
        "delete_subnet": {"SubnetId": "subnet-nat"},
        "delete_route_table": {"RouteTableId": "rtb-nat"},
    }


def test_a_teardown_asks_for_what_it_deletes() -> None:
    found = asked(plain_world(), spaces=space(gateway(egress="none")), state="absent")
    assert {method: next(iter(given.values())) for method, given in found.items()} == {
        "delete_route": "rtb-main",
        "create_tags": ["eipalloc-gw"],
        "delete_network_interface": "eni-gw",
        "delete_subnet": "subnet-gw",
        "delete_route_table": "rtb-gw",
        "delete_internet_gateway": "igw-9",
        "delete_vpc": "vpc-9",
    }


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ({"reverse_dns": ""}, {"reverse_dns": "a.example.com"}, ("modify_address_attribute", "DomainName")),
        ({"reverse_dns": "a.example.com"}, {"reverse_dns": ""}, ("reset_address_attribute", "Attribute")),
        ({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, ("create_tags", "Tags")),
        ({"tags": {"bonded.internet/retired": "true"}}, {"tags": {"a": "2"}}, ("delete_tags", "Tags")),
        ({"tags": {}}, {"tags": {"bonded.internet/retired": "true"}}, ("create_tags", "Tags")),
    ],
)
def test_an_address_is_asked_for_what_changes_of_it(
    before: dict[str, Any], after: dict[str, Any], wanted: tuple[str, str]
) -> None:
    address = ElasticIp("eipalloc-1", "198.51.100.1", tags("cpe-nat/bond-17"))
    item = PlannedChange("aws", "update", "elastic_ip", "", "cpe-nat/bond-17", before, after, "add", "agg1", "cpe_nat")
    ((method, given),) = dry_runs([item], "prod", Cloud(addresses=[address]))
    assert (method, wanted[1] in given) == (wanted[0], True)


@pytest.fixture(scope="module")
def ec2() -> Any:
    return boto3.client("ec2", region_name="eu-central-1", aws_access_key_id="somebody", aws_secret_access_key="else")


def test_ec2_has_a_dry_run_of_what_is_asked_and_none_of_what_is_said_to_have_none(ec2: Any) -> None:
    def knows(action: str) -> bool:
        return "DryRun" in ec2.meta.service_model.operation_model(action).input_shape.members

    worlds = [(small_world(), {}), (nat_world(), {"state": "absent"}), (plain_world(), {})]
    methods = {m for world, more in worlds for m in asked(world, spaces=space(), **more)}
    assert "delete_nat_gateway" in methods
    assert {method: knows(api_name(method)) for method in methods} == dict.fromkeys(methods, True)
    assert {action: knows(action) for action in NO_DRY_RUN} == dict.fromkeys(NO_DRY_RUN, False)


WHO = "arn:aws:iam::123456789012:user/awx"


def services(decisions: dict[str, tuple[str, list[str]]], error: str = "") -> Any:
    """A client of IAM and STS whose simulator decides by the action, else allows, or fails with an error's code."""

    class Client:
        def get_caller_identity(self) -> dict[str, Any]:
            return {"Arn": WHO}

        def simulate_principal_policy(self, **given: Any) -> dict[str, Any]:
            assert given["PolicySourceArn"] == WHO
            if error:
                raise ClientError({"Error": {"Code": error, "Message": "because"}}, "SimulatePrincipalPolicy")
            results = []
            for action in given["ActionNames"]:
                decision, missed = decisions.get(action.removeprefix("ec2:"), ("allowed", []))
                each = [
                    {"EvalResourceName": arn, "EvalResourceDecision": decision, "MissingContextValues": missed}
                    for arn in given["ResourceArns"]
                ]
                result = {"EvalActionName": action, "EvalDecision": decision, "ResourceSpecificResults": each}
                results.append(result)
            return {"EvaluationResults": results, "IsTruncated": False}

    return lambda _service: Client()


def answers(ec2: Any, codes: list[str], client_of: Any) -> tuple[list[str], list[str], list[str]]:
    """(the methods of the dry runs, what is missing, what is not told) if these are EC2's answers to the first ones."""
    world = nat_world()
    items = world.plan(spaces=space(), state="absent")
    with Stubber(ec2) as stub:
        methods = [method for method, _given in dry_runs(items, "prod", world.cloud)]
        for method, code in zip(methods, codes + ["DryRunOperation"] * len(methods), strict=False):
            stub.add_client_error(method, code, "why")
        missing, untold = missing_rights(ec2, client_of, items, "prod", world.cloud)
        stub.assert_no_pending_responses()
    return methods, missing, untold


def test_neither_yes_nor_no_is_said(ec2: Any) -> None:
    """Another answer than EC2's two to a dry run stops nothing, and is not taken for a yes."""
    codes = ["DryRunOperation", "UnauthorizedOperation", "InvalidParameterValue"]
    methods, missing, untold = answers(ec2, codes, services({}))
    assert (len(missing), len(untold)) == (1, 1)
    assert f"the credentials lack the IAM right ec2:{api_name(methods[1])}" in missing[0]
    assert "does not tell by a dry run" in untold[0] and api_name(methods[2]) in untold[0]


def test_iam_tells_what_dry_runs_do_not_ask(ec2: Any) -> None:
    denied = {
        "DetachNetworkInterface": ("explicitDeny", ["aws:MFA"]),
        "DetachInternetGateway": ("implicitDeny", ["aws:MFA"]),
    }
    _methods, missing, untold = answers(ec2, [], services(denied))
    where = "arn:aws:ec2:eu-central-1:123456789012:network-interface/* (and 1 more)"
    assert missing == [
        f"The credentials lack the IAM right ec2:DetachNetworkInterface on {where}: IAM's simulation for {WHO} says "
        "explicitDeny."
    ]
    (text,) = untold
    assert text.startswith(f"IAM does not tell whether {WHO} may do ec2:DetachInternetGateway on arn:aws:ec2:")
    assert text.endswith(": policies ask for aws:MFA, which only a request has.")


def test_what_ec2_itself_denies_is_said_once(ec2: Any) -> None:
    methods, missing, untold = answers(ec2, ["UnauthorizedOperation"], services({"DeleteRoute": ("implicitDeny", [])}))
    assert methods[0] == "delete_route"
    assert (len(missing), untold) == (1, [])
    assert "EC2 says UnauthorizedOperation" in missing[0]


def test_what_nobody_tells_is_named(ec2: Any) -> None:
    """Without the right to ask IAM the actions are listed that no dry run could ask for, and no other."""
    methods, missing, untold = answers(ec2, [], services({}, error="AccessDenied"))
    assert missing == []
    (text,) = untold
    named = set(re.findall(r"ec2:(\w+)", text))
    assert named >= {"DetachNetworkInterface", "DetachInternetGateway"}
    assert not named & {api_name(method) for method in methods}
    assert "AccessDenied" in text and "docs/iam-policy-ask.json" in text
