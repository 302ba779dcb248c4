# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two customers with the same networks, by packets: VPC, tunnel subnet, LANs, all equal; gateways on two aggregators.

And why the plan refuses it on one: BIRD finds a static route's next hop by the subnet of its address alone, so that one
customer's packets leave by the other one's gateway.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
from typing import Any

import pytest
import yaml

from lab.packets import namespace_sandbox
from lab.process import ROOT

from .test_lab import SMALL, environment

COMMAND = (sys.executable, "-m", "lab.packets", "--part", "Private WAN", "--part", "Gateways", "--seeds")
ZONES = {"agg1": "a", "agg2": "b"}
SPACES = {"acme": 11, "globex": 12}
PLACES = {"acme": "agg1", "globex": "agg2"}
VPC, SUBNET, TUNNELS, LANS = "10.0.0.0/16", "10.0.0.0/24", "10.254.0.0/20", "172.16.0.0/12"
REFUSED = namespace_sandbox.refused()

pytestmark = pytest.mark.skipif(bool(REFUSED), reason=REFUSED)


def seeds(folder: pathlib.Path, gateways: dict[str, str]) -> pathlib.Path:
    """Write the seeds of a network whose spaces have their gateways on these aggregators."""
    aws, server = (yaml.safe_load((SMALL / f"{name}.yml").read_text()) for name in ("aws", "bondingadmin"))
    without_acme(server)
    aws["network_interfaces"] = []
    for place, (space, aggregator) in enumerate(gateways.items(), 2):
        customer(aws, server, place, space, aggregator)
    for name, content in (("aws", aws), ("bondingadmin", server)):
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content))
    return folder


def without_acme(server: dict[str, Any]) -> None:
    """Take out what the small network has of a space; what is left is BGP's."""
    server["spaces"] = [one for one in server["spaces"] if one["key"] == "main"]
    server["bonds"] = []
    for name in ("aggregator_interfaces", "aggregator_protocols"):
        server[name] = [one for one in server[name] if "space" not in one]
    server["aggregator_filters"] = []


def customer(aws: dict[str, Any], server: dict[str, Any], place: int, space: str, aggregator: str) -> None:
    """Add a space with its VPC, its mesh, a gateway, and a bond on each aggregator."""
    number, vpc, interface = SPACES[space], f"vpc-0a00000{place}", f"eni-0a0000{place}0"
    zone = f"eu-central-1{ZONES[aggregator]}"
    own = f"10.0.0.{4 + place}"
    aws["vpcs"].append({"id": vpc, "cidr": VPC, "internet_gateway": f"igw-0a00000{place}", "tags": {"Name": space}})
    aws["subnets"].append({"id": f"subnet-0a00000{place}", "vpc": vpc, "cidr": SUBNET, "zone": zone})
    aws["network_interfaces"].append(
        {
            "id": interface,
            "subnet": f"subnet-0a00000{place}",
            "private_ip": own,
            "attach": f"i-0a00000{aggregator[-1]}",
            "device_index": place - 1,
            "source_dest_check": False,
        }
    )
    address = {"allocation_id": f"eipalloc-0a00000{place}", "public_ip": f"203.0.113.6{place}"}
    aws["elastic_ips"].append({**address, "interface": interface, "private_ip": own})
    for destination, target in (("0.0.0.0/0", "igw"), (LANS, interface)):
        aws["routes"].append({"route_table": f"main of {vpc}", "destination": destination, "target": target})

    server["spaces"].append(
        {"id": number, "key": space, "name": space.title(), "parent": "main"}
        | {"private_wan_enabled": True, "private_wan_mode": "unmanaged"}
    )
    members = {"agg1": ("10.254.0.7/20", "10.1.1.12"), "agg2": ("10.254.0.12/20", "10.1.0.11")}
    for count, (member, (tunnel, peer)) in enumerate(members.items(), 1):
        device, vni = f"vx1{number:07d}", 10000000 + number
        common = {"aggregator": member, "space": space}
        server["aggregator_interfaces"].append(
            {**common, "type": "vxlan", "name": device, "vni": vni, "mtu": 1500, "addresses": [tunnel]}
            | {"endpoints": [{"ip": peer, "vni": vni}]}
        )
        mesh = {"patterns": [device], "type": "wired", "rxcost": 32, "hello_interval": 1, "update_interval": 1}
        server["aggregator_protocols"].append(
            {**common, "protocol": "babel", "name": f"demo_babel_{number}", "interfaces": [mesh]}
            | {"import_ipv4": {"mode": "all"}, "export_ipv4": {"mode": "all"}}
        )
        lan = {"interface": "eth1", "ip": f"172.16.{count}.1/24", "include_private_wan": True}
        server["bonds"].append(
            {"id": number * 10 + count, "name": f"{space}-{count}", "space": space, "aggregator": member}
            | {"interfaces": [{"type": "ethernet", "name": "eth1"}], "connected_ips": [lan]}
        )
    common, name = {"aggregator": aggregator, "space": space}, f"demo_gateway_import_{number}"
    body = "if net.len > 0 then preference = 1;\naccept;"
    server["aggregator_filters"].append({"aggregator": aggregator, "name": name, "family": "ipv4", "body": body})
    server["aggregator_interfaces"].append(
        {**common, "type": "ethernet", "name": f"ens{4 + place}", "mtu": 1500, "addresses": [f"{own}/24"]}
    )
    ways = [{"network": "0.0.0.0/0", "destination": "gateway", "address": "10.0.0.1"}]
    server["aggregator_protocols"].append(
        {**common, "protocol": "static", "name": f"demo_gateway_{number}"}
        | {"import_ipv4": {"mode": "filter", "filter": name}, "export_ipv4": {"mode": "none"}}
        | {"routes": [*ways, {"network": LANS, "destination": "unreachable"}]}
    )


def run(folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False, env=environment()
    )


def ends_well(said: str, *beginnings: str) -> list[int]:
    """Return how many checks that begin so are ok."""
    lines = [line.strip() for line in said.splitlines()]
    return [sum(line.startswith(f"ok     {text}") for line in lines) for text in beginnings]


def test_two_customers_have_the_same_networks_with_gateways_on_two_aggregators(tmp_path: pathlib.Path) -> None:
    """Their LANs, tunnels, VPCs and the hosts in these have the same addresses, and each reaches its own."""
    said = run(seeds(tmp_path, PLACES)).stdout
    # How often a packet circles, another check of this part, is counted right on an idle machine only.
    wanted = (
        "acme: every LAN reaches every other",
        "globex: every LAN reaches every other",
        "acme's gateway on agg1: untranslated no Internet, and why",
        "globex's gateway on agg2: untranslated no Internet, and why",
    )
    assert ends_well(said, *wanted) == [1, 1, 1, 1], said
    reached = [f"{space}'s gateway on {host}: hosts in the space's VPC" for space, host in PLACES.items()]
    assert ends_well(said, *reached) == [1, 1], said
    assert "172.16.2.10 <-> 10.0.0.4, untranslated" in said
    assert "172.16.1.10 <-> 10.0.0.4, untranslated" in said


def test_on_one_aggregator_the_second_customer_has_no_way_out(tmp_path: pathlib.Path) -> None:
    """Its default route is "via 10.0.0.1 dev ens6", the first one's device, where its own is ens7."""
    said = run(seeds(tmp_path, {"acme": "agg1", "globex": "agg1"})).stdout
    assert ends_well(said, "acme's gateway on agg1: untranslated no Internet, and why") == [1], said
    assert "FAILED globex's gateway on agg1: untranslated no Internet, and why" in said
