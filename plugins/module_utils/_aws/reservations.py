# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIDR reservations of a subnet: addresses that the account keeps for another use.

EC2 takes no address out of them by itself, and neither does the collection. An address that the operator gives may lie
in one: it may have been reserved for that.
"""

from __future__ import annotations

from .client import Ec2Client, describe


def reserved_in(client: Ec2Client, subnet_id: str) -> tuple[str, ...]:
    """Return the IPv4 networks that are reserved in a subnet. Raises Ec2Error."""
    listed = describe(client, "get_subnet_cidr_reservations", SubnetId=subnet_id)
    return tuple(sorted(item["Cidr"] for item in listed if ":" not in item["Cidr"]))
