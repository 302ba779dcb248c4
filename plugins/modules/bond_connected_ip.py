#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a connected IP of a bond."""

from __future__ import annotations

DOCUMENTATION = r"""
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
  - bonded.internet.attributes.server
  - bonded.internet.objects.bond_object
  - bonded.internet.objects.connected_network
options:
  ip:
    description: The address with its prefix length. It identifies the connected IP of the bond and cannot be changed.
    type: str
    required: true
  interface:
    description: The name of the interface of the bonder. Needed for a new one.
    type: str
  enabled:
    description:
      - Whether the connected IP is in use. A new one is created with V(true), whatever the server's default is.
    type: bool
seealso:
  - module: bonded.internet.bond_cpe_nat
  - module: bonded.internet.bond_cpe_nats
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: A private network behind the bonder
  bonded.internet.bond_connected_ip:
    api_url: https://bonding.example.com
    bond: 17
    interface: eth1
    ip: 192.0.2.1/24
"""

RETURN = r"""
connected_ip:
  description: The connected IP, in the shape of the module's options.
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
  description: The change, in check mode the planned one.
  returned: success
  type: str
  choices: [create, update, delete, none]
  sample: update
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample: {method: POST, path: bonds/17/connected_ips/, status: 400, fields: {ip: [This field is required.]}}
"""

from ansible_collections.bonded.internet.plugins.module_utils._module import run_object_module


def main() -> None:
    run_object_module("connected_ip", "bond", "connected_ip")


if __name__ == "__main__":
    main()
