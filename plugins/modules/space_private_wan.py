#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set the private WAN of a space."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: space_private_wan
short_description: Set the private WAN of a space
version_added: "1.0.0"
description:
  - Sets whether and how a space has a private WAN.
  - The space must exist. What is not given is left as it is.
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
  space:
    description:
      - The key of the space.
    type: str
    required: true
  enabled:
    description:
      - Whether the space has a private WAN.
    type: bool
  mode:
    description:
      - V(managed_mesh) lets the server build encrypted tunnels between the aggregators that have bonds of the space.
        On AWS they go through the public addresses.
      - V(unmanaged) leaves everything between the aggregators to custom interfaces and protocols.
      - V(private_wan_routers) is refused, because its GRE tunnels do not work behind the NAT of AWS.
    type: str
    choices: [managed_mesh, unmanaged, private_wan_routers]
  include_interfaces:
    description:
      - Whether the space's aggregator interfaces take part in the managed mesh.
    type: bool
seealso:
  - module: bonded.internet.space_info
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
---
- name: A managed mesh for the space acme
  bonded.internet.space_private_wan:
    api_url: https://bonding.example.com
    space: acme
    enabled: true
    mode: managed_mesh
"""

RETURN = r"""
---
space:
  description:
    - The space.
    - In check mode it is what it would be, with the defaults of the server as
      far as they are known.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    key: acme
    name: ACME Inc.
    private_wan_enabled: true
    private_wan_mode: managed_mesh
    private_wan_include_interfaces: false
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
  sample: {method: PATCH, path: spaces/acme/, status: 400, fields: {private_wan_mode: [Not a valid choice.]}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import (
    PRIVATE_WAN_SPEC,
    BondingModule,
    private_wan_refusal,
    private_wan_setting,
)
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, Run, manage_space


def main() -> None:
    module = BondingModule(PRIVATE_WAN_SPEC)
    refusal = private_wan_refusal(module.params)
    if refusal:
        module.fail_json(msg=f"{refusal} Nothing was changed.")

    def work(refs: Refs) -> dict[str, Any]:
        data = private_wan_setting(module.given())
        return module.one(manage_space(Run(refs, module.check_mode), data), "space")

    module.run(work)


if __name__ == "__main__":
    main()
