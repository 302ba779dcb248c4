# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole network of a region as plain JSON; private to the stand-in. Its shape is documented in docs/lab-aws.md."""

from __future__ import annotations

from typing import Any

from .ec2.backend import Ec2Backend
from .ec2.elastic_ip_addresses import LabAddress
from .ec2.elastic_network_interface_actions import association_of
from .ec2.elastic_network_interfaces import LabInterface
from .ec2.nat_gateways import LabNatGateway
from .ec2.tags import tag_map


def _instance(instance: Any) -> dict[str, Any]:
    return {
        "id": instance.id,
        "type": instance.instance_type,
        "state": instance.state,
        "zone": instance.availability_zone,
        "vpc_id": instance.vpc_id,
        "subnet_id": instance.subnet_id,
        "private_ip": instance.private_ip,
        "public_ip": instance.public_ip,
        "network_interface_ids": [nic.id for _, nic in sorted(instance.nics.items())],
        "tags": tag_map(instance),
    }


def _association(interface: LabInterface, ip: str) -> dict[str, str | None] | None:
    found = association_of(interface, ip)
    if found is None:
        return None
    return {
        "public_ip": found["PublicIp"],
        "owner": found["IpOwnerId"],
        "allocation_id": found.get("AllocationId"),
        "association_id": found.get("AssociationId"),
    }


def _interface(interface: LabInterface) -> dict[str, Any]:
    attachment = None
    if interface.instance is not None:
        attachment = {
            "id": interface.attachment_id,
            "instance_id": interface.instance.id,
            "device_index": interface.device_index,
            "delete_on_termination": interface.delete_on_termination,
        }
    return {
        "id": interface.id,
        "type": interface.interface_type,
        "status": interface.status,
        "description": interface.description,
        "zone": interface.availability_zone,
        "vpc_id": interface.vpc_id,
        "subnet_id": interface.subnet.id,
        "mac": interface.mac_address,
        "source_dest_check": interface.source_dest_check,
        "security_group_ids": sorted(group.id for group in interface.group_set),
        "attachment": attachment,
        "private_ip": interface.private_ip_address,
        "addresses": [
            {"private_ip": ip, "primary": index == 0, "association": _association(interface, ip)}
            for index, ip in enumerate(interface.ips)
        ],
        "ipv6_addresses": list(interface.ipv6_addresses),
        "tags": tag_map(interface),
    }


def _address(address: LabAddress) -> dict[str, Any]:
    return {
        "id": address.id,
        "allocation_id": address.allocation_id,
        "public_ip": address.public_ip,
        "pool": address.pool,
        "reverse_dns": address.ptr_record,
        "association_id": address.association_id,
        "instance_id": address.instance_id,
        "network_interface_id": address.eni.id if address.eni is not None else None,
        "private_ip": address.bound_to,
        "tags": tag_map(address),
    }


def _vpc(backend: Ec2Backend, vpc: Any) -> dict[str, Any]:
    return {
        "id": vpc.id,
        "cidr": vpc.cidr_block,
        "cidrs": backend.vpc_blocks(vpc, False),
        "ipv6_cidrs": backend.vpc_blocks(vpc, True),
        "dns_support": vpc.enable_dns_support,
        "dns_hostnames": vpc.enable_dns_hostnames,
        "is_default": vpc.is_default,
        "tags": tag_map(vpc),
    }


def _subnet(subnet: Any) -> dict[str, Any]:
    return {
        "id": subnet.id,
        "vpc_id": subnet.vpc_id,
        "cidr": subnet.cidr_block,
        "ipv6_cidrs": subnet.ipv6_blocks,
        "zone": subnet.availability_zone,
        "map_public": bool(subnet.map_public_ip_on_launch),
        "assign_ipv6": bool(subnet.assign_ipv6_address_on_creation),
        "free_addresses": subnet.available_ip_address_count,
        "tags": tag_map(subnet),
    }


def _route(route: Any) -> dict[str, Any]:
    targets = (
        route.network_interface_id,
        route.nat_gateway_id,
        route.egress_only_internet_gateway_id,
        route.gateway_id,
    )
    return {
        "destination": route.destination_cidr_block or route.destination_ipv6_cidr_block,
        "target": next((target for target in targets if target), None),
        "state": route.state,
        "origin": route.origin,
    }


def _table(table: Any) -> dict[str, Any]:
    routes = [_route(route) for route in table.routes]
    return {
        "id": table.id,
        "vpc_id": table.vpc_id,
        "main": table.main_association_id is not None,
        "subnet_ids": sorted(table._associations.values()),
        "routes": sorted(routes, key=lambda route: str(route["destination"])),
        "tags": tag_map(table),
    }


def _rules(rules: list[Any]) -> list[dict[str, Any]]:
    shown = [
        {
            "protocol": rule.ip_protocol,
            "from_port": rule.from_port,
            "to_port": rule.to_port,
            "peer": rule.cidr_ipv4 or rule.cidr_ipv6 or rule.source_group.get("GroupId") or rule.prefix_list_id,
        }
        for rule in rules
    ]
    return sorted(shown, key=str)


def _group(group: Any) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "vpc_id": group.vpc_id,
        "ingress": _rules(group.ingress_rules),
        "egress": _rules(group.egress_rules),
        "tags": tag_map(group),
    }


def _nat_gateway(gateway: LabNatGateway) -> dict[str, Any]:
    address = gateway.address
    return {
        "id": gateway.id,
        "state": gateway.state,
        "vpc_id": gateway.vpc_id,
        "subnet_id": gateway.subnet_id,
        "network_interface_id": gateway.interface.id if gateway.interface is not None else None,
        "private_ip": gateway.interface.private_ip_address if gateway.interface is not None else None,
        "allocation_id": address.id if address is not None else None,
        "public_ip": address.public_ip if address is not None else None,
        "tags": tag_map(gateway),
    }


def state_of(backend: Ec2Backend) -> dict[str, Any]:
    """Everything of one region; each list is sorted by id."""
    gateways = [
        {"id": one.id, "vpc_id": one.vpc.id if one.vpc is not None else None, "tags": tag_map(one)}
        for one in backend.all_gateways()
    ]
    egress_only = [
        {"id": one.id, "vpc_id": one.vpc_id, "tags": tag_map(one)}
        for one in backend.egress_only_internet_gateways.values()
    ]
    lists = {
        "instances": [_instance(one) for one in backend.all_instances()],
        "network_interfaces": [_interface(one) for one in backend.enis.values()],
        "addresses": [_address(one) for one in backend.addresses],
        "vpcs": [_vpc(backend, one) for one in backend.vpcs.values()],
        "subnets": [_subnet(one) for one in backend.describe_subnets()],
        "route_tables": [_table(one) for one in backend.route_tables.values()],
        "internet_gateways": gateways,
        "egress_only_internet_gateways": egress_only,
        "security_groups": [_group(one) for one in backend.all_groups()],
        "nat_gateways": [_nat_gateway(one) for one in backend.nat_gateways.values()],
    }
    pools = [{"id": one.id, "cidr": one.cidr, "tags": dict(one.tags)} for one in backend.pools.values()]
    return {
        "account_id": backend.account_id,
        "region": backend.region_name,
        "quotas": dict(backend.quotas),
        "pools": pools,
        **{name: sorted(found, key=lambda one: str(one["id"])) for name, found in lists.items()},
    }
