# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State of AWS, as the design reads it: only what the inventory needs, one listing of a kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from .._aws.client import Ec2Error, describe, describe_by, owned_by, tags_of
from .._aws.egress_only_gateways import read_egress_only_gateways
from .._aws.foreign_objects import foreign_objects_in
from .._aws.nat_gateways import count_nat_gateways, read_nat_gateways
from .._aws.quotas import read_account
from .._aws.reservations import reserved_in
from .._aws.reverse_dns import reverse_dns_of
from .._aws.security_group_reader import read_security
from .._model.addresses import delegated
from .._model.desired_network import DesiredNetwork
from .._model.names import TAG_KEY, is_group_name
from .._model.plan import PlannedChange
from .._model.quotas import REGIONAL
from .._model.state import (
    Cloud,
    ElasticIp,
    Instance,
    InstanceLimits,
    Interface,
    InternetGateway,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)

TARGETS = (
    "NetworkInterfaceId",
    "NatGatewayId",
    "GatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "InstanceId",
)

GATEWAY_ADDRESSES = ("gateway-ip/", "natgw-ip/")


class ClientOf(Protocol):
    """Gives boto3 clients."""

    def __call__(self, region: str | None, service: str, /) -> Any:
        """The client of a region (None: the default one) and a service: "ec2", "iam", "sts"."""


def _automatic_ip(interface: dict[str, Any]) -> str | None:
    """The public address of an interface, if EC2 assigned it by itself: then EC2 is its owner."""
    found = interface.get("Association") or {}
    return found.get("PublicIp") if found.get("IpOwnerId") == "amazon" else None


