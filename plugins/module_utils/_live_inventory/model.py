# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregators, bonds and instances, as far as an inventory shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Aggregator:
    """An aggregator of the management server; `routing_group` is a name, `space` a key."""

    id: int
    name: str
    ip: str | None = None
    ipv6: str | None = None
    space: str | None = None
    routing_group: str | None = None
    status: str | None = None
    version: str | None = None

    @property
    def title(self) -> str:
        """Return the name and the id, for messages."""
        return f"aggregator {self.name} (id {self.id})"


@dataclass(frozen=True)
class Bond:
    """A bond of the management server; the aggregators are ids."""

    id: int
    space: str
    primary: int | None = None
    secondary: int | None = None


@dataclass(frozen=True)
class Instance:
    """An instance of EC2. `public_ips` are those of all its network interfaces, Elastic or automatic."""

    id: str
    region: str
    state: str = "running"
    type: str | None = None
    zone: str | None = None
    account: str | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    private_ip: str | None = None
    public_ip: str | None = None
    public_ips: tuple[str, ...] = ()
    interface_id: str | None = None
    security_groups: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_stopped(self) -> bool:
        """Return True if the instance carries no traffic and does not begin to by itself."""
        return self.state in ("stopping", "stopped")


def instance_of(item: Mapping[str, Any], region: str) -> Instance:
    """Return an instance out of an answer to DescribeInstances."""
    interfaces: list[Mapping[str, Any]] = item.get("NetworkInterfaces", [])
    primary = next((one for one in interfaces if one.get("Attachment", {}).get("DeviceIndex") == 0), {})
    public = {
        address["Association"]["PublicIp"]
        for interface in interfaces
        for address in interface.get("PrivateIpAddresses", [])
        if (address.get("Association") or {}).get("PublicIp")
    } | ({item["PublicIpAddress"]} if item.get("PublicIpAddress") else set())
    return Instance(
        id=item["InstanceId"],
        region=region,
        state=item.get("State", {}).get("Name", "unknown"),
        type=item.get("InstanceType"),
        zone=item.get("Placement", {}).get("AvailabilityZone"),
        account=primary.get("OwnerId"),
        vpc_id=item.get("VpcId"),
        subnet_id=item.get("SubnetId"),
        private_ip=item.get("PrivateIpAddress"),
        public_ip=item.get("PublicIpAddress"),
        public_ips=tuple(sorted(public)),
        interface_id=primary.get("NetworkInterfaceId"),
        # of the primary interface: those of an instance are the same, and missing where it has several interfaces
        security_groups=tuple(sorted(group["GroupId"] for group in primary.get("Groups", []))),
        tags={tag["Key"]: tag["Value"] for tag in item.get("Tags", [])},
    )
