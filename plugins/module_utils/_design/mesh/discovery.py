# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our VXLAN interfaces that exist, by the mesh that they belong to. Private to the collection."""

from __future__ import annotations

from ..._model.desired_network import Intent
from ..._model.names import vxlan_name
from ..._model.ownership import own_thing
from ..._model.state import Server
from ..._objects import Object


class ExistingMeshes:
    """The server's objects gone through once, so that asking for each of a thousand spaces stays cheap."""

    def __init__(self, intent: Intent, server: Server) -> None:
        self._vni_base = intent.vni_base
        self._interfaces: dict[str | None, dict[int, list[Object]]] = {}
        self._patterns: dict[tuple[int, int], set[str]] = {}
        self._local: dict[int, set[str]] = {}
        self._given = {
            space.key: (space.vxlan.interface or vxlan_name(space.vxlan.vni), space.vxlan.vni)
            for space in intent.spaces
            if space.vxlan and space.vxlan.vni is not None
        }
        for aggregator, things in server.things.items():
            for thing in things:
                if thing.kind == "vxlan_interface":
                    space = thing.data.get("space")
                    self._interfaces.setdefault(space, {}).setdefault(aggregator, []).append(thing)
                elif "protocol" in thing.kind:
                    self._take_protocol(aggregator, thing, own_thing(intent.network, thing))

    def _take_protocol(self, aggregator: int, thing: Object, own: tuple[str, int] | None) -> None:
        if own and own[0] in ("babel", "ospf"):
            self._patterns.setdefault((aggregator, own[1]), set()).update(protocol_patterns(thing))
        elif own and own[0] == "bgp":
            self._local.setdefault(aggregator, set()).add(thing.data.get("local_address") or "")

    def of(self, space: str | None, number: int) -> dict[int, list[Object]]:
        """The interfaces of a space's mesh (None: the one that carries BGP) by aggregator id.

        Those that a protocol of ours names, and those with the derived name and VNI, those that the intent gives, or
        those of an interface that a protocol of ours names on another aggregator: on an aggregator that leaves the
        protocol goes first. `number`: the space's id.
        """
        found: dict[int, list[Object]] = {}
        known = {(vxlan_name(self._vni_base + number), self._vni_base + number), self._given.get(space or "", ("", 0))}
        if space is not None:
            known |= {
                (thing.key, thing.data["vni"])
                for aggregator, things in self._interfaces.get(space, {}).items()
                for thing in things
                if thing.key in self._patterns.get((aggregator, number), ())
            }
        for aggregator, things in self._interfaces.get(space, {}).items():
            patterns = self._patterns.get((aggregator, number), set()) if space is not None else set()
            local = self._local.get(aggregator, set()) if space is None else set()
            for thing in things:
                named = thing.key in patterns or any(
                    a.split("/")[0] in local for a in thing.data.get("addresses") or ()
                )
                if named or (thing.key, thing.data["vni"]) in known:
                    found.setdefault(aggregator, []).append(thing)
        return found


def protocol_patterns(thing: Object) -> set[str]:
    """The interface patterns of a babel or ospf protocol."""
    areas = [{"interfaces": thing.data.get("interfaces") or []}, *(thing.data.get("areas") or [])]
    return {p for area in areas for entry in area.get("interfaces") or [] for p in entry.get("patterns") or []}
