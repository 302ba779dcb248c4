# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each pair of aggregators that AN-001 joins: the routing daemons of both ends have the other one as a neighbour."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from .. import netns, titles
from ..lab import Lab, until
from ..report import Check, Failed, need

DEADLINE = 60.0
"""Seconds until the last pair is joined: OSPF waits for its dead interval before it chooses a router."""


Pair = tuple[str | None, str, str]
"""A space, or None for the VXLAN without one, over which BGP goes, and two aggregators."""


def checks(lab: Lab) -> Iterator[Check]:
    """Yield a check for each pair."""
    for pair in pairs(lab):
        yield Check(titles.neighbours(*pair), partial(_joined, lab, pair))


def pairs(lab: Lab) -> Iterator[Pair]:
    """Yield all pairs of aggregators that have a VXLAN of the same space, or one without a space."""
    found: dict[str | None, list[str]] = {}
    for aggregator in lab.server.aggregators():
        for one in lab.server.interfaces(aggregator):
            if one["type"] == "vxlan":
                found.setdefault(one["space"], []).append(aggregator["name"])
    for space, members in found.items():
        for pair in itertools.combinations(members, 2):
            yield space, *pair


def lacking(lab: Lab, pair: Pair) -> str:
    """Return what the end lacks that has not the other one as its neighbour; nothing if both have."""
    space, one, other = pair
    for near, far in ((one, other), (other, one)):
        wanted, words = _sign(lab, space, near, far)
        said = lab.birdc(lab.server.namespace(near), *words)
        if not any(_up(line, wanted) for line in said.splitlines()):
            return f"{near} has no neighbour {wanted} ({far}): birdc {' '.join(words)}"
    return ""


def _joined(lab: Lab, pair: Pair) -> str:
    after = until(lambda: not lacking(lab, pair), DEADLINE, 0.2)
    need(after is not None, lacking(lab, pair))
    return f"after {after or 0:.1f} s"


def _up(line: str, wanted: str) -> bool:
    """Return True if a line of birdc shows this neighbour, or a session with it that is established."""
    words = line.split()
    return wanted in words and ("BGP" not in words or "Established" in words)


def _sign(lab: Lab, space: str | None, near: str, far: str) -> tuple[str, tuple[str, ...]]:
    """Return the word by which the near end's birdc shows the far end, and what it is asked."""
    ends = {one["name"]: one for one in lab.server.aggregators()}
    device, address = vxlan(ends[far], space)
    if space is None:
        sessions = [one for one in ends[near]["protocols"] if one.get("neighbor_address") == address]
        need(sessions, f"the server has no BGP of {near} with {far} ({address})")
        return sessions[0]["name"], ("show", "protocols")
    kinds = {one["protocol"] for one in ends[near]["protocols"] if one["space"] == space}
    if "ospf" in kinds:
        return address, ("show", "ospf", "neighbors")
    words = ("-j", "-6", "addr", "show", "dev", device, "scope", "link")
    shown = netns.run("ip", "-n", lab.server.namespace(far), *words)
    local = [one["local"] for link in json.loads(shown) for one in link.get("addr_info", ())]
    need(local, f"{device} of {far} has no link-local address")
    return local[0], ("show", "babel", "neighbors")


def vxlan(aggregator: Mapping[str, Any], space: str | None) -> tuple[str, str]:
    """Return the name and the tunnel address of an aggregator's VXLAN of a space, or of the one without a space."""
    for one in aggregator["interfaces"]:
        if (one["type"], one["space"]) == ("vxlan", space) and one["addresses"]:
            return one["name"], one["addresses"][0].partition("/")[0]
    raise Failed(f"{aggregator['name']} has no VXLAN with an address of {space or 'no space'}")
