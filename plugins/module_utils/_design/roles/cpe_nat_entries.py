# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of role eip_cpe_nat, divided between its two modules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_Entry = Mapping[str, Any]
BOND_KEYS = ("bond", "interface", "connected_ip", "nat_ip", "private_ip", "include_private_wan")
NOT_FOR_AWS = ({*BOND_KEYS} - {"private_ip"}) | {"release", "bond_unchanged"}
REMOVED_FROM_AWS = ("key", "public_ip")
REMOVED_FROM_BOND = ("bond", "private_ip", "connected_ip")


def aws_entries(entries: Iterable[_Entry], state: str) -> list[dict[str, Any]]:
    """Return the entries of module cpe_nat_eips; one without a key is only removed from its bond."""
    if state == "present":
        return [{key: entry[key] for key in entry if key not in NOT_FOR_AWS} for entry in entries]
    return [chosen for entry in entries if (chosen := _given(entry, REMOVED_FROM_AWS))]


def bond_entries(entries: Iterable[_Entry], state: str, objects: Iterable[_Entry]) -> list[dict[str, Any]]:
    """Return the entries of module bond_cpe_nats, with the private addresses that AWS has for them.

    `objects` are what cpe_nat_eips returns. An entry without a bond is only removed from AWS. One that has no private
    address on AWS is on no bond.
    """
    found = {one["key"]: one for one in objects}
    if state == "present":
        ordered = sorted(entries, key=_key)
        placed = [{**entry, **found.get(entry["key"], {})} for entry in ordered]
        return [_given(entry, BOND_KEYS) for entry in placed if not _is_settled(entry)]
    bonds = [entry for entry in entries if entry.get("bond") is not None]
    known = [entry for entry in bonds if entry.get("private_ip") is not None]
    asked = sorted((entry for entry in bonds if entry.get("private_ip") is None), key=_key)
    looked_up = [{**entry, **found.get(entry.get("key"), {})} for entry in asked]
    removed = [_given(entry, REMOVED_FROM_BOND) for entry in (*known, *looked_up)]
    return [entry for entry in removed if "private_ip" in entry]


def _is_settled(entry: _Entry) -> bool:
    """Return True if the plan has found the bond's objects as wanted, and EC2 has the private address of the plan."""
    return bool(entry.get("bond_unchanged")) and entry.get("private_ip") == entry.get("preferred_private_ip")


def _given(entry: _Entry, keys: Iterable[str]) -> dict[str, Any]:
    return {key: entry[key] for key in keys if entry.get(key) is not None}


def _key(entry: _Entry) -> str:
    return str(entry.get("key") or "")
