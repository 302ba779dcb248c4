#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a VXLAN interface of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
---
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
  aggregator:
    description:
      - The aggregator. Digits are an id, anything else is its exact name.
      - If several aggregators that the user can see have that name, the module fails and lists their ids and spaces.
    type: str
    required: true
  name:
    description:
      - The name of the interface on the aggregator, 1 to 15 ASCII letters, digits, C(_), C(.) and C(-).
      - It identifies the interface and cannot be changed.
    type: str
    required: true
  space:
    description:
      - The key of the space that the interface belongs to.
      - V(null) puts it into the main routing table.
    type: str
  enabled:
    description:
      - Whether the interface is in use. The server's default for a new one is V(true).
    type: bool
  mtu:
    description:
      - The MTU in bytes. V(null) leaves it to the host.
    type: int
  addresses:
    description:
      - All addresses of the interface with their prefix lengths, IPv4 and IPv6. The order means nothing.
      - The aggregator's own address is refused, because with it on an interface the host would not come back after a
        restart.
    type: list
    elements: str
  vni:
    description:
      - The VXLAN network identifier, 1 to 16777215. Needed for a new interface.
      - A wrong one connects two customers with each other.
    type: int
  endpoints:
    description:
      - All other ends of the tunnel. The order means nothing.
    type: list
    elements: dict
    suboptions:
      ip:
        description:
          - The address of the other aggregator; on AWS its private one.
        type: str
        required: true
      vni:
        description:
          - The VNI to send to that endpoint.
          - If not given, it is O(vni), which must be given then.
        type: int
  state:
    description:
      - Whether the interface is to be there. Under V(absent) only O(aggregator) and O(name) count.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: bonded.internet.ethernet_interface
  - module: bonded.internet.aggregator_network
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
---
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
---
vxlan_interface:
  description:
    - The interface.
    - It has the shape of the module's options. In check mode it is what it would be, with the defaults of the server
      as
      far as they are known.
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
  sample: {method: POST, path: aggregators/7/vxlan_interfaces/, status: 400, fields: {vni: [This field is required.]}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import (
    COMMON_INTERFACE_SPEC,
    STATE,
    VXLAN_SPEC,
    BondingModule,
    with_endpoint_vnis,
)
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, Run, manage_aggregator_object


def main() -> None:
    module = BondingModule(
        {
            "aggregator": {"type": "str", "required": True},
            **COMMON_INTERFACE_SPEC,
            **VXLAN_SPEC,
            "state": STATE,
        }
    )

    def work(refs: Refs) -> dict[str, Any]:
        run = Run(refs, module.check_mode)
        result = manage_aggregator_object(
            run,
            module.params["aggregator"],
            "vxlan_interface",
            with_endpoint_vnis(module.given("aggregator", "state")),
            present=module.params["state"] == "present",
        )
        return module.one(result, "vxlan_interface")

    module.run(work)


if __name__ == "__main__":
    main()
