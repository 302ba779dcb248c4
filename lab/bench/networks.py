# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks of any size: what the two stand-ins hold before, and the inventory that describes what shall be there."""

from __future__ import annotations

import ipaddress
import pathlib
from dataclasses import dataclass
from typing import Any

import boto3
import yaml

USER, PASSWORD = "automation@example.com", "bench-password"
REGION = "eu-central-1"
HOLDS_64 = "x8i.48xlarge"
"""An instance type with 64 private addresses an interface; most types have at most 50, the primary's included."""


@dataclass(frozen=True)
class Network:
    """A generated network below one folder, with the seeds of both stand-ins: their objects before the first run."""

    folder: pathlib.Path
    aggregators: int
    spaces: int

    @property
    def inventory(self) -> pathlib.Path:
        """The inventory's folder."""
        return self.folder / "inventory"


def space_number(space: int) -> int:
    """The id on the server of the space with this place in the list."""
    return space + 11


def private_ip(aggregator: int) -> str:
    """The aggregator's address, in the one subnet of all."""
    return str(ipaddress.IPv4Address("10.1.0.10") + aggregator)


def vxlan(aggregators: int, aggregator: int, space: int) -> dict[str, Any]:
    """The VXLAN interface of a space on an aggregator, as site.yml makes it: what a loop over modules has to say."""
    number, vni = aggregator + 1, 10000000 + space_number(space)
    return {
        "name": f"vx{vni}",
        "space": f"s{space}",
        "enabled": True,
        "mtu": 1500,
        "vni": vni,
        "addresses": [f"{_tunnels(space)[number]}/24"],
        "endpoints": [{"ip": private_ip(n), "vni": vni} for n in range(aggregators) if n != aggregator],
    }


def babel(space: int) -> dict[str, Any]:
    """The Babel of a space, as site.yml makes it."""
    everything, nothing = {"mode": "all"}, {"mode": "none"}
    pattern = {"patterns": [f"vx{10000000 + space_number(space)}"], "type": "wired"}
    return {
        "name": f"bench_babel_{space_number(space)}",
        "protocol": "babel",
        "space": f"s{space}",
        "enabled": True,
        "import_ipv4": everything,
        "export_ipv4": everything,
        "import_ipv6": nothing,
        "export_ipv6": nothing,
        "interfaces": [{**pattern, "hello_interval": 1, "update_interval": 1}],
    }


def _tunnels(space: int) -> ipaddress.IPv4Network:
    return ipaddress.IPv4Network((int(ipaddress.IPv4Address("100.64.0.0")) + 256 * space, 24))


def make_network(
    folder: pathlib.Path, aggregators: int, spaces: int, *, vpcs: bool = False, addresses: int = 0
) -> Network:
    """Write the seeds and the inventory of a network of unmanaged spaces, each with a mesh over all aggregators.

    :param vpcs: each space has a VPC
    :param addresses: so many CPE NAT IPs on the first aggregator, each of a bond of its own; then spaces have no mesh
    """
    network = Network(folder, aggregators, spaces)
    hosts = {f"agg{n}": _host(n, cloud=vpcs or addresses > 0) for n in range(aggregators)}
    listed = [_space(space, vpcs) for space in range(spaces)] if not addresses else []
    variables = {
        "bonding_api_username": USER,
        "bonding_api_password": PASSWORD,
        "aws_region": REGION,
        "aws_access_key": "AKIA0000STANDIN00000",
        "aws_secret_key": "any-will-do-here",
        "bonding_converge_seconds": 0,
        "bonding_manage_hosts": False,
        "bonding_network": "bench",
        "bonding_spaces": listed,
        "bonding_cpe_nat_ips": [_entry(bond) for bond in range(addresses)],
    }
    (network.inventory / "group_vars").mkdir(parents=True)
    _write(network.inventory / "hosts.yml", {"aggregators": {"hosts": hosts}})
    _write(network.inventory / "group_vars" / "aggregators.yml", variables)
    _write(folder / "bondingadmin.yml", _server(aggregators, spaces, addresses))
    _write(folder / "aws.yml", _cloud(aggregators))
    return network


