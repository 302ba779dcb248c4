#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage interfaces, routing protocols and filters of an aggregator."""

from __future__ import annotations

DOCUMENTATION = r"""
---
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
  interfaces:
    description:
      - The interfaces.
      - VLAN interfaces are read and kept, never written or removed.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the interface on the aggregator, 1 to 15 ASCII letters, digits, C(_), C(.) and C(-).
          - It identifies the interface and cannot be changed.
        type: str
        required: true
      type:
        description:
          - The type of the interface; needed except under O(state=deleted). It cannot be changed.
          - An interface of type V(vlan) is accepted if it is as given, and refused if it would have to be written.
        type: str
        choices: [ethernet, vlan, vxlan]
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
          - The aggregator's own address is refused, because with it on an interface the host would not come back
            after a
            restart.
        type: list
        elements: str
      accept_ra:
        description:
          - Whether IPv6 router advertisements are accepted, for type V(ethernet). The server's default for a new one
            is V(false).
        type: bool
      vni:
        description:
          - The VXLAN network identifier, 1 to 16777215, for type V(vxlan). Needed for a new one.
          - A wrong one connects two customers with each other.
        type: int
      endpoints:
        description:
          - All other ends of the tunnel, for type V(vxlan). The order means nothing.
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
              - If not given, it is O(interfaces[].vni), which must be given then.
            type: int
      parent:
        description:
          - The name of the interface below it, for type V(vlan).
        type: str
      vlan_id:
        description:
          - The VLAN, for type V(vlan).
        type: int
  protocols:
    description:
      - The routing protocols.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the protocol. It identifies the protocol on the aggregator and cannot be changed.
          - It is a symbol of BIRD, 1 to 64 ASCII letters, digits and C(_), the first no digit.
        type: str
        required: true
      protocol:
        description:
          - The kind of the protocol; needed except under O(state=deleted). It cannot be changed.
          - Options of another kind are refused.
        type: str
        choices: [static, bgp, babel, ospf]
      space:
        description:
          - The key of the space whose routing table the protocol works on. Its interfaces must belong to the same
            space.
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
              - V(all) passes all routes, V(none) passes no route, V(filter) passes what
                O(protocols[].import_ipv4.filter) accepts.
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
              - V(all) passes all routes, V(none) passes no route, V(filter) passes what
                O(protocols[].export_ipv4.filter) accepts.
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
              - V(all) passes all routes, V(none) passes no route, V(filter) passes what
                O(protocols[].import_ipv6.filter) accepts.
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
              - V(all) passes all routes, V(none) passes no route, V(filter) passes what
                O(protocols[].export_ipv6.filter) accepts.
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
              - V(gateway) sends them to O(protocols[].routes[].address), V(interface) out of
                O(protocols[].routes[].interface); the others drop them.
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
  filters:
    description:
      - The routing filters.
    type: list
    elements: dict
    suboptions:
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
    description:
      - How many objects may be removed without being named; if there are more, nothing is changed.
    type: int
    default: 10
  update_password:
    description:
      - V(on_create) sends a password only with a new protocol, V(always) each time, which then counts as a change.
    type: str
    choices: [on_create, always]
    default: on_create
  parallel:
    description:
      - How many requests are under way at the same time at most.
    type: int
    default: 8
  known:
    description:
      - What M(bonded.internet.network_plan) has just read of the aggregator, as returned. Then nothing is read here.
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
---
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
---
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
    ETHERNET_SPEC,
    FILTER_SPEC,
    PROTOCOL_SPEC,
    UPDATE_PASSWORD,
    VLAN_SPEC,
    VXLAN_SPEC,
    BondingModule,
    with_endpoint_vnis,
)
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    AGGREGATOR_PARTS,
    Refs,
    Removal,
    Run,
    manage_aggregator,
)


def main() -> None:
    module = BondingModule(
        {
            "aggregator": {"type": "str", "required": True},
            "interfaces": {
                "type": "list",
                "elements": "dict",
                "options": {
                    **COMMON_INTERFACE_SPEC,
                    "type": {"type": "str", "choices": ["ethernet", "vlan", "vxlan"]},
                    **ETHERNET_SPEC,
                    **VXLAN_SPEC,
                    **VLAN_SPEC,
                },
            },
            "protocols": {"type": "list", "elements": "dict", "options": PROTOCOL_SPEC},
            "filters": {"type": "list", "elements": "dict", "options": FILTER_SPEC},
            "state": {"type": "str", "choices": ["merged", "replaced", "overridden", "deleted"], "default": "merged"},
            "owned": {"type": "list", "elements": "str", "default": []},
            "max_deletions": {"type": "int", "default": 10},
            "update_password": UPDATE_PASSWORD,
            "parallel": {"type": "int", "default": 8},
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
