# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that new objects take their names and numbers from, where the objects that exist have others.

An object keeps its derived value; so a change of such a variable is said, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..._model.desired_network import DesiredNetwork
from ..._model.names import TAG_NETWORK
from ..._model.ownership import is_own_object
from ..._model.state import Cloud, Server
from ..context import Context
from .meshes import Mesh

_NAME = re.compile(r"([a-z][a-z0-9_]{0,15})_(babel|ospf|bgp|gateway)_([0-9]+)")


def check_network_name(context: Context) -> bool:
    """Refuse a network of which nothing is there, where another one has just what it would build; return True if so."""
    desired, server = context.desired, context.server
    if _is_there(desired, server, context.cloud):
        return False
    keys = {space.key for space in desired.spaces}
    spaces = {space.id for key, space in server.spaces.items() if key in keys}
    members = {member.id for member in context.fleet.members}
    wanted = {"bgp": members if desired.bgp else set()}
    found: dict[str, list[str]] = {}
    for member in context.fleet.members:
        for obj in server.objects.get(member.id, ()):
            match = _NAME.fullmatch(obj.key)
            if not match or is_own_object(match.group(1), obj) is None:
                continue
            network, kind, number = match.groups()
            if int(number) in wanted.get(kind, spaces):
                found.setdefault(network, []).append(f"{obj.key} on {member.host}")
    for network, names in sorted(found.items()):
        context.report.problem(
            f"bonding_network: nothing of this network is there, and another one has what it would build (got "
            f"{desired.network}, expected {network}, which has {', '.join(names[:3])}"
            f"{', ...' if len(names) > 3 else ''}). A network cannot be renamed: every object carries its name. Say "
            f"bonding_network: {network} again, or take that network down first."
        )
    return bool(found)


def _is_there(desired: DesiredNetwork, server: Server, cloud: Cloud) -> bool:
    tagged: list[Any] = [*cloud.addresses, *cloud.interfaces.values(), *cloud.vpcs.values()]
    return any(one.tags.get(TAG_NETWORK) == desired.network for one in tagged) or any(
        is_own_object(desired.network, obj) for objects in server.objects.values() for obj in objects
    )


def warn_of_kept(meshes: Iterable[Mesh], context: Context) -> None:
    """Name the meshes that keep another VNI or tunnel address than `bonding_vni_base` and an index would give."""
    desired = context.desired
    given = {space.key: space.vxlan for space in desired.spaces if space.vxlan}
    indexes = {host.host: host.index for host in desired.hosts if host.index is not None}
    bases: list[str] = []
    places: dict[str, list[str]] = {}
    for mesh in meshes:
        vxlan = given.get(mesh.space or "")
        present = context.existing.of(mesh.space, mesh.number)
        if present and (vxlan is None or vxlan.vni is None) and mesh.vni != desired.vni_base + mesh.number:
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
            f"bonding_vni_base {desired.vni_base} counts for new meshes only: {', '.join(bases)}. vxlan.vni of a space "
            "gives its mesh another VNI."
        )
    for host, kept in places.items():
        context.report.warn(
            f"{host}: bonding_aggregator_index {indexes[host]} counts for new meshes only: {', '.join(kept)}. "
            "vxlan.addresses of a space gives a host another address in its mesh."
        )
