# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes and BGP of a description: the VXLAN interfaces and sessions that the management server has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..._model.description import BgpDescription, MeshDescription
from ..._model.desired_network import DesiredSpace
from ..._model.ownership import is_own_object
from ..._objects import Object
from .state import PresentState


def describe_mesh(space: DesiredSpace, state: PresentState) -> MeshDescription | None:
    """Return the direct mesh of a space; None if the inventory gives it none."""
    found = state.server.spaces.get(space.key)
    if space.vxlan is None:
        return None
    interfaces = state.existing.of(space.key, found.id) if found else {}
    wanted = space.vxlan.aggregators
    hosts = [host.host for host in state.desired.hosts] if isinstance(wanted, str) else wanted
    return _mesh(str(space.vxlan.subnet), space.vxlan.protocol, interfaces, hosts, state)


def describe_bgp(state: PresentState) -> BgpDescription | None:
    """Return BGP between the aggregators; None if the inventory has none."""
    bgp = state.desired.bgp
    if bgp is None:
        return None
    ends = {
        state.name_of(number): count
        for number, objects in sorted(state.server.objects.items())
        if (count := sum((is_own_object(state.desired.network, obj) or ("",))[0] == "bgp" for obj in objects))
    }
    mesh = None
    if bgp.mode == "transit" and bgp.subnet is not None:
        # Who speaks follows from the entries with bonding_bgp.aggregators: involved; a session says who does.
        mesh = _mesh(str(bgp.subnet), "bgp", state.existing.of(None, 0), list(ends), state)
    return BgpDescription(bgp.asn, bgp.mode, sum(ends.values()), tuple(ends), mesh)


def _mesh(
    subnet: str, protocol: str, interfaces: Mapping[int, list[Object]], hosts: Iterable[str], state: PresentState
) -> MeshDescription:
    """Return a mesh from the interfaces of each aggregator; the first one counts where a run replaces one."""
    first = {number: objects[0] for number, objects in sorted(interfaces.items()) if objects}
    members = {state.name_of(number): _address(obj) for number, obj in first.items()}
    addresses = {number: member.private_ip for number in first if (member := state.fleet.by_id(number))}
    incomplete: dict[str, int] = {}
    for number, obj in first.items():
        remote = {endpoint["ip"] for endpoint in obj.data.get("endpoints") or ()}
        others = {address for other, address in addresses.items() if other != number and address}
        if lacking := len(others - remote):
            incomplete[state.name_of(number)] = lacking
    sample = next(iter(first.values()), None)
    return MeshDescription(
        vni=sample.data.get("vni") if sample else None,
        interface=sample.key if sample else "",
        subnet=subnet,
        protocol=protocol,
        members=members,
        missing=tuple(host for host in hosts if host not in members),
        incomplete=incomplete,
    )


def _address(obj: Object) -> str:
    """Return the first tunnel address of an interface, without the prefix length."""
    return next((str(address).partition("/")[0] for address in obj.data.get("addresses") or ()), "")
