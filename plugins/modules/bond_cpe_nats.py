#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage connected IPs and CPE NAT IPs of bonds together."""

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_cpe_nats
short_description: Manage connected IPs and CPE NAT IPs of bonds together
version_added: "1.0.0"
description:
  - Makes a list of CPE NAT IPs with the private connected IPs that they translate to, over any number of bonds.
  - Reads at most three lists for each bond that is named, however many entries it has, and the list of bonds if one
    is
    named by its name.
  - A connected IP is made before the CPE NAT IPs in it, and removed after them.
  - Everything is checked before the first change, and all entries that are not acceptable are reported at once.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server
  - bonded.internet.objects.cpe_nats
  - bonded.internet.bonding.parallel
options:
  state:
    description:
      - Whether the entries are to be there. Under V(absent) only O(cpe_nats[].bond), O(cpe_nats[].private_ip) and
        O(cpe_nats[].connected_ip) count.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: bonded.internet.bond_info
  - module: bonded.internet.bond_connected_ip
  - module: bonded.internet.bond_cpe_nat
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: Public addresses of two bonds
  bonded.internet.bond_cpe_nats:
    api_url: https://bonding.example.com
    cpe_nats:
      - bond: 17
        interface: eth1
        connected_ip: 192.0.2.1/25
        nat_ip: 192.0.2.10
        private_ip: 198.51.100.20
      - bond: Branch office
        interface: eth1
        connected_ip: 192.0.2.129/25
        nat_ip: 192.0.2.140
        private_ip: 198.51.100.21

- name: No public address any more
  bonded.internet.bond_cpe_nats:
    api_url: https://bonding.example.com
    cpe_nats:
      - bond: 17
        private_ip: 198.51.100.20
        connected_ip: 192.0.2.1/25
    state: absent
"""

RETURN = r"""
objects:
  description:
    - All objects that were given, and all that were removed, as RV(bonded.internet.aggregator_network#module:objects).
    - After a failure half-way, only those that were changed.
  returned: success, and failure after a change
  type: list
  elements: dict
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample:
    method: POST
    path: bonds/17/cpe_nat_ips/
    status: 400
    fields: {nat_ip: [Must be in a private connected network.]}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import (
    PARALLEL,
    STATE,
    BondingModule,
    options_of,
)
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, Run, manage_cpe_nats


def main() -> None:
    entry = options_of("connected_ip", "cpe_nat_ip")
    entry |= {"private_ip": entry.pop("ip"), "connected_ip": {"type": "str"}, "bond": {"type": "str", "required": True}}
    module = BondingModule(
        {
            "cpe_nats": {"type": "list", "elements": "dict", "required": True, "options": entry},
            "state": STATE,
            "parallel": PARALLEL,
        }
    )

    def work(refs: Refs) -> dict[str, Any]:
        run = Run(refs, module.check_mode, module.params["parallel"])
        present = module.params["state"] == "present"
        return module.many(manage_cpe_nats(run, module.given()["cpe_nats"], present=present))

    module.run(work, parallel=module.params["parallel"])


if __name__ == "__main__":
    main()
