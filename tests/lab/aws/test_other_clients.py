# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that other clients rest on, by moto's own tests, amazon.aws's integration targets and botocore's model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Lab, refused


def instance(lab: Lab, wanted: str) -> dict[str, Any]:
    found: dict[str, Any] = lab.ec2.describe_instances(InstanceIds=[wanted])["Reservations"][0]["Instances"][0]
    return found


def launch(lab: Lab, **more: Any) -> str:
    place = {"InstanceType": "t3.nano", "ImageId": image(lab), "MinCount": 1, "MaxCount": 1}
    if "NetworkInterfaces" not in more:
        place["SubnetId"] = "subnet-0a00000a"
    made = lab.ec2.run_instances(**place, **more)
    number: str = made["Instances"][0]["InstanceId"]
    return number


def image(lab: Lab) -> str:
    filters = [{"Name": "architecture", "Values": ["x86_64"]}]
    found: str = lab.ec2.describe_images(Filters=filters)["Images"][0]["ImageId"]
    return found


def test_there_is_no_status_of_a_stopped_instance(lab: Lab) -> None:
    lab.ec2.stop_instances(InstanceIds=["i-0a000002"])
    ids = ["i-0a000001", "i-0a000002"]
    shown = lab.ec2.describe_instance_status(InstanceIds=ids)["InstanceStatuses"]
    assert [one["InstanceId"] for one in shown] == ["i-0a000001"]
    shown = lab.ec2.describe_instance_status(InstanceIds=ids, IncludeAllInstances=True)["InstanceStatuses"]
    assert {one["InstanceId"]: one["InstanceState"]["Name"] for one in shown} == {
        "i-0a000001": "running",
        "i-0a000002": "stopped",
    }
    with refused("InvalidInstanceID.NotFound"):
        lab.ec2.describe_instance_status(InstanceIds=["i-0f000000"])


