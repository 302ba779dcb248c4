# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of an aggregator in the direct mesh of a space, from options of role pwan_mesh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..._model.desired_network import DEFAULT_VNI_BASE, DesiredHost, DesiredNetwork, Report
from ..._model.names import NETWORK_NAME, vxlan_name
from ..aggregators.fleet import Member
from ..inputs.spaces import read_vxlan
from ..inputs.values import is_address
from ..mesh.meshes import Mesh, check_addresses, derived_addresses
from ..mesh.objects import space_objects

_Found = Mapping[str, Any]


def mesh_of_options(options: _Found) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Return `interfaces`, `protocols` and `filters` of one aggregator, and the problems of the options.

    `options` are the role's options without its name; `spaces` and `aggregators` are what the role has looked up.
    """
    report = Report()
    label = f"space {options['space']}"
    if not NETWORK_NAME.fullmatch(str(options["network"])):
        report.problem(f"pwan_mesh_network: {options['network']!r} is no name of a network.")
    members = _members(options["members"], options["aggregators"], label, report)
    own = next((one for one in members if str(options["aggregator"]) in (one.name, str(one.id))), None)
    if own is None:
        report.problem(f"{label}: pwan_mesh_members: the aggregator {options['aggregator']!r} itself is missing.")
    hosts = [DesiredHost(one.host, one.name) for one in members]
    vxlan = read_vxlan(options["vxlan"], label, hosts, report)
    if own is None or vxlan is None:
        return {}, report.problems
    found = options["spaces"][0]
    vni = vxlan.vni or DEFAULT_VNI_BASE + found["id"]
    mesh = Mesh(
        space=options["space"],
        number=found["id"],
        vni=vni,
        interface=vxlan.interface or vxlan_name(vni),
        subnet=vxlan.subnet,
        members=tuple(members),
        addresses=derived_addresses(vxlan, label, members, {}, report),
        mtu=options["mtu"],
    )
    check_addresses(mesh, report)
    if report.problems:
        return {}, report.problems
    desired = DesiredNetwork(options["network"], tuple(hosts))
    server_objects = space_objects(mesh, found["private_wan_mode"], vxlan.protocol, desired)
    mine = [obj for obj in server_objects if obj.parent == own.parent]
    sections = {"interfaces": "_interface", "protocols": "_protocol", "filters": "filter"}
    return {name: [one.data for one in mine if one.kind.endswith(kind)] for name, kind in sections.items()}, []


def _members(given: Iterable[_Found], found: Iterable[_Found], label: str, report: Report) -> list[Member]:
    """Return the members by their ids; the order of the endpoints follows the operator's list."""
    by_name = {name: one for one in found for name in (str(one["name"]), str(one["id"]))}
    members = []
    for entry in given:
        name, address = str(entry["aggregator"]), entry["private_ip_address"]
        aggregator = by_name.get(name)
        if aggregator is None:
            report.problem(f"{label}: pwan_mesh_members: the management server has no aggregator {name!r}.")
        elif not is_address(address):
            report.problem(f"{label}: pwan_mesh_members: {name}: {address!r} is no IPv4 address.")
        else:
            number = int(aggregator["id"])
            index = int(entry.get("index") or number)
            members.append(Member(name, number, str(aggregator["name"]), index, str(address)))
    return members
