# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our VXLAN interfaces that exist, by the mesh that they belong to."""

from __future__ import annotations

from ..._model.desired_network import DesiredNetwork
from ..._model.names import vxlan_name
from ..._model.ownership import is_own_object
from ..._model.state import Server
from ..._objects import Object


class ExistingMeshes:
    """The server's objects gone through once, so that asking for each of a thousand spaces stays cheap."""

    def __init__(self, desired: DesiredNetwork, server: Server) -> None:
        self._vni_base = desired.vni_base
        self._interfaces: dict[str | None, dict[int, list[Object]]] = {}
        self._patterns: dict[tuple[int, int], set[str]] = {}
        self._local: dict[int, set[str]] = {}
        self._given = {
            space.key: (space.vxlan.interface or vxlan_name(space.vxlan.vni), space.vxlan.vni)
            for space in desired.spaces
            if space.vxlan and space.vxlan.vni is not None
        }
        for aggregator, objects in server.objects.items():
            for obj in objects:
                if obj.kind == "vxlan_interface":
                    space = obj.data.get("space")
                    self._interfaces.setdefault(space, {}).setdefault(aggregator, []).append(obj)
                elif "protocol" in obj.kind:
                    self._take_protocol(aggregator, obj, is_own_object(desired.network, obj))

    def _take_protocol(self, aggregator: int, obj: Object, own: tuple[str, int] | None) -> None:
        if own and own[0] in ("babel", "ospf"):
            self._patterns.setdefault((aggregator, own[1]), set()).update(protocol_patterns(obj))
        elif own and own[0] == "bgp":
            self._local.setdefault(aggregator, set()).add(obj.data.get("local_address") or "")

    def of(self, space: str | None, number: int) -> dict[int, list[Object]]:
        """Return the interfaces of a space's mesh (None: the one that carries BGP) by aggregator id.

        Those that a protocol of ours names, and those with the derived name and VNI, those that the inventory gives, or
        those of an interface that a protocol of ours names on another aggregator: on an aggregator that leaves the
        protocol goes first. `number`: the space's id.
        """
        found: dict[int, list[Object]] = {}
        known = {(vxlan_name(self._vni_base + number), self._vni_base + number), self._given.get(space or "", ("", 0))}
        if space is not None:
            known |= {
                (obj.key, obj.data["vni"])
                for aggregator, objects in self._interfaces.get(space, {}).items()
                for obj in objects
                if obj.key in self._patterns.get((aggregator, number), ())
            }
        for aggregator, objects in self._interfaces.get(space, {}).items():
            patterns = self._patterns.get((aggregator, number), set()) if space is not None else set()
            local = self._local.get(aggregator, set()) if space is None else set()
            for obj in objects:
                named = obj.key in patterns or any(a.split("/")[0] in local for a in obj.data.get("addresses") or ())
                if named or (obj.key, obj.data["vni"]) in known:
                    found.setdefault(aggregator, []).append(obj)
        return found


def protocol_patterns(obj: Object) -> set[str]:
    """Return the interface patterns of a babel or ospf protocol."""
    areas = [{"interfaces": obj.data.get("interfaces") or []}, *(obj.data.get("areas") or [])]
    return {p for area in areas for entry in area.get("interfaces") or [] for p in entry.get("patterns") or []}
