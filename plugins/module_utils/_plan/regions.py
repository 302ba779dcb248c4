# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions of the plan's items on AWS."""

from __future__ import annotations

from collections.abc import Iterable

from .._model.desired_network import DesiredNetwork
from .._model.plan import PlannedChange
from .._model.state import Cloud


def items_by_region(
    items: Iterable[PlannedChange], desired: DesiredNetwork, cloud: Cloud
) -> dict[str | None, list[PlannedChange]]:
    """Return AWS's items by region: their host's, or that of the aggregators' VPC that they name; else the first one.

    What lies in a space's VPC has no host, and the hosts of such a network are in one region.
    """
    hosts = {host.host: host.region for host in desired.hosts}
    machines = {host.instance_id: host.region for host in desired.hosts}
    vpcs = {one.vpc_id: machines.get(one.id) for one in cloud.instances.values()}
    first = min(hosts.values(), key=str, default=None)
    found: dict[str | None, list[PlannedChange]] = {}
    for item in items:
        if item.system != "aws":
            continue
        vpc = next((vpc for vpc in vpcs if vpc in (item.parent, *item.parent.split("/"))), None)
        region = hosts[item.host] if item.host in hosts else vpcs[vpc] if vpc else first
        found.setdefault(region, []).append(item)
    return found
