# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EC2's errors; private to the stand-in. Codes and texts are EC2's own, as far as they are known."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from moto.ec2.exceptions import EC2ClientError

# The error code and the sentence for an id that does not exist, by the id's prefix.
MISSING = {
    "eigw": ("InvalidGatewayID.NotFound", "The gateway ID '{}' does not exist"),
    "eipalloc": ("InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"),
    "eipassoc": ("InvalidAssociationID.NotFound", "The association ID '{}' does not exist"),
    "eni": ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"),
    "eni-attach": ("InvalidAttachmentID.NotFound", "The networkInterface attachment ID '{}' does not exist"),
    "i": ("InvalidInstanceID.NotFound", "The instance ID '{}' does not exist"),
    "igw": ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist"),
    "nat": ("NatGatewayNotFound", "NatGateway {} was not found"),
    "rtb": ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"),
    "rtbassoc": ("InvalidAssociationID.NotFound", "The association ID '{}' does not exist"),
    "sg": ("InvalidGroup.NotFound", "The security group '{}' does not exist"),
    "sgr": ("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist"),
    "subnet": ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
    "vpc": ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
}


# What is said of an id that is not of the form of its kind; of the other kinds it does not exist.
MALFORMED = {
    "eni": "InvalidNetworkInterfaceId.Malformed",
    "i": "InvalidInstanceID.Malformed",
    "sg": "InvalidGroupId.Malformed",
}
NUMBER = re.compile(r"[0-9a-f]{8}|[0-9a-f]{17}")


def refuse(code: str, message: str) -> NoReturn:
    """Answer the request with this EC2 error, status 400."""
    raise EC2ClientError(code, message)


def invalid(message: str) -> NoReturn:
    """Answer the request with EC2's error for a parameter's value."""
    refuse("InvalidParameterValue", message)


def required(response: Any, parameter: str) -> Any:
    """Return a parameter of the request, which must have it."""
    found = response._get_param(parameter)
    return found if found else refuse("MissingParameter", f"The request must contain the parameter {parameter}")


def prefix_of(resource_id: str) -> str:
    """``eni-attach-0123`` -> ``eni-attach``."""
    return resource_id.rpartition("-")[0]


def not_found(resource_id: str, kind: str | None = None) -> NoReturn:
    """Answer that this id does not exist, in the words for its kind.

    :param kind: the prefix that the parameter wants; without it the id's own one counts, as where objects are tagged.
    """
    prefix, _dash, number = resource_id.rpartition("-")
    if kind in MALFORMED and (prefix != kind or not NUMBER.fullmatch(number)):
        refuse(MALFORMED[kind], f'Invalid id: "{resource_id}"')
    code, text = MISSING.get(kind or prefix, ("InvalidID", "The ID '{}' is not valid"))
    refuse(code, text.format(resource_id))
