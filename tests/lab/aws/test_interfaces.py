# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network interfaces and instances: what they do when a request is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Lab, refused


def instance(lab: Lab, wanted: str) -> dict[str, Any]:
    found: dict[str, Any] = lab.ec2.describe_instances(InstanceIds=[wanted])["Reservations"][0]["Instances"][0]
    return found


def stop_and_start(lab: Lab, wanted: str) -> None:
    lab.ec2.stop_instances(InstanceIds=[wanted])
    assert instance(lab, wanted)["State"]["Name"] == "stopped"
    lab.ec2.start_instances(InstanceIds=[wanted])
    assert instance(lab, wanted)["State"]["Name"] == "running"


def launch(lab: Lab, **more: Any) -> dict[str, Any]:
    wanted = {"ImageId": "ami-0d000000000000064", "InstanceType": "t3.medium", "MinCount": 1, "MaxCount": 1, **more}
    return instance(lab, lab.ec2.run_instances(**wanted)["Instances"][0]["InstanceId"])


def test_a_new_interface(lab: Lab) -> None:
    made = lab.ec2.create_network_interface(
        SubnetId="subnet-0a00000a",
        PrivateIpAddress="10.0.1.60",
        Description="gateway",
        Groups=["sg-0a000001", "sg-0a000002"],
        TagSpecifications=[{"ResourceType": "network-interface", "Tags": [{"Key": "a", "Value": "b"}]}],
    )["NetworkInterface"]
    shown = lab.interface(made["NetworkInterfaceId"])
    assert shown == made
    assert (shown["PrivateIpAddress"], shown["Description"], shown["Status"]) == ("10.0.1.60", "gateway", "available")
    assert [one["GroupId"] for one in shown["Groups"]] == ["sg-0a000001", "sg-0a000002"]
    assert shown["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert (shown["AvailabilityZone"], shown["VpcId"]) == ("eu-central-1a", "vpc-0a000000")
    assert shown["SourceDestCheck"] is True
    assert shown["PrivateDnsName"] == "ip-10-0-1-60.eu-central-1.compute.internal"
    assert "Attachment" not in shown


def test_without_groups_it_has_the_vpcs_default_one(lab: Lab) -> None:
    made = lab.ec2.create_network_interface(SubnetId="subnet-0b00000a")["NetworkInterface"]
    assert [one["GroupId"] for one in made["Groups"]] == ["sg-0b000000"]


def test_an_automatic_address_is_free_and_not_reserved(lab: Lab) -> None:
    made = [lab.ec2.create_network_interface(SubnetId="subnet-0a00000a")["NetworkInterface"] for _ in range(10)]
    addresses = [one["PrivateIpAddress"] for one in made]
    assert addresses == ["10.0.1.4", "10.0.1.5", "10.0.1.6", "10.0.1.7", "10.0.1.8", "10.0.1.9"] + [
        "10.0.1.12",
        "10.0.1.13",
        "10.0.1.14",
        "10.0.1.15",
    ]


def test_secondary_addresses_of_a_new_interface(lab: Lab) -> None:
    listed = [{"PrivateIpAddress": "10.0.1.61", "Primary": False}, {"PrivateIpAddress": "10.0.1.60", "Primary": True}]
    made = lab.ec2.create_network_interface(SubnetId="subnet-0a00000a", PrivateIpAddresses=listed)["NetworkInterface"]
    assert lab.private(made["NetworkInterfaceId"]) == ["10.0.1.60", "10.0.1.61"]
    counted = lab.ec2.create_network_interface(SubnetId="subnet-0a00000a", SecondaryPrivateIpAddressCount=2)
    assert len(set(lab.private(counted["NetworkInterface"]["NetworkInterfaceId"]))) == 3


def test_the_same_client_token_makes_one_interface(lab: Lab) -> None:
    made = [lab.ec2.create_network_interface(SubnetId="subnet-0a00000a", ClientToken="t") for _ in range(2)]
    assert made[0]["NetworkInterface"]["NetworkInterfaceId"] == made[1]["NetworkInterface"]["NetworkInterfaceId"]
    assert len(lab.server.state()["network_interfaces"]) == 8
    with refused("IdempotentParameterMismatch"):
        lab.ec2.create_network_interface(SubnetId="subnet-0a00000b", ClientToken="t")


def test_attached_across_vpcs_of_the_account(lab: Lab) -> None:
    lab.ec2.attach_network_interface(NetworkInterfaceId="eni-0b00000f", InstanceId="i-0a000001", DeviceIndex=2)
    shown = lab.interface("eni-0b00000f")
    assert shown["Status"] == "in-use"
    assert (shown["Attachment"]["InstanceId"], shown["Attachment"]["DeviceIndex"]) == ("i-0a000001", 2)
    nics = instance(lab, "i-0a000001")["NetworkInterfaces"]
    assert [one["NetworkInterfaceId"] for one in nics] == ["eni-0a000001", "eni-0a00000d", "eni-0b00000f"]
    assert [one["VpcId"] for one in nics] == ["vpc-0a000000", "vpc-0a000000", "vpc-0b000000"]


def test_detached_and_deleted(lab: Lab) -> None:
    lab.ec2.detach_network_interface(AttachmentId=lab.interface("eni-0a00000d")["Attachment"]["AttachmentId"])
    shown = lab.interface("eni-0a00000d")
    assert (shown["Status"], "Attachment" in shown) == ("available", False)
    lab.ec2.delete_network_interface(NetworkInterfaceId="eni-0a00000d")
    with refused("InvalidNetworkInterfaceID.NotFound"):
        lab.interface("eni-0a00000d")


def test_a_deleted_interface_unbinds_its_elastic_ip(lab: Lab) -> None:
    lab.ec2.associate_address(AllocationId="eipalloc-0a000001", NetworkInterfaceId="eni-0a00000f")
    lab.ec2.delete_network_interface(NetworkInterfaceId="eni-0a00000f")
    assert "AssociationId" not in lab.address("eipalloc-0a000001")


@pytest.mark.parametrize("value", [True, False])
def test_delete_on_termination_is_an_attribute_of_the_attachment(lab: Lab, value: bool) -> None:
    attachment = lab.interface("eni-0a00000d")["Attachment"]["AttachmentId"]
    lab.ec2.modify_network_interface_attribute(
        NetworkInterfaceId="eni-0a00000d", Attachment={"AttachmentId": attachment, "DeleteOnTermination": value}
    )
    assert lab.interface("eni-0a00000d")["Attachment"]["DeleteOnTermination"] is value


def test_modified(lab: Lab) -> None:
    def modify(**change: Any) -> dict[str, Any]:
        lab.ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a00000d", **change)
        return lab.interface("eni-0a00000d")

    assert lab.interface("eni-0a00000d")["Description"] == "second"
    assert modify(Description={"Value": ""})["Description"] == ""
    assert modify(SourceDestCheck={"Value": True})["SourceDestCheck"] is True
    groups = modify(Groups=["sg-0a000005"])["Groups"]
    assert [one["GroupId"] for one in groups] == ["sg-0a000005"]
    # An interface has its own groups, and not the instance's too.
    assert [one["GroupId"] for one in instance(lab, "i-0a000001")["SecurityGroups"]] == ["sg-0a000001"]


def test_an_instances_groups_are_its_primary_interfaces(lab: Lab) -> None:
    lab.ec2.modify_network_interface_attribute(NetworkInterfaceId="eni-0a000001", Groups=["sg-0a000002"])
    assert [one["GroupId"] for one in instance(lab, "i-0a000001")["SecurityGroups"]] == ["sg-0a000002"]
    lab.ec2.modify_instance_attribute(InstanceId="i-0a000002", Groups=["sg-0a000003"])
    assert [one["GroupId"] for one in lab.interface("eni-0a000002")["Groups"]] == ["sg-0a000003"]


def test_an_instances_check_is_its_interfaces(lab: Lab) -> None:
    lab.ec2.modify_instance_attribute(InstanceId="i-0a000002", SourceDestCheck={"Value": False})
    assert lab.interface("eni-0a000002")["SourceDestCheck"] is False
    assert instance(lab, "i-0a000002")["SourceDestCheck"] is False


def test_a_launched_instance(lab: Lab) -> None:
    made = launch(lab, SubnetId="subnet-0a00000a", SecurityGroupIds=["sg-0a000001"])
    assert made["State"]["Name"] == "running"
    nic = made["NetworkInterfaces"][0]
    assert (nic["Attachment"]["DeviceIndex"], nic["Attachment"]["DeleteOnTermination"]) == (0, True)
    assert nic["Association"]["IpOwnerId"] == "amazon"
    assert made["PublicIpAddress"] == nic["Association"]["PublicIp"]
    assert [one["GroupId"] for one in made["SecurityGroups"]] == ["sg-0a000001"]
    # The subnet decides, unless the request does.
    assert "PublicIpAddress" not in launch(lab, SubnetId="subnet-0a00000b")


def test_a_launched_instance_with_secondary_addresses(lab: Lab) -> None:
    nic = {
        "DeviceIndex": 0,
        "SubnetId": "subnet-0a00000a",
        "AssociatePublicIpAddress": False,
        "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.0.1.70", "Primary": True},
            {"PrivateIpAddress": "10.0.1.71", "Primary": False},
        ],
    }
    made = launch(lab, NetworkInterfaces=[nic])["NetworkInterfaces"][0]
    assert lab.private(made["NetworkInterfaceId"]) == ["10.0.1.70", "10.0.1.71"]
    assert lab.public(made["NetworkInterfaceId"]) == {}


