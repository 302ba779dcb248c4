#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read devices, routes and rules on an aggregator itself."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: aggregator_host_info
short_description: Read devices, routes and rules on an aggregator itself
version_added: "1.0.0"
description:
  - Runs on the aggregator, over SSH, and reads what the management server does not show.
  - M(bonded.internet.network_plan) takes its result as
    O(bonded.internet.network_plan#module:aggregators[].found).
  - With O(expect) it judges whether the aggregator has what it should, which is how the playbooks settle.
extends_documentation_fragment:
  - bonded.internet.attributes
  - bonded.internet.attributes.info
attributes:
  check_mode:
    support: full
    details:
      - This module reads only; it does the same in check mode. With peers in O(expect) it sends one ping to each.
  action_group:
    description: Use C(group/bonded.internet.host) in C(module_defaults) for all modules that run on an aggregator.
    support: full
    membership:
      - bonded.internet.host
options:
  network:
    description: The name of the network; what of it is installed on the host is returned.
    type: str
    required: true
  directory:
    description: Where P(bonded.internet.aggregator_host#role) keeps its files.
    type: path
    default: /etc/bonded-internet
  expect:
    description: What the host shall have; what it has not is in RV(missing).
    type: list
    elements: dict
    default: []
    suboptions:
      device:
        description: The name of a device, which has to be up.
        type: str
      mac:
        description: Its MAC address. Alone it finds the device, whatever its name is.
        type: str
      addresses:
        description: The addresses that it has to have, without prefix lengths.
        type: list
        elements: str
        default: []
      peers:
        description: Addresses that have to answer by it, to a ping or to ARP.
        type: list
        elements: str
        default: []
requirements:
  - iproute2 4.14 or later on the aggregator
  - ping, for peers
seealso:
  - module: bonded.internet.network_plan
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
---
- name: What an aggregator itself has
  bonded.internet.aggregator_host_info:
    network: prod
  register: found

- name: Wait until a tunnel is up and its other end answers
  bonded.internet.aggregator_host_info:
    network: prod
    expect:
      - device: vx10000011
        addresses: [192.0.2.7]
        peers: [192.0.2.12]
  register: settled
  until: settled.missing | length == 0
  retries: 15
  delay: 2
"""

RETURN = r"""
---
host:
  description: What was found.
  returned: success
  type: dict
  contains:
    devices:
      description: The network devices.
      type: list
      elements: dict
      contains:
        name:
          description: Name.
          type: str
        mac:
          description: MAC address.
          type: str
        kind:
          description: Kind, such as V(vxlan); none for hardware.
          type: str
        vni:
          description: VNI, of a VXLAN device.
          type: int
        mtu:
          description: MTU.
          type: int
        up:
          description: Whether it is switched on.
          type: bool
        carrier:
          description: Whether it can carry anything.
          type: bool
        master:
          description: The device that it belongs to, such as a VRF.
          type: str
        addresses:
          description: Its addresses with prefix lengths; those of the link itself are left out.
          type: list
          elements: str
    routes:
      description: The main table.
      type: list
      elements: dict
    rules:
      description: The rules of IPv4.
      type: list
      elements: dict
    programs:
      description: Which programs are there.
      type: dict
    managers:
      description: Which programs are there that may configure a new device.
      type: dict
    installed:
      description: What P(bonded.internet.aggregator_host#role) has installed.
      type: dict
missing:
  description: A sentence for each thing of O(expect) that is not there.
  returned: success
  type: list
  elements: str
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.bonded.internet.plugins.module_utils._host import facts
from ansible_collections.bonded.internet.plugins.module_utils._host.judge import by, missing

PROGRAMS = ("ip", "nft", "ping", "systemctl")
ARGUMENT_SPEC = {
    "network": {"type": "str", "required": True},
    "directory": {"type": "path", "default": "/etc/bonded-internet"},
    "expect": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "device": {"type": "str"},
            "mac": {"type": "str"},
            "addresses": {"type": "list", "elements": "str", "default": []},
            "peers": {"type": "list", "elements": "str", "default": []},
        },
        "required_one_of": [("device", "mac")],
    },
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    # a log-in that is not root's may not find what is in the directories for root
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    try:
        devices = facts.read_devices(module.run_command)
        host = {
            "devices": devices,
            "routes": facts.read_routes(module.run_command),
            "rules": facts.read_rules(module.run_command),
            "programs": {name: bool(module.get_bin_path(name)) for name in PROGRAMS},
            "managers": facts.read_managers(),
            "installed": facts.read_installed(f"{module.params['directory']}/{module.params['network']}.json"),
        }
    except facts.HostError as error:
        module.fail_json(msg=f"{error} Nothing was changed.")
    else:
        absent = missing(devices, module.params["expect"], by(module.run_command))
        more = {"msg": f"Not as expected: {'; '.join(absent)}."} if absent else {}
        module.exit_json(changed=False, host=host, missing=absent, **more)


if __name__ == "__main__":
    main()
