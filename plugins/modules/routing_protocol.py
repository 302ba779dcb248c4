#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage a routing protocol of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
---
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
  - bonded.internet.attributes
  - bonded.internet.attributes.bonding
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(update_password=always) a password that is given is sent each time, which counts as a change.
options:
  aggregator:
    description:
      - The aggregator. Digits are an id, anything else is its exact name.
      - If several aggregators that the user can see have that name, the module fails and lists their ids and spaces.
    type: str
    required: true
  name:
    description:
      - The name of the protocol. It identifies the protocol on the aggregator and cannot be changed.
      - It is a symbol of BIRD, 1 to 64 ASCII letters, digits and C(_), the first no digit.
    type: str
    required: true
  protocol:
    description:
      - The kind of the protocol. It cannot be changed.
      - Options of another kind are refused.
    type: str
    required: true
    choices: [static, bgp, babel, ospf]
  space:
    description:
      - The key of the space whose routing table the protocol works on. Its interfaces must belong to the same space.
      - V(null) stands for the main table.
    type: str
  enabled:
    description:
      - Whether the protocol runs. The server's default for a new one is V(true).
      - In a space without private WAN the server keeps a protocol disabled.
    type: bool
  import_ipv4:
    description:
      - Which IPv4 routes pass from the protocol into the routing table.
      - The server's default for a new protocol is assumed to be mode V(all), as BIRD's is.
    type: dict
    suboptions:
      mode:
        description:
          - V(all) passes all routes, V(none) passes no route, V(filter) passes what O(import_ipv4.filter) accepts.
        type: str
        required: true
        choices: [all, none, filter]
      filter:
        description:
          - The name of a filter of the same aggregator; only and always with mode V(filter).
        type: str
  export_ipv4:
    description:
      - Which IPv4 routes pass from the routing table into the protocol.
      - The server's default for a new protocol is assumed to be mode V(none), as BIRD's is.
        Without this option such a protocol announces nothing.
    type: dict
    suboptions:
      mode:
        description:
          - V(all) passes all routes, V(none) passes no route, V(filter) passes what O(export_ipv4.filter) accepts.
        type: str
        required: true
        choices: [all, none, filter]
      filter:
        description:
          - The name of a filter of the same aggregator; only and always with mode V(filter).
        type: str
  import_ipv6:
    description:
      - Which IPv6 routes pass from the protocol into the routing table.
      - The server's default for a new protocol is assumed to be mode V(all), as BIRD's is.
    type: dict
    suboptions:
      mode:
        description:
          - V(all) passes all routes, V(none) passes no route, V(filter) passes what O(import_ipv6.filter) accepts.
        type: str
        required: true
        choices: [all, none, filter]
      filter:
        description:
          - The name of a filter of the same aggregator; only and always with mode V(filter).
        type: str
  export_ipv6:
    description:
      - Which IPv6 routes pass from the routing table into the protocol.
      - The server's default for a new protocol is assumed to be mode V(none), as BIRD's is.
        Without this option such a protocol announces nothing.
    type: dict
    suboptions:
      mode:
        description:
          - V(all) passes all routes, V(none) passes no route, V(filter) passes what O(export_ipv6.filter) accepts.
        type: str
        required: true
        choices: [all, none, filter]
      filter:
        description:
          - The name of a filter of the same aggregator; only and always with mode V(filter).
        type: str
  routes:
    description:
      - All routes of a V(static) protocol. The order means nothing.
    type: list
    elements: dict
    suboptions:
      network:
        description:
          - The destination network, with all host bits zero.
        type: str
        required: true
      destination:
        description:
          - Where packets go.
          - V(gateway) sends them to O(routes[].address), V(interface) out of O(routes[].interface); the others drop
            them.
        type: str
        required: true
        choices: [gateway, interface, blackhole, unreachable, prohibit]
      address:
        description:
          - The address of the gateway, for destination V(gateway).
        type: str
      interface:
        description:
          - The name of an interface of the aggregator, for destination V(interface);
            with V(gateway) the interface that the gateway is reached through.
        type: str
  local_as:
    description:
      - The own AS number of a V(bgp) protocol. Needed for a new one.
    type: int
  local_address:
    description:
      - The own address of a V(bgp) protocol. V(null) leaves it to the host.
    type: str
  neighbor_address:
    description:
      - The address of the peer of a V(bgp) protocol. Needed for a new one.
    type: str
  neighbor_as:
    description:
      - The AS number of the peer of a V(bgp) protocol. Needed for a new one.
    type: int
  password:
    description:
      - The password of a V(bgp) session, 1 to 80 ASCII letters, digits and signs without double quotes,
        backslashes and white space. V(null) takes it away.
      - The server never shows it, so it cannot be compared; see O(update_password).
    type: str
  multihop:
    description:
      - The number of hops that the peer of a V(bgp) protocol may be away. V(null) if it is a direct neighbour.
    type: int
  hold_time:
    description:
      - After how many seconds without a message a V(bgp) session ends.
    type: int
  keepalive_time:
    description:
      - How many seconds lie between the keepalive messages of a V(bgp) session.
    type: int
  next_hop_self:
    description:
      - Whether a V(bgp) protocol announces its own address as the next hop.
    type: bool
  rr_client:
    description:
      - Whether the peer of a V(bgp) protocol is a client of this route reflector.
    type: bool
  interfaces:
    description:
      - All interface entries of a V(babel) protocol. The order means nothing.
    type: list
    elements: dict
    suboptions:
      patterns:
        description:
          - Patterns of interface names, where C(*) stands for any text and C(?) for any character.
            The first that matches counts.
        type: list
        elements: str
        required: true
      type:
        description:
          - The kind of link. V(auto) if not given.
        type: str
        choices: [auto, wired, wireless, tunnel]
      rxcost:
        description:
          - The cost of receiving. Left to the protocol if not given.
        type: int
      hello_interval:
        description:
          - Seconds between hellos. Left to the protocol if not given.
        type: int
      update_interval:
        description:
          - Seconds between full updates. Left to the protocol if not given.
        type: int
  areas:
    description:
      - All areas of an V(ospf) protocol. The order means nothing.
    type: list
    elements: dict
    suboptions:
      area_id:
        description:
          - The area, as a number or a dotted quad; V(0) and V(0.0.0.0) are the same.
        type: str
        required: true
      interfaces:
        description:
          - All interface entries of the area. The order means nothing.
        type: list
        elements: dict
        suboptions:
          patterns:
            description:
              - Patterns of interface names, where C(*) stands for any text and C(?) for any character.
                The first that matches counts.
            type: list
            elements: str
            required: true
          type:
            description:
              - The kind of network. V(auto) if not given.
            type: str
            choices: [auto, broadcast, nbma, ptp, ptmp]
          cost:
            description:
              - The cost of sending. Left to the protocol if not given.
            type: int
          hello:
            description:
              - Seconds between hellos. Left to the protocol if not given.
            type: int
          dead:
            description:
              - After how many seconds without a hello a neighbour is gone. Left to the protocol if not given.
            type: int
  update_password:
    description:
      - V(on_create) sends a password only with a new protocol, V(always) each time, which then counts as a change.
    type: str
    choices: [on_create, always]
    default: on_create
  state:
    description:
      - Whether the protocol is to be there. Under V(absent) only O(aggregator), O(name) and O(protocol) count.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: bonded.internet.routing_filter
  - module: bonded.internet.aggregator_network
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
---
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
---
routing_protocol:
  description:
    - The protocol; a password is never shown.
    - It has the shape of the module's options. In check mode it is what it would be, with the defaults of the server
      as
      far as they are known.
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
  sample: {method: POST, path: aggregators/7/babel_protocols/, status: 400, fields: {name: [This field is required.]}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import (
    PROTOCOL_SPEC,
    STATE,
    UPDATE_PASSWORD,
    BondingModule,
)
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, Run, manage_aggregator_object


def main() -> None:
    module = BondingModule(
        {
            "aggregator": {"type": "str", "required": True},
            **PROTOCOL_SPEC,
            "protocol": {**PROTOCOL_SPEC["protocol"], "required": True},
            "update_password": UPDATE_PASSWORD,
            "state": STATE,
        }
    )

    def work(refs: Refs) -> dict[str, Any]:
        run = Run(refs, module.check_mode, update_password=module.params["update_password"])
        result = manage_aggregator_object(
            run,
            module.params["aggregator"],
            f"{module.params['protocol']}_protocol",
            module.given("aggregator", "update_password", "state"),
            present=module.params["state"] == "present",
        )
        return module.one(result, "routing_protocol")

    module.run(work)


if __name__ == "__main__":
    main()
