# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that a person has clicked after AN-001, in its order, and the inventory that takes it over."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.playbooks.running import Json, Site, demo_variables

NUMBERS = {"agg1": 7, "agg2": 12, "agg3": 1007}
PRIVATE = {"agg1": "10.1.0.11", "agg2": "10.1.1.12", "agg3": "10.1.0.13"}
PRIMARY = "eni-0d00000000000a903"
ALL: Json = {"mode": "all", "filter": None}


def click(site: Site) -> Json:
    """Click a CPE NAT IP for bond 20, a mesh and a gateway for space acme; return the ids on AWS."""
    ids = _click_public_address(site)
    _click_mesh(site)
    return ids | _click_gateway(site)


def _click_public_address(site: Site) -> Json:
    """AN-001 "Adding the Elastic IP Address" and "Configuring the CPE NAT IP"."""
    ec2 = site.ec2()
    ec2.assign_private_ip_addresses(NetworkInterfaceId=PRIMARY, PrivateIpAddresses=["10.1.0.77"])
    made = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=made["AllocationId"], NetworkInterfaceId=PRIMARY, PrivateIpAddress="10.1.0.77")
    interface = next(one["id"] for one in site.bond(20)["interfaces"] if one["name"] == "eth2")
    url = f"{site.server.url}/api/v4/bonds/20/interfaces/{interface}/"
    site.as_administrator("POST", "bonds/20/connected_ips/", {"interface": url, "ip": "192.168.20.1/24"})
    site.as_administrator("POST", "bonds/20/cpe_nat_ips/", {"ip": "10.1.0.77", "nat_ip": "192.168.20.10"})
    return {"public_ip": made["PublicIp"]}


def _click_mesh(site: Site) -> None:
    """AN-001 "Configuring the private WAN mesh" and "Optional: Add direct VXLAN peering"."""
    space = f"{site.server.url}/api/v4/spaces/acme/"
    mode = {"private_wan_enabled": True, "private_wan_mode": "managed_mesh"}
    site.as_administrator("PATCH", "spaces/acme/", mode)
    for place, (host, number) in enumerate(NUMBERS.items(), 1):
        endpoints = [{"ip": address, "vni": 100} for other, address in PRIVATE.items() if other != host]
        vxlan = {"name": "vxacme", "space": space, "vni": 100, "endpoints": endpoints}
        vxlan["addresses"] = [{"address": f"10.254.0.{place}/24"}]
        site.as_administrator("POST", f"aggregators/{number}/vxlan_interfaces/", vxlan)
        babel: Json = {"name": "babel-acme", "space": space, "interfaces": [{"patterns": ["vxacme"]}]}
        babel["export_ipv4"] = ALL
        site.as_administrator("POST", f"aggregators/{number}/babel_protocols/", babel)


def _click_gateway(site: Site) -> Json:
    """AN-001 "Adding a new VPC" and "Adding a gateway", on agg3."""
    ec2, ids = site.ec2(), {}
    ids["vpc"] = ec2.create_vpc(CidrBlock="10.101.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=ids["vpc"], CidrBlock="10.101.0.0/24", AvailabilityZone="eu-central-1a")
    ids["subnet"] = made["Subnet"]["SubnetId"]
    outer = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=outer, VpcId=ids["vpc"])
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [ids["vpc"]]}])["RouteTables"]
    table = tables[0]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=outer)
    interface = ec2.create_network_interface(SubnetId=ids["subnet"])["NetworkInterface"]
    ids["interface"], address = interface["NetworkInterfaceId"], interface["PrivateIpAddress"]
    ec2.attach_network_interface(NetworkInterfaceId=ids["interface"], InstanceId="i-0d00000000000a903", DeviceIndex=1)
    elastic = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=elastic["AllocationId"], NetworkInterfaceId=ids["interface"])
    ids["gateway_ip"] = elastic["PublicIp"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="172.16.0.0/12", NetworkInterfaceId=ids["interface"])
    space = f"{site.server.url}/api/v4/spaces/acme/"
    device = {"name": "ens6", "space": space, "addresses": [{"address": f"{address}/24"}]}
    site.as_administrator("POST", "aggregators/1007/ethernet_interfaces/", device)
    default = {"network": "0.0.0.0/0", "destination": "gateway", "address": "10.101.0.1"}
    static = {"name": "gw-acme", "space": space, "routes": [default]}
    site.as_administrator("POST", "aggregators/1007/static_protocols/", static)
    return ids


MESH: Json = {
    "vxacme": {"keep": ["mtu"]},
    "demo_babel_11": {"name": "babel-acme", "keep": ["import_ipv6", "export_ipv4", "interfaces"]},
    "demo_export_11": {"absent": True},
}
DEVIATIONS: Json = {
    "agg1": MESH,
    "agg2": MESH,
    "agg3": {
        **MESH,
        "ens6": {"keep": ["mtu"]},
        "gateway/acme/agg3": {"keep": ["source_dest_check"]},
        "demo_gateway_11": {"name": "gw-acme", "keep": ["import_ipv4", "import_ipv6", "routes"]},
        "demo_gateway_import_11": {"absent": True},
    },
}


def variables(ids: Json, **more: Any) -> Json:
    """Return the group variables of the clicked network."""
    found = demo_variables()
    addresses = {host: f"10.254.0.{place}" for place, host in enumerate(NUMBERS, 1)}
    gateway = {
        "aggregator": "agg3",
        "networks": ["172.16.0.0/12"],
        "egress": "none",
        "interface": "ens6",
        "subnet_id": ids["subnet"],
        "interface_id": ids["interface"],
        "public_ip": ids["gateway_ip"],
    }
    acme = {
        "key": "acme",
        "private_wan": "managed_mesh",
        "vxlan": {"subnet": "10.254.0.0/24", "vni": 100, "interface": "vxacme", "addresses": addresses},
        "vpc": {"id": ids["vpc"]},
        "gateways": [gateway],
    }
    entry = {
        "bond": 20,
        "interface": "eth2",
        "connected_ip": "192.168.20.1/24",
        "nat_ip": "192.168.20.10",
        "public_ip": ids["public_ip"],
        "private_ip": "10.1.0.77",
    }
    del found["bonding_bgp"]
    return {
        **found,
        "bonding_spaces": [acme],
        "bonding_cpe_nat_ips": [entry],
        "bonding_deviations": {host: deepcopy(objects) for host, objects in DEVIATIONS.items()},
        **more,
    }
