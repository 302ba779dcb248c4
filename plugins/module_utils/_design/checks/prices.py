# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monthly costs of a plan's changes, at AWS's list prices.

An estimate to read before an apply: the prices are data with a date and a region, and AWS's bill is what counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..._model.plan import PlannedChange
from ..._model.state import AMAZONS_POOL

HOURS = 730
"""Of a month, as AWS's own calculator counts it."""
REGION, DATE = "us-east-1", "2024-02-01"


@dataclass(frozen=True)
class Price:
    """US dollars an hour, used or not; and what is not in it."""

    hourly: float
    objects: str
    without: str = ""


PRICES = {
    "elastic_ip": Price(0.005, "public IPv4 addresses"),
    "nat_gateway": Price(0.045, "NAT gateways", "and 0.045 a gigabyte"),
}
"""By kind of item. Each public IPv4 address costs since the first of February 2024, in all regions the same; NAT
gateways cost in other regions up to twice as much. What else the plan makes on AWS costs nothing by itself."""


def is_of_own_pool(item: PlannedChange) -> bool:
    """Return True for an Elastic IP of a pool of the account's own (BYOIP), which AWS neither charges nor counts.

    Source: AWS, "Identify and optimize public IPv4 address usage on AWS": the charges apply to all but BYOIP.
    """
    pool = (item.after or item.before or {}).get("pool")
    return item.kind == "elastic_ip" and pool not in (None, AMAZONS_POOL)


@dataclass(frozen=True)
class MonthlyCost:
    """Change of the monthly bill for one kind."""

    objects: str
    change: int
    usd_per_month: float
    without: str


def monthly(items: Iterable[PlannedChange]) -> list[MonthlyCost]:
    """Return the cost of each priced kind with a change. Kept addresses still cost."""
    counts: Counter[str] = Counter()
    for item in items:
        if item.kind in PRICES and item.verb != "update" and not is_of_own_pool(item):
            counts[item.kind] += 1 if item.verb == "create" else -1
    return [
        MonthlyCost(price.objects, counts[kind], round(counts[kind] * price.hourly * HOURS, 2), price.without)
        for kind, price in PRICES.items()
        if counts[kind]
    ]
