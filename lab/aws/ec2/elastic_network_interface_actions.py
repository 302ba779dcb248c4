# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions on network interfaces; private to the stand-in."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, describe
from .elastic_network_interfaces import OTHER_NETWORK, LabInterface
from .errors import invalid, refuse, required
from .filters import same
from .tags import tag_list, tags_for

INTERFACES = DescribeSpec(
    action="DescribeNetworkInterfaces",
    result="NetworkInterfaces",
    id="NetworkInterfaceId",
    ids="NetworkInterfaceIds",
    tags="TagSet",
    filters={
        **same(
            "association.allocation-id association.association-id association.ip-owner-id",
            "association.public-dns-name association.public-ip attachment.attach-time attachment.attachment-id",
            "attachment.delete-on-termination attachment.device-index attachment.instance-id",
            "attachment.instance-owner-id attachment.status availability-zone description interface-type",
            "ipv6-addresses.ipv6-address mac-address network-interface-id owner-id private-dns-name",
            "requester-managed source-dest-check status subnet-id vpc-id",
        ),
        "addresses.association.owner-id": "PrivateIpAddresses.Association.IpOwnerId",
        "addresses.association.public-ip": "PrivateIpAddresses.Association.PublicIp",
        "addresses.primary": "PrivateIpAddresses.Primary",
        "addresses.private-ip-address": "PrivateIpAddresses.PrivateIpAddress",
        "group-id": "Groups.GroupId",
        "private-ip-address": "PrivateIpAddresses.PrivateIpAddress",
    },
)


AMAZON = "amazon-aws"


def public_name(ip: str, region: str) -> str:
    """The DNS name that EC2 has for a public address."""
    domain = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{ip.replace('.', '-')}.{domain}.amazonaws.com"


def private_name(ip: str, region: str) -> str:
    """The DNS name that EC2 has for a private address."""
    return f"ip-{ip.replace('.', '-')}.{private_domain(region)}"


def private_domain(region: str) -> str:
    """The domain of a region's private addresses."""
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def association_of(interface: LabInterface, ip: str) -> dict[str, str] | None:
    """The public address of one private address: an Elastic IP's, or the primary's automatic one."""
    region = interface.ec2_backend.region_name
    bound = interface.elastic.get(ip)
    if bound is not None:
        return {
            "PublicIp": bound.public_ip,
            "PublicDnsName": public_name(bound.public_ip, region),
            "IpOwnerId": interface.owner_id,
            "AllocationId": str(bound.allocation_id),
            "AssociationId": str(bound.association_id),
        }
    automatic = interface.automatic_ip
    if ip != interface.private_ip_address or automatic is None:
        return None
    return {"PublicIp": automatic, "PublicDnsName": public_name(automatic, region), "IpOwnerId": "amazon"}


def present_interface(interface: LabInterface) -> dict[str, Any]:
    """An interface as DescribeNetworkInterfaces shows it, and DescribeInstances, which leaves some of it out."""
    backend = interface.ec2_backend
    named = backend.get_vpc(interface.vpc_id).enable_dns_hostnames
    addresses = []
    for index, ip in enumerate(interface.ips):
        shown: dict[str, Any] = {"Primary": index == 0, "PrivateIpAddress": ip}
        association = association_of(interface, ip)
        if association is not None:
            shown["Association"] = association
        if named:
            shown["PrivateDnsName"] = private_name(ip, backend.region_name)
        addresses.append(shown)
    primary = addresses[0]
    result: dict[str, Any] = {
        "NetworkInterfaceId": interface.id,
        "AvailabilityZone": interface.availability_zone,
        "Description": interface.description,
        "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in interface.group_set],
        "InterfaceType": interface.interface_type,
        "Ipv6Addresses": [{"Ipv6Address": ip, "IsPrimaryIpv6": False} for ip in interface.ipv6_addresses],
        "MacAddress": interface.mac_address,
        "OwnerId": interface.owner_id,
        "PrivateIpAddresses": addresses,
        # Who made it: the account, or for a NAT gateway AWS's own.
        "RequesterId": AMAZON if interface.requester_managed else interface.owner_id,
        "RequesterManaged": interface.requester_managed,
        "SourceDestCheck": interface.source_dest_check,
        "Status": interface.status,
        "SubnetId": interface.subnet.id,
        "VpcId": interface.vpc_id,
        "TagSet": tag_list(interface),
        **{key: primary[key] for key in ("PrivateIpAddress", "PrivateDnsName", "Association") if key in primary},
    }
    if interface.instance is not None:
        result["Attachment"] = {
            "AttachTime": interface.attach_time,
            "AttachmentId": interface.attachment_id,
            "DeleteOnTermination": interface.delete_on_termination,
            "DeviceIndex": interface.device_index,
            "NetworkCardIndex": 0,
            "InstanceId": interface.instance.id,
            "InstanceOwnerId": interface.instance.owner_id,
            "Status": "attached",
        }
    return result


