# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assertions of the demonstration, made from the stand-ins' logs and states and not from Ansible's output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

READING_METHODS = ("GET", "HEAD", "OPTIONS")
READING_ACTIONS = ("Describe", "Get", "List", "Simulate")
TAG_NETWORK = "bonded.internet/network"


def writes(log: Iterable[Mapping[str, Any]]) -> list[str]:
    """The writing requests of a stand-in's log, as text.

    On the server POST, PUT, PATCH and DELETE except to log in; on AWS what is named neither Describe, Get, List nor
    Simulate.
    """
    found = []
    for entry in log:
        if "action" in entry:
            if not str(entry["action"]).startswith(READING_ACTIONS):
                found.append(str(entry["action"]))
        elif entry["method"] not in READING_METHODS and not str(entry["path"]).rstrip("/").endswith("/login"):
            found.append(f"{entry['method']} {entry['path']}")
    return found


def touched(before: Mapping[str, Any], after: Mapping[str, Any], network: str) -> list[str]:
    """Return the changes to objects of an AWS account that do not carry the network's tag, one sentence each.

    On the aggregators' primary interfaces, addresses with an Elastic IP of the network are ignored. All others,
    and every public address that existed before, must be unchanged.
    """
    problems = []
    ours = {address["public_ip"] for address in after["addresses"] if address["tags"].get(TAG_NETWORK) == network}
    for kind, old in before.items():
        if not isinstance(old, list):
            continue
        now = {entry["id"]: entry for entry in after[kind]}
        for entry in old:
            found = now.get(entry["id"])
            if found is None:
                problems.append(f"{kind}: {entry['id']} is gone")
            elif _plain(entry, ours) != _plain(found, ours):
                problems.append(f"{kind}: {entry['id']} was {_plain(entry, ours)} and is {_plain(found, ours)}")
    return problems


def _plain(entry: Mapping[str, Any], ours: set[str]) -> dict[str, Any]:
    """An object without what the demonstration adds to it: our addresses, further interfaces, fewer free addresses."""
    plain = {name: value for name, value in entry.items() if name != "free_addresses"}
    if "addresses" in plain:
        plain["addresses"] = [
            address for address in plain["addresses"] if (address["association"] or {}).get("public_ip") not in ours
        ]
    if "network_interface_ids" in plain:
        plain["network_interface_ids"] = plain["network_interface_ids"][:1]
    return plain


def missing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the server's objects that were deleted or changed, one sentence each; a space's private WAN may differ."""
    problems = []
    parts = {"aggregators": ("interfaces", "protocols", "filters"), "bonds": ("connected_ips", "cpe_nat_ips", "routes")}
    for kind, names in parts.items():
        now = {entry["id"]: entry for entry in after[kind]}
        for entry in before[kind]:
            found = now.get(entry["id"], {})
            for name in names:
                there = found.get(name, [])
                problems += [
                    f"{kind} {entry['name']}: {name}: {item} is gone or different"
                    for item in entry.get(name, [])
                    if _lasting(item) not in [_lasting(other) for other in there]
                ]
    return problems


def _lasting(item: Mapping[str, Any]) -> dict[str, Any]:
    # Whether a protocol runs follows from its space's private WAN, which is switched on.
    return {name: value for name, value in item.items() if name != "active"}
