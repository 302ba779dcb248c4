# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host configuration of an aggregator, over SSH: masquerading, return routes, firewall.

A host's `HostConfig` is the input of role aggregator_host, which the role records in a file on the host and
aggregator_host_info reads there: {"masquerade": [M by space], "return_routes": [W by address], "firewall": [F by key]}.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._model.phases import Phase
from .changes import NO_ZONE, Part, masquerade_after
from .firewall import PARTS, firewall_after
from .return_routes import (
    RouteChange,
    return_routes_after,
)


@dataclass
class HostConfig:
    """Host configuration of a host, present or desired."""

    masquerade: Part = field(default_factory=dict)
    return_routes: Part = field(default_factory=dict)
    firewall: Part = field(default_factory=dict)

    def as_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Return the configuration as role aggregator_host takes it."""
        return {
            "masquerade": [self.masquerade[name] for name in sorted(self.masquerade)],
            "return_routes": [self.return_routes[name] for name in sorted(self.return_routes)],
            "firewall": [self.firewall[name] for name in sorted(self.firewall)],
        }


@dataclass
class HostConfigChange:
    """One host that was looked at: what is there, and what is wanted at the end."""

    found: HostConfig
    wanted: HostConfig
    parts: Mapping[str, str] = field(default_factory=dict)
    """The part of the run by the key of what the firewall lets in."""
    needs: Part = field(default_factory=dict)
    """Traffic that the host firewall has to admit, whoever configures that."""
    routes: Mapping[str, RouteChange] = field(default_factory=dict)
    """The return routes by address."""
    at_once: bool = False
    """True if all changes are of the first phase, in a run that only moves addresses and gateways."""

    @property
    def is_installed(self) -> bool:
        """Return True if role aggregator_host has its program on the host."""
        return any(self.found.as_dict().values())

    @property
    def changes_routes(self) -> bool:
        """Return True if a return route changes."""
        return any(route.before != route.after for route in self.routes.values())

    def after(
        self, phase: Phase, masquerade: bool = True, return_routes: bool = True, firewall: Collection[str] = PARTS
    ) -> HostConfig:
        """Return the host configuration after a phase; a part that is not run stays as found."""
        return HostConfig(
            masquerade_after(self.found.masquerade, self.wanted.masquerade, "remove" if self.at_once else phase)
            if masquerade
            else dict(self.found.masquerade),
            return_routes_after(self.routes, phase) if return_routes else dict(self.found.return_routes),
            self._firewall_after(phase, firewall),
        )

    def _firewall_after(self, phase: Phase, parts: Collection[str]) -> Part:
        """Return the rules of the firewall after a phase; those of a part that is not run stay as they are."""
        after = firewall_after(self.found.firewall, self.wanted.firewall, phase)
        left = {key for key in self.found.firewall.keys() | after if self.parts.get(key, PARTS[0]) not in parts}
        stays = {key: entry for key, entry in self.found.firewall.items() if key in left}
        return {**{key: entry for key, entry in after.items() if key not in left}, **stays}

    def prepared(
        self, masquerade: bool = True, return_routes: bool = True, firewall: Collection[str] = PARTS
    ) -> HostConfig:
        """Return the specification before the routes of the first phase: new rules translate in zone NO_ZONE."""
        spec = self.after("add", masquerade, return_routes and not self.at_once, firewall)
        for space, entry in spec.masquerade.items():
            if self.found.masquerade.get(space, {}).get("zone", NO_ZONE) == NO_ZONE and masquerade:
                spec.masquerade[space] = {**entry, "zone": NO_ZONE}
        return spec
