# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Internet gateways, egress-only ones among them.

Of egress-only ones EC2's documentation says: "You can attach only one egress-only internet gateway to a VPC at a time"
(Amazon VPC quotas, "Gateways"; no error code is documented for a second one: the code and the sentence here are
assumed, by those of internet gateways); as many as VPCs, so that the quota of VPCs is met first; deleted while a route
leads to it, which is a black hole then ("Delete an egress-only internet gateway"). The listing has the filters by tag
alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, describe
from .errors import invalid, not_found, refuse
from .filters import same
from .tags import tag_list, tag_pairs, tags_for

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


EGRESS_ONLY_GATEWAYS = DescribeSpec(
    action="DescribeEgressOnlyInternetGateways",
    result="EgressOnlyInternetGateways",
    id="EgressOnlyInternetGatewayId",
    ids="EgressOnlyInternetGatewayIds",
)


def present_egress_only_gateway(gateway: Any) -> dict[str, Any]:
    """An egress-only internet gateway as DescribeEgressOnlyInternetGateways shows it."""
    return {
        "EgressOnlyInternetGatewayId": gateway.id,
        "Attachments": gateway.attachments,
        "Tags": tag_list(gateway),
    }


class EgressOnlyGatewayRules(EC2Backend):
    """EC2's rules for egress-only internet gateways."""

    def create_egress_only_internet_gateway(self, vpc_id: str, tags: dict[str, str] | None = None) -> Any:
        vpc = self.get_vpc(vpc_id)
        if any(one.vpc_id == vpc.id for one in self.egress_only_internet_gateways.values()):
            refuse("InvalidParameterValue", f"Network {vpc_id} already has an egress only internet gateway attached")
        return super().create_egress_only_internet_gateway(vpc_id, tags)

    def get_egress_only_igw(self, gateway_id: str) -> Any:
        found = self.egress_only_internet_gateways.get(gateway_id)
        return found if found is not None else not_found(gateway_id, "eigw")

    def delete_egress_only_internet_gateway(self, gateway_id: str) -> None:
        del self.egress_only_internet_gateways[self.get_egress_only_igw(gateway_id).id]
        self.forget_tags(gateway_id)


class EgressOnlyGatewayActions(EC2Response):
    """The actions on egress-only internet gateways."""

    def create_egress_only_internet_gateway(self) -> ActionResult:
        tags = tags_for(self, "egress-only-internet-gateway")
        made = self.ec2_backend.create_egress_only_internet_gateway(self._get_param("VpcId"), tags)
        return ActionResult({"EgressOnlyInternetGateway": present_egress_only_gateway(made)})

    def describe_egress_only_internet_gateways(self) -> ActionResult:
        found = self.ec2_backend.egress_only_internet_gateways.values()
        return describe(self, EGRESS_ONLY_GATEWAYS, [present_egress_only_gateway(one) for one in found])
