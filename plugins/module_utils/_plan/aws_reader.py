# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State of AWS, as the design reads it: only what the inventory needs, one listing of a kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from .._aws.client import Ec2Error, describe_by
from .._aws.quotas import read_account
from .._aws.resources.elastic_ip import read_elastic_ips
from .._aws.resources.internet_gateway import read_egress_only_gateways, read_internet_gateways
from .._aws.resources.nat_gateway import count_nat_gateways, read_nat_gateways
from .._aws.resources.network_interface import read_network_interfaces
from .._aws.resources.private_address import read_used_addresses
from .._aws.resources.route_table import read_route_tables
from .._aws.resources.security_group import read_carriers, read_security
from .._aws.resources.subnet import read_subnets, reserved_in
from .._aws.resources.vpc import foreign_objects_in, read_vpcs
from .._aws.surroundings import read_statuses, read_surroundings
from .._model.desired_network import DesiredNetwork
from .._model.names import TAG_NETWORK, is_group_name
from .._model.plan import PlannedChange, items_by_region
from .._model.quotas import REGIONAL
from .._model.state import Cloud, Instance, InstanceLimits
from .._model.surroundings import Surroundings


class ClientOf(Protocol):
    """Gives boto3 clients."""

    def __call__(self, region: str | None, service: str, /) -> Any:
        """Return the client of a region (None: the default one) and a service: "ec2", "iam", "sts"."""


def _automatic_ip(interface: dict[str, Any]) -> str | None:
    """Return the public address of an interface, if EC2 assigned it by itself: then EC2 is its owner."""
    found = interface.get("Association") or {}
    return found.get("PublicIp") if found.get("IpOwnerId") == "amazon" else None


def _publics(interfaces: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the public address of each private one of an instance's interfaces."""
    return {
        address["PrivateIpAddress"]: address["Association"]["PublicIp"]
        for interface in interfaces
        for address in interface.get("PrivateIpAddresses", [])
        if (address.get("Association") or {}).get("PublicIp")
    }


def _primary(interfaces: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    return next((one for one in interfaces if one["Attachment"]["DeviceIndex"] == 0), None)


def instance_of(item: Mapping[str, Any]) -> Instance | None:
    """Return an instance out of an answer to DescribeInstances; None of one that is terminated."""
    interfaces = item.get("NetworkInterfaces", [])
    primary = _primary(interfaces)
    if primary is None or item["State"]["Name"] in ("terminated", "shutting-down"):
        return None
    return Instance(
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


def _instances_in(desired: DesiredNetwork, region: str | None) -> Iterable[str]:
    return (host.instance_id for host in desired.hosts if host.region == region and host.instance_id)


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

    @property
    def regions(self) -> list[str | None]:
        """Return the regions that were read."""
        return self._regions

    def _ec2(self, region: str | None) -> Any:
        return self._client_of(region, "ec2")

    def read_network(self, desired: DesiredNetwork) -> None:
        """Read the fleet's instances and subnets, the network's addresses, and the VPCs where there are any."""
        self._regions = _regions(desired)
        for region in self._regions:
            self._region(region, [*_instances_in(desired, region)], desired)

    def read_readable(self, desired: DesiredNetwork) -> dict[str | None, Ec2Error]:
        """Read each region by itself; return the error of each that cannot be read.

        Nothing of such a region is kept: half of its objects would look like differences.
        """
        failed: dict[str | None, Ec2Error] = {}
        for region in _regions(desired):
            before = deepcopy(self.cloud)
            try:
                self._region(region, [*_instances_in(desired, region)], desired)
                self._regions.append(region)
            except Ec2Error as error:
                self.cloud, failed[region] = before, error
        return failed

    def read_surroundings(self, desired: DesiredNetwork, around: Surroundings) -> None:
        """Read what surrounds the network in the regions that were read. Raises Ec2Error."""
        made = [one.id for one in self.cloud.vpcs.values() if one.tags.get(TAG_NETWORK) == desired.network]
        for number, region in enumerate(self._regions):
            ids = set(_instances_in(desired, region))
            mine = [one for one in self.cloud.instances.values() if one.id in ids]
            # a network with VPCs is in one region
            read_surroundings(self._ec2(region), mine, [] if number else made, around)

    def read_statuses(self, desired: DesiredNetwork, around: Surroundings) -> None:
        """Read the status checks of the network's instances in the regions that were read. Raises Ec2Error."""
        for region in self._regions:
            ids = set(_instances_in(desired, region))
            mine = [one for one in self.cloud.instances.values() if one.id in ids]
            read_statuses(self._ec2(region), mine, around)

    def _region(self, region: str | None, ids: Collection[str], desired: DesiredNetwork) -> None:
        """Read the objects of a region. A listing waits only for the listings that its filters come from."""
        client = self._ec2(region)
        vpcs = desired.removes or any(space.vpc or space.gateways for space in desired.spaces)
        cloud = self.cloud
        steps = [
            partial(self._instances, client, ids, desired),
            partial(read_elastic_ips, client, region, desired, cloud),
        ]
        if vpcs:
            steps += [partial(read, client, desired, cloud) for read in (read_vpcs, read_internet_gateways)]
        _at_once(steps)
        steps = [partial(read_subnets, client, desired, cloud), partial(self._security, client, desired)]
        if vpcs:
            steps.append(partial(read_route_tables, client, list(cloud.vpcs), cloud))
            steps.append(partial(read_network_interfaces, client, desired, cloud))
        _at_once(steps)
        if desired.removes:
            # of adopted VPCs that the inventory names no more, with gateways of ours: their routes go too
            others = {one.vpc_id for one in cloud.interfaces.values()} - set(cloud.vpcs)
            read_route_tables(client, others, cloud)
        read_nat_gateways(client, desired, cloud)
        read_egress_only_gateways(client, desired, cloud)

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
        self.cloud.carriers = {}
        for region in self._regions:
            read_carriers(self._ec2(region), self.cloud)
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

        missing: dict[str, None] = {}
        untold: dict[str, None] = {}
        for region, mine in items_by_region(items, desired, self.cloud).items():
            client, services = self._ec2(region), partial(self._client_of, region)
            denied, open_questions = missing_rights(client, services, mine, desired.network, self.cloud)
            where = f"{client.meta.region_name}: " if len(self._regions) > 1 else ""
            missing |= dict.fromkeys(where + text for text in denied)
            untold |= dict.fromkeys(where + text for text in open_questions)
        return list(missing), list(untold)

    def read_for_new(self, subnet_ids: Collection[str]) -> bool:
        """Read the subnets' used addresses and the types' limits, only for new objects; return False if known.

        :param subnet_ids: subnets beside those of the aggregators
        """
        if self._used_read and self._limits_read:
            return False
        self._used_read = self._limits_read = True
        subnets = {*subnet_ids, *(instance.subnet_id for instance in self.cloud.instances.values())}
        types = {instance.type for instance in self.cloud.instances.values()}
        for region in self._regions:
            client = self._ec2(region)
            read_used_addresses(client, subnets, self.cloud)
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
            primary, instance = _primary(item.get("NetworkInterfaces", [])), instance_of(item)
            if primary is None or instance is None:
                continue
            names = (group.get("GroupName") or "" for group in primary.get("Groups", []))
            self._carries_groups |= any(is_group_name(desired.network, name) for name in names)
            self.cloud.instances[instance.id] = instance

    def _security(self, client: Any, desired: DesiredNetwork) -> None:
        checks = [instance.source_dest_check for instance in self.cloud.instances.values()]
        read_security(client, desired, self.cloud, not all(checks), self._carries_groups)
