# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The default routes of a space with a gateway and a standby: which of the two announces one, and which one counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..lab import Lab

ANYWHERE = "0.0.0.0/0"
INFINITE = 65535
"""Babel's metric of a route that is withdrawn."""


@dataclass(frozen=True)
class Defaults:
    """Default routes as BIRD and the kernel have them.

    :param announcing: those of the two that announce one to the direct mesh.
    :param heard: for each other member, the number of neighbours of which it hears one.
    :param ways: for each member, the aggregator that its kernel sends packets to the Internet to; empty if to none.
    """

    announcing: Sequence[str]
    heard: Mapping[str, int]
    ways: Mapping[str, str]

    def faults(self, active: str) -> list[str]:
        """Return what is not so, if this gateway is the one in use."""
        found = []
        if list(self.announcing) != [active]:
            found.append(f"a default is announced by {list(self.announcing)}, not by {active} alone")
        found += [f"{name} hears {number} defaults" for name, number in self.heard.items() if number != 1]
        found += [f"{name} goes out by {way or 'none'}" for name, way in self.ways.items() if way != active]
        return found


def seen(lab: Lab, space: str, gateways: Sequence[str], members: Sequence[str]) -> Defaults:
    """Look at these members of a space, which answer; `gateways` are the gateway and its standby."""
    return Defaults(
        [name for name in gateways if name in members and _announces(lab, space, name)],
        {name: _heard(lab, space, name) for name in members if name not in gateways},
        {name: _way(lab, space, name) for name in members},
    )


def mesh(lab: Lab, space: str) -> str:
    """Return the name of the Babel protocol of a space's direct mesh."""
    number = next(one["id"] for one in lab.server.state["spaces"] if one["key"] == space)
    return f"live_babel_{number}"


def _announces(lab: Lab, space: str, name: str) -> bool:
    words = ("show", "route", ANYWHERE, "table", f"space_{space}", "export", mesh(lab, space))
    return "live_gateway" in lab.birdc(lab.server.namespace(name), *words)


def _heard(lab: Lab, space: str, name: str) -> int:
    """Return the number of neighbours with a default, but for those that have withdrawn it."""
    lines = lab.birdc(lab.server.namespace(name), "show", "babel", "routes", mesh(lab, space)).splitlines()
    heard = [line.split() for line in lines if line.startswith(ANYWHERE)]
    return sum(int(metric) < INFINITE for _prefix, _address, _device, metric, *_rest in heard)


def _way(lab: Lab, space: str, name: str) -> str:
    """Return the aggregator to which the default of the kernel leads: itself, or that with the next hop's address."""
    line = next((one for one in lab.routes(name, space).splitlines() if one.startswith("default via ")), "")
    if not line:
        return ""
    _default, _via, address, _dev, device, *_rest = line.split()
    for one in lab.server.aggregators():
        for interface in lab.server.interfaces(one):
            own = [text.partition("/")[0] for text in interface["addresses"]]
            if interface["space"] == space and interface["type"] == "vxlan" and address in own:
                return str(one["name"])
            if (one["name"], interface["name"], interface["type"]) == (name, device, "ethernet"):
                return name
    return f"{address} by {device}"
