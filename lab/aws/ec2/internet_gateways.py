# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Internet gateways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, describe
from .errors import invalid, not_found, refuse
from .filters import same
from .tags import tag_list, tag_pairs

GATEWAYS = DescribeSpec(
    action="DescribeInternetGateways",
    result="InternetGateways",
    id="InternetGatewayId",
    ids="InternetGatewayIds",
    filters={
        **same("internet-gateway-id owner-id"),
        "attachment.state": "Attachments.State",
        "attachment.vpc-id": "Attachments.VpcId",
    },
)


class InternetGatewayRules(EC2Backend):
    """EC2's rules for internet gateways."""

    def all_gateways(self) -> list[Any]:
        return list(self.internet_gateways.values())

    def internet_gateway_of(self, vpc_id: str) -> Any:
        """Return the internet gateway that is attached to a VPC, or None."""
        return next((one for one in self.all_gateways() if one.vpc is not None and one.vpc.id == vpc_id), None)

    def get_internet_gateway(self, internet_gateway_id: str) -> Any:
        return self.internet_gateways.get(internet_gateway_id) or not_found(internet_gateway_id, "igw")

    def create_internet_gateway(self, tags: Sequence[dict[str, str]] | None = None) -> Any:
        if len(self.internet_gateways) >= self.quotas["internet_gateways"]:
            refuse("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.")
        return super().create_internet_gateway(tags)

    def attach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> Any:
        gateway, vpc = self.get_internet_gateway(internet_gateway_id), self.get_vpc(vpc_id)
        if gateway.vpc is not None:
            refuse(
                "Resource.AlreadyAssociated",
                f"resource {internet_gateway_id} is already attached to network {gateway.vpc.id}",
            )
        if self.internet_gateway_of(vpc_id) is not None:
            invalid(f"Network {vpc_id} already has an internet gateway attached")
        gateway.vpc = vpc

    def detach_internet_gateway(self, internet_gateway_id: str, vpc_id: str) -> None:
        gateway = self.get_internet_gateway(internet_gateway_id)
        if gateway.vpc is None or gateway.vpc.id != vpc_id:
            refuse("Gateway.NotAttached", f"resource {internet_gateway_id} is not attached to network {vpc_id}")
        if any(one.vpc_id == vpc_id and (one.elastic or one.automatic_ip) for one in self.enis.values()):
            refuse(
                "DependencyViolation",
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
                "detaching the gateway.",
            )
        gateway.vpc = None

    def delete_internet_gateway(self, internet_gateway_id: str) -> None:
        if self.get_internet_gateway(internet_gateway_id).vpc is not None:
            refuse(
                "DependencyViolation",
                f"The internetGateway '{internet_gateway_id}' has dependencies and cannot be deleted.",
            )
        del self.internet_gateways[internet_gateway_id]
        self.forget_tags(internet_gateway_id)


def present_gateway(gateway: Any) -> dict[str, Any]:
    """An internet gateway as DescribeInternetGateways shows it."""
    return {
        "InternetGatewayId": gateway.id,
        "Attachments": gateway.attachments,
        "OwnerId": gateway.owner_id,
        "Tags": tag_list(gateway),
    }


class InternetGatewayActions(EC2Response):
    """The actions on internet gateways."""

    def create_internet_gateway(self) -> ActionResult:
        gateway = self.ec2_backend.create_internet_gateway(tag_pairs(self, "internet-gateway"))
        return ActionResult({"InternetGateway": present_gateway(gateway)})

    def describe_internet_gateways(self) -> ActionResult:
        return describe(self, GATEWAYS, [present_gateway(one) for one in self.ec2_backend.all_gateways()])

    def attach_internet_gateway(self) -> ActionResult:
        self.ec2_backend.attach_internet_gateway(self._get_param("InternetGatewayId"), self._get_param("VpcId"))
        return EmptyResult()
