#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a routing protocol of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: routing_protocol
short_description: Manage a routing protocol of an aggregator
version_added: "1.0.0"
description:
  - Creates, changes and removes one custom routing protocol of an aggregator; static routes are one of the kinds.
  - The protocols run in BIRD 2 on the aggregator, and need version 6.5 of the product or later.
  - What is not given is left as it is; lists are always meant as a whole.
  - A new protocol announces no route unless O(export_ipv4) or O(export_ipv6) says so. That is an assumption of this
    collection on the server's default, so give both in any case. A mesh of Babel or OSPF without them has neighbors
    and no routes.
  - A name that belongs to a protocol of another kind is refused.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server_password
  - bonded.internet.objects.aggregator_object
  - bonded.internet.objects.protocol
options:
  protocol:
    description:
      - The kind of the protocol. It cannot be changed.
      - Options of another kind are refused.
    type: str
    required: true
    choices: [static, bgp, babel, ospf]
seealso:
  - module: bonded.internet.routing_filter
  - module: bonded.internet.aggregator_network
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
# AN-001, direct VXLAN peering: no filter, a pattern that matches the tunnels. Done on each aggregator of the mesh, in a
# space in mode unmanaged. The note's form has no more fields; the four slots are given here, since a new protocol may
# announce nothing without.
- name: Babel as in AN-001
  bonded.internet.routing_protocol:
    api_url: https://bonding.example.com
    aggregator: agg1
    name: acme_babel
    protocol: babel
    space: acme
    interfaces:
      - patterns: [vxacme]
    import_ipv4: {mode: all}
    export_ipv4: {mode: all}
    import_ipv6: {mode: all}
    export_ipv6: {mode: all}

- name: Babel on the tunnels of a space, which hands on no more than a filter accepts
  bonded.internet.routing_protocol:
    api_url: https://bonding.example.com
    aggregator: agg1
    name: prod_babel_3
    protocol: babel
    space: acme
    interfaces:
      - patterns: [vx10000003]
        rxcost: 32
        hello_interval: 1
        update_interval: 1
    import_ipv4: {mode: all}
    export_ipv4: {mode: filter, filter: prod_export_3}

- name: A default route to the gateway of a space
  bonded.internet.routing_protocol:
    api_url: https://bonding.example.com
    aggregator: agg1
    name: prod_gateway_3
    protocol: static
    space: acme
    routes:
      - network: 0.0.0.0/0
        destination: gateway
        address: 192.0.2.17

- name: A BGP session with another aggregator in the main table
  bonded.internet.routing_protocol:
    api_url: https://bonding.example.com
    aggregator: agg1
    name: prod_bgp_8
    protocol: bgp
    local_as: 64512
    neighbor_address: 203.0.113.8
    neighbor_as: 64512
    password: "{{ bgp_password }}"
    next_hop_self: true
    hold_time: 9
    keepalive_time: 3
"""

RETURN = r"""
routing_protocol:
  description: The protocol, in the shape of the module's options. A password is never shown.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    name: prod_babel_3
    protocol: babel
    space: acme
    enabled: true
    import_ipv4: {mode: all, filter: null}
    export_ipv4: {mode: filter, filter: prod_export_3}
    import_ipv6: {mode: all, filter: null}
    export_ipv6: {mode: none, filter: null}
    interfaces:
      - patterns: [vx10000003]
        type: auto
        rxcost: 32
        hello_interval: 1
        update_interval: 1
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
  sample: {method: POST, path: aggregators/7/babel_protocols/, status: 400, fields: {name: [This field is required.]}}
"""

from ansible_collections.bonded.internet.plugins.module_utils._module import (
    UPDATE_PASSWORD,
    protocol_options,
    run_object_module,
)


def main() -> None:
    options = {**protocol_options(), "update_password": UPDATE_PASSWORD}
    options["protocol"]["required"] = True
    run_object_module("routing_protocol", "aggregator", "{protocol}_protocol", options)


if __name__ == "__main__":
    main()
