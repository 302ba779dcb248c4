# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elastic IPs of the network that nothing uses after a run, and that AWS charges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..._model.names import TAG_ADOPTED, TAG_KEY, TAG_NETWORK, TAG_RETIRED
from ..._model.plan import PlannedChange
from ..._model.state import AMAZONS_POOL, ElasticIp
from .prices import HOURS, PRICES


@dataclass(frozen=True)
class KeptAddress:
    """An Elastic IP that is kept for the object whose key it carries."""

    public_ip: str
    allocation_id: str
    key: str
    adopted: bool
    """The account had it before (`public_ip`), and nothing of this collection releases it."""
    usd_per_month: float


def kept_addresses(network: str, items: Iterable[PlannedChange], addresses: Iterable[ElasticIp]) -> list[KeptAddress]:
    """Return the network's Elastic IPs that are retired, or that the plan retires, and that it neither takes back nor
    releases; by key.
    """
    released: set[str] = set()
    retiring: set[str] = set()
    returning: set[str] = set()
    for item in items:
        before, after = item.before or {}, item.after or {}
        if item.kind != "elastic_ip":
            continue
        if item.verb == "delete":
            released.add(str(before.get("public_ip")))
        elif (after.get("tags") or {}).get(TAG_RETIRED) == "true":
            retiring.add(item.key)
        elif (before.get("tags") or {}).get(TAG_RETIRED) == "true":
            returning.add(item.key)
    kept = []
    for address in sorted(addresses, key=lambda one: (one.tags.get(TAG_KEY, ""), one.allocation_id)):
        key, retired = address.tags.get(TAG_KEY, ""), address.tags.get(TAG_RETIRED) == "true"
        if address.tags.get(TAG_NETWORK) != network or address.public_ip in released:
            continue
        if retired and key in returning:
            returning.discard(key)  # one of several with this key
            continue
        if retired or key in retiring:
            is_charged = address.pool in (None, AMAZONS_POOL)
            price = round(PRICES["elastic_ip"].hourly * HOURS, 2) if is_charged else 0.0
            adopted = address.tags.get(TAG_ADOPTED) == "true"
            kept.append(KeptAddress(address.public_ip, address.allocation_id, key, adopted, price))
    return kept
