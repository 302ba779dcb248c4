# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the network that nothing uses, with what they cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..._model.desired_network import NAT, DesiredNetwork
from ..._model.finding import Difference, Finding, NextRun, finding_of
from ..._model.names import TAG_ADOPTED, TAG_KEY, TAG_NETWORK, nat_gateway_ip_key
from ..._model.plan import PlannedChange
from ..._model.state import AMAZONS_POOL, ElasticIp
from ..aggregators.leftovers import RELEASE
from ..checks.prices import HOURS, PRICES

KIND = "elastic_ip"


def find_idle_addresses(
    desired: DesiredNetwork,
    addresses: Iterable[ElasticIp],
    wide: Collection[PlannedChange],
) -> list[Finding]:
    """Return a finding of each Elastic IP of the network that is associated with nothing and that no entry will use.

    :param wide: the items of a plan with all switches
    """
    used = {item.key for item in wide if item.kind == "address_association" and item.verb != "delete"}
    used |= {_key_of_address(item.key) for item in wide if item.kind == NAT and item.verb == "create"}
    fate: NextRun = "changed" if desired.prune_addresses else "left"
    found = []
    for one in addresses:
        key = one.tags.get(TAG_KEY, "")
        if one.interface_id is None and one.tags.get(TAG_NETWORK) == desired.network and key not in used:
            found.append(finding_of(_difference(one, key), "left" if one.tags.get(TAG_ADOPTED) == "true" else fate))
    return found


def _key_of_address(key: str) -> str:
    """Return the key of the Elastic IP of a NAT gateway, by that of the NAT gateway."""
    _kind, space, host = key.split("/")
    return nat_gateway_ip_key(space, host)


def is_idle(item: PlannedChange, idle: Collection[Finding]) -> bool:
    """Return True if a finding of an idle address says all that an item of the plan does."""
    names = {one.object for one in idle}
    return item.kind == KIND and item.verb != "create" and _name(item.key, _public_ip(item)) in names


def _public_ip(item: PlannedChange) -> str:
    return str((item.before or {}).get("public_ip", ""))


def _difference(one: ElasticIp, key: str) -> Difference:
    is_charged = one.pool in (None, AMAZONS_POOL)
    price = f"{PRICES[KIND].hourly * HOURS:.2f} USD a month" if is_charged else "free of charge"
    owner = ", the account had it before" if one.tags.get(TAG_ADOPTED) == "true" else ""
    return Difference(
        kind=KIND,
        object=_name(key, one.public_ip),
        expected="associated, or released",
        found=f"associated with nothing ({one.allocation_id}): {price}{owner}",
        severity="warning",
        source="waste",
        remedy=f"{RELEASE}: true releases it for ever, if the inventory does not name it.",
    )


def _name(key: str, public_ip: str) -> str:
    return f"{key}/{public_ip}"
