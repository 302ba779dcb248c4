#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: owned_object
short_description: Create an EC2 object with a network's ownership tags, exactly once
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Creates an Elastic IP, an internet gateway, an egress-only internet gateway, a network interface, a route table or a
    VPC with the tags C(bonded.internet/network) and C(bonded.internet/key), unless the network has an object of this
    kind with this key.
    What the object is used for is configured by the modules of amazon.aws, by its ID.
  - EC2 has no client token for most of these calls. After an answer that was lost the module looks for the object
    before it asks EC2 again. Requests that EC2 throttles are repeated.
  - After the creation the module lists the objects with the key again, since another run may have created one at the
    same moment. Of two objects the one in use stays, else the one with the smaller ID; the module deletes its own
    object if that is the other one, and returns the object that stays.
  - EC2 allows one egress-only internet gateway a VPC. Where EC2 refuses to create one, the module lists those with the
    key again, and returns the one that another run has created.
  - An object that is there is never changed.
  - Needs the IAM rights to list, to create and to delete objects of the kind, such as C(ec2:DescribeVpcs),
    C(ec2:CreateVpc), C(ec2:CreateTags) and C(ec2:DeleteVpc); of VPCs also C(ec2:DescribeSubnets) and
    C(ec2:DescribeInternetGateways). The right to delete is needed only where two runs work at once.
extends_documentation_fragment:
  - bonded.internet.attributes.aws_no_diff
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  kind:
    description: The kind of the object.
    type: str
    required: true
    choices: [egress_only_internet_gateway, elastic_ip, internet_gateway, network_interface, route_table, vpc]
  network:
    description: The bonding network's name, the value of the tag C(bonded.internet/network).
    type: str
    required: true
  key:
    description: The key of the object in the network, the value of the tag C(bonded.internet/key), such as V(vpc/acme).
    type: str
    required: true
  name:
    description: The tag C(Name).
    type: str
  tags:
    description: Further tags, in the creating call. The tags of O(name), O(network) and O(key) win.
    type: dict
    default: {}
  cidr:
    description: The IPv4 network of a VPC. Required with O(kind=vpc).
    type: str
  ipv6:
    description: Whether a VPC gets an IPv6 block of Amazon's.
    type: bool
    default: false
  vpc_id:
    description:
      - The VPC of a route table or of an egress-only internet gateway.
      - Required with O(kind=route_table) and O(kind=egress_only_internet_gateway).
    type: str
  subnet_id:
    description: The subnet of a network interface. Required with O(kind=network_interface).
    type: str
  description:
    description: The description of a network interface.
    type: str
  pool:
    description: The pool of public addresses from which an Elastic IP is allocated. Default is Amazon's pool.
    type: str
  public_ip:
    description:
      - An Elastic IP that the account has already, to be adopted in place of a new one. It must not be associated, and
        not belong to another network or be in use in this one. It is tagged C(bonded.internet/adopted=true).
    type: str
seealso:
  - module: amazon.aws.ec2_vpc_net
  - module: amazon.aws.ec2_eip
"""

EXAMPLES = r"""
- name: Create the VPC of a space
  bonded.internet.owned_object:
    kind: vpc
    network: prod
    key: vpc/acme
    name: prod-acme
    cidr: 192.0.2.0/24
  register: created

- name: Create its internet gateway, which is not attached yet
  bonded.internet.owned_object:
    kind: internet_gateway
    network: prod
    key: igw/acme
    name: prod-acme

- name: Create its route table
  bonded.internet.owned_object:
    kind: route_table
    network: prod
    key: rtb/acme
    vpc_id: "{{ created.id }}"
"""

RETURN = r"""
action:
  description:
    - The change, in check mode the planned one. V(adopt) stands for an Elastic IP that was there, O(public_ip).
    - V(yield) stands for an object that was created and deleted again, since another run's one stays.
  returned: success
  type: str
  choices: [create, adopt, yield, none]
  sample: create
id:
  description: The object's ID; of an Elastic IP the allocation ID. In check mode none, where it would be created.
  returned: success
  type: str
  sample: vpc-0123456789abcdef0
public_ip:
  description: The address of an Elastic IP.
  returned: success
  type: str
  sample: 198.51.100.17
mac_address:
  description: The MAC address of a network interface.
  returned: success
  type: str
  sample: "02:00:5e:00:53:01"
done:
  description: The objects that were created before the failure.
  returned: failure
  type: list
  elements: str
  sample: ["vpc/acme: created vpc-0123456789abcdef0"]
"""

from ansible_collections.bonded.internet.plugins.module_utils._aws.module import run_module
from ansible_collections.bonded.internet.plugins.module_utils._aws.owned import KINDS, run


def main() -> None:
    """Entry point of the module."""
    run_module(
        {
            "kind": {"type": "str", "required": True, "choices": sorted(KINDS)},
            "network": {"type": "str", "required": True},
            "key": {"type": "str", "required": True, "no_log": False},
            "name": {"type": "str"},
            "tags": {"type": "dict", "default": {}},
            "cidr": {"type": "str"},
            "ipv6": {"type": "bool", "default": False},
            "vpc_id": {"type": "str"},
            "pool": {"type": "str"},
            "public_ip": {"type": "str"},
            "subnet_id": {"type": "str"},
            "description": {"type": "str"},
        },
        run,
        required_if=[
            ("kind", "vpc", ("cidr",)),
            ("kind", "route_table", ("vpc_id",)),
            ("kind", "egress_only_internet_gateway", ("vpc_id",)),
            ("kind", "network_interface", ("subnet_id",)),
        ],
    )


if __name__ == "__main__":
    main()
