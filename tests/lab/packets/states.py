# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States of a small network, in the shapes of both stand-ins."""

from __future__ import annotations

from typing import Any

from lab.packets.aggregators import Server
from lab.packets.aws_topology import Fabric

SLOTS: dict[str, Any] = {
    "import_ipv4": {"mode": "all", "filter": None},
    "export_ipv4": {"mode": "filter", "filter": "demo_export_11"},
}


def interface(number: int, instance: int, address: str, public: str, **more: Any) -> dict[str, Any]:
    """A network interface; further addresses as `secondary=[(private, public)]`, groups as `groups`."""
    pairs = [(address, public), *more.get("secondary", [])]
    return {
        "id": f"eni-0000000{number}",
        "vpc_id": "vpc-00000001",
        "subnet_id": more.get("subnet", "subnet-0000000a"),
        "mac": f"02:00:00:00:00:0{number}",
        "source_dest_check": more.get("check", True),
        "security_group_ids": more.get("groups", ["sg-00000001"]),
        "attachment": {"instance_id": f"i-0000000{instance}", "device_index": more.get("index", 0)},
        "addresses": [
            {"private_ip": private, "association": {"public_ip": outer} if outer else None} for private, outer in pairs
        ],
    }


def aws(**changes: Any) -> dict[str, Any]:
    """One VPC, one subnet, agg1 with a secondary address, agg2."""
    state: dict[str, Any] = {
        "instances": [
            {
                "id": f"i-0000000{number}",
                "state": "running",
                "public_ip": f"203.0.113.1{number}",
                "network_interface_ids": [f"eni-0000000{number}"],
                "tags": {"Name": f"agg{number}"},
            }
            for number in (1, 2)
        ],
        "network_interfaces": [
            interface(1, 1, "10.1.0.11", "203.0.113.11", secondary=[("10.1.0.50", "203.0.113.50")]),
            interface(2, 2, "10.1.0.12", "203.0.113.12", check=False),
        ],
        "vpcs": [{"id": "vpc-00000001", "cidrs": ["10.1.0.0/16"], "tags": {"Name": "main"}}],
        "subnets": [{"id": "subnet-0000000a", "vpc_id": "vpc-00000001", "cidr": "10.1.0.0/24"}],
        "internet_gateways": [{"id": "igw-00000001", "vpc_id": "vpc-00000001"}],
        "egress_only_internet_gateways": [],
        "nat_gateways": [],
        "route_tables": [
            {
                "id": "rtb-00000001",
                "vpc_id": "vpc-00000001",
                "main": True,
                "subnet_ids": [],
                "routes": [
                    {"destination": "0.0.0.0/0", "target": "igw-00000001", "state": "active"},
                    {"destination": "10.1.0.0/16", "target": "local", "state": "active"},
                    {"destination": "172.16.0.0/12", "target": "eni-00000002", "state": "active"},
                    {"destination": "10.9.0.0/16", "target": "eni-00000009", "state": "blackhole"},
                ],
            }
        ],
        "security_groups": [],
    }
    return {**state, **changes}


def bond(number: int, on: str) -> dict[str, Any]:
    """A bond of acme with a LAN of the private WAN and a network with a CPE NAT IP."""
    return {
        "id": number,
        "name": f"bond {number}",
        "space": "acme",
        "current_aggregator": on,
        "connected_ips": [
            {"id": 1, "ip": "172.16.1.1/24", "enabled": True, "include_private_wan": True},
            {"id": 2, "ip": "192.168.17.1/24", "enabled": True, "include_private_wan": False},
        ],
        "cpe_nat_ips": [{"ip": "10.1.0.50", "nat_ip": "192.168.17.10", "enabled": True}],
        "routes": [],
    }


def vxlan(name: str, vni: int, space: str | None, address: str, far: str) -> dict[str, Any]:
    """A VXLAN interface with one endpoint."""
    return {
        "name": name,
        "type": "vxlan",
        "space": space,
        "enabled": True,
        "mtu": 1500,
        "addresses": [address],
        "vni": vni,
        "endpoints": [{"ip": far, "vni": vni}],
    }


def server(on: str = "agg1", **changes: Any) -> dict[str, Any]:
    """Both aggregators with acme's VXLAN and a transit VXLAN, and one bond."""
    aggregators = [
        {
            "id": number,
            "name": f"agg{number}",
            "ip": f"203.0.113.1{number}",
            "interfaces": [
                vxlan("vx0", 10000000, None, f"10.253.0.{number}/24", f"10.1.0.1{3 - number}"),
                vxlan("vx11", 10000011, "acme", f"10.254.0.{number}/24", f"10.1.0.1{3 - number}"),
            ],
            "filters": [{"name": "demo_export_11", "family": "ipv4", "body": "if net.len > 24 then reject;\naccept;"}],
            "protocols": [],
        }
        for number in (1, 2)
    ]
    state = {
        "spaces": [
            {"id": 11, "key": "acme", "private_wan_enabled": True, "private_wan_mode": "unmanaged"},
        ],
        "aggregators": aggregators,
        "bonds": [bond(17, on)],
    }
    return {**state, **changes}


def network(on: str = "agg1") -> Server:
    """Return the aggregators of both states."""
    return Server(server(on), Fabric(aws()))
