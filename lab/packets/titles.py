# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of the checks that a network decides on: who lists checks and who says which must be there use these. Pure."""

from __future__ import annotations

ADDRESSES, NEIGHBOURS, WAN, GATEWAYS = "Public addresses", "Neighbours", "Private WAN", "Gateways"
"""Titles of the parts whose checks follow from the network."""


def cpe_nat(bond: str, nat_ip: str) -> str:
    """Return the name of the check of one CPE NAT IP, by the host behind the bond."""
    return f"CPE NAT IP of {bond} for {nat_ip}"


def own(aggregator: str) -> str:
    """Return the name of the check of an aggregator's own public address."""
    return f"{aggregator}'s own public address"


def neighbours(space: str | None, one: str, other: str) -> str:
    """Return the name of the check of a pair of a space's direct mesh, or of BGP where there is no space."""
    first, second = sorted((one, other))
    return f"{space or 'BGP'}: {first} and {second} are neighbours"


def private_wan(space: str) -> tuple[str, str, str]:
    """Return the names of the three checks of a space's LANs."""
    return (
        f"{space}: each LAN is told of by BGP over its tunnel",
        f"{space}: every LAN reaches every other",
        f"{space}: over the direct VXLAN",
    )


def gateway(space: str, aggregator: str, by_nat_gateway: bool, lan_beside: bool) -> tuple[str, ...]:
    """Return the names of a gateway's checks, in their order.

    :param lan_beside: there is a LAN of the space whose bond is on the gateway's own aggregator.
    """
    where = f"{space}'s gateway on {aggregator}"
    ways = (
        ("Internet by the NAT gateway", "not with the check on: it drops the LAN's packets")
        if by_nat_gateway
        else ("untranslated no Internet, and why", "hosts in the space's VPC, both ways")
    )
    ends = ("what no LAN has ends there, and does not circle",)
    beside = ("a LAN that is a whole network of it is reached",) if lan_beside else ()
    return tuple(f"{where}: {text}" for text in (*ways, *ends, *beside))
