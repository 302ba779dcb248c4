# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NAT gateways that come to be, fail, and are deleted: FailureCode and DeleteTime as botocore's model has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.process import LabError, Running

from .conftest import SEED, Lab, refused

PLACE = {"SubnetId": "subnet-0a00000a", "AllocationId": "eipalloc-0a000001"}


def nat(lab: Lab, gateway_id: str) -> dict[str, Any]:
    found: dict[str, Any] = lab.ec2.describe_nat_gateways(NatGatewayIds=[gateway_id])["NatGateways"][0]
    return found


def test_one_that_comes_to_be_and_is_deleted(lab: Lab) -> None:
    made = lab.ec2.create_nat_gateway(**PLACE)["NatGateway"]
    shown = nat(lab, made["NatGatewayId"])
    (address,) = shown["NatGatewayAddresses"]
    assert (shown["State"], address["AllocationId"], address["IsPrimary"]) == ("available", "eipalloc-0a000001", True)
    assert shown.keys() & {"DeleteTime", "FailureCode", "FailureMessage"} == set()
    assert lab.interface(address["NetworkInterfaceId"])["RequesterManaged"] is True

    lab.ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    gone = nat(lab, made["NatGatewayId"])
    assert (gone["State"], gone["DeleteTime"] >= gone["CreateTime"]) == ("deleted", True)
    (kept,) = gone["NatGatewayAddresses"]
    assert (kept["AllocationId"], kept["PublicIp"]) == ("eipalloc-0a000001", address["PublicIp"])
    assert "AssociationId" not in kept
    assert "AssociationId" not in lab.address("eipalloc-0a000001")


def detach(lab: Lab) -> dict[str, str]:
    """Take the internet gateway off a VPC that has no public addresses."""
    lab.ec2.detach_internet_gateway(InternetGatewayId=_gateway_of(lab, "vpc-0c000000"), VpcId="vpc-0c000000")
    subnet = lab.ec2.create_subnet(VpcId="vpc-0c000000", CidrBlock="10.2.0.0/24")["Subnet"]["SubnetId"]
    return {**PLACE, "SubnetId": subnet}


def _gateway_of(lab: Lab, vpc: str) -> str:
    filters = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    found: str = lab.ec2.describe_internet_gateways(Filters=filters)["InternetGateways"][0]["InternetGatewayId"]
    return found


@pytest.mark.parametrize(
    ("place", "code", "text"),
    [
        (
            lambda _lab: {**PLACE, "AllocationId": "eipalloc-0a000003"},
            "Resource.AlreadyAssociated",
            "eipalloc-0a000003",
        ),
        (detach, "Gateway.NotAttached", "Network vpc-0c000000 has no Internet gateway attached"),
    ],
)
def test_one_that_fails(lab: Lab, place: Any, code: str, text: str) -> None:
    wanted = place(lab)
    interfaces = lab.server.state()["network_interfaces"]
    addresses = lab.server.state()["addresses"]
    made = lab.ec2.create_nat_gateway(**wanted, TagSpecifications=[{"ResourceType": "natgateway", "Tags": []}])
    assert (made["NatGateway"]["State"], "FailureCode" in made["NatGateway"]) == ("pending", False)
    failed = nat(lab, made["NatGateway"]["NatGatewayId"])
    assert (failed["State"], failed["FailureCode"], text in failed["FailureMessage"]) == ("failed", code, True)
    assert failed["DeleteTime"] >= failed["CreateTime"]
    assert failed["NatGatewayAddresses"][0]["AllocationId"] == wanted["AllocationId"]
    state = lab.server.state()
    assert (state["network_interfaces"], state["addresses"]) == (interfaces, addresses)
    assert [one["state"] for one in state["nat_gateways"]] == ["failed"]
    with refused("InvalidNatGatewayID.NotFound"):
        lab.ec2.create_route(
            RouteTableId="rtb-0a000001", DestinationCidrBlock="0.0.0.0/0", NatGatewayId=failed["NatGatewayId"]
        )
    lab.ec2.delete_nat_gateway(NatGatewayId=failed["NatGatewayId"])
    gone = nat(lab, failed["NatGatewayId"])
    assert (gone["State"], gone["FailureCode"]) == ("deleted", code)


def test_a_failed_one_counts_for_no_quota(lab: Lab) -> None:
    lab.server.control("POST", "quotas", {"nat_gateways_per_zone": 1})
    lab.ec2.create_nat_gateway(**{**PLACE, "AllocationId": "eipalloc-0a000003"})
    made = lab.ec2.create_nat_gateway(**PLACE)["NatGateway"]
    assert nat(lab, made["NatGatewayId"])["State"] == "available"


def test_a_private_address_that_is_asked_for(lab: Lab) -> None:
    made = lab.ec2.create_nat_gateway(**PLACE, PrivateIpAddress="10.0.1.77")["NatGateway"]
    assert made["NatGatewayAddresses"][0]["PrivateIp"] == "10.0.1.77"
    for ip, code in (("10.0.1.77", "InvalidIPAddress.InUse"), ("10.9.9.9", "InvalidParameterValue")):
        with refused(code):
            lab.ec2.create_nat_gateway(**PLACE, PrivateIpAddress=ip)


@pytest.mark.parametrize(
    "more",
    [
        {"SecondaryAllocationIds": ["eipalloc-0a000002"]},
        {"SecondaryPrivateIpAddresses": ["10.0.1.78"]},
        {"SecondaryPrivateIpAddressCount": 1},
        {"ConnectivityType": "private"},
    ],
)
def test_what_is_not_modelled_is_refused_by_name(lab: Lab, more: dict[str, Any]) -> None:
    with refused("UnsupportedOperation", "not modelled by this stand-in"):
        lab.ec2.create_nat_gateway(**PLACE, **more)
    assert lab.server.state()["nat_gateways"] == []


def test_one_of_the_seed_does_not_fail(tmp_path: Path) -> None:
    seed = yaml.safe_load(SEED.read_text())
    seed["nat_gateways"] = [{"id": "nat-0a000000", "subnet": "subnet-0a00000a", "allocation_id": "eipalloc-0a000003"}]
    path = tmp_path / "seed.yml"
    path.write_text(yaml.safe_dump(seed))
    with pytest.raises(LabError, match=r"nat_gateways\[0\]: Resource.AlreadyAssociated"):
        Running("lab.aws", "--seed", path).start()
