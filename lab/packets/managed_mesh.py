# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server's own managed mesh, as far as it is known: between public addresses, by the internet gateway. Pure.

The vendor encrypts it (WireGuard) and does not document its numbers and filters. Here it is a VXLAN whose Babel exports
everything it knows, which is the worst that the direct mesh may have beside it. Its update interval decides how long a
network that is gone stays known: 3.5 times as long (4 s are assumed; with BIRD's 16 s it is 56 s).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .aggregators import Server, chosen, endpoint, steady_mac, vxlan
from .applied_state import Piece, configured, route

MTU = 1450


def members(server: Server, space: Mapping[str, Any]) -> list[str]:
    """The aggregators that the mesh of a space joins: those that have one of its bonds now."""
    if not space["private_wan_enabled"] or space["private_wan_mode"] != "managed_mesh":
        return []
    here = {bond["current_aggregator"] for bond in server.state["bonds"] if bond["space"] == space["key"]}
    return [name for name in server.primary if name in here]


def device(space: Mapping[str, Any]) -> str:
    """The name of the mesh's device."""
    return f"mesh{space['id']}"


def pieces(server: Server) -> Iterator[Piece]:
    """The mesh of every space that has one. Its VNI and its network (100.66.0.0/15) are made up."""
    aggregators = {one["name"]: one for one in server.state["aggregators"]}
    for space in server.state["spaces"]:
        joined, name, table = members(server, space), device(space), server.tables[space["key"]]
        for aggregator in joined:
            namespace, key = server.namespace(aggregator), f"mesh/{aggregator}/{space['key']}"
            options = f"address {steady_mac(aggregator, name)} mtu {MTU}"
            yield vxlan(server.primary[aggregator], key, name, options, space["id"])
            for other in joined:
                if other != aggregator:
                    yield endpoint(f"{key}/{other}", namespace, name, aggregators[other]["ip"], key)
            network = f"100.66.{space['id'] % 256}"
            host = list(aggregators).index(aggregator) + 1
            address = f"addr add {network}.{host}/24 dev {name} noprefixroute"
            yield configured(f"{key}/address", namespace, key, address)
            yield route(f"{key}/net", namespace, f"{network}.0/24 dev {name} table {table}", key)
            yield from chosen(key, namespace, name, table)


def protocols(server: Server, aggregator: str) -> list[str]:
    """BIRD's part of it, one block for each space."""
    lines = []
    for space in server.state["spaces"]:
        if aggregator in members(server, space):
            lines += [
                f"protocol babel mesh_{space['id']} {{",
                f"  ipv4 {{ table space_{space['key']}; import all; export all; }};",
                f'  interface "{device(space)}" {{ type wired; hello interval 1 s; update interval 4 s; }};',
                "}",
            ]
    return lines
