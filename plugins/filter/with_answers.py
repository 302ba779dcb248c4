# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The aggregators for network_plan, each with the answer of its host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module
from ansible_collections.bonded.internet.plugins.plugin_utils._found import found_of
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain


def with_answers(aggregators: list[dict[str, Any]], hostvars: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the aggregators of network_inventory, each with what its host has answered in this run.

    A member of the network that this run's inventory lacks (a slice, a disabled host) has answered nothing.
    """
    entries = []
    for aggregator in aggregators:
        entry = dict(aggregator)
        if entry["manage_host"] and entry["host"] in hostvars:
            found = plain(found_of(hostvars[entry["host"]].get("bonding_host_found")))
            entry |= {"found": found} if found is not None else {}
        entries.append(entry)
    return entries


FilterModule = filter_module(with_answers)
