# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of an account that refuses every creation without a cost center."""

from __future__ import annotations

from .rights import Json

MADE = {
    "AllocateAddress": "elastic-ip",
    "CreateEgressOnlyInternetGateway": "egress-only-internet-gateway",
    "CreateInternetGateway": "internet-gateway",
    "CreateNatGateway": "natgateway",
    "CreateNetworkInterface": "network-interface",
    "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group",
    "CreateSubnet": "subnet",
    "CreateVpc": "vpc",
}
"""Resource types that each action creates. Other resources of a request, such as a subnet, have tags of their own."""
DENIED: list[Json] = [
    {
        "Effect": "Deny",
        "Action": f"ec2:{action}",
        "Resource": f"arn:aws:ec2:*:*:{kind}/*",
        "Condition": {"Null": {"aws:RequestTag/CostCenter": "true"}},
    }
    for action, kind in MADE.items()
]
WITH_THE_TAG: Json = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, *DENIED],
}
REFUSED = "lack the IAM right ec2:"
