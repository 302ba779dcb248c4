#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_import_info
short_description: Describe the live network as an inventory
version_added: "1.0.0"
author:
  - The bonded.internet contributors (@bonded-internet)
description:
  - Reads the management server and AWS, recognises what AN-001's steps have left there, whoever did them, and returns
    it as an inventory, with a reason for each object.
  - It guesses nothing. An object that it cannot place is returned in RV(not_placed) with the reason.
  - It makes the collection's own plan of the inventory in memory. What that plan would change on the management server
    becomes a deviation (RV(variables), C(bonding_deviations)) and a line of RV(drift), so that a run with the inventory
    adopts the network, and changes nothing else.
  - It sends GET to the management server and Describe calls to EC2, and nothing else.
  - The playbook C(bonded.internet.import_network) writes the files that it returns.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes
  - bonded.internet.attributes.bonding_and_aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
attributes:
  check_mode:
    support: full
    details:
      - This module reads only; it does the same in check mode.
  diff_mode:
    support: N/A
    details:
      - This module reads only.
  idempotent:
    support: full
    details:
      - This module reads only.
options:
  validate_certs:
    description:
      - Whether the certificate of the management server must be trusted. That of AWS always must;
        see O(aws_ca_bundle).
      - If not given, the environment variable E(BONDING_API_VALIDATE_CERTS) is used.
    type: bool
    default: true
  network:
    description:
      - The name that the network gets. Adoption writes it into tags.
      - A small letter, then up to 15 small letters, digits or underscores.
    type: str
    required: true
  regions:
    description: The AWS regions that are read. Default is the region of the credentials.
    type: list
    elements: str
    default: []
  join:
    description:
      - The means by which aggregators are joined to instances, as in the inventory plugin. V(public_ip) means the
        aggregator's address on
        the management server, C(tag:NAME) a tag of the instance with the aggregator's name or id.
    type: list
    elements: str
    default: [public_ip]
  instances:
    description:
      - The instance of an aggregator (its name or id) that O(join) does not tell, or null for one that is on none.
    type: dict
    default: {}
  directory:
    description:
      - The folder into which the caller writes RV(files). The module writes nothing.
      - It is refused before anything is asked if it has one of these files, unless O(overwrite) is V(true). A warning
        names other files in it that Ansible reads as parts of an inventory.
    type: path
  overwrite:
    description: Whether the files in O(directory) may be overwritten.
    type: bool
    default: false
  display:
    description: Whether Ansible displays RV(text), each line by itself.
    type: bool
    default: false
seealso:
  - module: bonded.internet.network_plan
  - plugin: bonded.internet.aggregators
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Describe the live network
  bonded.internet.network_import_info:
    api_url: https://bonding.example.com
    network: prod
    region: eu-central-1
  register: found

- name: Show what it could not place
  ansible.builtin.debug:
    var: found.not_placed
"""

RETURN = r"""
hosts:
  description: The variables of each host of the inventory.
  returned: success
  type: dict
  sample:
    agg1: {ansible_host: 203.0.113.11, aws_instance_id: i-0123456789abcdef0}
variables:
  description: The variables of the network, as the playbooks take them.
  returned: success
  type: dict
  sample:
    bonding_network: prod
    bonding_cpe_nat_ips:
      - bond: "20"
        interface: eth2
        connected_ip: 192.168.20.1/24
        nat_ip: 192.168.20.10
        public_ip: 203.0.113.1
        private_ip: 10.1.0.77
placed:
  description: Every object that has a place in the inventory.
  returned: success
  type: list
  elements: dict
  contains:
    object:
      description: The object.
      type: str
    place:
      description: The variable, and the entry in it.
      type: str
    reason:
      description: The evidence.
      type: str
  sample:
    - object: Elastic IP 203.0.113.1
      place: bonding_cpe_nat_ips, bond-20
      reason: on 10.1.0.77 of agg3, which is CPE NAT IP of bond 20 (acme-cologne)
not_placed:
  description: Every object that the inventory does not name. It stays as it is.
  returned: success
  type: list
  elements: dict
  contains:
    object:
      description: The object.
      type: str
    reason:
      description: The reason.
      type: str
  sample:
    - {object: Elastic IP 203.0.113.200, reason: it is associated with nothing}
drift:
  description: Differences between objects and what the collection would make of them. Each is kept by a deviation.
  returned: success
  type: list
  elements: dict
  contains:
    object:
      description: The object.
      type: str
    text:
      description: The difference.
      type: str
  sample:
    - object: VXLAN interface vxacme on agg1
      text: "endpoints: lacks ip 10.1.0.13, vni 100"
files:
  description: The files of the inventory, and the report.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The path below the inventory's folder.
      type: str
    content:
      description: The text.
      type: str
  sample:
    - path: import-report.md
      content: "# Import of the network prod\n"
text:
  description: The numbers of the import, what is not placed and what is kept, to be read.
  returned: success
  type: list
  elements: str
  sample: [3 hosts, 8 placed, 1 kept with a difference, 1 not placed.]
"""


from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ansible_collections.bonded.internet.plugins.module_utils._import.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._import.module import run
from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC


def main() -> None:
    module = AnsibleAWSModule(argument_spec={**CONNECTION_SPEC, **ARGUMENT_SPEC}, supports_check_mode=True)
    run(module)


if __name__ == "__main__":
    main()
