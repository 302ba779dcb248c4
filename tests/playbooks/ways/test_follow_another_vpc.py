# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses that follow their bonds into another VPC of the region, and away from there."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest
import yaml

from lab.process import Running
from tests.playbooks.running import DEMO, Json, Site, demo_hosts

from .follow_table import ANOTHER_VPC
from .following import judge_killed_runs, judge_row, must_pass, small_network

SAVED = "two-vpcs"
SECOND_VPC = "vpc-0d000000000000002"
SUBNET = "subnet-0d00000000000002a"


def two_vpcs() -> Json:
    """Return the demo's seed of AWS with agg2 in a VPC of its own."""
    account: Json = yaml.safe_load((DEMO / "aws.yml").read_text(encoding="utf-8"))
    second = {
        "id": SECOND_VPC,
        "cidr": "10.2.0.0/16",
        "internet_gateway": "igw-0d000000000000002",
        "main_route_table": "rtb-0d000000000000002",
    }
    account["vpcs"].append(second)
    place = {"vpc": SECOND_VPC, "cidr": "10.2.0.0/24", "zone": "eu-central-1a", "map_public": True}
    account["subnets"].append({"id": SUBNET, **place})
    account["routes"].append({"route_table": f"main of {SECOND_VPC}", "destination": "0.0.0.0/0", "target": "igw"})
    account["instances"][1] |= {"subnet": SUBNET, "private_ip": "10.2.0.12"}
    return account


@pytest.fixture(scope="module")
def variables() -> Json:
    """Return the small network without a mesh, and with BGP between the two aggregators of the first VPC."""
    variables = small_network()
    variables["bonding_spaces"] = []
    variables["bonding_bgp"]["aggregators"] = ["agg1", "agg3"]
    return variables


@pytest.fixture(scope="module")
def built_network(tmp_path_factory: pytest.TempPathFactory, variables: Json) -> Iterator[Site]:
    """Start both stand-ins with an aggregator in another VPC, and build the network."""
    scratch: pathlib.Path = tmp_path_factory.mktemp("site")
    (scratch / "aws.yml").write_text(yaml.safe_dump(two_vpcs()), encoding="utf-8")
    with (
        Running("lab.bondingadmin", "--db", scratch / "server.db", "--seed", DEMO / "bondingadmin.yml") as server,
        Running("lab.aws", "--seed", scratch / "aws.yml") as cloud,
    ):
        site = Site(server, cloud, scratch).write_inventory("small", demo_hosts(), variables)
        must_pass(site.run("site"))
        site.save(SAVED)
        yield site


@pytest.fixture
def network(built_network: Site) -> Site:
    """The network as its first run left it."""
    built_network.load(SAVED)
    return built_network


@pytest.mark.parametrize("name", ANOTHER_VPC)
def test_row(network: Site, variables: Json, name: str) -> None:
    judge_row(ANOTHER_VPC[name], network, variables)


@pytest.mark.parametrize("name", ANOTHER_VPC)
def test_killed_at_each_write(network: Site, variables: Json, name: str) -> None:
    judge_killed_runs(ANOTHER_VPC[name], network, variables)
