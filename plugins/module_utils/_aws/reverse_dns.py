# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that AWS gives Elastic IPs in reverse DNS."""

from __future__ import annotations

from collections.abc import Collection

from .client import Ec2Client, describe


def reverse_dns_of(client: Ec2Client, allocation_ids: Collection[str]) -> dict[str, str]:
    """The reverse DNS names by allocation id, in small letters without the dot at the end; a pending one counts."""
    if not allocation_ids:
        return {}
    listed = describe(
        client, "describe_addresses_attribute", AllocationIds=sorted(allocation_ids), Attribute="domain-name"
    )
    names: dict[str, str] = {}
    for item in listed:
        update = item.get("PtrRecordUpdate") or {}
        # a name that was reset is shown until it has gone, with an update that has no value
        there = "" if update.get("Status") == "PENDING" else item.get("PtrRecord") or ""
        names[item["AllocationId"]] = (update.get("Value") or there).rstrip(".").lower()
    return names


def has_name(client: Ec2Client, allocation_id: str) -> bool:
    """Return True as long as EC2 shows a reverse DNS name of the address, or an update of one."""
    listed = describe(client, "describe_addresses_attribute", AllocationIds=[allocation_id], Attribute="domain-name")
    return any(item.get("PtrRecord") or item.get("PtrRecordUpdate") for item in listed)
