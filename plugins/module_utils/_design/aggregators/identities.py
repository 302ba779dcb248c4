# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity of aggregators: a host's instance is the machine that the server knows.

With the instances of two aggregators exchanged, each mesh would have the endpoints of the wrong machines, and public
addresses of bonds would be assigned where the bonds are not.
"""

from __future__ import annotations

import ipaddress

from ..._model.desired_network import Report
from ..._model.state import Instance
from ..context import Context
from ..gateway.supernets import is_private
from ..inputs.values import is_address
from .differences import about_address
from .fleet import Fleet, Member, refuse


def check_identities(context: Context) -> None:
    """Refuse one instance for two hosts, and an instance that another host's aggregator is on."""
    fleet, report = context.fleet, context.report
    _refuse_twice(fleet, report)
    if context.desired.absent:
        return
    for member in fleet.members:
        said = context.server.aggregators[member.id].ip
        if member.instance is None or not is_address(said) or said in _addresses(member.instance, member.instance):
            continue
        owner = next(
            (other for other in (*fleet.members, *fleet.decommissioned) if _has(other, said, member.instance)), None
        )
        if owner is not None and owner.instance is not None:
            refuse(
                fleet,
                f"{member.host}: aws_instance_id is not the instance of aggregator {member.name} (got "
                f"{_shown(member.instance)}; expected {owner.instance.id}, which has {said}, the address that the "
                f"server has of it, and which the inventory gives to {owner.host}). Exchange the two, or correct the "
                "address on the server.",
                report,
            )
        elif member.instance.publics and not is_private(ipaddress.IPv4Network(said)):
            report.warn(
                f"{member.host}: the server has {said} as the address of aggregator {member.name}, which its instance "
                f"does not have (got {_shown(member.instance)}). Bonders reach it only if something else leads there; "
                "else correct aws_instance_id, or the address on the server.",
                about_address(member.host, said, _shown(member.instance)),
            )


def _refuse_twice(fleet: Fleet, report: Report) -> None:
    instances: dict[str, Member] = {}
    addresses: dict[str, Member] = {}
    for member in (*fleet.members, *fleet.decommissioned):
        if not member.host:
            continue
        if member.instance and (other := instances.setdefault(member.instance.id, member)) is not member:
            refuse(
                fleet,
                f"{member.host}: aws_instance_id {member.instance.id} is also that of {other.host}. Each aggregator is "
                "an instance of its own: correct one of them.",
                report,
            )
        elif member.private_ip and (other := addresses.setdefault(member.private_ip, member)) is not member:
            refuse(
                fleet,
                f"{member.host}: its private address {member.private_ip} is also that of {other.host}: no other "
                "aggregator would reach both. Correct aws_private_ip_address.",
                report,
            )


def _has(other: Member, address: str, instance: Instance) -> bool:
    """Return True if another host's instance has the address, as `instance` would see it."""
    found = other.instance
    return found is not None and found.id != instance.id and address in _addresses(found, instance)


def _addresses(found: Instance, seen_by: Instance) -> set[str]:
    """Return the public addresses of an instance, and inside one VPC its private ones, which mean others elsewhere."""
    public = {*found.publics.values(), *((found.public_ip,) if found.public_ip else ())}
    return public | ({*found.addresses, found.private_ip} if found.vpc_id == seen_by.vpc_id else set())


def _shown(instance: Instance) -> str:
    public = sorted(_addresses(instance, instance) - {*instance.addresses, instance.private_ip})
    return f"{instance.id} with {', '.join(public) or 'no public address'}"
