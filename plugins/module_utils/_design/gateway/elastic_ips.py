# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Elastic IPs that gateways name, by their address or their pool, judged against those that are there.

The same rules as for a CPE NAT entry: `_cpe_nat_rules`, `cpe_nat_entries`, `cpe_nat_fixed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..._cpe_nat_rules import adoption_problem
from ..._model.state import ElasticIp
from ..context import Context
from ..cpe_nat.entries import held_as, is_retired, region_of
from .gateways import Gateway


def check_gateway_addresses(gateways: Sequence[Gateway], context: Context) -> None:
    """Refuse an address that cannot be adopted, another one than a gateway has, and one that two would have."""
    report = context.report
    holders = {entry.public_ip: entry.label for entry in context.desired.cpe_nat_ips if entry.public_ip}
    for gateway in gateways:
        address = gateway.nat_address if gateway.wants_nat else gateway.address
        wanted = gateway.desired.public_ip
        if wanted is not None:
            other = holders.setdefault(wanted, gateway.label)
            if other != gateway.label:
                report.problem(f"{gateway.label}: public_ip {wanted} is also that of {other}. Leave one of them out.")
            elif address is None:
                address = _check_adoption(gateway, wanted, context)
            elif address.public_ip != wanted:
                report.problem(
                    f"{gateway.label}: public_ip cannot be changed while the gateway has an address (got {wanted}, "
                    f"expected {address.public_ip}, its {_kept(address)} {address.allocation_id}). Leave public_ip "
                    f"out, or {_give_up(address)}"
                )
        pool = gateway.desired.pool
        if pool is not None and address is not None and address.pool not in (None, pool):
            report.problem(
                f"{gateway.label}: pool is not that of its address (got {pool}, expected {address.pool}, the pool of "
                f"its {_kept(address)} {address.public_ip} ({address.allocation_id})). Leave pool out, or "
                f"{_give_up(address)}"
            )


def _check_adoption(gateway: Gateway, wanted: str, context: Context) -> ElasticIp | None:
    """Return the Elastic IP that the gateway is to take over; None with a problem."""
    region = region_of(gateway.member, context.desired)
    same: Iterable[ElasticIp] = (
        one for one in (*context.cloud.named, *context.cloud.addresses) if one.public_ip == wanted
    )
    found = next((one for one in same if one.region in (None, region)), None)
    given = f"{wanted} ({found.allocation_id})" if found else wanted
    if not (
        problem := adoption_problem(given, held_as(found, context.fleet) if found else None, context.desired.network)
    ):
        return found
    context.report.problem(f"{gateway.label}: {problem}.")
    return None


def _kept(address: ElasticIp) -> str:
    return "kept Elastic IP" if is_retired(address) else "Elastic IP"


def _give_up(address: ElasticIp) -> str:
    if is_retired(address):
        return f"give the kept one up: aws ec2 release-address --allocation-id {address.allocation_id}."
    return (
        "take the gateway out for one run with bonding_prune: true and bonding_prune_elastic_ips: true, which releases "
        f"{address.public_ip} for ever unless the account had it before, and add it again. The gateway's traffic is "
        "interrupted in between."
    )
