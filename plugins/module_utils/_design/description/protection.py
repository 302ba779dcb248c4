# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a description that die with their aggregator: what `evacuate` would leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..._model.description import (
    AddressDescription,
    AggregatorDescription,
    BondDescription,
    GatewayDescription,
    Unprotected,
    Unread,
)

NO_SECONDARY = "Give the bond a secondary aggregator on the management server."


def find_unprotected(
    aggregators: Iterable[AggregatorDescription],
    gateways: Iterable[GatewayDescription],
    addresses: Iterable[AddressDescription],
    bonds: Iterable[BondDescription],
    unread: Unread,
) -> tuple[Unprotected, ...]:
    """Return the objects that nothing can take the place of; a bond with a public address counts as its address.

    A standby that could not be read is not taken for one that is not built.
    """
    addresses = list(addresses)
    bonds_of_addresses = {one.bond for one in addresses}
    others = (bond for bond in bonds if bond.id not in bonds_of_addresses)
    return (*_gateways(gateways, unread), *_addresses(addresses), *_bonds(others), *_aggregators(aggregators))


def _gateways(gateways: Iterable[GatewayDescription], unread: Unread) -> Iterator[Unprotected]:
    for one in gateways:
        is_unknown = one.role == "active" and (unread.server or unread.lacks(one.region))
        if one.role == "standby" or one.spare or is_unknown:
            continue
        if one.role == "alone":
            reason, remedy = "has no standby", "Give the gateway a standby (bonding_spaces[].gateways[].standby)."
        else:
            reason = f"its standby on {one.peer} is not built, or has no instance that runs"
            remedy = "Start the instance, and run site.yml."
        yield Unprotected("gateway", f"gateway of {one.space}", one.host, one.space, reason, remedy)


def _addresses(addresses: Iterable[AddressDescription]) -> Iterator[Unprotected]:
    for one in addresses:
        if one.spare or one.state in ("absent", "retired"):
            continue
        reason = "its bond has no other aggregator to which the address could follow"
        yield Unprotected("address", f"{one.public_ip} ({one.key})", one.owner, one.space, reason, NO_SECONDARY)


def _bonds(bonds: Iterable[BondDescription]) -> Iterator[Unprotected]:
    for one in bonds:
        if not one.spare:
            place = one.present or one.primary
            yield Unprotected(
                "bond", f"bond {one.id} ({one.name})", place, one.space, "has no secondary aggregator", NO_SECONDARY
            )


def _aggregators(aggregators: Iterable[AggregatorDescription]) -> Iterator[Unprotected]:
    for one in aggregators:
        if one.is_automatic:
            yield Unprotected(
                "aggregator",
                f"{one.public_ip} of {one.host}",
                one.host,
                "",
                "its public address is automatic: EC2 takes it back when the instance stops",
                "Say bonding_keep_public_address: true.",
            )
