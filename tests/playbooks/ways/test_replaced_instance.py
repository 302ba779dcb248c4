# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An aggregator gets another instance: the steps of docs/how-to.md, "Give an aggregator another instance"."""

from __future__ import annotations

import pytest

from tests.playbooks.running import Json, Site, demo_hosts

from .following import must_pass

OLD = "10.1.0.11"
ZONES = {"10.1.0.11": "a", "10.1.0.99": "a", "10.1.1.99": "b"}


@pytest.mark.parametrize("new", ZONES, ids=["the same address", "another address", "another zone"])
def test_another_instance_takes_the_place(network: Site, variables: Json, new: str) -> None:
    before, hosts, ec2 = network.ours("addresses"), demo_hosts(), network.ec2()
    must_pass(network.run("evacuate", extra={"bonding_evacuate": "agg1", "bonding_evacuate_to": "agg3"}))
    ec2.terminate_instances(InstanceIds=[hosts["agg1"]["aws_instance_id"]])
    (made,) = ec2.run_instances(
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        InstanceType="c5.large",
        SubnetId=f"subnet-0d00000000000001{ZONES[new]}",
        PrivateIpAddress=new,
    )["Instances"]
    hosts["agg1"]["aws_instance_id"] = made["InstanceId"]
    left = {} if new == OLD else {"bonding_decommissioned": [OLD]}
    site = network.write_inventory("replaced", hosts, variables)
    must_pass(site.run("site", extra=left))
    again = site.run("site")
    assert (again.code, again.writes) == (0, []), again.output
    must_pass(site.run("evacuate", extra={"bonding_restore": "agg1"}))
    after = network.ours("addresses")["cpe-nat/bond-17"]
    (interface,) = [one["NetworkInterfaceId"] for one in made["NetworkInterfaces"]]
    assert after["public_ip"] == before["cpe-nat/bond-17"]["public_ip"]
    assert after["network_interface_id"] == interface
    assert after["private_ip"] in [one["ip"] for one in site.bond(17)["cpe_nat_ips"]]
    ends = [
        end["ip"]
        for name in ("agg2", "agg3")
        for one in site.aggregator(name)["interfaces"]
        if one["type"] == "vxlan"
        for end in one["endpoints"]
    ]
    assert new in ends
    assert new == OLD or OLD not in ends
    end = site.run("site")
    assert (end.code, end.writes) == (0, []), end.output
