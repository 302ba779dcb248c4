# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS objects of a network's CPE NAT entries: Elastic IPs, interfaces, subnets, limits.

A private address is ours only if a live Elastic IP of ours names it in its tags: secondary private addresses cannot
be tagged themselves. A retired Elastic IP names nothing; its place tags only tell where it once was.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._model.addresses import delegated
from ..._model.names import (
    TAG_ADOPTED,
    TAG_CONNECTED_IP,
    TAG_INTERFACE,
    TAG_KEY,
    TAG_MOVING_FROM,
    TAG_NETWORK,
    TAG_PRIVATE_IP,
    TAG_RETIRED,
)
from ..client import Ec2Client, call, describe, describe_by, owned_by, tags_of

KEY_PREFIX = "cpe-nat/"


@dataclass(frozen=True)
class Place:
    """A private address on a network interface."""

    interface_id: str
    private_ip: str

    def __str__(self) -> str:
        return f"{self.private_ip} on {self.interface_id}"

    @property
    def tag(self) -> str:
        """Return the form that the tag `bonded.internet/moving_from` holds, several separated by a space."""
        return f"{self.interface_id}/{self.private_ip}"


def places_of_tag(value: str, private_ip: str | None) -> tuple[Place, ...]:
    """Return the places that a `bonded.internet/moving_from` tag names; what does not look like one is left out.

    :param private_ip: the address of a place that names its interface alone, since the address comes along
    """
    found = re.findall(r"(eni-\w+)(?:/(\d+\.\d+\.\d+\.\d+))?", value)
    return tuple(Place(interface, address) for interface, own in found if (address := own or private_ip))


@dataclass(frozen=True)
class ElasticIp:
    """An Elastic IP as DescribeAddresses shows it. `place` is its association, `tagged` what its tags say."""

    allocation_id: str
    public_ip: str
    network: str | None = None
    key: str | None = None
    association_id: str | None = None
    place: Place | None = None
    tagged: Place | None = None
    moving_from: tuple[Place, ...] = ()
    retired: bool = False
    adopted: bool = False
    """True if the account had it before: it is never released."""
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> ElasticIp:
        """From one of DescribeAddresses' `Addresses`. `key` is the entry's key, or None if it is no CPE NAT address."""
        tags = tags_of(found)
        key = tags.get(TAG_KEY, "")
        interface_id, private_ip = found.get("NetworkInterfaceId"), found.get("PrivateIpAddress")
        tagged_interface, tagged_ip = tags.get(TAG_INTERFACE), tags.get(TAG_PRIVATE_IP)
        return cls(
            allocation_id=found["AllocationId"],
            public_ip=found["PublicIp"],
            network=tags.get(TAG_NETWORK),
            key=key.removeprefix(KEY_PREFIX) if key.startswith(KEY_PREFIX) else None,
            association_id=found.get("AssociationId") or None,
            place=Place(interface_id, private_ip) if interface_id and private_ip else None,
            tagged=Place(tagged_interface, tagged_ip) if tagged_interface and tagged_ip else None,
            moving_from=places_of_tag(tags.get(TAG_MOVING_FROM, ""), tagged_ip),
            retired=tags.get(TAG_RETIRED) == "true",
            adopted=tags.get(TAG_ADOPTED) == "true",
            tags=tags,
        )

    @property
    def made_connected_ip(self) -> str:
        """Return the bond and the connected IP that were made for its entry."""
        return self.tags.get(TAG_CONNECTED_IP, "")

    @property
    def named(self) -> tuple[Place, ...]:
        """Return the private addresses that are ours because this Elastic IP names them."""
        if self.retired or self.network is None:
            return ()
        return (*((self.tagged,) if self.tagged else ()), *self.moving_from)

    def __str__(self) -> str:
        return f"{self.public_ip} ({self.allocation_id})"


@dataclass(frozen=True)
class Holder:
    """The public address that sits on a private one. `allocation_id` is None for an automatically assigned one."""

    public_ip: str
    allocation_id: str | None


@dataclass(frozen=True)
class Interface:
    """A network interface: `addresses` maps each private address, the primary too, to its public one."""

    id: str
    subnet_id: str
    primary: str
    addresses: Mapping[str, Holder | None]
    prefixes: tuple[str, ...] = ()
    instance_id: str | None = None

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Interface:
        """From one of DescribeNetworkInterfaces' `NetworkInterfaces`."""
        addresses: dict[str, Holder | None] = {}
        for address in found.get("PrivateIpAddresses", []):
            public = address.get("Association") or {}
            addresses[address["PrivateIpAddress"]] = (
                Holder(public["PublicIp"], public.get("AllocationId")) if public.get("PublicIp") else None
            )
        return cls(
            id=found["NetworkInterfaceId"],
            subnet_id=found["SubnetId"],
            primary=found["PrivateIpAddress"],
            addresses=addresses,
            prefixes=tuple(prefix["Ipv4Prefix"] for prefix in found.get("Ipv4Prefixes") or []),
            instance_id=(found.get("Attachment") or {}).get("InstanceId"),
        )

    def has_secondary(self, private_ip: str) -> bool:
        """Return True if the address is a secondary private address of the interface."""
        return private_ip in self.addresses and private_ip != self.primary

    def occupied(self) -> set[str]:
        """Return the addresses of the subnet that nothing else can have: its own, those of its delegated prefixes."""
        return set(self.addresses) | delegated(self.prefixes)

    @property
    def slots(self) -> int:
        """Return the number of the interface's address slots in use; a delegated prefix takes one."""
        return len(self.addresses) + len(self.prefixes)


