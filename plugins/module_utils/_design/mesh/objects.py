# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a mesh on the server: interface, filters and protocols of each member.

Source: AN-001 "Optional: Add direct VXLAN peering"; the filter and timers were found in the packet lab.
"""

from __future__ import annotations

from typing import Any

from ..._model.desired_network import DesiredNetwork
from ..._model.names import object_name
from ..._objects import Object
from .meshes import Mesh

DIRECT_RXCOST = 32
"""Below the managed mesh's own cost, so that the direct path is the one used (packet lab)."""
NO_ECHO = {
    "babel": "if source = RTS_BABEL || dest = RTD_UNREACHABLE then reject;\naccept;",
    "ospf": "if dest = RTD_UNREACHABLE then reject;\naccept;",
}
"""By our protocol, in a space that the server's own Babel runs in too. Two Babel instances in one routing table do not
hand each other's routes on: a withdrawn LAN would loop. A gateway's end (unreachable) that came back to it by the other
instance would be preferred to the end itself, and what no LAN has would go to and fro between two aggregators."""
ALL: dict[str, str | None] = {"mode": "all", "filter": None}
NONE: dict[str, str | None] = {"mode": "none", "filter": None}


def space_objects(mesh: Mesh, private_wan: str, kind: str, desired: DesiredNetwork) -> list[Object]:
    """Return interface, filter and protocol of every member of a space's mesh.

    `private_wan` is the mode of the space, `kind` the routing protocol of its mesh.
    """
    objects: list[Object] = []
    managed = private_wan == "managed_mesh"
    export_name = object_name(desired.network, "export", mesh.number)
    for member in mesh.members:
        if member.id not in mesh.addresses:
            continue
        objects.append(mesh.interface_of(member))
        export = dict(ALL)
        if managed:
            body = {"name": export_name, "family": "ipv4", "body": NO_ECHO[kind]}
            objects.append(Object("filter", member.parent, export_name, body))
            export = {"mode": "filter", "filter": export_name}
        name = object_name(desired.network, kind, mesh.number)
        data: dict[str, Any] = {"name": name, "protocol": kind, "space": mesh.space, "enabled": True}
        # IPv6 for bonds is not there yet: what would carry it is closed, not left to the server's default
        data |= {"import_ipv4": dict(ALL), "export_ipv4": export, "import_ipv6": dict(NONE), "export_ipv6": dict(NONE)}
        data |= _ospf(mesh.interface) if kind == "ospf" else _babel(mesh.interface, managed)
        objects.append(Object(f"{kind}_protocol", member.parent, name, data))
    return objects


def _babel(interface: str, managed: bool) -> dict[str, object]:
    entry = {
        "patterns": [interface],
        "type": "wired",
        "rxcost": DIRECT_RXCOST if managed else None,
        "hello_interval": 1,
        "update_interval": 1,
    }
    return {"interfaces": [entry]}


def _ospf(interface: str) -> dict[str, object]:
    entry = {"patterns": [interface], "type": "broadcast", "cost": None, "hello": 1, "dead": 4}
    return {"areas": [{"area_id": "0.0.0.0", "interfaces": [entry]}]}