@pytest.mark.parametrize("keep", [True, False])
def test_a_primary_interface_that_is_to_stay(lab: Lab, keep: bool) -> None:
    more = {"DeleteOnTermination": False} if keep else {}
    number = launch(lab, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-0a00000a", **more}])
    (nic,) = instance(lab, number)["NetworkInterfaces"]
    assert nic["Attachment"]["DeleteOnTermination"] is not keep
    lab.ec2.terminate_instances(InstanceIds=[number])
    listed = {one["id"]: one["status"] for one in lab.server.state()["network_interfaces"]}
    assert listed.get(nic["NetworkInterfaceId"]) == ("available" if keep else None)


def test_an_instance_that_may_not_be_stopped(lab: Lab) -> None:
    number = launch(lab, DisableApiStop=True)
    with refused("OperationNotPermitted", "disableApiStop"):
        lab.ec2.stop_instances(InstanceIds=[number])
    assert instance(lab, number)["State"]["Name"] == "running"
    lab.ec2.modify_instance_attribute(InstanceId=number, DisableApiStop={"Value": False})
    assert lab.ec2.stop_instances(InstanceIds=[number])["StoppingInstances"]


@pytest.mark.parametrize("attribute", ["disableApiTermination", "disableApiStop"])
def test_a_switch_that_is_given_as_a_text(lab: Lab, attribute: str) -> None:
    number = launch(lab)

    def switch(value: str) -> bool:
        lab.ec2.modify_instance_attribute(InstanceId=number, Attribute=attribute, Value=value)
        shown = lab.ec2.describe_instance_attribute(InstanceId=number, Attribute=attribute)
        found: bool = shown[f"{attribute[0].upper()}{attribute[1:]}"]["Value"]
        return found

    assert switch("true") is True
    with refused("OperationNotPermitted", attribute):
        end = lab.ec2.terminate_instances if "Termination" in attribute else lab.ec2.stop_instances
        end(InstanceIds=[number])
    assert switch("false") is False
    assert end(InstanceIds=[number])
    with refused("InvalidParameterValue"):
        switch("perhaps")


def test_enclaves_are_off(lab: Lab) -> None:
    shown = lab.ec2.describe_instance_attribute(InstanceId="i-0a000001", Attribute="enclaveOptions")
    assert shown["EnclaveOptions"] == {"Enabled": False}
    with refused("InvalidInstanceID.NotFound"):
        lab.ec2.describe_instance_attribute(InstanceId="i-0f000000", Attribute="enclaveOptions")


def test_an_instance_without_public_address_has_an_empty_public_name(lab: Lab) -> None:
    number = launch(lab, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-0a00000b"}])
    assert instance(lab, number)["PublicDnsName"] == ""
    assert instance(lab, "i-0a000001")["PublicDnsName"].startswith("ec2-198-51-100-")


def test_tags_of_nothing(lab: Lab) -> None:
    with refused("MissingParameter"):
        lab.ec2.delete_tags(Resources=[], Tags=[{"Key": "a"}])


def test_account_attributes(lab: Lab) -> None:
    lab.server.control("POST", "quotas", {"elastic_ips": 8, "security_groups_per_interface": 7})
    listed = lab.ec2.describe_account_attributes()["AccountAttributes"]
    assert {one["AttributeName"]: one["AttributeValues"][0]["AttributeValue"] for one in listed} == {
        "default-vpc": "none",
        "max-elastic-ips": "8",
        "max-instances": "20",
        "supported-platforms": "VPC",
        "vpc-max-elastic-ips": "8",
        "vpc-max-security-groups-per-interface": "7",
    }
    (one,) = lab.ec2.describe_account_attributes(AttributeNames=["max-elastic-ips"])["AccountAttributes"]
    assert one["AttributeValues"] == [{"AttributeValue": "8"}]
    with refused("InvalidParameterValue", "max-wheels"):
        lab.ec2.describe_account_attributes(AttributeNames=["max-wheels"])


def test_regions(lab: Lab) -> None:
    filters = [{"Name": "region-name", "Values": ["eu-central-*"]}]
    assert {one["RegionName"] for one in lab.ec2.describe_regions(Filters=filters)["Regions"]} >= {"eu-central-1"}
    (one,) = lab.ec2.describe_regions(RegionNames=["eu-central-1"])["Regions"]
    assert (one["Endpoint"], one["OptInStatus"]) == ("ec2.eu-central-1.amazonaws.com", "opt-in-not-required")
    with refused("InvalidParameterValue", "eu-nowhere-1"):
        lab.ec2.describe_regions(RegionNames=["eu-nowhere-1"])
    with refused("InvalidParameterValue", "'wheels' is invalid"):
        lab.ec2.describe_regions(Filters=[{"Name": "wheels", "Values": ["x"]}])


def test_the_group_of_a_zone(lab: Lab) -> None:
    (one,) = lab.ec2.describe_availability_zones(ZoneNames=["eu-central-1a"])["AvailabilityZones"]
    shown = ("GroupName", "NetworkBorderGroup", "OptInStatus", "RegionName", "State", "ZoneType")
    assert [one[name] for name in shown] == [
        "eu-central-1-zg-1",
        "eu-central-1",
        "opt-in-not-required",
        "eu-central-1",
        "available",
        "availability-zone",
    ]


def test_dhcp_options_of_a_vpc(lab: Lab) -> None:
    number = lab.ec2.describe_vpcs(VpcIds=["vpc-0a000000"])["Vpcs"][0]["DhcpOptionsId"]
    assert number.startswith("dopt-")
    (options,) = lab.ec2.describe_dhcp_options(DhcpOptionsIds=[number])["DhcpOptions"]
    keys = {one["Key"]: one["Values"][0]["Value"] for one in options["DhcpConfigurations"]}
    assert keys["domain-name-servers"] == "AmazonProvidedDNS"
    made = lab.ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.com"]}])
    own = made["DhcpOptions"]["DhcpOptionsId"]
    lab.ec2.associate_dhcp_options(DhcpOptionsId=own, VpcId="vpc-0a000000")
    filters = [{"Name": "dhcp-options-id", "Values": [own]}]
    assert [one["VpcId"] for one in lab.ec2.describe_vpcs(Filters=filters)["Vpcs"]] == ["vpc-0a000000"]


def test_who_made_an_interface(lab: Lab) -> None:
    assert lab.interface("eni-0a00000f")["RequesterId"] == "123456789012"
    made = lab.ec2.create_nat_gateway(SubnetId="subnet-0a00000a", AllocationId="eipalloc-0a000001")["NatGateway"]
    nic = lab.interface(made["NatGatewayAddresses"][0]["NetworkInterfaceId"])
    assert (nic["RequesterManaged"], nic["RequesterId"]) == (True, "amazon-aws")


def test_ipv6_addresses_are_as_many_as_the_type_has_room_for(lab: Lab) -> None:
    vpc = lab.ec2.describe_vpcs(VpcIds=["vpc-0c000000"])["Vpcs"][0]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    zone = {"AvailabilityZone": "eu-central-1a"}
    made = lab.ec2.create_subnet(VpcId="vpc-0c000000", CidrBlock="10.2.0.0/24", Ipv6CidrBlock=block, **zone)
    subnet = made["Subnet"]["SubnetId"]
    number = launch(lab, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet}])
    nic = instance(lab, number)["NetworkInterfaces"][0]["NetworkInterfaceId"]
    with refused("PrivateIpAddressLimitExceeded"):
        lab.ec2.assign_ipv6_addresses(NetworkInterfaceId=nic, Ipv6AddressCount=3)
    lab.ec2.assign_ipv6_addresses(NetworkInterfaceId=nic, Ipv6AddressCount=2)
    free = lab.ec2.create_network_interface(SubnetId=subnet, Ipv6AddressCount=3)["NetworkInterface"]
    with refused("PrivateIpAddressLimitExceeded"):
        lab.ec2.attach_network_interface(
            NetworkInterfaceId=free["NetworkInterfaceId"], InstanceId=number, DeviceIndex=1
        )


