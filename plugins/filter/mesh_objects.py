# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter of role pwan_mesh, over the functions that also plan a mesh."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.mesh_role import mesh_of_options
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain
from ansible_collections.bonded.internet.plugins.plugin_utils._typed import ABSENT, typed
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import ROLE_MEMBERS, ROLE_VXLAN


def mesh_objects(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the objects of one aggregator in a mesh. Raises AnsibleFilterError with all problems."""
    problems: list[str] = []
    given = plain(options)
    vxlan = typed(given["vxlan"], ROLE_VXLAN, "pwan_mesh_vxlan", problems)
    members = typed(given["members"], ROLE_MEMBERS, "pwan_mesh_members", problems)
    made: dict[str, Any] = {}
    if not problems:
        known = {"vxlan": {} if vxlan is ABSENT else vxlan, "members": [] if members is ABSENT else members}
        made, problems = mesh_of_options({**given, **known})
    if problems:
        raise AnsibleFilterError(f"pwan_mesh: {' '.join(problems)} Nothing was changed.")
    return made


class FilterModule:
    """The filter, by the name that Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"mesh_objects": mesh_objects}
