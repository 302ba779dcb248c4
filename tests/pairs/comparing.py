# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two states compared without ids, and without the addresses that AWS or the plan chooses."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._model.names import (
    TAG_ADOPTED,
    TAG_INTERFACE,
    TAG_KEY,
    TAG_PRIVATE_IP,
    TAG_RETIRED,
)
from tests.pairs.facts import names_of
from tests.pairs.state import State, is_ours

SIDES = (
    "vpcs",
    "subnets",
    "interfaces",
    "internet_gateways",
    "egress_only_gateways",
    "nat_gateways",
    "groups",
    "route_tables",
    "instances",
)


def _renamer(state: State) -> Any:
    names = names_of(state)
    for one in state.cloud.interfaces.values():
        if TAG_KEY in one.tags:
            names[one.private_ip] = f"ip of {one.tags[TAG_KEY]}"
            if one.ipv6:
                names[one.ipv6] = f"ipv6 of {one.tags[TAG_KEY]}"
    for address in state.cloud.addresses:
        key = address.tags.get(TAG_KEY)
        if key and address.tags.get(TAG_RETIRED) != "true":
            names[address.allocation_id] = names[address.public_ip] = f"address of {key}"
            if address.private_ip and address.private_ip != "nat" and key.startswith("cpe-nat/"):
                names[address.private_ip] = f"private address of {key}"
    pattern = re.compile("|".join(re.escape(n) + r"(?![\w.])" for n in sorted(names, key=len, reverse=True)) or "$^")

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: renamed(one) for name, one in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return sorted((renamed(one) for one in value), key=_text)
        return pattern.sub(lambda match: names[match[0]], value) if isinstance(value, str) else value

    return lambda value: _text(renamed(value))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def comparable(state: State) -> set[str]:
    """Return a line for each object. Retired addresses are left out, which a plan keeps, and the operator's."""
    renamed = _renamer(state)
    lines = set()
    for kind in SIDES:
        for one in getattr(state.cloud, kind).values():
            lines.add(f"{kind} {renamed(_plain(asdict(one)))}")
    for address in state.cloud.addresses:
        if is_ours(address) and address.tags.get(TAG_RETIRED) != "true":
            lines.add(f"address {renamed(_plain(asdict(address)))}")
    for obj in state.objects.values():
        if obj.kind != "space" or obj.data.get("private_wan_enabled"):
            lines.add(f"{obj.kind} {obj.parent} {renamed(_plain(dict(obj.data)))}")
    for host, installed in state.installed.items():
        for name, entries in installed.items():
            lines |= {f"host {host} {name} {renamed(entry)}" for entry in entries}
    lines.add(f"checks {renamed(sorted(state.cloud.checked_before))}")
    return lines


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Return an object without what is not compared."""
    found = {name: value for name, value in data.items() if name not in ("allocation_id", "used", "free", "publics")}
    found.pop("subnet_ids", None)  # each table of ours has all subnets of its kind, which are compared themselves
    if "devices" in found:
        found["devices"] = len(found["devices"])
    tags = found.get("tags")
    if isinstance(tags, dict):
        found["tags"] = {n: v for n, v in tags.items() if n not in (TAG_INTERFACE, TAG_PRIVATE_IP, TAG_ADOPTED)}
    if "public_ip" in found:
        found.pop("reverse_dns", None)
    return found


def difference(one: State, other: State) -> list[str]:
    """Return the lines that only one of two states has."""
    first, second = comparable(one), comparable(other)
    return [f"- {line}" for line in sorted(first - second)] + [f"+ {line}" for line in sorted(second - first)]
