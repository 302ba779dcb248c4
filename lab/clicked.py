# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network clicked after AN-001: the note's steps in its order, by EC2's calls and by HTTP, without the collection.

The names and numbers are those that an operator chooses, none of them the collection's.
"""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Operator:
    """An operator with both consoles: EC2, and the management server by HTTP."""

    ec2: Any
    url: str
    login: str
    """User and password with a colon between them."""

    def api(self, method: str, path: str, body: Json | None = None) -> Any:
        """Send a request to the management server; return the answer."""
        token = base64.b64encode(self.login.encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/api/v4/{path}", data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def listed(self, path: str) -> list[Json]:
        """Return the objects of a collection."""
        found = self.api("GET", path)
        return list(found["results"] if isinstance(found, Mapping) else found)


@dataclass(frozen=True)
class Place:
    """An aggregator with its instance's primary network interface and private address."""

    name: str
    number: int
    instance_id: str
    interface_id: str
    private_ip: str


@dataclass(frozen=True)
class Wish:
    """The network that the operator has in mind; the defaults fit the demonstration's seeds."""

    space: str = "acme"
    vni: int = 100
    device: str = "vxacme"
    subnet: str = "10.254.0"
    babel: str = "babel-acme"
    gateway_host: str = "agg3"
    gateway_device: str = "ens6"
    static: str = "gw-acme"
    source_dest_check: bool = False
    """The note leaves the check on, and then AWS drops what the private WAN sends to the VPC."""
    networks: tuple[str, ...] = ("172.16.0.0/12",)
    bond: int = 20
    bond_host: str = "agg3"
    private_ip: str = "10.1.0.77"
    connected_ip: str = "192.168.20.1/24"
    nat_ip: str = "192.168.20.10"


@dataclass
class Clicked:
    """Ids of what was made, for tests."""

    public_ip: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    interface_id: str = ""
    gateway_ip: str = ""
    gateway_private_ip: str = ""
    route_table_id: str = ""
    places: dict[str, Place] = field(default_factory=dict)


def click(operator: Operator, wish: Wish | None = None) -> Clicked:
    """Do all of the note's steps."""
    wish = wish or Wish()
    done = Clicked(places=_places(operator))
    click_cpe_nat(operator, wish, done)
    click_vpc(operator, wish, done)
    click_mesh(operator, wish, done)
    click_gateway(operator, wish, done)
    return done


def _places(operator: Operator) -> dict[str, Place]:
    """Return the aggregators by name, with the instances that have their addresses."""
    answer = operator.ec2.describe_instances()
    machines = {
        one["PublicIpAddress"]: one
        for reservation in answer["Reservations"]
        for one in reservation["Instances"]
        if one.get("PublicIpAddress")
    }
    found = {}
    for one in sorted(operator.listed("aggregators/"), key=lambda listed: int(listed["id"])):
        machine = machines[one["ip"]]
        (primary,) = (n for n in machine["NetworkInterfaces"] if n["Attachment"]["DeviceIndex"] == 0)
        place = Place(
            one["name"], one["id"], machine["InstanceId"], primary["NetworkInterfaceId"], machine["PrivateIpAddress"]
        )
        found[place.name] = place
    return found


def click_cpe_nat(operator: Operator, wish: Wish, done: Clicked) -> None:
    """Add the Elastic IP address, and configure the CPE NAT IP on the bond."""
    interface_id = done.places[wish.bond_host].interface_id
    operator.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, PrivateIpAddresses=[wish.private_ip])
    address = operator.ec2.allocate_address(Domain="vpc")
    operator.ec2.associate_address(
        AllocationId=address["AllocationId"], NetworkInterfaceId=interface_id, PrivateIpAddress=wish.private_ip
    )
    done.public_ip = address["PublicIp"]
    interfaces = {one["name"]: one["url"] for one in operator.listed(f"bonds/{wish.bond}/interfaces/")}
    connected = {"interface": interfaces["eth2"], "ip": wish.connected_ip, "enabled": True}
    operator.api("POST", f"bonds/{wish.bond}/connected_ips/", connected)
    operator.api("POST", f"bonds/{wish.bond}/cpe_nat_ips/", {"ip": wish.private_ip, "nat_ip": wish.nat_ip})


