# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two states of a stand-in, compared without what the other side chooses."""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]

CHOSEN = re.compile(r"\b(?:vpc|subnet|eni|rtb|igw|eigw|sg|nat|eipalloc|eipassoc|eni-attach|rtbassoc)-[0-9a-f]{8,}\b")
ELASTIC = re.compile(r"\b(?:203\.0\.113|198\.51\.100)\.\d+\b")


def comparable(side: Json) -> Any:
    """A state without what AWS or the server chooses: ids become the tag key of what they name, order is gone."""
    names: dict[str, str] = {}
    # a deleted NAT gateway is seen for another hour
    side = side | {"nat_gateways": [nat for nat in side.get("nat_gateways", ()) if nat["state"] != "deleted"]}
    for entries in side.values():
        for entry in entries if isinstance(entries, list) else ():
            key = (entry.get("tags") or {}).get("bonded.internet/key") if isinstance(entry, dict) else None
            if key:
                names[entry["id"]] = key
                if "public_ip" in entry:
                    names[entry["public_ip"]] = key
    for table in side.get("route_tables", ()):
        if table["main"] and table["vpc_id"] in names:
            names[table["id"]] = f"{names[table['vpc_id']]}/main"

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            dropped = {"id", "mac", "url", "association_id", "allocation_id", "request_id", "free_addresses"}
            keep_id = value.get("id") if isinstance(value.get("id"), str) else None
            shown = {k: plain(v) for k, v in value.items() if k not in dropped}
            if keep_id in names:
                shown["is"] = names[keep_id]
            return shown
        if isinstance(value, list):
            return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        if isinstance(value, str):
            return (
                CHOSEN.sub(lambda m: names.get(m.group(), "some id" if m.group() not in names else ""), value)
                if (value not in names)
                else names[value]
            )
        return value

    return plain(side)
