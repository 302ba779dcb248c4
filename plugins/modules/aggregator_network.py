#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage interfaces, routing protocols and filters of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: aggregator_network
short_description: Manage interfaces, routing protocols and filters of an aggregator
version_added: "1.0.0"
description:
  - Makes the interfaces, routing protocols and routing filters of one aggregator as they are given, all at once.
  - Reads each given section with one request, however many objects there are, and writes only what differs, in an
    order
    in which it can be done - interfaces, filters, protocols, and the other way round for removal.
  - A section that is not given is neither read nor changed.
  - Everything is checked before the first change.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server_password
  - bonded.internet.objects.aggregator_sections
  - bonded.internet.bonding.parallel
options:
  state:
    description:
      - V(merged) makes what is given so, and leaves everything else as it is.
      - V(replaced) also sets what is not given of a given object back to its default.
        The VNI of an interface, the AS numbers and the peer of a BGP session and its password have none, and stay.
      - V(overridden) is V(replaced), and removes the objects of the given sections that match O(owned) and are not
        given.
      - V(deleted) removes the given objects, by their names. Of a section that is given empty, and of all sections if
        none is given, it removes the objects that match O(owned).
    type: str
    choices: [merged, replaced, overridden, deleted]
    default: merged
  owned:
    description:
      - Shell patterns of names, like V(prod_*), with C(*), C(?) and C([...]); upper and lower case differ.
      - Only objects whose name matches one of them are removed without being named.
    type: list
    elements: str
    default: []
  max_deletions:
    description: >-
      The most objects that may be removed without being named. If there are more, the module changes nothing.
    type: int
    default: 10
  known:
    description:
      - The objects of the aggregator that M(bonded.internet.network_plan) has just read, as returned. Then nothing is
        read here.
      - An object that is not among the known ones is taken as not existing.
      - Only with O(state=merged), or with O(state=deleted) and names in each given section.
    type: dict
seealso:
  - module: bonded.internet.aggregator_info
  - module: bonded.internet.vxlan_interface
  - module: bonded.internet.ethernet_interface
  - module: bonded.internet.routing_protocol
  - module: bonded.internet.routing_filter
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: One tunnel and Babel on it
  bonded.internet.aggregator_network:
    api_url: https://bonding.example.com
    aggregator: agg1
    interfaces:
      - name: vx10000003
        type: vxlan
        space: acme
        vni: 10000003
        addresses: [192.0.2.7/28]
        endpoints:
          - ip: 198.51.100.11
          - ip: 198.51.100.12
    protocols:
      - name: prod_babel_3
        protocol: babel
        space: acme
        interfaces:
          - patterns: [vx10000003]
        import_ipv4: {mode: all}
        export_ipv4: {mode: all}

- name: Only these filters, of those whose names begin with prod_
  bonded.internet.aggregator_network:
    api_url: https://bonding.example.com
    aggregator: agg1
    state: overridden
    owned: ["prod_*"]
    filters:
      - name: prod_export_3
        family: ipv4
        body: "if source = RTS_BABEL then reject; accept;"

- name: Remove everything whose name begins with prod_
  bonded.internet.aggregator_network:
    api_url: https://bonding.example.com
    aggregator: agg1
    state: deleted
    owned: ["prod_*"]
    max_deletions: 50
"""

RETURN = r"""
objects:
  description:
    - All objects that were given, and all that were removed.
    - After a failure half-way, only those that were changed.
  returned: success, and failure after a change
  type: list
  elements: dict
  contains:
    name:
      description: Its name or address.
      type: str
    kind:
      description: Its kind, like V(vxlan_interface) or V(cpe_nat_ip).
      type: str
    changed:
      description: Whether it was changed, or in check mode would be.
      type: bool
    action:
      description: One of V(create), V(update), V(delete), V(none).
      type: str
    object:
      description: The object afterwards, in the shape of the module's options; null if there is none.
      type: dict
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample: {method: POST, path: aggregators/7/vxlan_interfaces/, status: 400, fields: {vni: [This field is required.]}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import (
    PARALLEL,
    UPDATE_PASSWORD,
    BondingModule,
    options_of,
    protocol_options,
    with_endpoint_vnis,
)
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    AGGREGATOR_PARTS,
    Refs,
    Removal,
    Run,
    manage_aggregator,
)
from ansible_collections.bonded.internet.plugins.module_utils._resources import INTERFACE_KINDS


def main() -> None:
    module = BondingModule(
        {
            "aggregator": {"type": "str", "required": True},
            "interfaces": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "type": {"type": "str", "choices": list(INTERFACE_KINDS)},
                    **options_of(*(f"{kind}_interface" for kind in INTERFACE_KINDS)),
                },
            },
            "protocols": {"type": "list", "elements": "dict", "options": protocol_options()},
            "filters": {"type": "list", "elements": "dict", "options": options_of("filter")},
            "state": {"type": "str", "choices": ["merged", "replaced", "overridden", "deleted"], "default": "merged"},
            "owned": {"type": "list", "elements": "str", "default": []},
            "max_deletions": {"type": "int", "default": 10},
            "update_password": UPDATE_PASSWORD,
            "parallel": PARALLEL,
            "known": {"type": "dict"},
        }
    )

    def work(refs: Refs) -> dict[str, Any]:
        given = module.given()
        sections = {name: given[name] for name in AGGREGATOR_PARTS if given.get(name) is not None}
        if "interfaces" in sections:
            sections["interfaces"] = [with_endpoint_vnis(item) for item in sections["interfaces"]]
        params = module.params
        run = Run(refs, module.check_mode, params["parallel"], params["update_password"])
        removal = Removal(params["owned"], params["max_deletions"])
        return module.many(
            manage_aggregator(run, params["aggregator"], sections, params["state"], removal, params["known"])
        )

    module.run(work, parallel=module.params["parallel"])


if __name__ == "__main__":
    main()
