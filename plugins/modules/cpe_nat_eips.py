#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cpe_nat_eips
short_description: Manage Elastic IPs on secondary private addresses, for CPE NAT IPs
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Gives each entry an Elastic IP, associated with exactly one secondary private address of a network interface,
    usually an aggregator's primary one. The private address is what the bond's CPE NAT IP is made of.
  - All entries are handled together. If nothing has to be changed, that takes two calls for any number of entries.
  - An Elastic IP is the network's if it carries the tags C(bonded.internet/network), with the network's name, and
    C(bonded.internet/key), with C(cpe-nat/) and the entry's key. Its tags C(bonded.internet/interface) and
    C(bonded.internet/private_ip) name the private address, which cannot be tagged itself. All tags are set in the call
    that allocates the Elastic IP; only then the private address is assigned, and the Elastic IP associated. So a run
    that was interrupted anywhere is completed by the next one, and nothing is allocated twice.
  - Never touched are the primary private address of an interface with its public address, an Elastic IP without the
    network's tag (unless it is adopted by its public address), and a secondary private address that no Elastic IP of
    the network names.
  - Everything is checked before the first change, and all problems are reported at once.
  - Needs the IAM rights C(ec2:DescribeAddresses), C(ec2:DescribeNetworkInterfaces), C(ec2:DescribeSubnets),
    C(ec2:DescribeInstances), C(ec2:DescribeInstanceTypes), C(ec2:GetSubnetCidrReservations) (where it chooses a private
    address, which lies in no reservation of the subnet), C(ec2:AllocateAddress), C(ec2:CreateTags),
    C(ec2:DeleteTags), C(ec2:AssignPrivateIpAddresses), C(ec2:UnassignPrivateIpAddresses), C(ec2:AssociateAddress),
    C(ec2:DisassociateAddress) and C(ec2:ReleaseAddress); for reverse DNS also C(ec2:DescribeAddressesAttribute),
    C(ec2:ModifyAddressAttribute) and C(ec2:ResetAddressAttribute).
extends_documentation_fragment:
  - bonded.internet.attributes
  - bonded.internet.attributes.full
  - bonded.internet.attributes.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  network:
    description: The bonding network's name, a small letter and then at most 15 small letters, digits or underscores.
    type: str
    required: true
  entries:
    description: The entries. Those of the network that are not listed are left alone, unless O(prune=true).
    type: list
    elements: dict
    default: []
    suboptions:
      key:
        description:
          - The entry's name in the network, for example V(bond-17). It keeps its Elastic IP whatever else changes.
        type: str
        required: true
      interface_id:
        description:
          - The network interface that carries the private address. With O(state=present) this or
            O(entries[].instance_id) is required.
        type: str
      instance_id:
        description:
          - Instead of O(entries[].interface_id), the aggregator's instance, whose primary network interface carries the
            private address. It costs one listing more.
        type: str
      private_ip:
        description:
          - The private address. If it is not given, an entry keeps the one that it has, and a new entry gets a free one
            of the interface's subnet, chosen by a hash of its key.
        type: str
      preferred_private_ip:
        description:
          - The private address for a new entry, if it is still free when it is assigned. Otherwise another one is
            chosen.
        type: str
      pool:
        description:
          - The address pool from which an Elastic IP is allocated. Default is Amazon's pool. Only for new entries.
        type: str
      public_ip:
        description:
          - An Elastic IP that the account has already, to be adopted. It must not be associated, and not belong to
            another network or another entry; a retired one of this network may be taken.
          - An adopted address belongs to the network from then on, and is tagged C(bonded.internet/adopted=true). When
            its entry is removed it is retired, and never released, whatever O(release) says.
        type: str
      reverse_dns:
        description:
          - The reverse DNS name of the Elastic IP. An empty string removes it; if the option is not given, it is left
            alone.
          - AWS accepts a name only if it already resolves to the address. A new address is therefore made completely
            before its name is set.
        type: str
      made_connected_ip:
        description:
          - The id of the bond and the connected IP that is made there for the entry, as V(17 192.168.17.1/24). It is
            kept in the tag C(bonded.internet/connected_ip), by which M(bonded.internet.network_plan) knows whose the
            connected IP is. An empty text says that the bond had it before; if the option is not given, the tag is left
            alone.
        type: str
      followed_from:
        description:
          - The aggregator that the Elastic IP has left to follow its bond, for the tag
            C(bonded.internet/followed_from). An empty text says that it is back; if the option is not given, the tag is
            left alone.
        type: str
      tags:
        description:
          - Further tags of the Elastic IP. They are in the call that allocates it, and written again with its own tags.
            The tags of the network win. Tags of others are left alone.
        type: dict
        default: {}
  allow_moves:
    description:
      - Whether the Elastic IP of an entry may go to another interface or another private address. If not, an entry that
        is elsewhere is an error.
      - Inside one subnet the private address moves along with its Elastic IP. To another subnet, a new private address
        is taken, and the bond's CPE NAT IP has to be changed to it. In both cases traffic is interrupted.
    type: bool
    default: false
  prune:
    description: Whether entries of the network that are not listed are removed. Requires O(max_deletions).
    type: bool
    default: false
  max_deletions:
    description: The largest number of entries that one call may remove. If it would be more, nothing is changed.
    type: int
  release:
    description:
      - Whether the Elastic IPs of removed entries are given back to AWS. A released public address never comes back.
      - If V(false), they are kept, tagged C(bonded.internet/retired=true), and taken again by an entry of the same key.
        The private address goes in both cases.
    type: bool
    default: false
  state:
    description: V(present) makes the entries exist, V(absent) removes them.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: amazon.aws.ec2_eip
  - module: amazon.aws.ec2_eni
