#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: aggregator_security
short_description: Manage security groups and source/destination checks of aggregators, beside what is there
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Makes security groups with the tags of a network, adds rules to them, and attaches them to network interfaces beside
    the groups that these have. Rules and groups of others are neither replaced nor taken away.
  - Switches source/destination checks. What a check was before is kept in the tag C(bonded.internet/source_dest_check)
    of the interface; the tag goes when the check is switched on again.
  - The module M(bonded.internet.network_plan) says what is to be done.
  - Needs the IAM rights C(ec2:DescribeSecurityGroups), C(ec2:DescribeNetworkInterfaces), C(ec2:DescribeVpcs),
    C(ec2:CreateSecurityGroup), C(ec2:DeleteSecurityGroup), C(ec2:AuthorizeSecurityGroupIngress),
    C(ec2:RevokeSecurityGroupIngress), C(ec2:ModifyNetworkInterfaceAttribute), C(ec2:CreateTags) and C(ec2:DeleteTags).
extends_documentation_fragment:
  - bonded.internet.attributes.aws_no_diff
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  network:
    description: The name of the network. Only groups with its tag are found, made and deleted.
    type: str
    required: true
  groups:
    description: Security groups that shall be there.
    type: list
    elements: dict
    default: []
    suboptions:
      key:
        description: The value of the tag C(bonded.internet/key).
        type: str
        required: true
      description:
        description: The description of a group that is made. Default is O(groups[].key).
        type: str
      vpc_id:
        description: The VPC of a group that is made.
        type: str
      vpc_key:
        description: The same, by the value of the tag C(bonded.internet/key) of the VPC.
        type: str
      tags:
        description: Further tags of a group that is made, in the creating call. The network's tags win.
        type: dict
        default: {}
      rules:
        description:
          - The rules that the group gets. Further rules of the group stay.
          - A group without any is not made.
        type: list
        elements: dict
        default: []
        suboptions: &rule
          protocol:
            description: As EC2 calls it, V(-1) is all of them.
            type: str
            required: true
          from_port:
            description: The first port, or the type of ICMP. None with O(groups[].rules[].protocol=-1).
            type: int
          to_port:
            description: The last port, or the code of ICMP.
            type: int
          source:
            description: An IPv4 network, or V(self), the interfaces that carry the group.
            type: str
            required: true
      absent_rules:
        description: The rules to revoke. A rule of others stays.
        type: list
        elements: dict
        default: []
        suboptions: *rule
  interfaces:
    description: Network interfaces that shall carry groups, or shall not any more.
    type: list
    elements: dict
    default: []
    suboptions:
      interface_id:
        description: The ID of the interface.
        type: str
      interface_key:
        description: The value of the tag C(bonded.internet/key) of an interface of the network.
        type: str
      groups:
        description: Keys of groups that it shall carry.
        type: list
        elements: str
        default: []
      absent_groups:
        description: Keys of groups that it shall not carry any more.
        type: list
        elements: str
        default: []
      source_dest_check:
        description: The source/destination check. If not given, it is left alone.
        type: bool
  absent:
    description: Security groups that shall not be there. They are taken off the interfaces that carry them.
    type: list
    elements: dict
    default: []
    suboptions:
      key:
        description: The value of the tag C(bonded.internet/key).
        type: str
        required: true
seealso:
  - module: bonded.internet.network_plan
  - module: amazon.aws.ec2_security_group
"""

EXAMPLES = r"""
- name: Admit VXLAN between two aggregators, and leave their other security groups alone
  bonded.internet.aggregator_security:
    network: prod
    groups:
      - key: sg/aggregators/vpc-0123456789abcdef0
        vpc_id: vpc-0123456789abcdef0
        rules:
          - protocol: udp
            from_port: 4789
            to_port: 4789
            source: self
    interfaces:
      - interface_id: eni-0123456789abcdef1
        groups: [sg/aggregators/vpc-0123456789abcdef0]
      - interface_id: eni-0123456789abcdef2
        groups: [sg/aggregators/vpc-0123456789abcdef0]
"""

RETURN = r"""
actions:
  description: The changes, in check mode the planned ones, a sentence each.
  returned: success
  type: list
  elements: str
  sample: ["eni-0123456789abcdef1: source/destination check off"]
done:
  description: The changes before the failure, a sentence each.
  returned: failure
  type: list
  elements: str
  sample: ["sg/aggregators/vpc-0123456789abcdef0: made in vpc-0123456789abcdef0"]
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._aws.module import run_module
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources.security_group import (
    apply_changes,
)

RULES: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "default": [],
    "options": {
        "protocol": {"type": "str", "required": True},
        "from_port": {"type": "int"},
        "to_port": {"type": "int"},
        "source": {"type": "str", "required": True},
    },
}
GROUP: dict[str, Any] = {
    "key": {"type": "str", "required": True, "no_log": False},
    "description": {"type": "str"},
    "vpc_id": {"type": "str"},
    "vpc_key": {"type": "str", "no_log": False},
    "tags": {"type": "dict", "default": {}},
    "rules": RULES,
    "absent_rules": RULES,
}
INTERFACE: dict[str, Any] = {
    "interface_id": {"type": "str"},
    "interface_key": {"type": "str", "no_log": False},
    "groups": {"type": "list", "elements": "str", "default": []},
    "absent_groups": {"type": "list", "elements": "str", "default": []},
    "source_dest_check": {"type": "bool"},
}
ABSENT: dict[str, Any] = {"key": {"type": "str", "required": True, "no_log": False}}


def main() -> None:
    """Entry point of the module."""
    run_module(
        {
            "network": {"type": "str", "required": True},
            "groups": {"type": "list", "elements": "dict", "default": [], "options": GROUP},
            "interfaces": {"type": "list", "elements": "dict", "default": [], "options": INTERFACE},
            "absent": {"type": "list", "elements": "dict", "default": [], "options": ABSENT},
        },
        apply_changes,
    )


if __name__ == "__main__":
    main()
