#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a connected IP of a bond."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bond_connected_ip
short_description: Manage a connected IP of a bond
version_added: "1.0.0"
description:
  - Creates, changes and removes one connected IP, an address of the bonder on one of its interfaces, with the network
    behind it.
  - A private connected IP is what a CPE NAT IP translates to.
  - What is not given is left as it is.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes
  - bonded.internet.attributes.bonding
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  bond:
    description:
      - The bond. Digits are an id, anything else is its exact name.
      - If several bonds that the user can see have that name, the module fails and lists their ids and spaces.
    type: str
    required: true
  ip:
    description:
      - The address with its prefix length. It identifies the connected IP of the bond and cannot be changed.
    type: str
    required: true
  interface:
    description:
      - The name of the interface of the bonder. Needed for a new one.
    type: str
  enabled:
    description:
      - Whether the connected IP is in use. A new one is created with V(true), whatever the server's default is.
    type: bool
  include_private_wan:
    description:
      - Whether the connected network is part of the private WAN of the bond's space.
        A new one is created with V(false), whatever the server's default is.
    type: bool
  aggregator_routing:
    description:
      - Whether the aggregator gets a route to the connected network.
      - Under V(auto), with which a new one is created, a private network gets none,
        and needs a CPE NAT IP to reach the Internet.
    type: str
    choices: [auto, always, never]
  state:
    description:
      - Whether the connected IP is to be there. Under V(absent) only O(bond) and O(ip) count.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: bonded.internet.bond_cpe_nat
  - module: bonded.internet.bond_cpe_nats
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
---
- name: A private network behind the bonder
  bonded.internet.bond_connected_ip:
    api_url: https://bonding.example.com
    bond: 17
    interface: eth1
    ip: 192.0.2.1/24
"""

RETURN = r"""
---
connected_ip:
  description:
    - The connected IP.
    - It has the shape of the module's options. In check mode it is what it would be, with the defaults of the server
      as
      far as they are known.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    bond: 17
    ip: 192.0.2.1/24
    interface: eth1
    enabled: true
    include_private_wan: false
    aggregator_routing: auto
action:
  description: What was done, or in check mode would be.
  returned: success
  type: str
  choices: [create, update, delete, none]
  sample: update
failure:
  description: The request that the server refused, where one did.
  returned: failure of a request
  type: dict
  contains:
    method:
      description: The HTTP method.
      type: str
    path:
      description: The path below C(/api/v4/).
      type: str
    status:
      description: The HTTP status, or null if there was no answer.
      type: int
    fields:
      description: The server's own words, as a list for each field that it complains about.
      type: dict
  sample: {method: POST, path: bonds/17/connected_ips/, status: 400, fields: {ip: [This field is required.]}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import STATE, BondingModule
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, Run, manage_bond_object


def main() -> None:
    module = BondingModule(
        {
            "bond": {"type": "str", "required": True},
            "ip": {"type": "str", "required": True},
            "interface": {"type": "str"},
            "enabled": {"type": "bool"},
            "include_private_wan": {"type": "bool"},
            "aggregator_routing": {"type": "str", "choices": ["auto", "always", "never"]},
            "state": STATE,
        }
    )

    def work(refs: Refs) -> dict[str, Any]:
        run = Run(refs, module.check_mode)
        result = manage_bond_object(
            run,
            module.params["bond"],
            "connected_ip",
            module.given("bond", "state"),
            present=module.params["state"] == "present",
        )
        return module.one(result, "connected_ip")

    module.run(work)


if __name__ == "__main__":
    main()
