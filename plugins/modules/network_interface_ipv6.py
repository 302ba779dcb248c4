#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_interface_ipv6
short_description: Give a network interface an IPv6 address if it has none
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Assigns one IPv6 address of the subnet's block, which EC2 chooses, to a network interface that has none.
  - EC2 itself gives an address to new interfaces only; one that was made before its subnet got an IPv6 block has none.
  - An interface that has an IPv6 address is left as it is, and no address is ever taken away.
  - Needs the IAM rights C(ec2:DescribeNetworkInterfaces) and C(ec2:AssignIpv6Addresses).
extends_documentation_fragment:
  - bonded.internet.attributes.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  network_interface_id:
    description: The network interface's ID.
    type: str
    required: true
  network:
    description:
      - The bonding network's name. An interface without the tag C(bonded.internet/network) with this value is an error.
    type: str
    required: true
seealso:
  - module: amazon.aws.ec2_eni
"""

EXAMPLES = r"""
- name: Give the gateway's interface an IPv6 address
  bonded.internet.network_interface_ipv6:
    network_interface_id: eni-0123456789abcdef0
    network: prod
"""

RETURN = r"""
action:
  description: The change, in check mode the planned one.
  returned: success
  type: str
  choices: [create, none]
  sample: create
ipv6_addresses:
  description: The interface's IPv6 addresses; in check mode none, where one would be assigned.
  returned: success
  type: list
  elements: str
  sample:
    - 2001:db8:1:2::4
"""

from ansible_collections.bonded.internet.plugins.module_utils._aws.module import run_module
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.network_interface import (
    assign_ipv6_address,
)


def main() -> None:
    """Entry point of the module."""
    run_module(
        {
            "network_interface_id": {"type": "str", "required": True},
            "network": {"type": "str", "required": True},
        },
        assign_ipv6_address,
    )


if __name__ == "__main__":
    main()
