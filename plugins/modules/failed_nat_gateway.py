#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: failed_nat_gateway
short_description: Delete the NAT gateways with a network's ownership tags that have failed
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Deletes the NAT gateways with the tags C(bonded.internet/network) and C(bonded.internet/key) whose state is
    C(failed), such as those of a VPC that had no internet gateway. They carry nothing, and hold no Elastic IP.
  - EC2 deletes them by itself within about an hour. M(amazon.aws.ec2_vpc_nat_gateway) deletes only NAT gateways that
    are available or pending.
  - Needs the IAM rights C(ec2:DescribeNatGateways) and C(ec2:DeleteNatGateway). Requests that EC2 throttles are
    repeated.
extends_documentation_fragment:
  - bonded.internet.attributes.aws_no_diff
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  network:
    description: The bonding network's name, the value of the tag C(bonded.internet/network).
    type: str
    required: true
  key:
    description:
      - The key of the NAT gateway in the network, the value of the tag C(bonded.internet/key), such as
        V(natgw/acme/agg1).
    type: str
    required: true
seealso:
  - module: amazon.aws.ec2_vpc_nat_gateway
"""

EXAMPLES = r"""
- name: Delete the NAT gateway that has failed
  bonded.internet.failed_nat_gateway:
    network: prod
    key: natgw/acme/agg1
"""

RETURN = r"""
deleted:
  description: The NAT gateways that were deleted, or in check mode would be.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the NAT gateway.
      type: str
      sample: nat-0123456789abcdef0
    code:
      description: EC2's code for the reason of the failure.
      type: str
      sample: Gateway.NotAttached
    message:
      description: EC2's sentence for it.
      type: str
      sample: Network vpc-0123456789abcdef0 has no Internet gateway attached
done:
  description: The objects that were deleted before the failure.
  returned: failure
  type: list
  elements: str
  sample: ["natgw/acme/agg1: deleted nat-0123456789abcdef0"]
"""

from ansible_collections.bonded.internet.plugins.module_utils._aws.module import run_module
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.nat_gateway import (
    delete_failed,
)


def main() -> None:
    """Entry point of the module."""
    run_module(
        {
            "network": {"type": "str", "required": True},
            "key": {"type": "str", "required": True, "no_log": False},
        },
        delete_failed,
    )


if __name__ == "__main__":
    main()
