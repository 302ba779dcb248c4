#!/usr/bin/python
# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set the private WANs of spaces."""

from __future__ import annotations

DOCUMENTATION = r"""
module: space_private_wans
short_description: Set the private WANs of several spaces
version_added: "1.0.0"
description:
  - Sets whether and how each given space has a private WAN. What is not given is left as it is.
  - Reads the list of spaces once, and writes only what differs, several at a time.
  - The spaces must exist; one that does not is an error before the first change.
extends_documentation_fragment:
  - bonded.internet.bonding
  - bonded.internet.attributes.server
  - bonded.internet.objects.private_wans
  - bonded.internet.bonding.parallel
seealso:
  - module: bonded.internet.space_info
  - module: bonded.internet.space_private_wan
author:
  - The bonded.internet contributors (@bonded-internet)
"""

EXAMPLES = r"""
- name: The private WANs of two customers
  bonded.internet.space_private_wans:
    api_url: https://bonding.example.com
    spaces:
      - space: acme
        enabled: true
        mode: managed_mesh
      - space: initech
        enabled: true
        mode: unmanaged
"""

RETURN = r"""
objects:
  description:
    - All objects that were given, and all that were removed, as RV(bonded.internet.aggregator_network#module:objects).
    - After a failure half-way, only those that were changed.
  returned: success, and failure after a change
  type: list
  elements: dict
failure:
  description: The request that the server refused, where one did, as described in the notes.
  returned: failure of a request
  type: dict
  sample: {method: PATCH, path: spaces/acme/, status: 400, fields: {private_wan_mode: [Not a valid choice.]}}
"""

from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._module import (
    PARALLEL,
    PRIVATE_WAN_SPEC,
    BondingModule,
    private_wan_refusal,
    private_wan_setting,
)
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Refs, Run, manage_spaces


def main() -> None:
    module = BondingModule(
        {
            "spaces": {"type": "list", "elements": "dict", "required": True, "options": PRIVATE_WAN_SPEC},
            "parallel": PARALLEL,
        }
    )
    refusals = [text for entry in module.params["spaces"] if (text := private_wan_refusal(entry))]
    if refusals:
        module.fail_json(msg=f"{' '.join(refusals)} Nothing was changed.")

    def work(refs: Refs) -> dict[str, Any]:
        entries = [private_wan_setting(entry) for entry in module.given()["spaces"]]
        run = Run(refs, module.check_mode, module.params["parallel"])
        return module.many(manage_spaces(run, entries))

    module.run(work, parallel=module.params["parallel"])


if __name__ == "__main__":
    main()
