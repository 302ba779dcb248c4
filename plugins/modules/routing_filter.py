#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a routing filter of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: routing_filter
short_description: Manage a routing filter of an aggregator
version_added: "1.0.0"
description:
  - Creates, changes and removes one routing filter of an aggregator, for use in the filter slots of its protocols.
  - A filter that a protocol uses cannot be removed; the server refuses that.
  - What is not given is left as it is.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server
  - bonded.internet.objects.aggregator_object
  - bonded.internet.objects.filter
seealso:
  - module: bonded.internet.routing_protocol
  - module: bonded.internet.aggregator_network
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: Export everything but what was learned by Babel
  bonded.internet.routing_filter:
    api_url: https://bonding.example.com
    aggregator: agg1
    name: prod_export_3
    family: ipv4
    body: "if source = RTS_BABEL then reject; accept;"
"""

RETURN = r"""
routing_filter:
  description: The filter, in the shape of the module's options.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    name: prod_export_3
    family: ipv4
    body: "if source = RTS_BABEL then reject; accept;"
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
  sample: {method: POST, path: aggregators/7/filters/, status: 400, fields: {family: [This field is required.]}}
"""

from ansible_collections.bonded.internet.plugins.module_utils._module import run_object_module


def main() -> None:
    run_object_module("routing_filter", "aggregator", "filter")


if __name__ == "__main__":
    main()
