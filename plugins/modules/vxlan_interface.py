#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a VXLAN interface of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vxlan_interface
short_description: Manage a VXLAN interface of an aggregator
version_added: "1.0.0"
description:
  - Creates, changes and removes one VXLAN interface of an aggregator.
  - On AWS it carries the private WAN of a space, or BGP between aggregators, directly between their private
    addresses.
  - What is not given is left as it is; lists are always meant as a whole.
  - A name that belongs to an interface of another type is refused.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server
  - bonded.internet.objects.aggregator_object
  - bonded.internet.objects.interface
  - bonded.internet.objects.vxlan
seealso:
  - module: bonded.internet.ethernet_interface
  - module: bonded.internet.aggregator_network
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: A tunnel of the space acme to two other aggregators
  bonded.internet.vxlan_interface:
    api_url: https://bonding.example.com
    aggregator: agg1
    name: vx10000003
    space: acme
    vni: 10000003
    mtu: 1500
    addresses:
      - 192.0.2.7/28
    endpoints:
      - ip: 198.51.100.11
      - ip: 198.51.100.12

- name: No tunnel any more
  bonded.internet.vxlan_interface:
    api_url: https://bonding.example.com
    aggregator: 7
    name: vx10000003
    state: absent
"""

RETURN = r"""
vxlan_interface:
  description: The interface, in the shape of the module's options.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    name: vx10000003
    type: vxlan
    space: acme
    enabled: true
    mtu: 1500
    addresses: [192.0.2.7/28]
    vni: 10000003
    endpoints: [{ip: 198.51.100.11, vni: 10000003}, {ip: 198.51.100.12, vni: 10000003}]
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
  sample: {method: POST, path: aggregators/7/vxlan_interfaces/, status: 400, fields: {vni: [This field is required.]}}
"""

from ansible_collections.bonded.internet.plugins.module_utils._module import run_object_module


def main() -> None:
    run_object_module("vxlan_interface", "aggregator", "vxlan_interface")


if __name__ == "__main__":
    main()
