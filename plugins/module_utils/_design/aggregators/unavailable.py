# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregators that a run leaves out: those without an instance, and those that SSH does not reach.

One dead aggregator stops neither the repair nor the changes of the others. A run deletes nothing of it: the meshes keep
its endpoints, its gateways stay, and removals wait. Only an Elastic IP that the terminated instance has left is
associated again, on the aggregator where its bond is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.ownership import is_own_object
from ..._model.state import Server
from ..context import Context
from ..mesh.discovery import ExistingMeshes
from .differences import about_silence
from .fleet import LEFT_OUT, Fleet, Member, is_settled, leave_out, refuse

UNREACHED = "cannot be reached over SSH"


def keep_last_addresses(
    desired: DesiredNetwork, server: Server, existing: ExistingMeshes, fleet: Fleet, report: Report
) -> None:
    """Give each member without an instance its last private address, or refuse a run that has to know it.

    A direct BGP session names its peer. A mesh does not: a member's own interface has the endpoints of all others, so
    that the one that it lacks is its own. A run that only moves addresses needs no address of a dead aggregator.
    """
    known = [member for member in fleet.members if member.private_ip]
    unknown = [member for member in fleet.members if fleet.lacks_instance(member) and not member.private_ip]
    found = {member.id: _direct_peer(desired.network, member, known, server) for member in unknown}
    unknown = [member for member in unknown if not found[member.id]]
    named = {*found.values(), *(member.private_ip for member in known), *fleet.decommissioned_addresses}
    endpoints = _endpoints(known, server, existing) - named if unknown else set()
    told = {member.id: endpoints - _endpoints([member], server, existing) for member in unknown}
    for number, own in told.items():
        if len(own) == 1 and list(told.values()).count(own) == 1:
            (found[number],) = own
    fleet.members = [replace(member, private_ip=found.get(member.id, member.private_ip)) for member in fleet.members]
    unknown = [member for member in unknown if not found[member.id]]
    if unknown and endpoints and desired.relocation is None:
        hosts = ", ".join(member.host for member in unknown)
        refuse(
            fleet,
            f"{hosts}: AWS has no instance of them, so that their private addresses are not known (got the endpoints "
            f"{', '.join(sorted(endpoints))} in the meshes, expected one endpoint and one aggregator). Give each of "
            "these hosts its last private address as aws_private_ip_address.",
            report,
        )


def _direct_peer(network: str, member: Member, others: list[Member], server: Server) -> str | None:
    """Return the neighbor address of a direct BGP session with a member: its private address."""
    for other in others:
        for obj in server.objects.get(other.id, ()):
            is_direct = obj.data.get("local_address") == other.private_ip
            if is_direct and is_own_object(network, obj) == ("bgp", member.id):
                found: str | None = obj.data.get("neighbor_address")
                return found
    return None


def _endpoints(members: list[Member], server: Server, existing: ExistingMeshes) -> set[str]:
    """Return the endpoints of the members' interfaces of our meshes."""
    numbers = {member.id for member in members}
    meshes = [(None, 0), *((space.key, space.id) for space in server.spaces.values())]
    return {
        endpoint["ip"]
        for space, number in meshes
        for aggregator, interfaces in existing.of(space, number).items()
        if aggregator in numbers
        for interface in interfaces
        for endpoint in interface.data.get("endpoints") or ()
    }


def leave_out_unreachable(context: Context) -> None:
    """Leave out each member that SSH does not reach, in a run that moves public addresses away from such hosts."""
    for given in context.desired.hosts:
        reason = given.manage_host and (given.found or {}).get("unreachable")
        if reason and context.fleet.by_host(given.host):
            text = (
                f"{given.host}: the host cannot be read: {reason}. Its return routes and conntrack zones stay as they "
                "are until site.yml reaches it."
            )
            leave_out(given.host, UNREACHED, text, context.fleet, context.report, about_silence(given.host, reason))


def judge_unreachable(member: Member, reason: str, answering: Collection[str], context: Context) -> None:
    """Leave out a member that SSH does not reach; refuse a new one, and a run in which no host answers."""
    text, about = f"{member.host}: the host cannot be read: {reason}.", about_silence(member.host, reason)
    if answering and is_settled(context.desired.network, member.id, context.server):
        way = "Correct its SSH, or say bonding_manage_hosts: false for a host that Ansible never reaches."
        leave_out(member.host, UNREACHED, f"{text} {LEFT_OUT} {way}", context.fleet, context.report, about)
    else:
        context.report.problem(
            f"{text} Give ansible_host, ansible_user and a key, or say bonding_manage_hosts: false for a host that "
            "Ansible does not reach.",
            about,
        )
