# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a space: its bonds, the mesh, the gateways in its VPC, and the Internet, from left to right."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.bonded.internet.plugins.module_utils._model.description import (
    GatewayDescription,
    MeshDescription,
    SpaceDescription,
    Unread,
)

from ..view import Picture, Shape, counted
from .drawing import curve, label

BONDS, MESH, VPC, INTERNET = (0, 146), (186, 200), (426, 206), (676, 160)
"""Left edge and width of each column."""
WIDTH = INTERNET[0] + INTERNET[1]
ROW, HEAD, GATEWAY, GAP = 19, 46, 62, 10
MOST_MEMBERS = 6


def space_picture(space: SpaceDescription, bonds: int, addresses: int, unread: Unread) -> Picture:
    """Return the picture of a space.

    :param bonds: number of its bonds
    :param addresses: number of the public addresses of these bonds
    """
    members = _members(space)
    mesh_height = HEAD + max(1, len(members)) * ROW + 6
    vpc_height = HEAD + len(space.gateways) * (GATEWAY + GAP)
    height = max(mesh_height, vpc_height, 96)
    shapes: list[Shape] = []
    if space.mesh:
        shapes.append(curve(BONDS[1], 40, MESH[0], 40, "line"))
    elif space.gateways:
        shapes.append(curve(BONDS[1], 40, VPC[0], 40, "line"))
    texts = counted(bonds, "bond"), counted(addresses, "public address", "public addresses")
    shapes += _bonds(*(("bonds", "not read") if unread.server else texts))
    if space.mesh:
        shapes += _mesh(space.mesh, members, mesh_height, _absent(unread.server))
    if space.vpc:
        is_unread = unread.lacks(space.vpc.region)
        shapes += _vpc(space, max(vpc_height, 84), _absent(is_unread))
    if space.gateways:
        x, width = INTERNET
        shapes.append(Shape("box", x + 0.5, 0.5, width - 1, height - 1, "frame round"))
        shapes.append(Shape("text", x + width / 2, 22, style="strong", text="Internet", anchor="middle"))
    for number, gateway in enumerate(space.gateways):
        is_unread = unread.server or unread.lacks(gateway.region)
        shapes += _gateway(gateway, HEAD + number * (GATEWAY + GAP), members, _absent(is_unread))
    words = _words(space, "bonds not read" if unread.server else counted(bonds, "bond"))
    return Picture(WIDTH, int(height + 1), f"Space {space.key}", words, tuple(shapes))


def _absent(is_unread: bool) -> str:
    """Return the word for an object that is not in the description."""
    return "not read" if is_unread else "not built"


def _members(space: SpaceDescription) -> list[tuple[str, str]]:
    """Return the members that are drawn, those with a gateway first; the last line counts the others."""
    if space.mesh is None:
        return []
    gateways = [one.host for one in space.gateways]
    hosts = sorted(space.mesh.members, key=lambda host: host not in gateways)
    shown = hosts if len(hosts) <= MOST_MEMBERS else hosts[: MOST_MEMBERS - 1]
    more = [("", f"and {len(hosts) - len(shown)} more")] if len(hosts) > len(shown) else []
    return [(host, space.mesh.members[host]) for host in shown] + more


def _bonds(bonds: str, addresses: str) -> tuple[Shape, ...]:
    x, width = BONDS
    return (
        Shape("box", x + 0.5, 0.5, width - 1, 74, "frame"),
        label(x + 12, 22, bonds, "strong", width - 24),
        label(x + 12, 44, addresses, "small", width - 16),
    )


def _mesh(mesh: MeshDescription, members: Sequence[tuple[str, str]], height: float, absent: str) -> list[Shape]:
    x, width = MESH
    vni = f"VNI {mesh.vni}" if mesh.vni is not None else absent
    shapes = [
        Shape("box", x + 0.5, 0.5, width - 1, height - 1, "frame"),
        label(x + 10, 22, "direct mesh", "strong", width - 20),
        label(x + 10, 38, f"{vni} · {mesh.protocol}", "small muted", width - 20),
    ]
    for number, (host, address) in enumerate(members):
        y = HEAD + number * ROW + 14
        shapes.append(label(x + 10, y, host or address, "" if host else "small muted", 90))
        if host:
            lacks = host in mesh.incomplete
            text = f"{address} !" if lacks else address
            shapes.append(label(x + 104, y, text, "small bad" if lacks else "small muted"))
    return shapes


def _vpc(space: SpaceDescription, height: float, absent: str) -> list[Shape]:
    x, width = VPC
    vpc = space.vpc
    if vpc is None:
        return []
    title = f"VPC {', '.join(vpc.cidrs)}" if vpc.cidrs else "VPC"
    return [
        Shape("box", x + 0.5, 0.5, width - 1, height - 1, "frame cloud"),
        label(x + 10, 22, title, "strong", width - 20),
        label(x + 10, 38, vpc.id or absent, "small muted", width - 20),
    ]


def _gateway(gateway: GatewayDescription, y: float, members: Sequence[tuple[str, str]], absent: str) -> list[Shape]:
    x, width = VPC[0] + 8, VPC[1] - 16
    middle = y + GATEWAY / 2
    standby = gateway.role == "standby"
    rows = [host for host, _address in members]
    shapes: list[Shape] = []
    if gateway.host in rows:
        start = HEAD + rows.index(gateway.host) * ROW + 10
        shapes.append(curve(MESH[0] + MESH[1], start, x, middle, "line standby" if standby else "line"))
    built = bool(gateway.interface_id)
    style = "tile" if built else "tile none"
    role = {"alone": "no standby", "active": f"standby on {gateway.peer}", "standby": f"standby of {gateway.peer}"}
    shapes += [
        Shape("box", x, y, width, GATEWAY, style),
        label(x + 10, y + 18, f"gateway on {gateway.host}", "strong", width - 20),
        label(x + 10, y + 34, f"{gateway.private_ip or absent}  {gateway.device}", "small", width - 20),
        label(
            x + 10, y + 50, role[gateway.role], "small warn" if gateway.role == "alone" else "small muted", width - 20
        ),
    ]
    if standby or not built or gateway.egress == "none":
        return shapes
    left, inside = INTERNET
    shapes += [
        curve(x + width, middle, left, middle, "line"),
        label(left + 10, middle - 2, gateway.public_ip or "no address", "", inside - 20),
        label(left + 10, middle + 14, _egress(gateway), "small muted", inside - 20),
    ]
    return shapes


def _egress(gateway: GatewayDescription) -> str:
    return {"masquerade": "masquerade", "nat_gateway": "by a NAT gateway"}.get(gateway.egress, gateway.egress)


def _words(space: SpaceDescription, bonds: str) -> str:
    texts = [bonds]
    if space.mesh and space.mesh.members:
        texts.append(f"a direct mesh of {counted(len(space.mesh.members), 'aggregator')}")
    texts += [
        f"a gateway on {one.host} ({one.role}), egress {one.egress} {one.public_ip}".rstrip() for one in space.gateways
    ]
    return "; ".join(texts)
