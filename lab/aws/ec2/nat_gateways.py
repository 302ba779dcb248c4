# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NAT gateways; private to the stand-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_nat_gateway_id

from .describe import Kind, describe
from .elastic_ips import LabAddress
from .errors import not_found, refuse
from .tags import tag_list, tags_for

NAT_GATEWAYS = Kind(
    action="DescribeNatGateways",
    result="NatGateways",
    id="NatGatewayId",
    ids="NatGatewayIds",
    filters={
        "nat-gateway-id": "NatGatewayId",
        "state": "State",
        "subnet-id": "SubnetId",
        "vpc-id": "VpcId",
    },
)


class LabNatGateway(NatGateway):
    """A public NAT gateway; it has an interface of its own, which nobody else may touch."""

    def __init__(self, backend: Any, subnet: Any, address: LabAddress, tags: Mapping[str, str]) -> None:
        self.ec2_backend = backend
        self.id = random_nat_gateway_id()
        self.subnet_id, self.vpc_id = subnet.id, subnet.vpc_id
        self.state = "available"
        self.connectivity_type = "public"
        self.created = utcnow()
        self.address: LabAddress | None = address
        self.interface = backend.create_network_interface(
            subnet, None, description=f"Interface for NAT Gateway {self.id}"
        )
        self.interface.requester_managed = True
        self.interface.interface_type = "nat_gateway"
        self.interface.status = "in-use"
        self.interface.source_dest_check = False
        backend.associate(address, self.interface, None, reassociate=False)
        address.managed_by = self.id
        self.add_tags(dict(tags))


def present_nat_gateway(gateway: LabNatGateway) -> dict[str, Any]:
    """A NAT gateway as DescribeNatGateways shows it."""
    used = {"NetworkInterfaceId": gateway.interface.id, "PrivateIp": gateway.interface.private_ip_address}
    if gateway.address is not None:
        used.update(AllocationId=gateway.address.id, PublicIp=gateway.address.public_ip)
        used["AssociationId"] = str(gateway.address.association_id)
    return {
        "NatGatewayId": gateway.id,
        "State": gateway.state,
        "SubnetId": gateway.subnet_id,
        "VpcId": gateway.vpc_id,
        "ConnectivityType": gateway.connectivity_type,
        "CreateTime": gateway.created,
        "NatGatewayAddresses": [used],
        "Tags": tag_list(gateway),
    }


class NatGatewayRules(EC2Backend):
    """What EC2 demands of NAT gateways."""

    def add_nat_gateway(self, subnet_id: str, allocation_id: str, tags: Mapping[str, str]) -> LabNatGateway:
        """A new one; the address must be free, and the VPC must have an internet gateway."""
        subnet = self.get_subnet(subnet_id)
        address = next((one for one in self.addresses if one.id == allocation_id), None) or not_found(allocation_id)
        if address.eni is not None:
            refuse("Resource.AlreadyAssociated", f"resource {address.id} is already associated with {address.eni.id}")
        if not any(gateway.vpc is not None and gateway.vpc.id == subnet.vpc_id for gateway in self.all_gateways()):
            refuse("Gateway.NotAttached", f"Network {subnet.vpc_id} has no Internet gateway attached")
        alive = [one for one in self.nat_gateways.values() if one.state == "available"]
        zones = [self.get_subnet(one.subnet_id).availability_zone for one in alive]
        if zones.count(subnet.availability_zone) >= self.quotas["nat_gateways_per_zone"]:
            refuse("NatGatewayLimitExceeded", "The maximum number of NAT gateways in this zone has been reached.")
        gateway = LabNatGateway(self, subnet, address, tags)
        self.nat_gateways[gateway.id] = gateway
        return gateway

    def remove_nat_gateway(self, gateway: LabNatGateway) -> None:
        """It stays visible as deleted, as in EC2 for an hour; its address is free again."""
        if gateway.state == "deleted":
            return
        if gateway.address is not None:
            gateway.address.managed_by = None
        self.drop_interface(gateway.interface)
        gateway.address, gateway.state = None, "deleted"


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
            self._get_param("SubnetId"), allocation_id, tags_for(self, "natgateway")
        )
        return ActionResult({"NatGateway": present_nat_gateway(gateway)})

    def delete_nat_gateway(self) -> ActionResult:
        wanted = self._get_param("NatGatewayId")
        gateway = self.ec2_backend.nat_gateways.get(wanted) or not_found(wanted)
        self.ec2_backend.remove_nat_gateway(gateway)
        return ActionResult({"NatGatewayId": gateway.id})

    def describe_nat_gateways(self) -> ActionResult:
        return describe(
            self, NAT_GATEWAYS, [present_nat_gateway(one) for one in self.ec2_backend.nat_gateways.values()]
        )
