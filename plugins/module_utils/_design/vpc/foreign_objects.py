# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of others in a VPC or a subnet that the plan deletes; EC2 refuses the deletion.

Services make such objects too: GuardDuty, for one, puts a security group and network interfaces into every VPC.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..._model.desired_network import DesiredNetwork, Report
from ..._model.names import TAG_KEY, TAG_NETWORK, owned
from ..._model.plan import Design
from ..._model.state import Cloud
from ..context import Context


def going(design: Design, desired: DesiredNetwork, cloud: Cloud) -> set[str]:
    """Return the VPCs that go, and those in which subnets go."""
    found: set[str] = set()
    for item in design.items:
        if item.system == "aws" and item.verb == "delete" and item.kind == "vpc":
            found.add(str((item.before or {})["id"]))
        elif item.system == "aws" and item.verb == "delete" and item.kind == "subnet":
            subnet = owned(desired.network, item.key, cloud.subnets.values())
            found |= {subnet.vpc_id} if subnet else set()
    return found


def refuse_foreign_objects(context: Context) -> None:
    """Refuse to delete a VPC or a subnet that EC2 would not delete; the plan has read what lies in them."""
    cloud = context.cloud
    if cloud.foreign_objects is None:
        return
    whole = set()
    for item in context.design.items:
        if item.system == "aws" and item.verb == "delete" and item.kind == "vpc":
            number = str((item.before or {})["id"])
            whole.add(number)
            _refuse(
                f"VPC {number} ({item.key})",
                [*cloud.foreign_objects.get(number, ()), *_others(number, context.desired, cloud)],
                context.report,
            )
    for item in context.design.items:
        if item.system == "aws" and item.verb == "delete" and item.kind == "subnet":
            subnet = owned(context.desired.network, item.key, cloud.subnets.values())
            if subnet and subnet.vpc_id not in whole:
                _refuse(f"subnet {subnet.id} ({item.key})", cloud.foreign_objects.get(subnet.id, ()), context.report)


def _others(vpc_id: str, desired: DesiredNetwork, cloud: Cloud) -> list[str]:
    """Return the subnets, the route tables and the egress-only internet gateway of a VPC that are not the network's."""
    subnets = [
        f"subnet {one.id}" for one in cloud.subnets.values() if one.vpc_id == vpc_id and _foreign(one.tags, desired)
    ]
    tables = [
        f"route table {one.id}"
        for one in cloud.route_tables.values()
        if one.vpc_id == vpc_id and not one.main and _foreign(one.tags, desired)
    ]
    gateways = [
        f"egress-only internet gateway {one.id}"
        for one in cloud.egress_only_gateways.values()
        if one.vpc_id == vpc_id and _foreign(one.tags, desired)
    ]
    return sorted(subnets) + sorted(tables) + gateways


def _foreign(tags: dict[str, str], desired: DesiredNetwork) -> bool:
    return tags.get(TAG_NETWORK) != desired.network or TAG_KEY not in tags


def _refuse(what: str, found: Iterable[str], report: Report) -> None:
    if listed := list(found):
        report.problem(
            f"The {what} cannot be deleted, since {', '.join(listed)} in it is not this network's: EC2 refuses that. "
            "Delete what is in it first, or take the tag bonded.internet/network off the "
            f"{what.partition(' ')[0]}, which is kept then."
        )
