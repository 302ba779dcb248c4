# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The neighbours that BIRD has on a host, by its control sockets."""

from __future__ import annotations

import glob
import ipaddress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # an aggregator's Python may be older than these are
    from .facts import Run

SOCKETS = ("/run/bird/*.ctl", "/run/bird*.ctl", "/run/bonding/*bird*.ctl", "/run/bonding/bird*/*.ctl")
"""Paths of BIRD's socket: those of its own packages, and likely ones of the vendor's, which are not documented."""
MOST = 4096
OSPF_UP = ("Full", "2-Way")


def read_neighbours(run: Run, patterns: tuple[str, ...] | list[str] = SOCKETS) -> list[dict[str, Any]] | None:
    """Return all neighbours {protocol, device, address, up}; None if no BIRD answers."""
    found: list[dict[str, Any]] = []
    asked = False
    for path in sorted({path for pattern in patterns for path in glob.glob(pattern)}):
        said = _ask(run, path, "show", "protocols", "all")
        if said is None:
            continue
        asked = True
        found += _sessions(said)
        found += _babel(_ask(run, path, "show", "babel", "neighbors") or "")
        found += _ospf(_ask(run, path, "show", "ospf", "neighbors") or "")
    return found[:MOST] if asked else None


def _ask(run: Run, path: str, *words: str) -> str | None:
    """Return the answer of BIRD, or None if BIRD gives none."""
    try:
        code, output, _errors = run(["birdc", "-r", "-s", path, *words])
    except OSError:
        return None
    return output if code == 0 and "Unable to connect" not in output else None


def _sessions(said: str) -> list[dict[str, Any]]:
    """Return the sessions of BGP."""
    found: list[dict[str, Any]] = []
    up: bool | None = None
    for line in said.splitlines():
        words = line.split()
        if line[:1].strip() and len(words) > 1:
            up = words[-1] == "Established" if words[1] == "BGP" else None
        elif up is not None and words[:2] == ["Neighbor", "address:"] and len(words) > 2:
            address, _percent, device = words[2].partition("%")
            if _is_address(address):
                found.append({"protocol": "bgp", "device": device or None, "address": address, "up": up})
    return found


def _babel(said: str) -> list[dict[str, Any]]:
    """Return the lines "ADDRESS DEVICE METRIC ..."; one that is heard of no more has an infinite metric."""
    rows = [line.split() for line in said.splitlines()]
    return [
        {"protocol": "babel", "device": row[1], "address": row[0], "up": row[2] not in ("65535", "inf")}
        for row in rows
        if len(row) > 2 and _is_address(row[0])
    ]


def _ospf(said: str) -> list[dict[str, Any]]:
    """Return the lines "ROUTER-ID PRIORITY STATE DEAD-TIME DEVICE ADDRESS"."""
    rows = [line.split() for line in said.splitlines()]
    return [
        {"protocol": "ospf", "device": row[-2], "address": row[-1], "up": row[2].startswith(OSPF_UP)}
        for row in rows
        if len(row) > 5 and _is_address(row[0]) and _is_address(row[-1])
    ]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
