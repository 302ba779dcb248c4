# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secondary private addresses of network interfaces, which EC2 can neither tag nor name.

`cpe_nat_eips` assigns and unassigns them (`cpe_nat/private_addresses.py`); an Elastic IP's tags name each of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..._model.addresses import delegated
from ..._model.state import Cloud
from ..client import Ec2Client, describe_by
from ..kind import Call, Calls, parent_of
from .network_interface import NETWORK_INTERFACE

_ON = (NETWORK_INTERFACE.at(parent_of),)
CALLS: Calls = {
    ("private_address", "create"): (Call("assign_private_ip_addresses", _ON),),
    ("private_address", "delete"): (Call("unassign_private_ip_addresses", _ON),),
}


def read_used_addresses(client: Ec2Client, subnet_ids: Collection[str], cloud: Cloud) -> None:
    """Read which addresses of the subnets any interface has, those of delegated prefixes too."""
    used: dict[str, set[str]] = {subnet: set() for subnet in subnet_ids}
    for item in describe_by(client, NETWORK_INTERFACE.listing, "subnet-id", subnet_ids):
        prefixes = [prefix["Ipv4Prefix"] for prefix in item.get("Ipv4Prefixes") or ()]
        used[item["SubnetId"]] |= {p["PrivateIpAddress"] for p in item.get("PrivateIpAddresses", [])}
        used[item["SubnetId"]] |= delegated(prefixes)
    for subnet, addresses in used.items():
        if subnet in cloud.subnets:
            old = cloud.subnets[subnet]
            cloud.subnets[subnet] = replace(old, used=frozenset((old.used or frozenset()) | addresses))
