# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of one aggregator in a mesh, from the options of the roles pwan_mesh and cpe_nat_bgp."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..._model.desired_network import DEFAULT_VNI_BASE, DesiredHost, DesiredNetwork, DesiredVxlan, Report
from ..._model.names import NETWORK_NAME, vxlan_name
from ..._objects import Object
from ..._private_wan_rules import MAX_VNI
from ..aggregators.fleet import Fleet, Member
from ..cpe_nat.bgp import check_reflectors, session_objects, transit_objects
from ..inputs.reader import read_bgp
from ..inputs.spaces import read_vxlan
from ..inputs.values import ipv4_network, is_address, number
from ..mesh.meshes import Mesh, check_addresses, derived_addresses
from ..mesh.objects import space_objects

_Found = Mapping[str, Any]
_Sections = dict[str, list[dict[str, Any]]]
_SECTIONS = {"interfaces": "_interface", "protocols": "_protocol", "filters": "filter"}
"""Options of module aggregator_network, and the ends of the kinds of their objects."""


def mesh_of_options(options: _Found) -> tuple[_Sections, list[str]]:
    """Return `interfaces`, `protocols` and `filters` of one aggregator, and the problems of the options.

    `options` are the options of role pwan_mesh without its name; `spaces` and `aggregators` are what it has looked up.
    """
    report = Report()
    label = f"space {options['space']}"
    members = _members(options, f"{label}: pwan_mesh_members", report)
    hosts = tuple(DesiredHost(one.host, one.name) for one in members)
    vxlan = read_vxlan(options["vxlan"], label, hosts, report)
    desired = _desired(options, "pwan_mesh_network", hosts, report)
    if report.problems or vxlan is None:
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
    return _own_objects(space_objects(mesh, found["private_wan_mode"], vxlan.protocol, desired), members, options), []


def bgp_of_options(options: _Found) -> tuple[_Sections, list[str]]:
    """Return `interfaces`, `protocols` and `filters` of one aggregator, and the problems of the options.

    `options` are the options of role cpe_nat_bgp without its name; `aggregators` is what it has looked up.
    """
    report = Report()
    members = _members(options, "cpe_nat_bgp_members", report)
    hosts = tuple(DesiredHost(one.host, one.name) for one in members)
    desired = _desired(options, "cpe_nat_bgp_network", hosts, report)
    bgp = read_bgp(options["options"], report)
    number(dict(options), "vni", "cpe_nat_bgp_vni", (1, MAX_VNI), report)
    if report.problems or bgp is None:
        return {}, report.problems
    desired = replace(desired, bgp=bgp)
    check_reflectors(desired, Fleet(members=members, speakers=tuple(members)), report)
    if bgp.subnet is None:
        places = sorted({str(one.subnet) for one in members})
        if len(places) > 1:
            report.problem(
                f"cpe_nat_bgp_members: mode: direct works inside one subnet (got {', '.join(places)}). Choose mode: "
                "transit with a subnet for its tunnels."
            )
        addresses = {one.id: str(one.private_ip) for one in members}
        server_objects = session_objects(members, addresses, desired.network, bgp)
    else:
        mesh = Mesh(
            space=None,
            number=0,
            vni=options["vni"],
            interface=vxlan_name(options["vni"]),
            subnet=bgp.subnet,
            members=tuple(members),
            addresses=derived_addresses(DesiredVxlan(bgp.subnet), "cpe_nat_bgp", members, {}, report),
            mtu=options["mtu"],
        )
        check_addresses(mesh, report)
        server_objects = transit_objects(mesh, desired)
    return (_own_objects(server_objects, members, options), []) if not report.problems else ({}, report.problems)


def _own_objects(server_objects: Iterable[Object], members: Iterable[Member], options: _Found) -> _Sections:
    """Return the objects of the role's aggregator by option of module aggregator_network."""
    (own,) = (one.parent for one in members if _is_own(one, options))
    mine = [obj for obj in server_objects if obj.parent == own]
    return {name: [one.data for one in mine if one.kind.endswith(kind)] for name, kind in _SECTIONS.items()}


def _is_own(member: Member, options: _Found) -> bool:
    return str(options["aggregator"]) in (member.name, str(member.id))


def _desired(options: _Found, name: str, hosts: tuple[DesiredHost, ...], report: Report) -> DesiredNetwork:
    if not NETWORK_NAME.fullmatch(str(options["network"])):
        report.problem(f"{name}: {options['network']!r} is not a name of a network.")
    return DesiredNetwork(options["network"], hosts)


def _members(options: _Found, label: str, report: Report) -> list[Member]:
    """Return the members by their ids; the order of the endpoints follows the operator's list."""
    by_name = {name: one for one in options["aggregators"] for name in (str(one["name"]), str(one["id"]))}
    members = []
    for entry in options["members"]:
        name, address, subnet = str(entry["aggregator"]), entry["private_ip_address"], entry.get("subnet")
        aggregator = by_name.get(name)
        if subnet is not None:
            subnet = str(ipv4_network(subnet, f"{label}: {name}: subnet", report))
        if aggregator is None:
            report.problem(f"{label}: the management server has no aggregator {name!r}. Correct the name or id.")
        elif not is_address(address):
            report.problem(f"{label}: {name}: {address!r} is not an IPv4 address. Correct it.")
        else:
            found = int(aggregator["id"])
            index = int(entry.get("index") or found)
            members.append(Member(name, found, str(aggregator["name"]), index, str(address), subnet=subnet))
    if not any(_is_own(one, options) for one in members):
        aggregator = options["aggregator"]
        report.problem(f"{label}: the aggregator {aggregator!r} itself is missing. Name it as one of the members.")
    return members
