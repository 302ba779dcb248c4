# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NAT gateways; private to the stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_nat_gateway_id

from .describe import DescribeSpec, describe
from .elastic_ip_addresses import LabAddress
from .errors import not_found, refuse
from .filters import same
from .tags import tag_list, tags_for

NAT_GATEWAYS = DescribeSpec(
    action="DescribeNatGateways",
    result="NatGateways",
    id="NatGatewayId",
    ids="NatGatewayIds",
    filters=same("nat-gateway-id state subnet-id vpc-id"),
)


FAILED = ("DeleteTime", "FailureCode", "FailureMessage")


@dataclass(frozen=True)
class Failure:
    """EC2's reason for a failed NAT gateway: code and message."""

    code: str
    message: str


class LabNatGateway(NatGateway):
    """A public NAT gateway; it has an interface of its own, which nobody else may touch.

    :ivar allocation_id: the Elastic IP that it was made for; kept when it has failed or is deleted.
    :ivar address: the Elastic IP that it holds.
    :ivar interface: None if it has failed.
    :ivar failure: why it has failed, or None.
    """

    def __init__(self, backend: Any, subnet: Any, address: LabAddress, tags: Mapping[str, str]) -> None:
        self.ec2_backend = backend
        self.id = random_nat_gateway_id()
        self.subnet_id, self.vpc_id = subnet.id, subnet.vpc_id
        self.state = "pending"
        self.connectivity_type = "public"
        self.created = utcnow()
        self.deleted: datetime | None = None
        self.allocation_id, self.public_ip = str(address.id), address.public_ip
        self.address: LabAddress | None = None
        self.interface: Any = None
        self.failure: Failure | None = None
        self.add_tags(dict(tags))

    def begin(self, subnet: Any, address: LabAddress, private_ip: str | None) -> None:
        """Take the address into use, by an interface of its own."""
        backend = self.ec2_backend
        self.interface = backend.create_network_interface(
            subnet, private_ip, description=f"Interface for NAT Gateway {self.id}"
        )
        self.interface.requester_managed = True
        self.interface.interface_type = "nat_gateway"
        self.interface.status = "in-use"
        self.interface.source_dest_check = False
        backend.associate(address, self.interface, None, reassociate=False)
        address.managed_by = self.id
        self.address, self.state = address, "available"

    def fail(self, failure: Failure) -> None:
        """Mark the NAT gateway as failed; EC2 keeps showing it."""
        self.failure, self.state, self.deleted = failure, "failed", utcnow()


def present_nat_gateway(gateway: LabNatGateway) -> dict[str, Any]:
    """A NAT gateway as DescribeNatGateways shows it."""
    used = {"AllocationId": gateway.allocation_id, "PublicIp": gateway.public_ip, "IsPrimary": True}
    if gateway.interface is not None:
        used.update(NetworkInterfaceId=gateway.interface.id, PrivateIp=gateway.interface.private_ip_address)
    if gateway.address is not None:
        used["AssociationId"] = str(gateway.address.association_id)
    shown: dict[str, Any] = {
        "NatGatewayId": gateway.id,
        "State": gateway.state,
        "SubnetId": gateway.subnet_id,
        "VpcId": gateway.vpc_id,
        "ConnectivityType": gateway.connectivity_type,
        "CreateTime": gateway.created,
        "NatGatewayAddresses": [used],
        "Tags": tag_list(gateway),
    }
    if gateway.deleted is not None:
        shown["DeleteTime"] = gateway.deleted
    if gateway.failure is not None:
        shown |= {"FailureCode": gateway.failure.code, "FailureMessage": gateway.failure.message}
    return shown


class NatGatewayRules(EC2Backend):
    """EC2's rules for NAT gateways."""

    def add_nat_gateway(
        self, subnet_id: str, allocation_id: str, tags: Mapping[str, str], private_ip: str | None = None
    ) -> LabNatGateway:
        """A new one; it fails if the address is in use, or if the VPC has no internet gateway."""
        subnet = self.get_subnet(subnet_id)
        address = next((one for one in self.addresses if one.id == allocation_id), None) or not_found(allocation_id)
        if private_ip is not None:
            self.check_free(subnet, private_ip)
        alive = [one for one in self.nat_gateways.values() if one.state == "available"]
        zones = [self.get_subnet(one.subnet_id).availability_zone for one in alive]
        if zones.count(subnet.availability_zone) >= self.quotas["nat_gateways_per_zone"]:
            refuse("NatGatewayLimitExceeded", "The maximum number of NAT gateways in this zone has been reached.")
        gateway = LabNatGateway(self, subnet, address, tags)
        self.nat_gateways[gateway.id] = gateway
        failure = self._nat_failure(subnet, address)
        if failure is None:
            gateway.begin(subnet, address, private_ip)
        else:
            gateway.fail(failure)
        return gateway

    def _nat_failure(self, subnet: Any, address: LabAddress) -> Failure | None:
        """Return the reason that EC2 refuses a NAT gateway in this subnet with this address, or None."""
        if address.eni is not None:
            return Failure("Resource.AlreadyAssociated", f"Elastic IP address [{address.id}] is already associated")
        if self.internet_gateway_of(subnet.vpc_id) is None:
            return Failure("Gateway.NotAttached", f"Network {subnet.vpc_id} has no Internet gateway attached")
        if subnet.available_ip_address_count < 1:
            text = f"Subnet {subnet.id} has insufficient free addresses to create this NAT gateway"
            return Failure("InsufficientFreeAddressesInSubnet", text)
        return None

    def remove_nat_gateway(self, gateway: LabNatGateway) -> None:
        """Delete the NAT gateway and free its address. It stays visible as deleted, as in EC2 for an hour."""
        if gateway.state == "deleted":
            return
        if gateway.address is not None:
            gateway.address.managed_by = None
        if gateway.interface is not None:
            self.drop_interface(gateway.interface)
        gateway.address, gateway.state, gateway.deleted = None, "deleted", utcnow()


class NatGatewayActions(EC2Response):
    """The actions on NAT gateways."""

    def create_nat_gateway(self) -> ActionResult:
        if self._get_param("ConnectivityType", "public") != "public":
            refuse("UnsupportedOperation", "Private NAT gateways are not modelled by this stand-in")
        allocation_id = self._get_param("AllocationId")
        if not allocation_id:
            refuse(
                "MissingParameter", "The request must include the AllocationId parameter. Add the required parameter."
            )
        gateway = self.ec2_backend.add_nat_gateway(
            self._get_param("SubnetId"),
            allocation_id,
            tags_for(self, "natgateway"),
            self._get_param("PrivateIpAddress"),
        )
        shown = present_nat_gateway(gateway)
        if gateway.failure is not None:
            # The answer comes before EC2 has tried.
            shown = {name: value for name, value in shown.items() if name not in FAILED} | {"State": "pending"}
        return ActionResult({"NatGateway": shown})

    def delete_nat_gateway(self) -> ActionResult:
        wanted = self._get_param("NatGatewayId")
        gateway = self.ec2_backend.nat_gateways.get(wanted) or not_found(wanted)
        self.ec2_backend.remove_nat_gateway(gateway)
        return ActionResult({"NatGatewayId": gateway.id})

    def describe_nat_gateways(self) -> ActionResult:
        return describe(
            self, NAT_GATEWAYS, [present_nat_gateway(one) for one in self.ec2_backend.nat_gateways.values()]
        )
