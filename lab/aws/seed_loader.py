# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Making what a seed says, with its fixed ids; private to the stand-in. One method for each list of the seed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from moto.ec2.models import instances, internet_gateways, route_tables, security_groups, subnets, vpcs

from .ec2 import elastic_ip_addresses, elastic_network_interfaces, nat_gateways
from .ec2.backend import Ec2Backend
from .ec2.elastic_ip_addresses import Pool
from .ec2.errors import not_found, prefix_of, refuse
from .ec2.instances import DEFAULT_IMAGE
from .ec2.public_addresses import PUBLIC
from .ec2.quotas import DEFAULTS
from .ec2.route_tables import parse_destination
from .ec2.tags import pairs_of

_TARGETS = {
    "eigw": "EgressOnlyInternetGatewayId",
    "eni": "NetworkInterfaceId",
    "i": "InstanceId",
    "igw": "GatewayId",
    "nat": "NatGatewayId",
}


@contextmanager
def given_id(module: ModuleType, function: str, wanted: str | None) -> Iterator[None]:
    """Inside, ``module.function()`` - which makes ids - makes this one, if one is wanted."""
    original = getattr(module, function)
    if wanted is not None:
        setattr(module, function, lambda: wanted)
    try:
        yield
    finally:
        setattr(module, function, original)


def _tags(entry: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in entry.get("tags", {}).items()}


