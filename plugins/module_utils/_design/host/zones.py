# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conntrack zones of the spaces that a host translates, which keep equal connections of two spaces apart."""

from __future__ import annotations

from collections.abc import Mapping

from ..._model.desired_network import Report
from ..._model.state import Server
from ..gateway.standby import Roles
from .changes import NO_ZONE, Part

ZONES = 65535
"""A conntrack zone has 16 bits, and 0 is everybody's."""


def conntrack_zone(number: int) -> int:
    """Return the conntrack zone of a space."""
    return (number - 1) % ZONES + 1


def second_zone(zone: int) -> int:
    """Return the second conntrack zone of a space, for a gateway that has the first one already."""
    return conntrack_zone(zone + ZONES // 2)


def with_zones_of_roles(host: str, found: Part, roles: Roles, server: Server) -> Part:
    """Return a host's masquerading with the zones of the gateways that a run moves, in their new roles.

    SSH does not reach a gateway that hangs, so that it keeps the space's zone. Connections that leave by its standby
    since then are in that zone as not translated: when the gateway is restored, it gets the second zone.
    """
    wanted = dict(found)
    for space, entry in found.items():
        role, zone = roles.get((host, space)), conntrack_zone(server.spaces[space].id) if space in server.spaces else 0
        if role == "standby":
            wanted[space] = {**entry, "zone": NO_ZONE}
        elif role and (role == "moved" or entry["zone"] == NO_ZONE):
            taken = {one["zone"] for one in found.values()}
            fresh = [one for one in (zone, second_zone(zone)) if one not in taken]
            wanted[space] = {**entry, "zone": fresh[0] if fresh else entry["zone"]}
    return wanted


def with_second_zones(wanted: Part, found: Part) -> Part:
    """Return the wanted masquerading, with the second zone of each space where the host has that one already."""
    return {
        space: {**entry, "zone": second_zone(entry["zone"])}
        if entry["zone"] != NO_ZONE and found.get(space, {}).get("zone") == second_zone(entry["zone"])
        else entry
        for space, entry in wanted.items()
    }


def check_zones(masquerades: Mapping[str, Part], report: Report) -> None:
    """Refuse two spaces of a host with one zone."""
    for host, spaces in masquerades.items():
        zones: dict[int, str] = {}
        for space, entry in sorted(spaces.items()):
            if entry["zone"] == NO_ZONE:
                continue
            other = zones.setdefault(entry["zone"], space)
            if other != space:
                report.problem(
                    f"{host}: the spaces {other} and {space} would share the conntrack zone {entry['zone']} (it has 16 "
                    "bits of a space's id), so that equal connections of both were one. Put one gateway on another "
                    "host."
                )