def _publics(interfaces: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The public address of each private one of an instance's interfaces."""
    return {
        address["PrivateIpAddress"]: address["Association"]["PublicIp"]
        for interface in interfaces
        for address in interface.get("PrivateIpAddresses", [])
        if (address.get("Association") or {}).get("PublicIp")
    }


def _elastic_ip(item: Mapping[str, Any], region: str | None, reverse_dns: str | None = None) -> ElasticIp:
    return ElasticIp(
        allocation_id=item["AllocationId"],
        public_ip=item["PublicIp"],
        tags=tags_of(item),
        # a service may have associated it with nothing that is shown
        interface_id=item.get("NetworkInterfaceId") or item.get("AssociationId") or None,
        private_ip=item.get("PrivateIpAddress") or None,
        reverse_dns=reverse_dns,
        region=region,
        pool=item.get("PublicIpv4Pool") or None,
    )


def _at_once(steps: Collection[Callable[[], None]]) -> None:
    """Do them side by side. Raises what the first that failed has raised; of rights, all that are missing."""
    with ThreadPoolExecutor(max_workers=len(steps)) as pool:
        failures = [error for doing in [pool.submit(step) for step in steps] if (error := doing.exception())]
    denied = [error for error in failures if isinstance(error, Ec2Error) and error.right]
    if denied and denied == failures:
        first = denied[0]
        raise Ec2Error(" ".join(dict.fromkeys(map(str, denied))), first.operation, first.code, first.right)
    if failures:
        raise failures[0]


def _blocks(item: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the blocks of a VPC or a subnet, but for those that were taken away, which EC2 shows for a while."""
    gone = ("disassociating", "disassociated", "failing", "failed")
    blocks: list[Mapping[str, Any]] = item.get(f"{name}AssociationSet", [])
    return [one for one in blocks if one.get(f"{name}State", {}).get("State") not in gone]


def _regions(desired: DesiredNetwork) -> list[str | None]:
    return sorted({host.region for host in desired.hosts}, key=str)


class CloudReader:
    """Reads once what was not read yet. `client_of` gives a client of a region (None: the default one)."""

    def __init__(self, client_of: ClientOf) -> None:
        self._client_of = client_of
        self.cloud = Cloud()
        self._regions: list[str | None] = []
        self._used_read = self._limits_read = False
        self._carries_groups = False
        self._foreign_read: set[str] = set()

    def _ec2(self, region: str | None) -> Any:
        return self._client_of(region, "ec2")

    def read_network(self, desired: DesiredNetwork) -> None:
        """The fleet's instances and subnets, the network's addresses, and the VPCs where there are any."""
        self._regions = _regions(desired)
        for region in self._regions:
            ids = [host.instance_id for host in desired.hosts if host.region == region and host.instance_id]
            self._region(region, ids, desired)

    def _region(self, region: str | None, ids: Collection[str], desired: DesiredNetwork) -> None:
        """A region, by few answers waited for: a listing waits only for those that its filters come from."""
        client = self._ec2(region)
        vpcs = desired.removes or any(space.vpc or space.gateways for space in desired.spaces)
        steps = [partial(self._instances, client, ids, desired), partial(self._addresses, client, region, desired)]
        if vpcs:
            steps += [partial(self._vpcs, client, desired), partial(self._internet_gateways, client, desired)]
        _at_once(steps)
        steps = [partial(self._subnets, client, desired), partial(self._security, client, desired)]
        if vpcs:
            steps += [partial(self._route_tables, client), partial(self._interfaces, client, desired)]
        _at_once(steps)
        if desired.removes:
            self._foreign_route_tables(client)
        read_nat_gateways(client, desired, self.cloud)
        read_egress_only_gateways(client, desired, self.cloud)

    def read_nat_zones(self) -> bool:
        """Read the number of NAT gateways in each zone, which only new ones need; return False if known."""
        if self.cloud.nat_gateways_in is not None:
            return False
        for region in self._regions:
            count_nat_gateways(self._ec2(region), self.cloud)
        return True

    def read_account(self, new: Collection[str]) -> bool:
        """Read counts and limits of the account, only for new objects of limited kinds; False if none or known."""
        wanted = tuple(quota.name for kind, quota in REGIONAL.items() if kind in new)
        if not (wanted or "group_attachment" in new) or self.cloud.accounts:
            return False
        for region in self._regions:
            self.cloud.accounts[region] = read_account(self._ec2(region), wanted)
        return True

    def read_carriers(self) -> bool:
        """Read the interfaces that carry the groups, which only deletions of groups need; return False if known."""
        if self.cloud.carriers is not None:
            return False
        found: dict[str, list[str]] = {number: [] for number in self.cloud.groups}
        for region in self._regions:
            for item in describe_by(self._ec2(region), "describe_network_interfaces", "group-id", found):
                for group in item.get("Groups", []):
                    if group["GroupId"] in found:
                        found[group["GroupId"]].append(item["NetworkInterfaceId"])
        self.cloud.carriers = {number: tuple(carriers) for number, carriers in found.items()}
        return True

    def read_foreign_objects(self, vpc_ids: Collection[str], network: str) -> bool:
        """Read what only VPCs and subnets that go ask: the objects of others in them; return False if known."""
        new = set(vpc_ids) - self._foreign_read
        self._foreign_read |= new
        found = dict(self.cloud.foreign_objects or {})
        for region in self._regions if new else []:
            listed = foreign_objects_in(self._ec2(region), network, new)
            found |= {place: tuple(texts) for place, texts in listed.items()}
        if new:
            self.cloud.foreign_objects = found
        return bool(new)

    def missing_rights(self, items: Collection[PlannedChange], desired: DesiredNetwork) -> tuple[list[str], list[str]]:
        """Return sentences on denied rights, and on rights that AWS does not decide, each in its own region."""
        # seldom asked for, and Ansible compiles what is imported in every run
        from .._aws.permissions.check import missing_rights
        from .regions import items_by_region

        missing: dict[str, None] = {}
        untold: dict[str, None] = {}
        for region, mine in items_by_region(items, desired, self.cloud).items():
            client, services = self._ec2(region), partial(self._client_of, region)
            denied, open_questions = missing_rights(client, services, mine, desired.network, self.cloud)
            where = f"{client.meta.region_name}: " if len(self._regions) > 1 else ""
            missing |= dict.fromkeys(where + text for text in denied)
            untold |= dict.fromkeys(where + text for text in open_questions)
        return list(missing), list(untold)

    def read_for_new(self) -> bool:
        """Read the subnets' used addresses and the types' limits, only for new objects; return False if known."""
        if self._used_read and self._limits_read:
            return False
        self._used_read = self._limits_read = True
        fleet_subnets = {instance.subnet_id for instance in self.cloud.instances.values()}
        types = {instance.type for instance in self.cloud.instances.values()}
        for region in self._regions:
            client = self._ec2(region)
            used: dict[str, set[str]] = {subnet: set() for subnet in fleet_subnets}
            for item in describe_by(client, "describe_network_interfaces", "subnet-id", fleet_subnets):
                prefixes = [prefix["Ipv4Prefix"] for prefix in item.get("Ipv4Prefixes") or ()]
                used[item["SubnetId"]] |= {p["PrivateIpAddress"] for p in item.get("PrivateIpAddresses", [])}
                used[item["SubnetId"]] |= delegated(prefixes)
            for subnet, addresses in used.items():
                if subnet in self.cloud.subnets:
                    old = self.cloud.subnets[subnet]
                    known = (old.used or frozenset()) | addresses
                    self.cloud.subnets[subnet] = replace(old, used=frozenset(known))
            for item in describe_by(client, "describe_instance_types", "instance-type", types):
                info = item.get("NetworkInfo", {})
                self.cloud.limits[item["InstanceType"]] = InstanceLimits(
                    interfaces=info["MaximumNetworkInterfaces"],
                    addresses_per_interface=info["Ipv4AddressesPerInterface"],
                )
        return True

    def read_reservations(self, subnet_ids: Collection[str]) -> bool:
        """Read the CIDR reservations of the subnets in which an address has to be chosen, which nothing else asks."""
        new = sorted(one for one in subnet_ids if self.cloud.subnets[one].reserved is None)
        for number in new:
            subnet = self.cloud.subnets[number]
            # the zone's name begins with the region's
            region = next((one for one in self._regions if one and subnet.zone.startswith(one)), None)
            found = reserved_in(self._ec2(region), number)
            self.cloud.subnets[number] = replace(subnet, reserved=found)
        return bool(new)

    def _instances(self, client: Any, ids: Iterable[str], desired: DesiredNetwork) -> None:
        for item in describe_by(client, "describe_instances", "instance-id", ids):
            interfaces = item.get("NetworkInterfaces", [])
            primary = next((i for i in interfaces if i["Attachment"]["DeviceIndex"] == 0), None)
            if primary is None or item["State"]["Name"] in ("terminated", "shutting-down"):
                continue
            names = (group.get("GroupName") or "" for group in primary.get("Groups", []))
            self._carries_groups |= any(is_group_name(desired.network, name) for name in names)
            self.cloud.instances[item["InstanceId"]] = Instance(
                id=item["InstanceId"],
                type=item["InstanceType"],
                zone=item["Placement"]["AvailabilityZone"],
                vpc_id=item["VpcId"],
                subnet_id=item["SubnetId"],
                interface_id=primary["NetworkInterfaceId"],
                private_ip=item["PrivateIpAddress"],
                addresses=tuple(p["PrivateIpAddress"] for p in primary.get("PrivateIpAddresses", [])),
                public_ip=item.get("PublicIpAddress"),
                devices=tuple(sorted(i["Attachment"]["DeviceIndex"] for i in interfaces)),
                groups=tuple(group["GroupId"] for group in primary.get("Groups", [])),
                automatic_ip=_automatic_ip(primary),
                publics=_publics(interfaces),
                prefixes=len(primary.get("Ipv4Prefixes") or ()),
                state=item["State"]["Name"],
                source_dest_check=primary.get("SourceDestCheck", True),
            )

    def _addresses(self, client: Any, region: str | None, desired: DesiredNetwork) -> None:
        """The network's Elastic IPs, and (only where there are such) others that are to be adopted."""
        found = describe(client, "describe_addresses", Filters=owned_by(desired.network))
        named = any(entry.reverse_dns is not None for entry in desired.cpe_nat_ips)
        names = reverse_dns_of(client, [item["AllocationId"] for item in found] if named else [])
        for item in found:
            name = names.get(item["AllocationId"], "") if named else None
            self.cloud.addresses.append(_elastic_ip(item, region, name))
        named_ips = [entry.public_ip for entry in desired.cpe_nat_ips]
        named_ips += [gateway.public_ip for space in desired.spaces for gateway in space.gateways]
        given = {public_ip for public_ip in named_ips if public_ip and not desired.absent}
        others = sorted(given - {item["PublicIp"] for item in found})
        for item in describe_by(client, "describe_addresses", "public-ip", others):
            self.cloud.named.append(_elastic_ip(item, region))

    def _subnets(self, client: Any, desired: DesiredNetwork) -> None:
        """The subnets of our VPCs, of the fleet's ones, and (seldom, and only then asked for) those of gateways."""
        everywhere = {*self.cloud.vpcs, *(instance.vpc_id for instance in self.cloud.instances.values())}
        found = describe_by(client, "describe_subnets", "vpc-id", everywhere)
        given = {gateway.subnet_id for space in desired.spaces for gateway in space.gateways if gateway.subnet_id}
        missing = given - {item["SubnetId"] for item in found}
        for item in found + describe_by(client, "describe_subnets", "subnet-id", missing):
            self.cloud.subnets[item["SubnetId"]] = Subnet(
                id=item["SubnetId"],
                vpc_id=item["VpcId"],
                cidr=item["CidrBlock"],
                zone=item["AvailabilityZone"],
                tags=tags_of(item),
                free=item.get("AvailableIpAddressCount"),
                ipv6=any(
                    block.get("Ipv6CidrBlockState", {}).get("State") == "associated"
                    for block in _blocks(item, "Ipv6CidrBlock")
                ),
            )

    def _security(self, client: Any, desired: DesiredNetwork) -> None:
        checks = [instance.source_dest_check for instance in self.cloud.instances.values()]
        read_security(client, desired, self.cloud, not all(checks), self._carries_groups)

    def _vpcs(self, client: Any, desired: DesiredNetwork) -> None:
        adopted = [space.vpc.id for space in desired.spaces if space.vpc and space.vpc.id]
        found = describe(client, "describe_vpcs", Filters=owned_by(desired.network))
        found += describe_by(client, "describe_vpcs", "vpc-id", adopted)
        for item in found:
            self.cloud.vpcs[item["VpcId"]] = Vpc(
                id=item["VpcId"],
                cidrs=tuple(b["CidrBlock"] for b in _blocks(item, "CidrBlock")) or (item["CidrBlock"],),
                tags=tags_of(item),
                ipv6=bool(_blocks(item, "Ipv6CidrBlock")),
            )

    def _internet_gateways(self, client: Any, desired: DesiredNetwork) -> None:
        for item in describe(client, "describe_internet_gateways", Filters=owned_by(desired.network)):
            attached = item.get("Attachments") or [{}]
            self.cloud.internet_gateways[item["InternetGatewayId"]] = InternetGateway(
                item["InternetGatewayId"], attached[0].get("VpcId"), tags_of(item)
            )

    def _route_tables(self, client: Any) -> None:
        for item in describe_by(client, "describe_route_tables", "vpc-id", self.cloud.vpcs):
            self._route_table(item)

    def _foreign_route_tables(self, client: Any) -> None:
        """Read those of adopted VPCs that the inventory names no more, with gateways of ours: their routes go too."""
        for item in describe_by(
            client,
            "describe_route_tables",
            "vpc-id",
            {one.vpc_id for one in self.cloud.interfaces.values()} - set(self.cloud.vpcs),
        ):
            self._route_table(item)

    def _interfaces(self, client: Any, desired: DesiredNetwork) -> None:
        if not self._may_have_gateways(desired):
            return
        for item in describe(client, "describe_network_interfaces", Filters=owned_by(desired.network)):
            self.cloud.interfaces[item["NetworkInterfaceId"]] = Interface(
                id=item["NetworkInterfaceId"],
                subnet_id=item["SubnetId"],
                vpc_id=item["VpcId"],
                private_ip=item["PrivateIpAddress"],
                tags=tags_of(item),
                instance_id=(item.get("Attachment") or {}).get("InstanceId"),
                source_dest_check=item.get("SourceDestCheck", True),
                groups=tuple(group["GroupId"] for group in item.get("Groups", [])),
                ipv6=next((one["Ipv6Address"] for one in item.get("Ipv6Addresses", [])), None),
            )

    def _may_have_gateways(self, desired: DesiredNetwork) -> bool:
        """Return True if anything suggests that the network has, or had, a gateway's interface.

        An attached interface is seen on its instance, and every gateway has an Elastic IP. What remains is an
        interface that a killed run created and whose gateway the operator has removed since: a teardown finds it.
        """
        return (
            desired.removes
            or any(space.gateways for space in desired.spaces)
            or any(instance.devices != (0,) for instance in self.cloud.instances.values())
            or any(address.tags.get(TAG_KEY, "").startswith(GATEWAY_ADDRESSES) for address in self.cloud.addresses)
        )

    def _route_table(self, item: dict[str, Any]) -> None:
        routes = []
        for route in item.get("Routes", []):
            destination = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
            if destination is None or route.get("GatewayId") == "local":
                continue
            target = next((route[name] for name in TARGETS if route.get(name)), None)
            routes.append(Route(destination, target, route.get("State", "active")))
        associations = item.get("Associations", [])
        self.cloud.route_tables[item["RouteTableId"]] = RouteTable(
            id=item["RouteTableId"],
            vpc_id=item["VpcId"],
            main=any(association.get("Main") for association in associations),
            routes=tuple(routes),
            subnet_ids=tuple(a["SubnetId"] for a in associations if a.get("SubnetId")),
            tags=tags_of(item),
        )