def test_descriptions_of_rules_are_confirmed(lab: Lab) -> None:
    ranges = [{"CidrIp": "10.0.0.0/8", "Description": "b"}]
    rule = {"IpProtocol": "tcp", "FromPort": 179, "ToPort": 179, "IpRanges": ranges}
    answer = lab.ec2.update_security_group_rule_descriptions_ingress(GroupId="sg-0a000001", IpPermissions=[rule])
    assert answer["Return"] is True


def test_what_is_not_modelled_is_refused_by_name(lab: Lab) -> None:
    gateway = lab.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    lab.ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId="vpc-0a000000")
    with refused("UnsupportedOperation", "virtual private gateways"):
        lab.ec2.create_route(RouteTableId="rtb-0a000000", DestinationCidrBlock="172.16.0.0/12", GatewayId=gateway)
    service = "com.amazonaws.eu-central-1.s3"
    with refused("UnsupportedOperation", "Interface"):
        lab.ec2.create_vpc_endpoint(
            VpcId="vpc-0a000000", ServiceName=service, VpcEndpointType="Interface", SubnetIds=["subnet-0a00000a"]
        )
    assert lab.ec2.create_vpc_endpoint(VpcId="vpc-0a000000", ServiceName=service)["VpcEndpoint"]["VpcEndpointId"]


def default_address(lab: Lab) -> dict[str, str]:
    """Bind an Elastic IP with a reverse DNS name in the default VPC, where it may be released while it is bound."""
    lab.ec2.create_default_vpc()
    (subnet, *_) = lab.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    nic = lab.ec2.create_network_interface(SubnetId=subnet["SubnetId"])["NetworkInterface"]["NetworkInterfaceId"]
    lab.ec2.associate_address(AllocationId="eipalloc-0a000001", NetworkInterfaceId=nic)
    lab.ec2.modify_address_attribute(AllocationId="eipalloc-0a000001", DomainName="mail.example.com")
    return {"AllocationId": "eipalloc-0a000001"}


def stop_two(lab: Lab) -> Callable[[], object]:
    """Terminate an instance, and return the request to stop it together with another one."""
    lab.ec2.terminate_instances(InstanceIds=["i-0a000003"])
    return lambda: lab.ec2.stop_instances(InstanceIds=["i-0a000001", "i-0a000003"])


SEVERAL: list[tuple[str, str, Callable[[Lab], Callable[[], object]]]] = [
    (
        "groups and a description",
        "InvalidParameterCombination",
        lambda lab: (
            lambda: lab.ec2.modify_network_interface_attribute(
                NetworkInterfaceId="eni-0a000001", Groups=["sg-0a000002"], Description={"Value": "x"}
            )
        ),
    ),
    (
        "groups and a wrong attachment",
        "InvalidParameterCombination",
        lambda lab: (
            lambda: lab.ec2.modify_network_interface_attribute(
                NetworkInterfaceId="eni-0a000001",
                Groups=["sg-0a000002"],
                Attachment={"AttachmentId": "eni-attach-0f000000", "DeleteOnTermination": True},
            )
        ),
    ),
    (
        "two instances, of which one has ended",
        "IncorrectInstanceState",
        stop_two,
    ),
    (
        "an address that is bound in the default VPC and has a name",
        "InvalidAddress.PtrSet",
        lambda lab: (lambda given: lambda: lab.ec2.release_address(**given))(default_address(lab)),
    ),
    (
        "tags on two objects, of which one is not there",
        "InvalidVpcID.NotFound",
        lambda lab: (
            lambda: lab.ec2.create_tags(Resources=["vpc-0a000000", "vpc-0f000000"], Tags=[{"Key": "a", "Value": "b"}])
        ),
    ),
    (
        "two private addresses, of which one is taken",
        "InvalidParameterValue",
        lambda lab: (
            lambda: lab.ec2.assign_private_ip_addresses(
                NetworkInterfaceId="eni-0a00000f", PrivateIpAddresses=["10.0.1.99", "10.0.1.10"]
            )
        ),
    ),
]


@pytest.mark.parametrize(("code", "prepare"), [pytest.param(*row[1:], id=row[0]) for row in SEVERAL])
def test_a_refused_request_with_several_parts_leaves_no_trace(
    lab: Lab, code: str, prepare: Callable[[Lab], Callable[[], object]]
) -> None:
    ask = prepare(lab)
    before = lab.server.state()
    with refused(code):
        ask()
    assert lab.server.state() == before
