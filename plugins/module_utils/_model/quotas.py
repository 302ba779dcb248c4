# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits: what there is, what the plan adds, and how much is allowed, a line each.

EC2 tells some limits itself. Those that it does not are AWS's defaults, which are warned of, since an account may have
more; what the operator says in bonding_quotas is believed, and refused beyond.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .desired_network import ROUTES_A_TABLE, Report
from .state import Account


@dataclass(frozen=True)
class Quota:
    """A quota of an account: its name in bonding_quotas, its title at AWS, what it counts and where."""

    name: str
    title: str
    objects: str
    place: str
    default: int
    attribute: str = ""
    """The attribute of DescribeAccountAttributes that tells it."""


ELASTIC_IPS = Quota("elastic_ips", "EC2-VPC Elastic IPs", "Elastic IPs", "region", 5, "vpc-max-elastic-ips")
VPCS = Quota("vpcs", "VPCs per Region", "VPCs", "region", 5)
INTERNET_GATEWAYS = Quota("internet_gateways", "Internet gateways per Region", "internet gateways", "region", 5)
NAT_GATEWAYS = Quota("nat_gateways_per_zone", "NAT gateways per Availability Zone", "NAT gateways", "zone", 5)
ROUTES = Quota("routes_per_table", "Routes per route table", "routes", "route table", ROUTES_A_TABLE)
GROUPS = Quota(
    "security_groups_per_interface",
    "Security groups per network interface",
    "security groups",
    "network interface",
    5,
    "vpc-max-security-groups-per-interface",
)
QUOTAS = (ELASTIC_IPS, VPCS, INTERNET_GATEWAYS, NAT_GATEWAYS, ROUTES, GROUPS)
REGIONAL = {"elastic_ip": ELASTIC_IPS, "vpc": VPCS, "internet_gateway": INTERNET_GATEWAYS}
"""Kinds of items that are limited in a region."""

BY_AWS, BY_OPERATOR, BY_DEFAULT, BY_TYPE, BY_SIZE = "AWS", "bonding_quotas", "AWS's default", "instance type", "subnet"


@dataclass(frozen=True)
class QuotaUsage:
    """One limit at one place: `there` now, `new` by this plan, at most `most`, as `source` says."""

    limit: str
    where: str
    there: int
    new: int
    most: int
    source: str

    @property
    def left(self) -> int:
        """Return the number of objects that still fit after this plan; below zero the plan does not fit."""
        return self.most - self.there - self.new

    def as_dict(self) -> dict[str, Any]:
        """Return the dictionary that network_plan returns for it."""
        return asdict(self) | {"left": self.left}


def quota_line(
    quota: Quota, where: str, counts: tuple[int, int], account: Account | None, said: Mapping[str, int], report: Report
) -> QuotaUsage:
    """Return the line of an account's quota, for `counts` (there, new); what does not fit goes to the report."""
    told = account.limits.get(quota.name) if account else None
    if quota.name in said:
        most, source = said[quota.name], BY_OPERATOR
    elif told is not None:
        most, source = told, BY_AWS
    else:
        most, source = quota.default, BY_DEFAULT
    line = QuotaUsage(quota.objects, where, *counts, most, source)
    if line.left >= 0 or line.new == 0:
        return line
    text = f"The {quota.place} {where} has {line.there} {quota.objects} and would get {line.new} more; "
    if source == BY_DEFAULT:
        report.warn(
            f'{text}AWS lets an account have {most} in a {quota.place} unless that was raised (quota "{quota.title}").'
        )
    else:
        also = f" If it was raised, say bonding_quotas: {{{quota.name}: ...}}." if source == BY_AWS else ""
        report.problem(f'{text}{source} says that it may have {most} (quota "{quota.title}"). Ask AWS for more.{also}')
    return line