class SeedLoader:
    """Plants into one region. While it does, there are no quotas: a seed may begin over the limit."""

    def __init__(self, backend: Ec2Backend) -> None:
        self._backend = backend
        backend.quotas.update(dict.fromkeys(DEFAULTS, sys.maxsize))

    def finish(self, quotas: Mapping[str, object]) -> None:
        """From here on the quotas are in force: AWS's, except where the seed says otherwise."""
        self._backend.quotas.update(DEFAULTS)
        self._backend.quotas.change(quotas)

    def vpcs(self, entry: Mapping[str, Any]) -> None:
        with (
            given_id(vpcs, "random_vpc_id", entry["id"]),
            given_id(route_tables, "random_route_table_id", entry.get("main_route_table")),
            given_id(security_groups, "random_security_group_id", entry.get("default_group")),
        ):
            vpc = self._backend.create_vpc(
                entry["cidr"],
                amazon_provided_ipv6_cidr_block=entry.get("ipv6", False),
                ipv6_cidr_block_network_border_group=self._backend.region_name,
                tags=pairs_of(_tags(entry)),
            )
        vpc.enable_dns_hostnames = bool(entry.get("dns_hostnames", False))
        wanted = entry.get("internet_gateway", False)
        if wanted:
            fixed = wanted if isinstance(wanted, str) else None
            with given_id(internet_gateways, "random_internet_gateway_id", fixed):
                gateway = self._backend.create_internet_gateway()
            self._backend.attach_internet_gateway(gateway.id, vpc.id)
        if "egress_only_internet_gateway" in entry:
            fixed = entry["egress_only_internet_gateway"]
            with given_id(internet_gateways, "random_egress_only_internet_gateway_id", fixed):
                self._backend.create_egress_only_internet_gateway(vpc.id)

    def subnets(self, entry: Mapping[str, Any]) -> None:
        block = entry.get("ipv6")
        with given_id(subnets, "random_subnet_id", entry["id"]):
            subnet = self._backend.create_subnet(
                entry["vpc"], entry["cidr"], block, entry["zone"], tags={"subnet": _tags(entry)}
            )
        subnet.assign_ipv6_address_on_creation = bool(entry.get("assign_ipv6", False))
        subnet.map_public_ip_on_launch = bool(entry.get("map_public", False))

    def route_tables(self, entry: Mapping[str, Any]) -> None:
        with given_id(route_tables, "random_route_table_id", entry["id"]):
            self._backend.create_route_table(entry["vpc"], pairs_of(_tags(entry)))
        for subnet in entry.get("subnets", []):
            self._backend.associate_route_table(entry["id"], subnet_id=subnet)

    def security_groups(self, entry: Mapping[str, Any]) -> None:
        with given_id(security_groups, "random_security_group_id", entry["id"]):
            made = self._backend.create_security_group(
                entry["name"], entry.get("description", entry["name"]), entry["vpc"], tags=_tags(entry)
            )
        for rule in entry.get("ingress", []):
            group, cidr = rule.get("group"), rule.get("cidr")
            requested = {
                "ip_protocol": rule["protocol"],
                "from_port": rule.get("from_port", -1),
                "to_port": rule.get("to_port", rule.get("from_port", -1)),
                "ip_ranges": [{"CidrIpv6" if ":" in cidr else "CidrIp": cidr}] if cidr else [],
                "source_groups": [{"GroupId": group}] if group else [],
                "prefix_list_ids": [],
            }
            self._backend.authorize(made, [requested], False)

    def instances(self, entry: Mapping[str, Any]) -> None:
        public_ip = entry.get("public_ip")
        with (
            given_id(instances, "random_instance_id", entry["id"]),
            given_id(elastic_network_interfaces, "random_eni_id", entry.get("interface_id")),
        ):
            reservation = self._backend.run_instances(
                entry.get("image", DEFAULT_IMAGE),
                1,
                None,
                [],
                instance_type=entry["type"],
                is_instance_type_default=False,
                region_name=self._backend.region_name,
                subnet_id=entry["subnet"],
                private_ip=entry.get("private_ip"),
                associate_public_ip=public_ip is not None,
                security_group_ids=entry.get("security_groups", []),
                tags={"instance": _tags(entry)},
            )
        if public_ip not in (None, "auto"):
            # One that EC2 assigned by itself, though the seed says which.
            PUBLIC.reserve(public_ip)
            reservation.instances[0].primary.automatic_ip = public_ip

    def network_interfaces(self, entry: Mapping[str, Any]) -> None:
        with given_id(elastic_network_interfaces, "random_eni_id", entry["id"]):
            interface = self._backend.create_network_interface(
                entry["subnet"],
                entry.get("private_ip"),
                [{"PrivateIpAddress": ip} for ip in entry.get("secondary", [])],
                entry.get("security_groups", []),
                entry.get("description"),
                _tags(entry),
            )
        interface.source_dest_check = bool(entry.get("source_dest_check", True))
        if "attach" in entry:
            self._backend.attach_network_interface(entry["id"], entry["attach"], entry.get("device_index", 1))

    def secondary_addresses(self, entry: Mapping[str, Any]) -> None:
        interface = self._backend.get_network_interface(entry["interface"])
        self._backend.assign(interface, [entry["private_ip"]], 0, False)

    def pools(self, entry: Mapping[str, Any]) -> None:
        pool = Pool(entry["id"], entry["cidr"], entry.get("description", ""), _tags(entry))
        for address in pool.addresses():
            PUBLIC.reserve(address)
        self._backend.pools[pool.id] = pool

    def elastic_ips(self, entry: Mapping[str, Any]) -> None:
        public_ip = entry.get("public_ip")
        if public_ip is not None and "pool" not in entry:
            # As if it had been ours before.
            PUBLIC.reserve(public_ip)
            self._backend.released.add(public_ip)
        with given_id(elastic_ip_addresses, "random_eip_allocation_id", entry["allocation_id"]):
            address = self._backend.allocate(_tags(entry), entry.get("pool", "amazon"), public_ip)
        if "reverse_dns" in entry:
            address.ptr_record = entry["reverse_dns"].rstrip(".") + "."
        if "interface" in entry:
            interface = self._backend.get_network_interface(entry["interface"])
            self._backend.associate(address, interface, entry.get("private_ip"))

    def nat_gateways(self, entry: Mapping[str, Any]) -> None:
        with given_id(nat_gateways, "random_nat_gateway_id", entry["id"]):
            made = self._backend.add_nat_gateway(entry["subnet"], entry["allocation_id"], _tags(entry))
        if made.failure is not None:
            refuse(made.failure.code, made.failure.message)

    def routes(self, entry: Mapping[str, Any]) -> None:
        # "vpc-..." or "main of vpc-..." means that VPC's main table.
        named = entry["route_table"].removeprefix("main of ")
        by_vpc = prefix_of(named) == "vpc"
        table = self._backend.main_table(named) if by_vpc else self._backend.get_route_table(named)
        target = entry["target"]
        if target == "igw":
            gateway = self._backend.internet_gateway_of(table.vpc_id)
            target = gateway.id if gateway is not None else not_found(f"igw-of-{table.vpc_id}")
        if prefix_of(target) not in _TARGETS:
            raise ValueError(f"target: {target!r} is neither 'igw' nor the id of one of {', '.join(sorted(_TARGETS))}")
        name = "DestinationIpv6CidrBlock" if ":" in entry["destination"] else "DestinationCidrBlock"
        destination = parse_destination({name: entry["destination"]})
        self._backend.add_route(table, destination, {_TARGETS[prefix_of(target)]: target})
