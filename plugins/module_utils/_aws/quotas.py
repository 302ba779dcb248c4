# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits and object counts of an account in a region, as far as EC2 itself reports them.

Another service (Service Quotas) reports the other quotas, which would be one more right for one more number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .._model.quotas import QUOTAS
from .._model.state import AMAZONS_POOL, Account
from .client import NOT_ALLOWED, Ec2Client, Ec2Error, describe

LIMITS = "describe_account_attributes"
_LISTINGS = {
    "elastic_ips": "describe_addresses",
    "vpcs": "describe_vpcs",
    "internet_gateways": "describe_internet_gateways",
}


def read_account(client: Ec2Client, wanted: Collection[str]) -> Account:
    """Read the account in the client's region: its limits, the number of each of `wanted` (names of limits.QUOTAS)."""
    counts = {name: sum(map(_counts, describe(client, _LISTINGS[name]))) for name in wanted}
    return Account(region=str(client.meta.region_name), limits=_limits(client), **counts)


def _counts(found: Mapping[str, Any]) -> bool:
    """Return True if an object counts against its quota: an Elastic IP of a pool of one's own (BYOIP) does not."""
    return found.get("PublicIpv4Pool", AMAZONS_POOL) == AMAZONS_POOL


def _limits(client: Ec2Client) -> dict[str, int]:
    """Return the limits that EC2 reports. Without the right to ask, return none: the plan then takes AWS's defaults."""
    try:
        found = describe(client, LIMITS)
    except Ec2Error as error:
        if error.code in NOT_ALLOWED:
            return {}
        raise
    told: dict[str, Any] = {
        item["AttributeName"]: item["AttributeValues"][0]["AttributeValue"]
        for item in found
        if item.get("AttributeValues")
    }
    given = {quota.name: told.get(quota.attribute, "") for quota in QUOTAS if quota.attribute}
    return {name: int(value) for name, value in given.items() if value.isascii() and value.isdigit()}