class InterfaceActions(EC2Response):
    """The actions on network interfaces."""

    def _interface(self) -> LabInterface:
        found: LabInterface = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
        return found

    def create_network_interface(self) -> ActionResult:
        interface = self.ec2_backend.create_network_interface(
            self.ec2_backend.get_subnet(self._get_param("SubnetId")),
            self._get_param("PrivateIpAddress"),
            self._get_param("PrivateIpAddresses", []),
            self._get_param("Groups", []),
            self._get_param("Description"),
            tags_for(self, "network-interface"),
            secondary_count=self._get_int_param("SecondaryPrivateIpAddressCount", 0),
            ipv6_addresses=[item["Ipv6Address"] for item in self._get_param("Ipv6Addresses", [])],
            ipv6_address_count=self._get_int_param("Ipv6AddressCount", 0),
        )
        return ActionResult({"NetworkInterface": present_interface(interface)})

    def delete_network_interface(self) -> ActionResult:
        self.ec2_backend.delete_network_interface(self._interface().id)
        return EmptyResult()

    def describe_network_interfaces(self) -> ActionResult:
        return describe(self, INTERFACES, [present_interface(one) for one in self.ec2_backend.enis.values()])

    def describe_network_interface_attribute(self) -> ActionResult:
        interface, attribute = self._interface(), self._get_param("Attribute")
        shown = present_interface(interface)
        known: dict[str, dict[str, Any]] = {
            "attachment": {"Attachment": shown.get("Attachment")},
            "description": {"Description": {"Value": interface.description}},
            "groupSet": {"Groups": shown["Groups"]},
            "sourceDestCheck": {"SourceDestCheck": {"Value": interface.source_dest_check}},
        }
        if attribute not in known:
            invalid(f"Value ({attribute}) for parameter attribute is invalid. Unknown attribute.")
        return ActionResult({"NetworkInterfaceId": interface.id, **known[attribute]})

    def modify_network_interface_attribute(self) -> ActionResult:
        interface = self._interface()
        groups, attachment = self._get_param("Groups"), self._get_param("Attachment")
        description, check = self._get_param("Description"), self._get_param("SourceDestCheck")
        given = [*([groups] if groups else []), *(one for one in (attachment, description, check) if one is not None)]
        if not given:
            refuse("InvalidParameterCombination", "No attributes specified.")
        if len(given) > 1:
            refuse("InvalidParameterCombination", "Fields for multiple attribute types specified: give one at a time.")
        if groups:
            interface.group_set = self.ec2_backend.groups_for(groups, interface.vpc_id, OTHER_NETWORK)
        if attachment is not None:
            if attachment.get("AttachmentId") != interface.attachment_id:
                refuse("InvalidAttachmentID.NotFound", f"{attachment.get('AttachmentId')} is not of {interface.id}")
            interface.delete_on_termination = bool(attachment.get("DeleteOnTermination"))
        if description is not None:
            interface.description = description.get("Value") or ""
        if check is not None:
            interface.source_dest_check = bool(check.get("Value"))
        return EmptyResult()

    def attach_network_interface(self) -> ActionResult:
        attachment = self.ec2_backend.attach_network_interface(
            self._interface().id, self._get_param("InstanceId"), self._get_int_param("DeviceIndex")
        )
        return ActionResult({"AttachmentId": attachment.attachment_id, "NetworkCardIndex": 0})

    def detach_network_interface(self) -> ActionResult:
        self.ec2_backend.detach_network_interface(self._get_param("AttachmentId"))
        return EmptyResult()

    def assign_private_ip_addresses(self) -> ActionResult:
        interface = self._interface()
        new = self.ec2_backend.assign(
            interface,
            self._get_param("PrivateIpAddresses", []),
            self._get_int_param("SecondaryPrivateIpAddressCount", 0),
            self._get_param("AllowReassignment", False) is True,
        )
        assigned = [{"PrivateIpAddress": ip} for ip in new]
        return ActionResult({"NetworkInterfaceId": interface.id, "AssignedPrivateIpAddresses": assigned})

    def unassign_private_ip_addresses(self) -> ActionResult:
        self.ec2_backend.unassign(self._interface(), self._get_param("PrivateIpAddresses", []))
        return EmptyResult()

    def assign_ipv6_addresses(self) -> ActionResult:
        interface, named = self._interface(), self._get_param("Ipv6Addresses", [])
        wanted = [ip for ip in named if ip not in interface.ipv6_addresses]
        count = self._get_int_param("Ipv6AddressCount", 0)
        if bool(named) == bool(count):
            refuse("InvalidParameterCombination", "Give either IPv6 addresses or a count of them")
        self.ec2_backend.check_room(interface, more_ipv6=count or len(wanted))
        new = self.ec2_backend.ipv6_for(interface.subnet, wanted, count)
        interface.ipv6_addresses.extend(new)
        return ActionResult({"NetworkInterfaceId": interface.id, "AssignedIpv6Addresses": new})

    def unassign_ipv6_addresses(self) -> ActionResult:
        interface, ips = self._interface(), required(self, "Ipv6Addresses")
        for ip in ips:
            if ip not in interface.ipv6_addresses:
                invalid(f"{ip} is not assigned to interface {interface.id}")
        interface.ipv6_addresses = [ip for ip in interface.ipv6_addresses if ip not in ips]
        return ActionResult({"NetworkInterfaceId": interface.id, "UnassignedIpv6Addresses": ips})
