#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the management server, its version and its API."""

from __future__ import annotations

DOCUMENTATION = r"""
module: bonding_api_info
short_description: Check the management server, its version and its API
version_added: "1.0.0"
description:
  - Logs in to the management server, and returns the versions of the aggregators and the resources that the server
    lists.
  - Fails if an aggregator runs a version below O(minimum_version), unless O(require=false).
  - With O(conformance=true) it also asks the server to describe each path that this collection uses and to show the
    objects there, and reports, path by path and field by field, what it has, what it lacks, and what it does not show.
    It proposes lines for O(api_map). It changes nothing.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server_info
options:
  minimum_version:
    description:
      - The version that each aggregator must have. Custom interfaces and protocols came with 6.5; for CPE NAT IPs alone
        an older one may be given.
      - An aggregator that has not told its version does not count.
    type: str
    default: "6.5"
  require:
    description: Whether the module fails if an aggregator runs an older version.
    type: bool
    default: true
  conformance:
    description:
      - Whether to compare the API of the server with what this collection expects.
      - Paths of aggregators and bonds are asked under the first of each; without one they are not asked.
      - Then aggregators that cannot be read are a warning, and no failure.
    type: bool
    default: false
seealso:
  - module: bonded.internet.aggregator_info
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: Can this server be used
  bonded.internet.bonding_api_info:
    api_url: https://bonding.example.com
    conformance: true
  register: server

- name: Show what it lacks, and the lines of a map that may cure it
  ansible.builtin.debug:
    msg: "{{ server.conformance.text }}"

- name: The same with a map for what this server calls otherwise
  bonded.internet.bonding_api_info:
    api_url: https://bonding.example.com
    api_map:
      paths:
        cpe_nat_ip: bonds/X/nat_ips/
      fields:
        vxlan_interface:
          endpoints.ip: remote_address
    conformance: true
"""

RETURN = r"""
api_url:
  description: The URL of the API.
  returned: success
  type: str
  sample: https://bonding.example.com/api/v4/
api_map:
  description:
    - The map that O(api_map) has given, in its full form, each kind by itself; empty mappings without one.
    - It has the keys of O(api_map), which are V(paths), V(fields) and V(values). In Jinja, write C(api_map['values']).
  returned: success, and failure because of a version
  type: dict
  sample: {paths: {cpe_nat_ip: bonds/X/nat_ips/}, fields: {}, values: {}}
aggregators:
  description: All aggregators that the user can see, in the order of their ids.
  returned: success, and failure because of a version
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: int
    name:
      description: Its name.
      type: str
    version:
      description: The version that it runs; null or empty if it has not told it.
      type: str
    supported:
      description: Whether that is O(minimum_version) or later; null if it has not told its version.
      type: bool
  sample:
    - {id: 7, name: agg1, version: 6.6.2, supported: true}
supported:
  description: Whether no aggregator runs a version below O(minimum_version); null if they cannot be read.
  returned: success, and failure because of a version
  type: bool
resources:
  description: The names of the resources that the root of the API lists; empty if it lists none.
  returned: success
  type: list
  elements: str
  sample: [aggregators, bonds, nodes, routing_groups, spaces]
conformance:
  description: The API of the server against what this collection expects.
  returned: with O(conformance=true)
  type: dict
  contains:
    answer:
      description:
        - V(does not conform) if anything is lacking, V(not shown) if nothing is, and the server does not show all
          to this user, else V(conforms).
      type: str
    conforms:
      description: Whether nothing is known to be lacking.
      type: bool
    counts:
      description: The number of paths and fields of each answer.
      type: dict
      contains:
        conforms:
          description: The number of paths and fields that the server has.
          type: int
        differs:
          description: The number that the server lacks, or whose values it does not take.
          type: int
        not_shown:
          description: The number that the server does not show to this user, and has no object of.
          type: int
    text:
      description: The counts, all that is lacking, and the lines for O(api_map) that may cure it, to be read.
      type: list
      elements: str
    proposal:
      description:
        - The lines to add to O(api_map), as it seems by the server's nearest names. A guess, so check each name.
        - Of paths, those alone that the root of the API lists, or that an object in a list of all kinds has.
        - It has the keys of O(api_map), which are V(paths), V(fields) and V(values).
      type: dict
    paths:
      description: One entry for each path.
      type: list
      elements: dict
      contains:
        path:
          description: The path below C(/api/v4/); C(X) stands for the id of an aggregator or bond.
          type: str
        kind:
          description:
            - The kind of object, like V(vxlan_interface), or the name of a list, like V(interface) for all interfaces
              of an aggregator. It is the name for O(api_map).
          type: str
        sure:
          description:
            - The certainty of the path.
              V(D) is documented by the vendor, V(C) seen in a public client, V(A) assumed.
          type: str
        exists:
          description: Whether the server has it; null if it could not be asked.
          type: bool
        answer:
          description: As for the whole, for this path and its fields.
          type: str
        lacks:
          description: The fields that the server lacks, or whose choices it lacks.
          type: list
          elements: str
        fields:
          description: All fields that this collection uses, those inside of lists and mappings too.
          type: list
          elements: dict
          contains:
            field:
              description: Its name, with those around it, like V(endpoints.ip). It is the name for O(api_map).
              type: str
            sure:
              description: The certainty of the field; as for the path.
              type: str
            has:
              description:
                - Whether the server has it, as its description says (OPTIONS) or an object shows; null if neither does.
              type: bool
            lacking_choices:
              description: The values that this collection may send and the server does not offer.
              type: list
              elements: str
        unknown:
          description: The fields that the server has and this collection does not use.
          type: list
          elements: str
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample: {method: GET, path: routing_groups/, status: 403, fields: {}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._client import ApiError
from ansible_collections.bonded.internet.plugins.module_utils._module import BondingModule
from ansible_collections.bonded.internet.plugins.module_utils._printable import printable
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    Refs,
    conformance,
    listed_resources,
    versions,
)


def main() -> None:
    module = BondingModule(
        {
            "minimum_version": {"type": "str", "default": "6.5"},
            "require": {"type": "bool", "default": True},
            "conformance": {"type": "bool", "default": False},
        }
    )

    def work(refs: Refs) -> dict[str, Any]:
        minimum = module.params["minimum_version"]
        result: dict[str, Any] = {
            "changed": False,
            "api_url": refs.api.client.url(""),
            "api_map": refs.api.table.api_map.as_dict(),
        }
        try:
            result |= versions(refs, minimum)
        except ApiError as error:
            # Where the comparison is asked for, it shall say what is wrong.
            if not module.params["conformance"] or error.status not in (200, 404):
                raise
            module.warn(printable(f"The aggregators cannot be read: {error}"))
            result |= {"aggregators": [], "supported": None}
        if module.params["require"] and result["supported"] is False:
            below = [item for item in result["aggregators"] if item["supported"] is False]
            names = ", ".join(f"{item['name']} ({item['version']})" for item in below)
            module.fail_json(msg=printable(f"Aggregators with a version below {minimum}: {names}."), **result)
        roots = listed_resources(refs.api)
        result["resources"] = sorted(roots)
        if module.params["conformance"]:
            result["conformance"] = conformance(refs.api, roots)
        return result

    module.run(work)


if __name__ == "__main__":
    main()
