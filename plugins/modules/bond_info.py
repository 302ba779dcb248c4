#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read bonds with their interfaces, connected IPs, CPE NAT IPs and routes."""

from __future__ import annotations

DOCUMENTATION = r"""
module: bond_info
short_description: Read bonds with their interfaces, connected IPs, CPE NAT IPs and routes
version_added: "1.0.0"
description:
  - Returns bonds and what is configured on them.
  - Costs one request for the list of bonds (or the one bond), and one for each bond and part.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server_info
  - bonded.internet.bonding.parallel
options:
  bond:
    description:
      - The bond; all that the user can see if not given. Digits are an id, anything else is its exact name.
      - If several bonds that the user can see have that name, the module fails and lists their ids and spaces.
    type: str
  gather:
    description:
      - The parts to read.
      - V(current_aggregator) costs one request for each aggregator that the bonds may be on.
    type: list
    elements: str
    choices: [interfaces, connected_ips, cpe_nat_ips, routes, current_aggregator]
    default: [interfaces, connected_ips, cpe_nat_ips, routes]
seealso:
  - module: bonded.internet.bond_cpe_nats
  - module: bonded.internet.aggregator_info
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: Where a bond is now, and its addresses
  bonded.internet.bond_info:
    api_url: https://bonding.example.com
    bond: 17
    gather: [connected_ips, cpe_nat_ips, current_aggregator]
  register: found
"""

RETURN = r"""
bonds:
  description: The bonds, in the order of their ids.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: int
    name:
      description: Its name.
      type: str
    space:
      description: The key of its space.
      type: str
    aggregator:
      description: The id of its primary aggregator.
      type: int
    secondary_aggregator:
      description: The id of its secondary aggregator, or null.
      type: int
    current_aggregator:
      description: The id of the aggregator that it is on at present, or null if it is on none.
      type: int
      returned: with O(gather) containing V(current_aggregator)
    interfaces:
      description: The interfaces of its bonder, with C(name) and C(type).
      type: list
      elements: dict
      returned: with O(gather) containing V(interfaces)
    connected_ips:
      description: Its connected IPs, as M(bonded.internet.bond_connected_ip) takes them.
      type: list
      elements: dict
      returned: with O(gather) containing V(connected_ips)
    cpe_nat_ips:
      description: Its CPE NAT IPs, as M(bonded.internet.bond_cpe_nat) takes them.
      type: list
      elements: dict
      returned: with O(gather) containing V(cpe_nat_ips)
    routes:
      description: Its routes.
      type: list
      elements: dict
      returned: with O(gather) containing V(routes)
  sample:
    - id: 17
      name: Branch office
      space: acme
      aggregator: 7
      secondary_aggregator: 8
      current_aggregator: 8
      connected_ips:
        - bond: 17
          ip: 192.0.2.1/25
          interface: eth1
          enabled: true
          include_private_wan: false
          aggregator_routing: auto
      cpe_nat_ips:
        - {bond: 17, ip: 198.51.100.20, nat_ip: 192.0.2.10, enabled: true}
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample: {method: GET, path: bonds/17/routes/, status: 403, fields: {}}
"""

from ansible_collections.bonded.internet.plugins.module_utils._module import run_survey_module
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import BOND_PARTS, survey_bonds


def main() -> None:
    run_survey_module("bond", BOND_PARTS, ("current_aggregator",), survey_bonds)


if __name__ == "__main__":
    main()
