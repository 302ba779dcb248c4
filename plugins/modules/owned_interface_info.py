#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: owned_interface_info
short_description: List the network interfaces with a network's ownership tags, in an account of any size
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Lists the network interfaces with the tags C(bonded.internet/network) and C(bonded.internet/key).
  - EC2 refuses to list the network interfaces of a large account by tags, unless pages are asked for. This module asks
    for pages, M(amazon.aws.ec2_eni_info) does not.
  - Needs the IAM right C(ec2:DescribeNetworkInterfaces). Requests that EC2 throttles are repeated.
extends_documentation_fragment:
  - bonded.internet.attributes.aws_info
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
      - The key of the network interface in the network, the value of the tag C(bonded.internet/key), such as
        V(gateway/acme/agg1).
    type: str
    required: true
seealso:
  - module: amazon.aws.ec2_eni_info
  - module: bonded.internet.owned_object
"""

EXAMPLES = r"""
- name: List the network interface of a gateway
  bonded.internet.owned_interface_info:
    network: prod
    key: gateway/acme/agg1
  register: listed
"""

RETURN = r"""
network_interfaces:
  description: The network interfaces with the key; more than one only if the tags were copied.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the network interface.
      type: str
      sample: eni-0123456789abcdef0
    vpc_id:
      description: The ID of its VPC.
      type: str
      sample: vpc-0123456789abcdef0
    subnet_id:
      description: The ID of its subnet.
      type: str
      sample: subnet-0123456789abcdef0
    instance_id:
      description: The ID of the instance that it is attached to; null if there is none.
      type: str
      sample: i-0123456789abcdef0
    mac_address:
      description: Its MAC address.
      type: str
      sample: "02:00:5e:00:53:01"
    source_dest_check:
      description: Whether EC2 drops what is neither from nor to the addresses of the network interface.
      type: bool
      sample: false
    adopted:
      description: Whether the account had it before the network. No run detaches or deletes it then.
      type: bool
      sample: false
"""

from ansible_collections.bonded.internet.plugins.module_utils._aws.module import run_module
from ansible_collections.bonded.internet.plugins.module_utils._aws.owned import list_interfaces


def main() -> None:
    """Entry point of the module."""
    run_module(
        {
            "network": {"type": "str", "required": True},
            "key": {"type": "str", "required": True, "no_log": False},
        },
        list_interfaces,
    )


if __name__ == "__main__":
    main()