def click_vpc(operator: Operator, wish: Wish, done: Clicked) -> None:
    """Add a VPC for the space; the internet gateway is what the console's wizard adds to a public subnet."""
    ec2, zone = operator.ec2, _zone_of(operator, done.places[wish.gateway_host])
    done.vpc_id = ec2.create_vpc(CidrBlock="10.101.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=done.vpc_id, CidrBlock="10.101.0.0/24", AvailabilityZone=zone)
    done.subnet_id = subnet["Subnet"]["SubnetId"]
    gateway_id = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=done.vpc_id)
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [done.vpc_id]}])["RouteTables"]
    done.route_table_id = tables[0]["RouteTableId"]
    ec2.create_route(RouteTableId=done.route_table_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id)


def _zone_of(operator: Operator, place: Place) -> str:
    answer = operator.ec2.describe_instances(InstanceIds=[place.instance_id])
    return str(answer["Reservations"][0]["Instances"][0]["Placement"]["AvailabilityZone"])


def click_mesh(operator: Operator, wish: Wish, done: Clicked) -> None:
    """Select the managed mesh, and add a VXLAN and Babel on each aggregator."""
    operator.api("PATCH", f"spaces/{wish.space}/", {"private_wan_enabled": True, "private_wan_mode": "managed_mesh"})
    for number, place in enumerate(done.places.values(), 1):
        others = [other for other in done.places.values() if other is not place]
        tunnel = {
            "name": wish.device,
            "space": _space_url(operator, wish),
            "vni": wish.vni,
            "addresses": [{"address": f"{wish.subnet}.{number}/24"}],
            "endpoints": [{"ip": other.private_ip, "vni": wish.vni} for other in others],
        }
        operator.api("POST", f"aggregators/{place.number}/vxlan_interfaces/", tunnel)
        babel = {
            "name": wish.babel,
            "space": _space_url(operator, wish),
            "export_ipv4": {"mode": "all"},
            "interfaces": [{"patterns": [wish.device]}],
        }
        operator.api("POST", f"aggregators/{place.number}/babel_protocols/", babel)


def _space_url(operator: Operator, wish: Wish) -> str:
    return next(str(one["url"]) for one in operator.listed("spaces/") if one["key"] == wish.space)


def click_gateway(operator: Operator, wish: Wish, done: Clicked) -> None:
    """Add the gateway's network interface, its address, the VPC's routes, and what the aggregator needs."""
    ec2, place = operator.ec2, done.places[wish.gateway_host]
    interface = ec2.create_network_interface(SubnetId=done.subnet_id)["NetworkInterface"]
    done.interface_id, done.gateway_private_ip = interface["NetworkInterfaceId"], interface["PrivateIpAddress"]
    ec2.attach_network_interface(NetworkInterfaceId=done.interface_id, InstanceId=place.instance_id, DeviceIndex=1)
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=done.interface_id)
    done.gateway_ip = address["PublicIp"]
    for network in wish.networks:
        ec2.create_route(
            RouteTableId=done.route_table_id, DestinationCidrBlock=network, NetworkInterfaceId=done.interface_id
        )
    if not wish.source_dest_check:
        ec2.modify_network_interface_attribute(NetworkInterfaceId=done.interface_id, SourceDestCheck={"Value": False})
    space = _space_url(operator, wish)
    device = {"name": wish.gateway_device, "space": space, "addresses": [{"address": f"{done.gateway_private_ip}/24"}]}
    operator.api("POST", f"aggregators/{place.number}/ethernet_interfaces/", device)
    static = {
        "name": wish.static,
        "space": space,
        "routes": [{"network": "0.0.0.0/0", "destination": "gateway", "address": "10.101.0.1"}],
    }
    operator.api("POST", f"aggregators/{place.number}/static_protocols/", static)
