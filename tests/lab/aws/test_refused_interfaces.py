# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals by EC2 about interfaces and instances: one line for each rule."""

from __future__ import annotations

from .conftest import Lab
from .refusals import Call, Rule, assert_refused, table

# The ids are those of seed.yml.
INTERFACES: list[Rule] = [
    (
        "create: an address in use",
        "InvalidIPAddress.InUse",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", PrivateIpAddress="10.0.1.10"),
    ),
    (
        "create: a secondary address in use",
        "InvalidIPAddress.InUse",
        lambda ec2: ec2.create_network_interface(
            SubnetId="subnet-0a00000a",
            PrivateIpAddresses=[
                {"PrivateIpAddress": "10.0.1.90", "Primary": True},
                {"PrivateIpAddress": "10.0.1.20", "Primary": False},
            ],
        ),
    ),
    (
        "create: an address outside the subnet",
        "InvalidParameterValue",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", PrivateIpAddress="10.9.9.9"),
    ),
    (
        "create: a reserved address",
        "InvalidParameterValue",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", PrivateIpAddress="10.0.1.2"),
    ),
    (
        "create: in an unknown subnet",
        "InvalidSubnetID.NotFound",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0f000000"),
    ),
    (
        "create: with an unknown group",
        "InvalidGroup.NotFound",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", Groups=["sg-0f000000"]),
    ),
    (
        "create: with a group of another VPC",
        "InvalidParameter",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", Groups=["sg-0b000000"]),
    ),
    (
        "create: with a delegated prefix, which is not modelled",
        "UnsupportedOperation",
        lambda ec2: ec2.create_network_interface(SubnetId="subnet-0a00000a", Ipv4PrefixCount=1),
    ),
    (
        "modify: to a group of another VPC",
        "InvalidGroup.NotFound",
        lambda ec2: ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001", Groups=["sg-0b000000"]),
    ),
    (
        "modify: to an unknown group",
        "InvalidGroup.NotFound",
        lambda ec2: ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001", Groups=["sg-0f000000"]),
    ),
    (
        "modify: nothing",
        "InvalidParameterCombination",
        lambda ec2: ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001"),
    ),
    (
        "attach: at a device index in use",
        "InvalidParameterValue",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000f", InstanceId="i-0a000001", DeviceIndex=1
        ),
    ),
    (
        "attach: an interface in use",
        "InvalidNetworkInterface.InUse",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000d", InstanceId="i-0a000002", DeviceIndex=1
        ),
    ),
    (
        "attach: in another zone",
        "InvalidParameterCombination",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000e", InstanceId="i-0a000001", DeviceIndex=2
        ),
    ),
    (
        "attach: to an unknown instance",
        "InvalidInstanceID.NotFound",
        lambda ec2: ec2.attach_network_interface(
            NetworkInterfaceId="eni-0a00000f", InstanceId="i-0f000000", DeviceIndex=1
        ),
    ),
    (
        "detach: the primary interface",
        "OperationNotPermitted",
        lambda ec2: ec2.detach_network_interface(
            AttachmentId=ec2.describe_network_interfaces(NetworkInterfaceIds=["eni-0a000001"])["NetworkInterfaces"][0][
                "Attachment"
            ]["AttachmentId"]
        ),
    ),
    (
        "detach: an unknown attachment",
        "InvalidAttachmentID.NotFound",
        lambda ec2: ec2.detach_network_interface(AttachmentId="eni-attach-0f000000"),
    ),
    (
        "delete: while attached",
        "InvalidParameterValue",
        lambda ec2: ec2.delete_network_interface(NetworkInterfaceId="eni-0a00000d"),
    ),
    (
        "delete: an unknown interface",
        "InvalidNetworkInterfaceID.NotFound",
        lambda ec2: ec2.delete_network_interface(NetworkInterfaceId="eni-0f000000"),
    ),
    (
        "instance: source/destination check with two interfaces",
        "InvalidInstanceID",
        lambda ec2: ec2.modify_instance_attribute(InstanceId="i-0a000001", SourceDestCheck={"Value": False}),
    ),
    (
        "instance: of an unknown type",
        "InvalidParameterValue",
        lambda ec2: ec2.run_instances(
            ImageId="ami-0d000000000000064", InstanceType="t3.huge", SubnetId="subnet-0a00000a", MinCount=1, MaxCount=1
        ),
    ),
    (
        "instance: at an address in use",
        "InvalidIPAddress.InUse",
        lambda ec2: ec2.run_instances(
            ImageId="ami-0d000000000000064",
            InstanceType="t3.micro",
            SubnetId="subnet-0a00000a",
            PrivateIpAddress="10.0.1.20",
            MinCount=1,
            MaxCount=1,
        ),
    ),
    (
        "instance: without a subnet and without a default VPC",
        "VPCIdNotSpecified",
        lambda ec2: ec2.run_instances(ImageId="ami-0d000000000000064", InstanceType="t3.micro", MinCount=1, MaxCount=1),
    ),
    (
        "instance: with an interface in use",
        "InvalidNetworkInterface.InUse",
        lambda ec2: ec2.run_instances(
            ImageId="ami-0d000000000000064",
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": "eni-0a00000d"}],
        ),
    ),
    (
        "instance: with a group of another VPC",
        "InvalidParameter",
        lambda ec2: ec2.run_instances(
            ImageId="ami-0d000000000000064",
            InstanceType="t3.micro",
            SubnetId="subnet-0a00000a",
            SecurityGroupIds=["sg-0b000000"],
            MinCount=1,
            MaxCount=1,
        ),
    ),
]


@table(INTERFACES)
def test_interface_or_instance(lab: Lab, code: str, call: Call) -> None:
    assert_refused(lab, code, call)
