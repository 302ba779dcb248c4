# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that new objects take their names and numbers from, where the objects that exist have others.

Private to the collection. An object keeps its derived value; so a change of such a variable is said, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..._model.desired_network import Intent
from ..._model.names import TAG_NETWORK
from ..._model.ownership import own_thing
from ..._model.state import Cloud, Server
from ..context import Context
from .meshes import Mesh

_NAME = re.compile(r"([a-z][a-z0-9_]{0,15})_(babel|ospf|bgp|gateway)_([0-9]+)")


def check_network_name(context: Context) -> None:
    """Refuse a network of which nothing is there, where another one has just what it would build."""
    intent, server = context.intent, context.server
    if _is_there(intent, server, context.cloud):
        return
    keys = {space.key for space in intent.spaces}
    spaces = {space.id for key, space in server.spaces.items() if key in keys}
    members = {member.id for member in context.fleet.members}
    wanted = {"bgp": members if intent.bgp else set()}
    found: dict[str, list[str]] = {}
    for member in context.fleet.members:
        for thing in server.things.get(member.id, ()):
            match = _NAME.fullmatch(thing.key)
            if not match or own_thing(match.group(1), thing) is None:
                continue
            network, kind, number = match.groups()
            if int(number) in wanted.get(kind, spaces):
                found.setdefault(network, []).append(f"{thing.key} on {member.host}")
    for network, names in sorted(found.items()):
        context.report.problem(
            f"bonding_network: nothing of this network is there, and another one has what it would build (got "
            f"{intent.network}, expected {network}, which has {', '.join(names[:3])}"
            f"{', ...' if len(names) > 3 else ''}). A network cannot be renamed: every object carries its name. Say "
            f"bonding_network: {network} again, or take that network down first."
        )


def _is_there(intent: Intent, server: Server, cloud: Cloud) -> bool:
    tagged: list[Any] = [*cloud.addresses, *cloud.interfaces.values(), *cloud.vpcs.values()]
    return any(one.tags.get(TAG_NETWORK) == intent.network for one in tagged) or any(
        own_thing(intent.network, thing) for things in server.things.values() for thing in things
    )


def warn_of_kept(meshes: Iterable[Mesh], context: Context) -> None:
    """Name the meshes that keep another VNI or tunnel address than `bonding_vni_base` and an index would give."""
    intent = context.intent
    given = {space.key: space.vxlan for space in intent.spaces if space.vxlan}
    indexes = {host.host: host.index for host in intent.hosts if host.index is not None}
    bases: list[str] = []
    places: dict[str, list[str]] = {}
    for mesh in meshes:
        vxlan = given.get(mesh.space or "")
        present = context.existing.of(mesh.space, mesh.number)
        if present and (vxlan is None or vxlan.vni is None) and mesh.vni != intent.vni_base + mesh.number:
            bases.append(f"{mesh.space or mesh.label} keeps {mesh.vni}")
        for member in mesh.members:
            index = indexes.get(member.host)
            address = mesh.addresses.get(member.id)
            fixed = vxlan is not None and member.host in vxlan.addresses
            if index is None or address is None or fixed or member.id not in present:
                continue
            if address != str(mesh.subnet.network_address + index):
                places.setdefault(member.host, []).append(f"{mesh.label} keeps {address}")
    if bases:
        context.report.warn(
            f"bonding_vni_base {intent.vni_base} counts for new meshes only: {', '.join(bases)}. vxlan.vni of a space "
            "gives its mesh another VNI."
        )
    for host, kept in places.items():
        context.report.warn(
            f"{host}: bonding_aggregator_index {indexes[host]} counts for new meshes only: {', '.join(kept)}. "
            "vxlan.addresses of a space gives a host another address in its mesh."
        )
