# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The primary network interface of an instance, for entries that name the instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .client import Ec2Client, describe_by
from .cpe_nat.request import CpeNatError

PRIMARY_INDEX = 0


def with_primary_interfaces(client: Ec2Client, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options with the network interface of each entry that names an instance; one call if any does.

    Raises CpeNatError for an entry that names both, and for an unknown instance.
    """
    entries = params.get("entries") or []
    wanted = {entry["instance_id"] for entry in entries if entry.get("instance_id")}
    if not wanted or params.get("state") == "absent":
        return params
    found = {
        item["Attachment"]["InstanceId"]: item["NetworkInterfaceId"]
        for item in describe_by(client, "describe_network_interfaces", "attachment.instance-id", wanted)
        if item["Attachment"].get("DeviceIndex") == PRIMARY_INDEX
    }
    problems = []
    for entry in entries:
        instance = entry.get("instance_id")
        if instance and entry.get("interface_id"):
            problems.append(f"entry {entry['key']}: instance_id and interface_id are both given; wanted one of them")
        elif instance and instance not in found:
            problems.append(f"entry {entry['key']}: instance_id {instance} is no instance of this account and region")
    if problems:
        raise CpeNatError(problems)
    named = [
        {**entry, "interface_id": found[entry["instance_id"]]} if entry.get("instance_id") else entry
        for entry in entries
    ]
    return {**params, "entries": named}
