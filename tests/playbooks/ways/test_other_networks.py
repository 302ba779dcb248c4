# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CPE NAT IP of another network on the same bond: the inventory does not have the aggregator with its address."""

from __future__ import annotations

from tests.playbooks.planning import plan
from tests.playbooks.running import Json, Site

THEIRS = "10.1.0.99"


def going(planned: Json) -> list[str]:
    return [item["key"] for item in planned["plan"] if (item["kind"], item["verb"]) == ("cpe_nat_ip", "delete")]


def test_the_cpe_nat_ip_of_another_network_stays(network: Site, variables: Json) -> None:
    """Once nothing has its address it is what a killed run has left, and goes."""
    subnet = next(one["id"] for one in network.cloud.state()["subnets"] if one["cidr"] == "10.1.0.0/24")
    ec2 = network.ec2()
    made = ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=THEIRS)["NetworkInterface"]
    (own,) = network.bond(17)["cpe_nat_ips"]
    inside = own["nat_ip"].rpartition(".")[0]
    network.as_administrator("POST", "bonds/17/cpe_nat_ips/", {"ip": THEIRS, "nat_ip": f"{inside}.77"})
    network.server.control("POST", "move", {"bond": 17, "aggregator": "agg3"})
    assert going(plan(network, variables)) == []
    assert going(plan(network, variables, state="followed", follow_bonds=["17"])) == []
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    assert going(plan(network, variables)) == [THEIRS]
