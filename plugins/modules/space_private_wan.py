#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set the private WAN of a space."""

from __future__ import annotations

DOCUMENTATION = r"""
module: space_private_wan
short_description: Set the private WAN of a space
version_added: "1.0.0"
description:
  - Sets whether and how a space has a private WAN.
  - The space must exist. What is not given is left as it is.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server
  - bonded.internet.objects.private_wan
seealso:
  - module: bonded.internet.space_info
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: A managed mesh for the space acme
  bonded.internet.space_private_wan:
    api_url: https://bonding.example.com
    space: acme
    enabled: true
    mode: managed_mesh
"""

RETURN = r"""
space:
  description: The space.
  returned: success; null if it does not exist any more
  type: dict
  sample:
    key: acme
    name: ACME Inc.
    private_wan_enabled: true
    private_wan_mode: managed_mesh
    private_wan_include_interfaces: false
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
