# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An IPv6 address for a network interface that has none.

EC2 gives one by itself to new interfaces only: one that is older than its subnet's IPv6 block has to be given it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .client import AwsRefusal, Ec2Client, Ec2UnclearError, call, describe_by, owned_by_network


class Ipv6Error(AwsRefusal):
    """The address cannot be had; the text says why, and that nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(f"{message}. Nothing was changed")


def run(client: Ec2Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Make sure that the interface has an IPv6 address; the module's result: changed, action, ipv6_addresses, diff.

    One call if it has. Raises Ipv6Error (nothing was changed) and Ec2Error.
    """
    number = params["network_interface_id"]
    before = _addresses(client, number, params["network"])
    after = before
    if not before and not check_mode:
        after = _assign(client, number, params["network"])
    return {
        "changed": not before,
        "action": "none" if before else "create",
        "ipv6_addresses": after,
        "diff": {"before": {"ipv6_addresses": before}, "after": {"ipv6_addresses": after or ["(known after apply)"]}},
    }


def _addresses(client: Ec2Client, number: str, network: str) -> list[str]:
    """Return the IPv6 addresses of the interface. Raises Ipv6Error without an interface of the network."""
    found = describe_by(client, "describe_network_interfaces", "network-interface-id", [number])
    if not found:
        raise Ipv6Error(f"network interface {number} does not exist in this account and region")
    if not owned_by_network(found[0], network):
        raise Ipv6Error(f"network interface {number} does not carry the tag of network '{network}'")
    return [one["Ipv6Address"] for one in found[0].get("Ipv6Addresses") or []]


def _assign(client: Ec2Client, number: str, network: str) -> list[str]:
    """One that EC2 chooses. A call repeated after a lost answer would give a second one: so it is looked up then."""
    what = f"an IPv6 address on {number}"
    try:
        answer = call(
            client,
            "assign_ipv6_addresses",
            what=what,
            repeatable=False,
            NetworkInterfaceId=number,
            Ipv6AddressCount=1,
        )
        return list(answer["AssignedIpv6Addresses"])
    except Ec2UnclearError:
        given = _addresses(client, number, network)
        if not given:
            raise
        return given
