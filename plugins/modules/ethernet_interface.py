#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage an Ethernet interface of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
---
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
  accept_ra:
    description:
      - Whether IPv6 router advertisements are accepted. The server's default for a new one is V(false).
    type: bool
  state:
    description:
      - Whether the interface is to be there. Under V(absent) only O(aggregator) and O(name) count.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: bonded.internet.vxlan_interface
  - module: bonded.internet.aggregator_network
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
---
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
---
ethernet_interface:
  description:
    - The interface.
    - It has the shape of the module's options. In check mode it is what it would be, with the defaults of the server
      as
      far as they are known.
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
  sample:
    method: POST
    path: aggregators/7/ethernet_interfaces/
    status: 400
    fields: {name: [This field is required.]}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import (
    COMMON_INTERFACE_SPEC,
    ETHERNET_SPEC,
    STATE,
    BondingModule,
)
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, Run, manage_aggregator_object


def main() -> None:
    module = BondingModule(
        {
            "aggregator": {"type": "str", "required": True},
            **COMMON_INTERFACE_SPEC,
            **ETHERNET_SPEC,
            "state": STATE,
        }
    )

    def work(refs: Refs) -> dict[str, Any]:
        run = Run(refs, module.check_mode)
        result = manage_aggregator_object(
            run,
            module.params["aggregator"],
            "ethernet_interface",
            module.given("aggregator", "state"),
            present=module.params["state"] == "present",
        )
        return module.one(result, "ethernet_interface")

    module.run(work)


if __name__ == "__main__":
    main()