def plant_vpcs(url: str, network: Network) -> None:
    """The VPC of each space as site.yml would make it, without its runs of minutes."""
    ec2 = boto3.client(
        "ec2", endpoint_url=url, region_name=REGION, aws_access_key_id="bench", aws_secret_access_key="bench"
    )

    def tagged(kind: str, key: str) -> list[dict[str, Any]]:
        tags = [{"Key": "bonded.internet/network", "Value": "bench"}, {"Key": "bonded.internet/key", "Value": key}]
        return [{"ResourceType": kind, "Tags": tags}]

    for space in range(network.spaces):
        cidr = _space(space, vpcs=True)["vpc"]["cidr"]
        vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=tagged("vpc", f"vpc/s{space}"))["Vpc"]["VpcId"]
        tags = tagged("internet-gateway", f"igw/s{space}")
        gateway = ec2.create_internet_gateway(TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        tags = tagged("route-table", f"rtb/s{space}")
        table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def _write(path: pathlib.Path, data: Any) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


def _host(number: int, cloud: bool) -> dict[str, Any]:
    return {
        "bonding_aggregator": number + 1,
        **({"aws_instance_id": f"i-{number + 1:017x}"} if cloud else {"aws_private_ip_address": private_ip(number)}),
    }


def _space(space: int, vpcs: bool) -> dict[str, Any]:
    return {
        "key": f"s{space}",
        "private_wan": "unmanaged",
        "vxlan": {"subnet": str(_tunnels(space))},
        **({"vpc": {"cidr": f"10.{space + 20}.0.0/16"}} if vpcs else {}),
    }


def _entry(bond: int) -> dict[str, Any]:
    return {
        "bond": bond + 1,
        "interface": "eth1",
        "connected_ip": f"192.168.{bond}.1/24",
        "nat_ip": f"192.168.{bond}.10",
        "aggregator": "agg0",
    }


def _server(aggregators: int, spaces: int, addresses: int) -> dict[str, Any]:
    kinds = ("connectedip", "cpenatip", "interface", "protocol", "filter")
    rights = ["view_*", "change_space", *(f"*_{kind}" for kind in kinds)]
    user = {"email": USER, "password": PASSWORD, "space": "main", "permissions": rights}
    placed = [
        {
            "id": number + 1,
            "name": f"agg{number}",
            "ip": f"192.0.2.{number + 1}",
            "space": "main",
            "routing_group": "all",
            "version": "6.6.1",
            "status": "up",
        }
        for number in range(aggregators)
    ]
    bonds = [
        {
            "id": bond + 1,
            "name": f"bond{bond}",
            "space": "main",
            "aggregator": "agg0",
            "interfaces": [{"type": "ethernet", "name": "eth0"}, {"type": "ethernet", "name": "eth1"}],
        }
        for bond in range(addresses)
    ]
    made = [{"id": space_number(n), "key": f"s{n}", "name": f"Space {n}", "parent": "main"} for n in range(spaces)]
    return {
        "users": [user],
        "spaces": [{"id": 1, "key": "main", "name": "Main"}, *made],
        "routing_groups": [{"id": 1, "name": "all"}],
        "aggregators": placed,
        "bonds": bonds,
    }


def _cloud(aggregators: int) -> dict[str, Any]:
    vpc, subnet = "vpc-0b000000000000001", "subnet-0b000000000000001"
    return {
        "region": REGION,
        "quotas": {"elastic_ips": 200, "vpcs": 200, "internet_gateways": 200},
        "vpcs": [{"id": vpc, "cidr": "10.1.0.0/16", "internet_gateway": True}],
        "subnets": [{"id": subnet, "vpc": vpc, "cidr": "10.1.0.0/22", "zone": f"{REGION}a"}],
        "instances": [
            {
                "id": f"i-{number + 1:017x}",
                "type": HOLDS_64,
                "subnet": subnet,
                "private_ip": private_ip(number),
                "interface_id": f"eni-{number + 1:017x}",
            }
            for number in range(aggregators)
        ],
    }
