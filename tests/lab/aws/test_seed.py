# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeds: what is wrong in one is named, what is right is there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lab.aws.seed import BadSeed, parse_seed, read_seed
from lab.process import LabError, Running

from .conftest import SEED, Lab

VPC = {"id": "vpc-0a000000", "cidr": "10.0.0.0/16"}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], "seed: an object is wanted"),
        ({"clouds": []}, "seed: 'clouds' is unknown; there are: region, quotas, access_keys, vpcs"),
        ({"vpcs": {}}, "is wanted"),
        ({"vpcs": {"id": "vpc-0a000000"}}, "seed: vpcs: a list is wanted"),
        ({"vpcs": ["vpc"]}, "seed: vpcs[0]: an object is wanted"),
        ({"vpcs": [{"id": "vpc-0a000000"}]}, "seed: vpcs[0]: cidr is missing"),
        ({"vpcs": [{**VPC, "colour": "red"}]}, "seed: vpcs[0]: 'colour' is unknown; there are: cidr, "),
        ({"vpcs": [{**VPC, "id": "vpc-acme"}]}, "seed: vpcs[0]: id: 'vpc-acme' is not an id of the form vpc-"),
        ({"vpcs": [{**VPC, "id": "igw-0a000000"}]}, "is not an id of the form vpc-"),
        ({"vpcs": [VPC, VPC]}, "seed: vpcs[1]: the id vpc-0a000000 is used twice"),
        ({"vpcs": [{**VPC, "tags": ["a"]}]}, "seed: vpcs[0]: tags: an object is wanted"),
    ],
)
def test_a_wrong_shape(found: object, words: str) -> None:
    if found == {"vpcs": {}}:
        # An empty list, written as an empty object, is as good as none.
        assert parse_seed("seed", found).content == found
        return
    with pytest.raises(BadSeed) as caught:
        parse_seed("seed", found)
    assert words in str(caught.value)


def test_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    path.write_text("vpcs: [")
    with pytest.raises(BadSeed, match="is not YAML"):
        read_seed(path)


def test_an_empty_seed(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    path.write_text("")
    assert read_seed(path).region == "us-east-1"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {
                "subnets": [
                    {"id": "subnet-0a000000", "vpc": "vpc-0f000000", "cidr": "10.0.0.0/24", "zone": "us-east-1a"}
                ]
            },
            "subnets[0]: InvalidVpcID.NotFound: The vpc ID 'vpc-0f000000' does not exist",
        ),
        ({"quotas": {"wheels": 4}}, "quotas: 'wheels' is unknown"),
        (
            {"routes": [{"route_table": "vpc-0a000000", "destination": "0.0.0.0/0", "target": "x"}]},
            "routes[0]: target: 'x' is neither 'igw' nor the id of one of eigw, eni, i, igw, nat",
        ),
    ],
)
def test_what_a_rule_refuses_is_named(tmp_path: Path, more: dict[str, object], words: str) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(yaml.safe_dump({"vpcs": [VPC], **more}))
    with pytest.raises(LabError) as caught:
        Running("lab.aws", "--seed", path).start()
    assert f"{path}: {words}" in str(caught.value)
    assert "exit code 2" in str(caught.value)


def test_a_seed_may_begin_over_the_quota(tmp_path: Path) -> None:
    path = tmp_path / "seed.yml"
    made = [{"id": f"vpc-0a00000{number}", "cidr": f"10.{number}.0.0/16"} for number in range(7)]
    path.write_text(yaml.safe_dump({"region": "eu-west-1", "vpcs": made, "quotas": {"elastic_ips": 8}}))
    with Running("lab.aws", "--seed", path) as running:
        state = running.state()
        assert (len(state["vpcs"]), state["quotas"]["vpcs"], state["quotas"]["elastic_ips"]) == (7, 5, 8)
        assert state["region"] == "eu-west-1"


def test_every_list_of_the_seed_is_there(lab: Lab) -> None:
    seed, state = yaml.safe_load(SEED.read_text()), lab.server.state()
    for kind in ("vpcs", "subnets", "instances", "network_interfaces", "security_groups", "route_tables"):
        found = {one["id"] for one in state[kind]}
        assert {one["id"] for one in seed[kind]} <= found, kind
    tags = {one["id"]: one["tags"] for kind in ("vpcs", "subnets", "instances", "addresses") for one in state[kind]}
    assert tags["subnet-0a00000a"] == {"Name": "a1"}
    assert tags["eipalloc-0a000001"] == {"Name": "first"}
    automatic = next(one for one in state["instances"] if one["id"] == "i-0a000002")["public_ip"]
    assert automatic.startswith("198.51.100.")


def test_a_nat_gateway_and_reverse_dns_in_the_seed(tmp_path: Path) -> None:
    seed = yaml.safe_load(SEED.read_text())
    seed["nat_gateways"] = [{"id": "nat-0a000000", "subnet": "subnet-0a00000a", "allocation_id": "eipalloc-0a000001"}]
    seed["elastic_ips"][1]["reverse_dns"] = "mail.example.com"
    seed["routes"].append({"route_table": "rtb-0a000001", "destination": "0.0.0.0/0", "target": "nat-0a000000"})
    path = tmp_path / "seed.yml"
    path.write_text(yaml.safe_dump(seed))
    with Running("lab.aws", "--seed", path) as running:
        state = running.state()
    assert (state["nat_gateways"][0]["id"], state["nat_gateways"][0]["public_ip"]) == ("nat-0a000000", "203.0.113.101")
    assert state["addresses"][1]["reverse_dns"] == "mail.example.com."
    table = next(one for one in state["route_tables"] if one["id"] == "rtb-0a000001")
    assert table["routes"][0]["target"] == "nat-0a000000"