notes:
  - The private address must not be configured on the aggregator itself.
"""

EXAMPLES = r"""
- name: A public address for each of two bonds, on one aggregator
  bonded.internet.cpe_nat_eips:
    network: prod
    entries:
      - key: bond-17
        interface_id: eni-0123456789abcdef0
      - key: bond-18
        interface_id: eni-0123456789abcdef0
        private_ip: 192.0.2.40
        reverse_dns: mail.example.com

- name: Adopt an Elastic IP that the account has already
  bonded.internet.cpe_nat_eips:
    network: prod
    entries:
      - key: bond-19
        interface_id: eni-0123456789abcdef0
        public_ip: 198.51.100.19

- name: After a bond has moved to another aggregator, let its address follow
  bonded.internet.cpe_nat_eips:
    network: prod
    allow_moves: true
    entries:
      - key: bond-17
        interface_id: eni-0fedcba9876543210

- name: Take one entry away, and keep its Elastic IP for later
  bonded.internet.cpe_nat_eips:
    network: prod
    state: absent
    entries:
      - key: bond-18

- name: Remove whatever is not listed, but never more than two, and release their Elastic IPs
  bonded.internet.cpe_nat_eips:
    network: prod
    entries:
      - key: bond-17
        interface_id: eni-0123456789abcdef0
    prune: true
    max_deletions: 2
    release: true
"""

RETURN = r"""
objects:
  description:
    - The entries in the order of the option, then those that were pruned.
    - In check mode the private address is predicted; what only AWS can choose is V(null).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The entry's key.
      type: str
      sample: bond-17
    key:
      description: The entry's key.
      type: str
      sample: bond-17
    kind:
      description: Always V(cpe_nat_eip).
      type: str
      sample: cpe_nat_eip
    interface_id:
      description: The network interface. Of a removed entry, where it was.
      type: str
      sample: eni-0123456789abcdef0
    private_ip:
      description: The private address, for the bond's CPE NAT IP. Of a removed entry, the one that it had.
      type: str
      sample: 192.0.2.9
    public_ip:
      description: The Elastic IP.
      type: str
      sample: 198.51.100.17
    allocation_id:
      description: The Elastic IP's allocation ID.
      type: str
      sample: eipalloc-0123456789abcdef0
    changed:
      description: Whether anything was changed for this entry.
      type: bool
      sample: true
    action:
      description:
        - The change, in check mode the planned one.
        - V(update) also stands for completing what an interrupted run began, and for taking a retired Elastic IP again.
      type: str
      choices: [create, update, move, retire, release, none]
      sample: create
diff:
  description: The changes, one item for each entry that changes.
  returned: success
  type: list
  elements: dict
problems:
  description: All reasons why the call was refused or failed, one sentence each.
  returned: failure
  type: list
  elements: str
done:
  description: The changes before the failure, one sentence each. The next run goes on from there.
  returned: failure
  type: list
  elements: str
"""

from dataclasses import fields
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error, ec2_client
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import PARALLEL, run
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.request import CpeNatError, Entry
from ansible_collections.bonded.internet.plugins.module_utils._aws.executor import ApplyError, readable
from ansible_collections.bonded.internet.plugins.module_utils._printable import printable, printable_all

ENTRY: dict[str, Any] = {
    **{field.name: {"type": "str"} for field in fields(Entry)},
    "instance_id": {"type": "str"},
    "key": {"type": "str", "required": True, "no_log": False},
    "tags": {"type": "dict", "default": {}},
}


def main() -> None:
    """Entry point of the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "network": {"type": "str", "required": True},
            "entries": {"type": "list", "elements": "dict", "default": [], "options": ENTRY},
            "allow_moves": {"type": "bool", "default": False},
            "prune": {"type": "bool", "default": False},
            "max_deletions": {"type": "int"},
            "release": {"type": "bool", "default": False},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("prune", True, ("max_deletions",))],
        supports_check_mode=True,
    )
    try:
        result = run(ec2_client(module, PARALLEL), module.params, module.check_mode)
    except CpeNatError as err:
        module.fail_json(msg=printable(err), problems=printable_all(err.problems), done=[])
    except ApplyError as err:
        text, done = printable(err), printable_all(err.done)
        module.fail_json(msg=text, changed=err.changed, problems=printable_all(err.problems), done=done)
    except Ec2Error as err:
        text = printable(readable(err))
        module.fail_json(msg=f"{text} Nothing was changed.", problems=[text], done=[])
    for text in printable_all(result.pop("warnings")):
        module.warn(text)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
