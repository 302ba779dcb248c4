# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of all that recognition asks of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._aws.client import describe, where
from .._aws.resources.elastic_ip import elastic_ip_of
from .._aws.resources.nat_gateway import ALIVE, nat_gateway_of
from .._aws.resources.network_interface import network_interface_of
from .._aws.resources.route_table import route_table_of
from .._aws.resources.subnet import subnet_of
from .._aws.resources.vpc import vpc_of
from .._live_inventory import Aggregator, Joined, Wanted, join
from .._live_inventory import Instance as JoinedInstance
from .._live_inventory import instance_of as joined_instance_of
from .._model.state import Cloud, Server
from .._plan.aws_reader import ClientOf, instance_of
from .._plan.server_reader import ServerReader
from .._reconcile import Api, Refs

EXISTING = ("pending", "running", "stopping", "stopped")
LISTINGS = (
    "describe_instances",
    "describe_addresses",
    "describe_network_interfaces",
    "describe_vpcs",
    "describe_subnets",
    "describe_route_tables",
    "describe_nat_gateways",
)

IPV4 = {
    "describe_instances": "PrivateIpAddress",
    "describe_network_interfaces": "PrivateIpAddress",
    "describe_subnets": "CidrBlock",
}
"""Fields that objects with IPv6 alone do not have: no aggregator is one of them, nor in one."""


@dataclass(frozen=True)
class Account:
    """All that the account has in the regions, and its instances as the join takes them."""

    cloud: Cloud
    instances: tuple[JoinedInstance, ...]
    regions: tuple[str, ...]


def read_server(api: Api) -> Server:
    """Return the management server's side: aggregators, spaces, bonds, and what recognition needs of each."""
    reader = ServerReader(api, Refs(api))
    reader.read_network()
    reader.read_bond_objects(reader.server.bonds, ("cpe_nat_ips",))
    with_addresses = [number for number, objects in reader.server.bond_objects.items() if objects]
    reader.read_bond_objects(with_addresses, ("interfaces", "connected_ips"))
    return reader.server


def read_account(client_of: ClientOf, regions: Sequence[str]) -> Account:
    """Return all that the account has in these regions, or in the default one of the credentials.

    :raises Ec2Error: if a listing fails
    """
    cloud = Cloud()
    joined: dict[str, JoinedInstance] = {}
    names: list[str] = []
    asked: list[str | None] = [*regions] or [None]
    for region in asked:
        client = client_of(region, "ec2")
        name = str(client.meta.region_name)
        names.append(name)
        with ThreadPoolExecutor(len(LISTINGS)) as pool:
            found = dict(zip(LISTINGS, pool.map(partial(_listed, client), LISTINGS), strict=True))
        for item in found["describe_instances"]:
            instance = instance_of(item)
            if instance is not None:
                cloud.instances[instance.id] = instance
                joined[instance.id] = joined_instance_of(item, name)
        cloud.addresses += [elastic_ip_of(item, name) for item in found["describe_addresses"]]
        interfaces = map(network_interface_of, found["describe_network_interfaces"])
        cloud.interfaces |= {one.id: one for one in interfaces}
        cloud.vpcs |= {one.id: one for one in map(vpc_of, found["describe_vpcs"])}
        cloud.subnets |= {one.id: one for one in map(subnet_of, found["describe_subnets"])}
        nats = map(nat_gateway_of, found["describe_nat_gateways"])
        cloud.adopted_nat_gateways |= {one.id: one for one in nats}
        cloud.route_tables |= {one.id: one for one in map(route_table_of, found["describe_route_tables"])}
    return Account(cloud, tuple(joined[number] for number in sorted(joined)), tuple(sorted(set(names))))


def _listed(client: Any, operation: str) -> list[dict[str, Any]]:
    states = {"describe_instances": ("instance-state-name", EXISTING), "describe_nat_gateways": ("state", ALIVE)}
    name, values = states.get(operation, ("", ()))
    parameter = "Filter" if operation == "describe_nat_gateways" else "Filters"
    found = describe(client, operation, **({parameter: where({name: values})} if name else {}))
    return [item for item in found if operation not in IPV4 or item.get(IPV4[operation])]


def join_aggregators(server: Server, account: Account, wanted: Wanted) -> Joined:
    """Return the instance of each aggregator by the rules of the inventory plugin."""
    aggregators = [Aggregator(id=one.id, name=one.name, ip=one.ip) for one in server.aggregators.values()]
    return join(sorted(aggregators, key=lambda one: one.id), account.instances, wanted)
