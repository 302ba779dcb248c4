# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the roles pwan_mesh and cpe_nat_bgp, over the functions that also plan a mesh."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.mesh_role import (
    bgp_of_options,
    mesh_of_options,
)
from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain
from ansible_collections.bonded.internet.plugins.plugin_utils._typed import ABSENT, typed
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import (
    ROLE_BGP,
    ROLE_MEMBERS,
    ROLE_SPEAKERS,
    ROLE_VXLAN,
)

_EMPTY: dict[str, Any] = {"dict": {}, "list": []}
_Make = Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[str]]]


def _made(role: str, options: Mapping[str, Any], specs: Mapping[str, Any], make: _Make) -> dict[str, Any]:
    """Return an entry of the role's option `planned`, of which `make` makes the objects; `specs` type the options."""
    problems: list[str] = []
    given = plain(options)
    for name, spec in specs.items():
        value = typed(given[name], spec, f"{role}_{name}", problems)
        given[name] = _EMPTY[spec["type"]] if value is ABSENT else value
    made: dict[str, Any] = {}
    if not problems:
        made, problems = make(given)
    if problems:
        raise AnsibleFilterError(f"{role}: {' '.join(problems)} Nothing was changed.")
    return {"aggregator": given["aggregator"], **made}


def mesh_objects(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the objects of one aggregator in a mesh. Raises AnsibleFilterError with all problems."""
    return _made("pwan_mesh", options, {"vxlan": ROLE_VXLAN, "members": ROLE_MEMBERS}, mesh_of_options)


def bgp_objects(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the BGP of one aggregator with the others. Raises AnsibleFilterError with all problems."""
    return _made("cpe_nat_bgp", options, {"options": ROLE_BGP, "members": ROLE_SPEAKERS}, bgp_of_options)


FilterModule = filter_module(mesh_objects, bgp_objects)
