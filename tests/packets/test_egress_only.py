# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 beside a NAT gateway, by packets, on the small network with a gateway."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
import yaml

from lab.packets import namespace_sandbox

from .test_lab import SMALL, run

PART = "IPv6 beside a NAT gateway"
VPC, PUBLIC, SUBNET, INTERFACE = "vpc-0a000002", "subnet-0a00000e", "subnet-0a00000f", "eni-0a00000f"
INTERNET, EGRESS_ONLY = "igw-0a000002", "eigw-0a000002"
NAMES = ("aws", "bondingadmin")
REFUSED = namespace_sandbox.refused()

pytestmark = pytest.mark.skipif(bool(REFUSED), reason=REFUSED)


def seeds(folder: pathlib.Path, target: str) -> pathlib.Path:
    """Write the seeds: acme has a gateway on agg1, a NAT gateway, and `::/0` of the gateway's subnet to the target."""
    found: dict[str, Any] = {name: yaml.safe_load((SMALL / f"{name}.yml").read_text()) for name in NAMES}
    aws, server = found["aws"], found["bondingadmin"]
    # No daemon has to start: the routing is not asked about.
    server |= {"bonds": [], "aggregator_protocols": []}
    zone = {"vpc": VPC, "zone": "eu-central-1a"}
    vpc = {"id": VPC, "cidr": "10.0.0.0/16", "ipv6": True, "internet_gateway": INTERNET, "tags": {"Name": "acme"}}
    aws["vpcs"].append({**vpc, "egress_only_internet_gateway": EGRESS_ONLY})
    block = {"ipv6": "2001:db8:0:101::/64", "assign_ipv6": True}
    aws["subnets"] += [
        {"id": PUBLIC, "cidr": "10.0.9.0/24", **zone},
        {"id": SUBNET, "cidr": "10.0.1.0/24", **zone, **block},
    ]
    aws["route_tables"] = [{"id": "rtb-0a000002", "vpc": VPC, "subnets": [SUBNET]}]
    gateway = {"id": INTERFACE, "subnet": SUBNET, "private_ip": "10.0.1.6", "attach": "i-0a000001", "device_index": 1}
    aws["network_interfaces"] = [{**gateway, "source_dest_check": False}]
    aws["elastic_ips"].append({"allocation_id": "eipalloc-0a000002", "public_ip": "203.0.113.60"})
    aws["nat_gateways"] = [{"id": "nat-0a000002", "subnet": PUBLIC, "allocation_id": "eipalloc-0a000002"}]
    for table, destination, to in (
        (f"main of {VPC}", "0.0.0.0/0", "igw"),
        ("rtb-0a000002", "0.0.0.0/0", "nat-0a000002"),
        ("rtb-0a000002", "::/0", target),
    ):
        aws["routes"].append({"route_table": table, "destination": destination, "target": to})
    device = {"aggregator": "agg1", "space": "acme", "type": "ethernet", "name": "ens6", "mtu": 1500}
    server["aggregator_interfaces"].append({**device, "addresses": ["10.0.1.6/24"], "accept_ra": True})
    for name, content in found.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content))
    return folder


def test_ipv6_goes_out_and_does_not_come_in(tmp_path: pathlib.Path) -> None:
    done = run(seeds(tmp_path, EGRESS_ONLY), PART)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "in_drop6 of eigw-acme +" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("packets: OK, 3 checks")
