#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_route
short_description: Manage one route of a VPC's route table
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Creates, replaces or deletes one route, IPv4 or IPv6, and touches no other route of the table.
  - A route to another target is replaced in one call, so that no packet is lost in between.
  - Refused are a route table that does not exist, the VPC's local routes, and a destination inside the VPC's own
    networks.
  - Needs the IAM rights C(ec2:DescribeRouteTables), C(ec2:CreateRoute), C(ec2:ReplaceRoute) and C(ec2:DeleteRoute);
    with O(network) also C(ec2:DescribeNetworkInterfaces), C(ec2:DescribeNatGateways),
    C(ec2:DescribeInternetGateways) and C(ec2:DescribeEgressOnlyInternetGateways).
extends_documentation_fragment:
  - bonded.internet.attributes.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  route_table_id:
    description: The route table's ID.
    type: str
    required: true
  destination:
    description: The IPv4 or IPv6 network that is routed, for example V(172.16.0.0/12). Host bits are refused.
    type: str
    required: true
  network_interface_id:
    description:
      - The target, a network interface.
      - With O(state=present), one of O(network_interface_id), O(nat_gateway_id), O(gateway_id) and
        O(egress_only_internet_gateway_id) is required.
      - With O(state=absent), a target is optional; a route that goes elsewhere is then not deleted, but an error.
    type: str
  nat_gateway_id:
    description: The target, a NAT gateway.
    type: str
  gateway_id:
    description: The target, an internet gateway.
    type: str
  egress_only_internet_gateway_id:
    description: The target of an IPv6 route, an egress-only internet gateway.
    type: str
  network:
    description:
      - The bonding network's name. With it, a route is replaced or deleted only if its present target carries the tag
        C(bonded.internet/network) with this value, or does not exist any more; any other is an error.
    type: str
  state:
    description: V(present) makes the route go to the target, V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: amazon.aws.ec2_vpc_route_table
"""

EXAMPLES = r"""
- name: Lead the bonds' networks to the gateway's interface
  bonded.internet.vpc_route:
    route_table_id: rtb-0123456789abcdef0
    destination: 172.16.0.0/12
    network_interface_id: eni-0123456789abcdef0
    network: prod

- name: Send IPv6 to the Internet
  bonded.internet.vpc_route:
    route_table_id: rtb-0123456789abcdef0
    destination: ::/0
    gateway_id: igw-0123456789abcdef0

- name: Delete the route, if it goes to this interface
  bonded.internet.vpc_route:
    route_table_id: rtb-0123456789abcdef0
    destination: 172.16.0.0/12
    network_interface_id: eni-0123456789abcdef0
    state: absent
"""

RETURN = r"""
action:
  description: The change, in check mode the planned one.
  returned: success
  type: str
  choices: [create, update, delete, none]
  sample: create
route:
  description: The route as it is now.
  returned: success
  type: dict
  contains:
    route_table_id:
      description: The route table's ID.
      type: str
      sample: rtb-0123456789abcdef0
    destination:
      description: The network that is routed.
      type: str
      sample: 172.16.0.0/12
    network_interface_id:
      description: The target, if it is a network interface.
      type: str
      sample: eni-0123456789abcdef0
    nat_gateway_id:
      description: The target, if it is a NAT gateway.
      type: str
      sample: null
    gateway_id:
      description: The target, if it is an internet gateway.
      type: str
      sample: null
    egress_only_internet_gateway_id:
      description: The target, if it is an egress-only internet gateway.
      type: str
      sample: null
    target:
      description: The target's ID, of whatever kind it is.
      type: str
      sample: eni-0123456789abcdef0
    state:
      description: Whether the route exists, V(present) or V(absent).
      type: str
      sample: present
    blackhole:
      description: Whether AWS says that the route leads nowhere, because its target is detached or gone.
      type: bool
      sample: false
"""

from ansible_collections.bonded.internet.plugins.module_utils._aws.module import run_module
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.route import TARGETS, manage_route


def main() -> None:
    """Entry point of the module."""
    run_module(
        {
            "route_table_id": {"type": "str", "required": True},
            "destination": {"type": "str", "required": True},
            **{target: {"type": "str"} for target in TARGETS},
            "network": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        manage_route,
        mutually_exclusive=[tuple(TARGETS)],
        required_if=[("state", "present", tuple(TARGETS), True)],
    )


if __name__ == "__main__":
    main()
