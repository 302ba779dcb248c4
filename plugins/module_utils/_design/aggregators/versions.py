# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of Bonded Internet that aggregators may run."""

from __future__ import annotations

from ..._grammar import version_numbers
from ..context import Context

MINIMUM_VERSION = (6, 5)
"""Aggregator interfaces and custom routing protocols came with Bonded Internet 6.5 (AN-001)."""
UNKNOWN_VERSION = (7,)
"""From here on the vendor's pages have nodes, peers and next hops, and neither bonds nor aggregators."""


def check_versions(context: Context) -> None:
    """Refuse a version that has no bonds, and one without interfaces and protocols where the plan wants such.

    A CPE NAT IP needs neither: its aggregator may be older.
    """
    wanted: dict[str, dict[str, str]] = {}
    for batches in context.design.batches.values():
        for batch in batches:
            for obj in batch.wanted:
                wanted.setdefault(obj.parent, {}).setdefault(_group(obj.kind), obj.key)
    for member in context.fleet.members:
        version = context.server.aggregators[member.id].version
        numbers = version_numbers(version)
        said = f"{member.host}: aggregator {member.name} runs version {version}"
        if numbers >= UNKNOWN_VERSION:
            context.report.problem(
                f"{said}, and this collection knows 6.5 to 6.8: from 7 on there are nodes and peers in place of "
                "aggregators and bonds. Use a collection that knows that version."
            )
        elif numbers and numbers < MINIMUM_VERSION and member.parent in wanted:
            objects = ", ".join(f"{kind} {key}" for kind, key in sorted(wanted[member.parent].items()))
            context.report.problem(
                f"{said}; interfaces, protocols and filters of an aggregator need 6.5 or later (wanted: {objects}). "
                "Update the aggregator, or take it out of meshes, BGP and gateways: CPE NAT IPs alone need no 6.5."
            )


def _group(kind: str) -> str:
    return kind.rpartition("_")[2]
