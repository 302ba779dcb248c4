# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of the inventory, out of the table of variables and the argument specification, and what can change."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.bonded.internet.plugins.plugin_utils._variables import (
    GROUP,
    MEMBERS,
    host_specs,
    shared_specs,
)

Spec = Mapping[str, Any]


@functools.cache
def keys() -> dict[str, Spec]:
    """Return every key with its specification: `bonding_spaces`, `bonding_spaces[].key`, ..."""
    found: dict[str, Spec] = {GROUP: {"default": "aggregators"}}
    for name, spec in {**shared_specs(), **host_specs()}.items():
        found.update(_below(name, spec))
    return found


def _below(name: str, spec: Spec) -> Iterator[tuple[str, Spec]]:
    yield name, spec
    if name == MEMBERS:
        return  # its keys are those of a host
    inner = f"{name}[]" if spec.get("type") == "list" else name
    for option, its in (spec.get("options") or {}).items():
        yield from _below(f"{inner}.{option}", its)


ONE_ROW = (
    "bonding_api_",
    "aws_",
    "bonding_converge_",
    "bonding_host_cloud_init",
    "bonding_approved_digest",
    "bonding_result",
    "bonding_plan_file",
    "bonding_record_directory",
    "bonding_audit",
    "bonding_describe",
    "bonding_report_file",
    "aggregator_host_",
    "pwan_gateway_",
)
"""Variables that no state follows from: a row for each is enough. What says which machine a host is has all rows."""
IDENTITY = ("aws_instance_id", "aws_private_ip_address")


def changes_of(key: str) -> set[str]:
    """Return the changes that a key has to have rows for; what moves, or has a name, has more of them by hand."""
    spec = keys()[key]
    if key == GROUP or (key.startswith(ONE_ROW) and key not in IDENTITY):
        return {"changed"}
    switch = spec.get("type") == "bool"
    found = set() if switch else {"changed"}
    found |= {"taken out"} if spec.get("required") else {"set", "taken out"}
    return found | ({"emptied"} if spec.get("type") == "list" else set())
