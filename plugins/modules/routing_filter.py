#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a routing filter of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: routing_filter
short_description: Manage a routing filter of an aggregator
version_added: "1.0.0"
description:
  - Creates, changes and removes one routing filter of an aggregator, for use in the filter slots of its protocols.
  - A filter that a protocol uses cannot be removed; the server refuses that.
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
  aggregator:
    description:
      - The aggregator. Digits are an id, anything else is its exact name.
      - If several aggregators that the user can see have that name, the module fails and lists their ids and spaces.
    type: str
    required: true
  name:
    description:
      - The name of the filter. It identifies the filter on the aggregator and cannot be changed.
      - It is a symbol of BIRD, 1 to 64 ASCII letters, digits and C(_), the first no digit.
    type: str
    required: true
  family:
    description:
      - The IP version of the routes that the filter judges. Needed for a new one.
    type: str
    choices: [ipv4, ipv6]
  body:
    description:
      - The text of the filter, in the language of BIRD 2. Needed for a new one.
    type: str
  state:
    description:
      - Whether the filter is to be there. Under V(absent) only O(aggregator) and O(name) count.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: bonded.internet.routing_protocol
  - module: bonded.internet.aggregator_network
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
---
- name: Export everything but what was learned by Babel
  bonded.internet.routing_filter:
    api_url: https://bonding.example.com
    aggregator: agg1
    name: prod_export_3
    family: ipv4
    body: "if source = RTS_BABEL then reject; accept;"
"""

RETURN = r"""
---
routing_filter:
  description:
    - The filter.
    - It has the shape of the module's options. In check mode it is what it would be, with the defaults of the server
      as
      far as they are known.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    name: prod_export_3
    family: ipv4
    body: "if source = RTS_BABEL then reject; accept;"
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
  sample: {method: POST, path: aggregators/7/filters/, status: 400, fields: {family: [This field is required.]}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import FILTER_SPEC, STATE, BondingModule
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, Run, manage_aggregator_object


def main() -> None:
    module = BondingModule(
        {
            "aggregator": {"type": "str", "required": True},
            **FILTER_SPEC,
            "state": STATE,
        }
    )

    def work(refs: Refs) -> dict[str, Any]:
        run = Run(refs, module.check_mode)
        result = manage_aggregator_object(
            run,
            module.params["aggregator"],
            "filter",
            module.given("aggregator", "state"),
            present=module.params["state"] == "present",
        )
        return module.one(result, "routing_filter")

    module.run(work)


if __name__ == "__main__":
    main()
