#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read spaces with their private WAN settings."""

from __future__ import annotations

DOCUMENTATION = r"""
module: space_info
short_description: Read spaces with their private WAN settings
version_added: "1.0.0"
description: Returns the spaces that the user can see, or one of them.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server_info
options:
  space:
    description: The key of the space; all that the user can see if not given.
    type: str
seealso:
  - module: bonded.internet.space_private_wan
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: All spaces
  bonded.internet.space_info:
    api_url: https://bonding.example.com
  register: found
"""

RETURN = r"""
spaces:
  description: The spaces, in the order of their keys.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its id.
      type: int
    key:
      description: Its key, unique on the server.
      type: str
    name:
      description: Its name.
      type: str
    private_wan_enabled:
      description: Whether it has a private WAN.
      type: bool
    private_wan_mode:
      description: One of V(managed_mesh), V(unmanaged), V(private_wan_routers).
      type: str
    private_wan_include_interfaces:
      description: Whether its aggregator interfaces take part in the managed mesh.
      type: bool
  sample:
    - id: 11
      key: acme
      name: ACME Inc.
      private_wan_enabled: true
      private_wan_mode: managed_mesh
      private_wan_include_interfaces: false
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample: {method: GET, path: spaces/, status: 403, fields: {}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import BondingModule
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, survey_spaces


def main() -> None:
    module = BondingModule({"space": {"type": "str"}})

    def work(refs: Refs) -> dict[str, Any]:
        return {"changed": False, "spaces": survey_spaces(refs, module.params["space"])}

    module.run(work)


if __name__ == "__main__":
    main()