@dataclass(frozen=True)
class Subnet:
    """A subnet with the addresses that its interfaces use, each with the interface's id."""

    id: str
    cidr: str
    used: Mapping[str, str]
    reserved: tuple[str, ...] = ()
    """Its CIDR reservations, where an address has to be chosen."""


@dataclass(frozen=True)
class Limit:
    """Private IPv4 addresses that one interface of this instance type can have."""

    instance_type: str
    addresses: int


@dataclass
class Found:
    """All that was read. `addresses`: the network's CPE NAT Elastic IPs; `others`: further ones, by public address;
    `limits` and `subnets` only for interfaces that get a further address."""

    addresses: list[ElasticIp]
    others: dict[str, ElasticIp] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    reverse_dns: dict[str, str] = field(default_factory=dict)

    def on(self, place: Place) -> bool:
        """Return True if the place's address is a secondary private address of its interface at present."""
        interface = self.interfaces.get(place.interface_id)
        return interface is not None and interface.has_secondary(place.private_ip)

    def holder(self, place: Place) -> Holder | None:
        """Return the public address on the place, if any."""
        interface = self.interfaces.get(place.interface_id)
        return interface.addresses.get(place.private_ip) if interface else None


def read_addresses(client: Ec2Client, network: str, public_ips: Collection[str] = ()) -> Found:
    """Read the network's CPE NAT Elastic IPs in one call, in one more the given public addresses that are none."""
    owned_by_network = [
        ElasticIp.of(item) for item in describe(client, "describe_addresses", Filters=owned_by(network))
    ]
    unknown = set(public_ips) - {address.public_ip for address in owned_by_network}
    named = [ElasticIp.of(item) for item in describe_by(client, "describe_addresses", "public-ip", unknown)]
    entries = [address for address in owned_by_network if address.key is not None]
    rest = [address for address in owned_by_network if address.key is None]
    return Found(addresses=entries, others={address.public_ip: address for address in [*rest, *named]})


def read_interfaces(client: Ec2Client, found: Found, interface_ids: Iterable[str]) -> None:
    """Add the interfaces to `found`; an unknown id is left out."""
    for item in describe_by(client, "describe_network_interfaces", "network-interface-id", interface_ids):
        interface = Interface.of(item)
        found.interfaces[interface.id] = interface


def read_subnets(client: Ec2Client, found: Found, subnet_ids: Collection[str]) -> None:
    """Add the subnets and the addresses used in them to `found`: two calls for all of them."""
    used: dict[str, dict[str, str]] = {subnet_id: {} for subnet_id in subnet_ids}
    for item in describe_by(client, "describe_network_interfaces", "subnet-id", subnet_ids):
        interface = Interface.of(item)
        # the newest reading counts, also of the interfaces that were read before
        if interface.id in found.interfaces:
            found.interfaces[interface.id] = interface
        used[interface.subnet_id].update(dict.fromkeys(interface.occupied(), interface.id))
    for item in describe_by(client, "describe_subnets", "subnet-id", subnet_ids):
        found.subnets[item["SubnetId"]] = Subnet(item["SubnetId"], item["CidrBlock"], used[item["SubnetId"]])


def read_limits(client: Ec2Client, found: Found, interfaces: Iterable[Interface]) -> None:
    """Add the address limits of the interfaces' instances to `found`; an interface without an instance has none."""
    instance_of = {interface.id: interface.instance_id for interface in interfaces if interface.instance_id}
    instances = describe_by(client, "describe_instances", "instance-id", instance_of.values())
    type_of = {instance["InstanceId"]: instance["InstanceType"] for instance in instances}
    per_type = {
        item["InstanceType"]: int(item["NetworkInfo"]["Ipv4AddressesPerInterface"])
        for item in describe_by(client, "describe_instance_types", "instance-type", type_of.values())
        if "Ipv4AddressesPerInterface" in item.get("NetworkInfo", {})
    }
    for interface_id, instance_id in instance_of.items():
        instance_type = type_of.get(instance_id, "")
        if instance_type in per_type:
            found.limits[interface_id] = Limit(instance_type, per_type[instance_type])


def find_by_key(client: Ec2Client, network: str, key: str) -> list[ElasticIp]:
    """Return the network's live Elastic IPs of one entry, straight from EC2."""
    answer = call(
        client,
        "describe_addresses",
        Filters=[*owned_by(network), {"Name": f"tag:{TAG_KEY}", "Values": [KEY_PREFIX + key]}],
    )
    listed = [ElasticIp.of(item) for item in answer.get("Addresses", [])]
    return sorted((item for item in listed if not item.retired), key=lambda item: item.allocation_id)
