#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read aggregators with their interfaces, routing protocols and filters."""

from __future__ import annotations

DOCUMENTATION = r"""
module: aggregator_info
short_description: Read aggregators with their interfaces, routing protocols and filters
version_added: "1.0.0"
description:
  - Returns aggregators and what is configured on them, in the shape that M(bonded.internet.aggregator_network)
    accepts.
  - Costs one request for the list of aggregators, and one for each aggregator and part.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server_info
  - bonded.internet.bonding.parallel
options:
  aggregator:
    description:
      - The aggregator; all that the user can see if not given. Digits are an id, anything else is its exact name.
      - If several aggregators that the user can see have that name, the module fails and lists their ids and spaces.
    type: str
  gather:
    description: The parts to read.
    type: list
    elements: str
    choices: [interfaces, protocols, filters]
    default: [interfaces, protocols, filters]
seealso:
  - module: bonded.internet.aggregator_network
  - module: bonded.internet.bond_info
  - module: bonded.internet.space_info
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: What is configured on one aggregator
  bonded.internet.aggregator_info:
    api_url: https://bonding.example.com
    aggregator: agg1
  register: found

- name: Only the aggregators themselves
  bonded.internet.aggregator_info:
    api_url: https://bonding.example.com
    gather: []
"""

RETURN = r"""
aggregators:
  description: The aggregators, in the order of their ids.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: int
    name:
      description: Its name, unique in its space.
      type: str
    space:
      description: The key of its space.
      type: str
    ip:
      description: The IPv4 address that bonders use; on AWS the public one.
      type: str
    ipv6:
      description: The IPv6 address that bonders use, or null.
      type: str
    routing_group:
      description: The id of its routing group, or null.
      type: int
    status:
      description: One of V(up), V(down), V(unknown).
      type: str
    version:
      description: The version that it runs.
      type: str
    interfaces:
      description: Its interfaces, as M(bonded.internet.aggregator_network) takes them.
      type: list
      elements: dict
      returned: with O(gather) containing V(interfaces)
    protocols:
      description: Its routing protocols, as M(bonded.internet.aggregator_network) takes them.
      type: list
      elements: dict
      returned: with O(gather) containing V(protocols)
    filters:
      description: Its routing filters, as M(bonded.internet.aggregator_network) takes them.
      type: list
      elements: dict
      returned: with O(gather) containing V(filters)
  sample:
    - id: 7
      name: agg1
      space: root
      ip: 203.0.113.7
      ipv6: null
      routing_group: null
      status: up
      version: 6.6.2
      interfaces: []
      protocols: []
      filters: []
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample: {method: GET, path: aggregators/7/filters/, status: 403, fields: {}}
"""

from ansible_collections.bonded.internet.plugins.module_utils._module import run_survey_module
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import AGGREGATOR_PARTS, survey_aggregators


def main() -> None:
    run_survey_module("aggregator", AGGREGATOR_PARTS, (), survey_aggregators)


if __name__ == "__main__":
    main()
