# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Egress-only internet gateways: rules and actions; private to the stand-in.

EC2's documentation: "You can attach only one egress-only internet gateway to a VPC at a time" (Amazon VPC quotas,
"Gateways"; no error code is documented for a second one: the code and the sentence here are assumed, by those of
internet gateways); as many as VPCs, so that the quota of VPCs is met first; deleted while a route leads to it, which is
a black hole then ("Delete an egress-only internet gateway"). The listing has the filters by tag alone.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, describe
from .errors import not_found, refuse
from .tags import tag_list, tags_for

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
