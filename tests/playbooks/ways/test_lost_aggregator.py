# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS terminates an aggregator's instance: the others go on without it, and its successor takes its place."""

from __future__ import annotations

import pathlib

from tests.playbooks.running import Json, Site, demo_hosts

from .follow_table import REACHED, UNREACHED
from .following import managed

AGG1, AGG3 = (demo_hosts()[name]["aws_instance_id"] for name in ("agg1", "agg3"))


def endpoints(site: Site) -> dict[str, list[str]]:
    """Return the endpoints of each aggregator's VXLAN interfaces."""
    return {
        name: [
            end["ip"]
            for one in site.aggregator(name)["interfaces"]
            if one["type"] == "vxlan"
            for end in one["endpoints"]
        ]
        for name in ("agg1", "agg2", "agg3")
    }


def test_an_address_follows_its_bond_from_a_dead_aggregator(network: Site) -> None:
    before, ends = network.ours("addresses")["cpe-nat/bond-17"], endpoints(network)
    network.ec2().terminate_instances(InstanceIds=[AGG1])
    network.server.control("POST", "move", {"bond": 17, "aggregator": "agg3"})
    outcome = network.run("site")
    assert outcome.code == 0, outcome.output
    after = network.ours("addresses")["cpe-nat/bond-17"]
    interface = demo_interface(network, AGG3)
    assert (after["public_ip"], after["network_interface_id"]) == (before["public_ip"], interface)
    addresses = [one["ip"] for one in network.bond(17)["cpe_nat_ips"]]
    assert after["private_ip"] in addresses
    assert endpoints(network) == ends
    again = network.run("site")
    assert (again.code, again.writes) == (0, [])
    assert "Left out: agg1, which has no instance." in again.said


def test_a_gateway_comes_back_with_the_next_instance(network: Site, variables: Json) -> None:
    gateway = network.ours("network_interfaces")["gateway/initech/agg3"]
    network.ec2().terminate_instances(InstanceIds=[AGG3])
    without = network.run("site")
    assert (without.code, without.writes) == (0, []), without.output
    assert "space initech, gateway on agg3: this run keeps the gateway as it is: agg3 has no instance." in without.said
    (made,) = network.ec2().run_instances(
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        InstanceType="c5.large",
        SubnetId="subnet-0d00000000000001a",
        PrivateIpAddress="10.1.0.13",
    )["Instances"]
    hosts = demo_hosts()
    hosts["agg3"]["aws_instance_id"] = made["InstanceId"]
    replaced = network.write_inventory("replaced", hosts, variables)
    outcome = replaced.run("site")
    assert outcome.code == 0, outcome.output
    found = network.ours("network_interfaces")["gateway/initech/agg3"]
    assert (found["id"], found["attachment"]["instance_id"]) == (gateway["id"], made["InstanceId"])
    again = replaced.run("site")
    assert (again.code, again.writes) == (0, [])


def demo_interface(site: Site, instance: str) -> str:
    """Return the primary network interface of an instance."""
    (found,) = site.ec2().describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    return str(found["NetworkInterfaces"][0]["NetworkInterfaceId"])


def test_a_host_that_ssh_does_not_reach_is_left_out(network: Site, variables: Json, tmp_path: pathlib.Path) -> None:
    """agg1 answers: it is this machine, in check mode."""
    hosts = demo_hosts()
    hosts["agg1"] |= managed(REACHED, tmp_path)
    hosts["agg2"] |= managed(UNREACHED, tmp_path)
    outcome = network.write_inventory("unreachable", hosts, variables).run("site", "--check")
    assert outcome.code == 0, outcome.output
    assert "agg2: the host cannot be read: " in outcome.said
    assert "Left out: agg2, which cannot be reached over SSH." in outcome.said
    assert outcome.writes == []
