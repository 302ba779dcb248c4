#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage an Ethernet interface of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ethernet_interface
short_description: Manage an Ethernet interface of an aggregator
version_added: "1.0.0"
description:
  - Creates, changes and removes one Ethernet interface of an aggregator on the management server.
  - The device must exist on the host. On AWS it is a network interface that was attached to the aggregator's
    instance,
    for example as the gateway of a space.
  - What is not given is left as it is; lists are always meant as a whole.
  - A name that belongs to an interface of another type is refused.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server
  - bonded.internet.objects.aggregator_object
  - bonded.internet.objects.interface
  - bonded.internet.objects.ethernet
seealso:
  - module: bonded.internet.vxlan_interface
  - module: bonded.internet.aggregator_network
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: The gateway of the space acme
  bonded.internet.ethernet_interface:
    api_url: https://bonding.example.com
    aggregator: agg1
    name: ens6
    space: acme
    mtu: 1500
    addresses:
      - 192.0.2.20/28
      - 2001:db8:101::20/64
    accept_ra: true
"""

RETURN = r"""
ethernet_interface:
  description: The interface, in the shape of the module's options.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    name: ens6
    type: ethernet
    space: acme
    enabled: true
    mtu: 1500
    addresses: [192.0.2.20/28, "2001:db8:101::20/64"]
    accept_ra: true
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
  sample:
    method: POST
    path: aggregators/7/ethernet_interfaces/
    status: 400
    fields: {name: [This field is required.]}
"""

from ansible_collections.bonded.internet.plugins.module_utils._module import run_object_module


def main() -> None:
    run_object_module("ethernet_interface", "aggregator", "ethernet_interface")


if __name__ == "__main__":
    main()
