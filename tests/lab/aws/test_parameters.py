# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parameters that no code of the stand-in reads: refused by name, never dropped."""

from __future__ import annotations

import pathlib
import re

import pytest
import requests
from moto.core.utils import camelcase_to_underscores, get_service_model

from lab.aws.ec2.backend import Ec2Response
from lab.aws.ec2.pages import members_of, required_members
from lab.aws.ec2.parameters import implemented_by, keep_sources, wire_name

from .conftest import Lab, refused
from .signing import scope

ACTIONS = [
    name for name in get_service_model("ec2").operation_names if hasattr(Ec2Response, camelcase_to_underscores(name))
]


SESSION = requests.Session()


def ask(lab: Lab, action: str, **params: str) -> tuple[str, str]:
    """Send a request as no client of AWS's would; return the code and the message of the error."""
    body = {"Action": action, "Version": "2016-11-15", **params}
    text = SESSION.post(lab.server.url, body, headers={"Authorization": scope()}, timeout=20).text
    found = re.search("<Code>(.*?)</Code>\\s*<Message>(.*?)</Message>", text, re.DOTALL)
    return (found[1], found[2]) if found else ("", text)


def test_no_action_takes_an_unknown_parameter(lab: Lab) -> None:
    before = lab.server.state()
    answers = {action: ask(lab, action, Wheels="4") for action in ACTIONS}
    assert set(answers.values()) == {("UnknownParameter", "The parameter Wheels is not recognized")}, answers
    assert len(answers) > 250
    assert lab.server.state() == before


def test_every_parameter_is_implemented_or_refused_by_name(lab: Lab) -> None:
    before = lab.server.state()
    refusals = 0
    for action in ACTIONS:
        implemented = implemented_by(Ec2Response, action)
        for name, shape in members_of(action).items():
            if name not in implemented and not any(one.startswith(f"{name}.") for one in implemented):
                wire = wire_name(name, shape)
                text = f"{wire} of {action} is not modelled by this stand-in"
                assert ask(lab, action, **{wire: "1"}) == ("UnsupportedOperation", text)
                refusals += 1
    assert refusals > 200
    assert lab.server.state() == before


@pytest.mark.parametrize(
    ("action", "parameter"),
    [
        ("AllocateAddress", "NetworkBorderGroup"),
        ("AssociateVpcCidrBlock", "Ipv4NetmaskLength"),
        ("AttachNetworkInterface", "NetworkCardIndex"),
        ("AuthorizeSecurityGroupIngress", "SourceSecurityGroupName"),
        ("CreateDhcpOptions", "TagSpecification.1.ResourceType"),
        ("CreateNatGateway", "SecondaryAllocationId.1"),
        ("CreateNetworkInterface", "ConnectionTrackingSpecification.UdpTimeout"),
        ("CreateRoute", "TransitGatewayId"),
        ("CreateSubnet", "OutpostArn"),
        ("CreateVpc", "Ipv4NetmaskLength"),
        ("ModifyNetworkInterfaceAttribute", "EnablePrimaryIpv6"),
        ("ModifySubnetAttribute", "EnableDns64.Value"),
        ("RunInstances", "CpuOptions.CoreCount"),
        ("RunInstances", "Placement.Tenancy"),
    ],
)
def test_parameters_that_change_what_is_made(lab: Lab, action: str, parameter: str) -> None:
    text = f"{parameter} of {action} is not modelled by this stand-in"
    assert ask(lab, action, **{parameter: "1"}) == ("UnsupportedOperation", text)


@pytest.mark.parametrize(
    ("action", "known"),
    [
        ("AllocateAddress", {"Address", "Domain", "PublicIpv4Pool", "TagSpecifications"}),
        ("CreateSubnet", {"AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv6CidrBlock", "VpcId"}),
        ("DescribeNatGateways", {"NatGatewayIds"}),
        ("StopInstances", {"Force", "InstanceIds"}),
        ("RunInstances", {"MaxCount", "MinCount", "DisableApiTermination", "Placement.AvailabilityZone"}),
    ],
)
def test_what_the_code_reads_is_implemented(action: str, known: set[str]) -> None:
    assert known <= implemented_by(Ec2Response, action)


def test_the_code_is_read_at_the_start_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_sources()
    monkeypatch.setattr(pathlib.Path, "read_text", None)
    # Not the cached answer: as for an action that nobody has asked for yet.
    assert "CidrBlock" in implemented_by.__wrapped__(Ec2Response, "CreateVpc")


def test_a_dry_run_is_no_way_around(lab: Lab) -> None:
    text = "Ipv4NetmaskLength of CreateVpc is not modelled by this stand-in"
    assert ask(lab, "CreateVpc", DryRun="true", Ipv4NetmaskLength="16") == ("UnsupportedOperation", text)
    # EC2 has no dry run of this action.
    assert ask(lab, "ModifySubnetAttribute", DryRun="true", SubnetId="subnet-0a00000a")[0] == "UnknownParameter"


def test_parameters_without_which_there_is_no_request(lab: Lab) -> None:
    assert ask(lab, "CreateSubnet", CidrBlock="10.1.9.0/24") == (
        "MissingParameter",
        "The request must contain the parameter VpcId",
    )
    lacking = {action: ask(lab, action)[0] for action in ACTIONS if required_members(action)}
    assert set(lacking.values()) == {"MissingParameter"}, lacking
    assert len(lacking) > 100


def test_domains_of_addresses(lab: Lab) -> None:
    assert lab.ec2.allocate_address(Domain="vpc")["Domain"] == "vpc"
    with refused("InvalidParameterValue", "standard"):
        lab.ec2.allocate_address(Domain="standard")


def test_as_many_instances_are_launched_as_there_is_room_for(lab: Lab) -> None:
    place = {"InstanceType": "t3.nano", "ImageId": "ami-0d000000000000064", "SubnetId": "subnet-0a00000a"}
    made = lab.ec2.run_instances(**place, MinCount=1, MaxCount=3, DisableApiTermination=True)["Instances"]
    assert len(made) == 3
    with refused("OperationNotPermitted", "disableApiTermination"):
        lab.ec2.terminate_instances(InstanceIds=[made[2]["InstanceId"]])
    with refused("InvalidParameterValue"):
        lab.ec2.run_instances(**place, MinCount=2, MaxCount=1)


def test_interfaces_of_a_launch_are_what_the_stand_in_models(lab: Lab) -> None:
    place = {"InstanceType": "t3.nano", "ImageId": "ami-0d000000000000064", "MinCount": 1, "MaxCount": 1}
    before = lab.server.state()
    with refused("UnsupportedOperation", "NetworkInterface.InterfaceType of RunInstances"):
        nic = {"DeviceIndex": 0, "SubnetId": "subnet-0a00000a", "InterfaceType": "efa"}
        lab.ec2.run_instances(**place, NetworkInterfaces=[nic])
    assert lab.server.state() == before


def test_ipv6_addresses_are_named_or_counted(lab: Lab) -> None:
    with refused("InvalidParameterCombination"):
        lab.ec2.assign_ipv6_addresses(NetworkInterfaceId="eni-0a00000f")
    with refused("MissingParameter"):
        lab.ec2.unassign_ipv6_addresses(NetworkInterfaceId="eni-0a00000f")


def test_tags_of_one_key_are_refused(lab: Lab) -> None:
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    with refused("InvalidParameterValue", "Duplicate tag key 'a'"):
        lab.ec2.create_tags(Resources=["vpc-0a000000"], Tags=twice)
    with refused("InvalidParameterValue", "Duplicate tag key 'a'"):
        lab.ec2.create_internet_gateway(TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": twice}])
