# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Present state of a network with the look-ups that each part of its description needs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from ..._model.desired_network import DesiredHost, DesiredNetwork, Report
from ..._model.plan import Design
from ..._model.state import Cloud, Server
from ..aggregators.fleet import Fleet, Member, resolve_fleet
from ..aggregators.unavailable import keep_last_addresses
from ..gateway.supernets import with_auto_networks
from ..mesh.discovery import ExistingMeshes
from ..renames import with_renames

_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")


@dataclass(frozen=True)
class PresentState:
    """Both sides as they are, under the names of the inventory."""

    desired: DesiredNetwork
    server: Server
    cloud: Cloud
    fleet: Fleet
    existing: ExistingMeshes = field(repr=False)

    @classmethod
    def of(cls, desired: DesiredNetwork, server: Server, cloud: Cloud) -> PresentState:
        """Return the state of the network. The plan says what is wrong with it; here that is left out."""
        quiet = Report()
        cloud = with_renames(desired, server, cloud, Design(), quiet)
        desired = with_auto_networks(desired, server, cloud, quiet)
        fleet, existing = resolve_fleet(desired, server, cloud, quiet), ExistingMeshes(desired, server)
        keep_last_addresses(desired, server, existing, fleet, quiet)
        return cls(desired, server, cloud, fleet, existing)

    @cached_property
    def _members(self) -> dict[int, Member]:
        return {member.id: member for member in self.fleet.members}

    @cached_property
    def _hosts(self) -> dict[str, DesiredHost]:
        return {host.host: host for host in self.desired.hosts}

    @cached_property
    def member_of(self) -> dict[str, Member]:
        """Return the members of the network by host."""
        return {member.host: member for member in self.fleet.members}

    @cached_property
    def owner_of(self) -> dict[str, Member]:
        """Return the members, those that leave too, by their primary network interfaces."""
        everyone = (*self.fleet.members, *self.fleet.decommissioned)
        return {member.instance.interface_id: member for member in everyone if member.instance}

    def name_of(self, number: int | None) -> str:
        """Return the host of an aggregator, else its name on the server; empty for no aggregator."""
        if number is None:
            return ""
        member, found = self._members.get(number), self.server.aggregators.get(number)
        return member.host if member else found.name if found else str(number)

    def region_of(self, host: str) -> str:
        """Return the region of a host as the inventory names it, else as its zone does."""
        given, member = self._hosts.get(host), self.member_of.get(host)
        named = given.region if given else None
        return named or (region_of_zone(member.instance.zone) if member and member.instance else "")

    @cached_property
    def first_region(self) -> str:
        """Return the region of the first host that has one: that of everything which belongs to no host."""
        return next((region for host in self.desired.hosts if (region := self.region_of(host.host))), "")


def region_of_zone(zone: str) -> str:
    """Return the region of an availability, local or wavelength zone, whose name begins with that of the region."""
    found = _REGION.match(zone)
    return found.group() if found else ""