def test_a_launch_with_an_interface_that_is_there(lab: Lab) -> None:
    made = launch(lab, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": "eni-0a00000e"}])
    assert (made["PrivateIpAddress"], made["SubnetId"]) == ("10.0.2.50", "subnet-0a00000b")
    assert made["Placement"]["AvailabilityZone"] == "eu-central-1b"
    lab.ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    # It was not made by the launch, so it stays.
    assert lab.interface("eni-0a00000e")["Status"] == "available"


def test_a_refused_launch_leaves_nothing(lab: Lab) -> None:
    before = lab.server.state()
    with refused("InvalidParameterValue"):
        launch(lab, SubnetId="subnet-0a00000a", PrivateIpAddress="10.0.1.1")
    assert lab.server.state() == before
    # Refused when the interfaces are there already: a t3.micro has room for two addresses.
    nic = {"DeviceIndex": 0, "SubnetId": "subnet-0a00000a", "SecondaryPrivateIpAddressCount": 2}
    with refused("PrivateIpAddressLimitExceeded"):
        launch(lab, InstanceType="t3.micro", NetworkInterfaces=[nic])
    known = {"DeviceIndex": 0, "NetworkInterfaceId": "eni-0a00000e"}
    with refused("InvalidParameterCombination"):
        launch(lab, NetworkInterfaces=[known, {"DeviceIndex": 1, "SubnetId": "subnet-0a00000a"}])
    assert lab.server.state() == before


def test_the_automatic_address_changes_at_stop_and_start(lab: Lab) -> None:
    before = lab.public("eni-0a000002")["10.0.1.11"]
    lab.ec2.stop_instances(InstanceIds=["i-0a000002"])
    assert lab.public("eni-0a000002") == {}
    lab.ec2.start_instances(InstanceIds=["i-0a000002"])
    assert lab.public("eni-0a000002")["10.0.1.11"] != before
    # Starting what runs changes nothing.
    after = lab.public("eni-0a000002")
    lab.ec2.start_instances(InstanceIds=["i-0a000002"])
    assert lab.public("eni-0a000002") == after


def test_with_two_interfaces_there_is_no_automatic_address_after_a_start(lab: Lab) -> None:
    lab.ec2.disassociate_address(AssociationId=lab.address("eipalloc-0a000003")["AssociationId"])
    stop_and_start(lab, "i-0a000001")
    assert lab.public("eni-0a000001") == {}
    assert "PublicIpAddress" not in instance(lab, "i-0a000001")
    # Nor after the second one has gone: only the next start brings it back.
    lab.ec2.detach_network_interface(AttachmentId=lab.interface("eni-0a00000d")["Attachment"]["AttachmentId"])
    assert "PublicIpAddress" not in instance(lab, "i-0a000001")
    stop_and_start(lab, "i-0a000001")
    assert instance(lab, "i-0a000001")["PublicIpAddress"].startswith("198.51.100.")


def test_a_stop_beside_an_elastic_ip_on_a_secondary_address_takes_the_automatic_address_for_good(lab: Lab) -> None:
    """ "Amazon EC2 instance IP addressing": released beside such an Elastic IP, the instance gets no other."""
    lab.ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000002", PrivateIpAddresses=["10.0.1.77"])
    associated = lab.ec2.associate_address(
        AllocationId="eipalloc-0a000001", NetworkInterfaceId="eni-0a000002", PrivateIpAddress="10.0.1.77"
    )
    stop_and_start(lab, "i-0a000002")
    assert lab.public("eni-0a000002") == {"10.0.1.77": "203.0.113.101"}
    assert "PublicIpAddress" not in instance(lab, "i-0a000002")
    lab.ec2.disassociate_address(AssociationId=associated["AssociationId"])
    stop_and_start(lab, "i-0a000002")
    assert "PublicIpAddress" not in instance(lab, "i-0a000002")


def test_an_elastic_ip_on_a_secondary_address_before_the_start_keeps_the_automatic_address_away(lab: Lab) -> None:
    lab.ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000002", PrivateIpAddresses=["10.0.1.77"])
    lab.ec2.stop_instances(InstanceIds=["i-0a000002"])
    lab.ec2.associate_address(
        AllocationId="eipalloc-0a000001", NetworkInterfaceId="eni-0a000002", PrivateIpAddress="10.0.1.77"
    )
    lab.ec2.start_instances(InstanceIds=["i-0a000002"])
    assert "PublicIpAddress" not in instance(lab, "i-0a000002")


def test_an_elastic_ip_survives_stop_and_start(lab: Lab) -> None:
    lab.ec2.associate_address(AllocationId="eipalloc-0a000001", NetworkInterfaceId="eni-0a000001")
    stop_and_start(lab, "i-0a000001")
    assert instance(lab, "i-0a000001")["PublicIpAddress"] == "203.0.113.101"


def test_a_terminated_instance(lab: Lab) -> None:
    lab.ec2.terminate_instances(InstanceIds=["i-0a000001"])
    shown = instance(lab, "i-0a000001")
    assert (shown["State"]["Name"], shown["NetworkInterfaces"]) == ("terminated", [])
    # The primary interface is deleted, the other one is free, the Elastic IP stays.
    with refused("InvalidNetworkInterfaceID.NotFound"):
        lab.interface("eni-0a000001")
    assert lab.interface("eni-0a00000d")["Status"] == "available"
    assert "AssociationId" not in lab.address("eipalloc-0a000003")
    with refused("IncorrectInstanceState"):
        lab.ec2.start_instances(InstanceIds=["i-0a000001"])


def test_instance_types_say_their_limits(lab: Lab) -> None:
    shown = lab.ec2.describe_instance_types(InstanceTypes=["t3.micro", "t3.medium"])["InstanceTypes"]
    limits = {
        one["InstanceType"]: (
            one["NetworkInfo"]["MaximumNetworkInterfaces"],
            one["NetworkInfo"]["Ipv4AddressesPerInterface"],
        )
        for one in shown
    }
    assert limits == {"t3.micro": (2, 2), "t3.medium": (3, 6)}


@pytest.mark.parametrize("kind", ["explicit", "prefix"])
def test_no_address_is_taken_out_of_a_reservation_by_itself(lab: Lab, kind: str) -> None:
    lab.ec2.create_subnet_cidr_reservation(SubnetId="subnet-0a00000a", Cidr="10.0.1.0/26", ReservationType=kind)
    shown = lab.ec2.get_subnet_cidr_reservations(SubnetId="subnet-0a00000a", MaxResults=1000)
    assert [one["Cidr"] for one in shown["SubnetIpv4CidrReservations"]] == ["10.0.1.0/26"]
    made = lab.ec2.create_network_interface(SubnetId="subnet-0a00000a")["NetworkInterface"]
    assert made["PrivateIpAddress"] == "10.0.1.64"
    lab.ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000001", SecondaryPrivateIpAddressCount=1)
    assert lab.private("eni-0a000001")[-1] == "10.0.1.65"
    lab.ec2.assign_private_ip_addresses(NetworkInterfaceId="eni-0a000001", PrivateIpAddresses=["10.0.1.33"])
    assert lab.private("eni-0a000001")[-1] == "10.0.1.33"


def test_a_subnet_that_is_reserved_as_a_whole(lab: Lab) -> None:
    lab.ec2.create_subnet_cidr_reservation(SubnetId="subnet-0a00000c", Cidr="10.0.3.0/28", ReservationType="explicit")
    with refused("InsufficientFreeAddressesInSubnet"):
        lab.ec2.create_network_interface(SubnetId="subnet-0a00000c")
