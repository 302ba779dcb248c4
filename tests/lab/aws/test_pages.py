# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of listings: their bounds, their tokens, and what a test may force; and the number of a filter's values."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from lab.process import LabError

from .conftest import Lab, refused
from .signing import scope
from .test_signing import ask

SIGNED = {"Authorization": scope()}


def code(lab: Lab, action: str, **params: str) -> str:
    """Return the error's code, by a request that botocore itself might refuse to send."""
    return ask(lab.server, action, SIGNED, **params)[1]


def test_pages_follow_each_other(lab: Lab) -> None:
    every = [one["NetworkInterfaceId"] for one in lab.ec2.describe_network_interfaces()["NetworkInterfaces"]]
    assert len(every) > 5
    found, token = [], ""
    while True:
        more = {"NextToken": token} if token else {}
        answer = lab.ec2.describe_network_interfaces(MaxResults=5, **more)
        assert 1 <= len(answer["NetworkInterfaces"]) <= 5
        found += [one["NetworkInterfaceId"] for one in answer["NetworkInterfaces"]]
        token = answer.get("NextToken", "")
        if not token:
            break
    assert found == every
    with refused("InvalidNextToken"):
        lab.ec2.describe_network_interfaces(NextToken="x")


@pytest.mark.parametrize(
    ("action", "least", "most"),
    [
        ("DescribeNetworkInterfaces", 5, 1000),
        ("DescribeRouteTables", 5, 100),
        ("DescribeInstances", 5, 1000),
        ("DescribeTags", 5, 1000),
        ("DescribeInstanceTypes", 5, 100),
    ],
)
def test_bounds_of_a_page(lab: Lab, action: str, least: int, most: int) -> None:
    # One of the seven hundred types: writing all of them takes seconds.
    few = {"Filter.1.Name": "instance-type", "Filter.1.Value.1": "t3.nano"} if "Types" in action else {}
    for size in (least - 1, most + 1, 0):
        assert code(lab, action, MaxResults=str(size), **few) == "InvalidParameterValue"
    for size in (least, most):
        assert code(lab, action, MaxResults=str(size), **few) == ""


@pytest.mark.parametrize(
    ("call", "ids"),
    [
        ("describe_instances", {"InstanceIds": ["i-0a000001"]}),
        ("describe_network_interfaces", {"NetworkInterfaceIds": ["eni-0a000001"]}),
        ("describe_vpcs", {"VpcIds": ["vpc-0a000000"]}),
        ("describe_addresses_attribute", {"AllocationIds": ["eipalloc-0a000001"], "Attribute": "domain-name"}),
    ],
)
def test_ids_are_not_given_in_pages(lab: Lab, call: str, ids: dict[str, Any]) -> None:
    with refused("InvalidParameterCombination", "maxResults"):
        getattr(lab.ec2, call)(MaxResults=5, **ids)
    lab.server.control("POST", "pages", {"pages": 1})
    assert getattr(lab.ec2, call)(**ids).get("NextToken") is None


def test_values_of_a_filter(lab: Lab) -> None:
    values = [f"vpc-{number:08x}" for number in range(201)]
    assert lab.ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": values[:200]}])["Vpcs"] == []
    with refused("FilterLimitExceeded"):
        lab.ec2.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": values}])
    with refused("FilterLimitExceeded"):
        lab.ec2.describe_vpcs(Filters=[{"Name": f"tag:{number}", "Values": ["x"]} for number in range(51)])


def test_pages_that_nobody_has_asked_for(lab: Lab) -> None:
    every = [one["SubnetId"] for one in lab.ec2.describe_subnets()["Subnets"]]
    lab.server.control("POST", "pages", {"pages": 2})
    first = lab.ec2.describe_subnets()
    assert [one["SubnetId"] for one in first["Subnets"]] == every[:2]
    rest = lab.ec2.describe_subnets(NextToken=first["NextToken"], MaxResults=1000)
    assert [one["SubnetId"] for one in rest["Subnets"]] == every[2:4]
    listed = lab.ec2.get_paginator("describe_subnets").paginate().build_full_result()["Subnets"]
    assert [one["SubnetId"] for one in listed] == every
    # what has no pages is given as a whole
    assert len(lab.ec2.describe_addresses()["Addresses"]) == len(lab.server.state()["addresses"]) > 2
    assert len(lab.ec2.describe_availability_zones()["AvailabilityZones"]) == 3
    assert lab.server.control("GET", "pages") == {"pages": 2, "refuse_unpaged": False}
    lab.server.control("DELETE", "pages")
    assert "NextToken" not in lab.ec2.describe_subnets()
    lab.server.control("POST", "pages", {"pages": 2})
    lab.server.reset()
    assert "NextToken" not in lab.ec2.describe_subnets()


def test_an_account_with_too_many_interfaces(lab: Lab) -> None:
    lab.server.control("POST", "pages", {"refuse_unpaged": True})
    tagged = [{"Name": "tag:Name", "Values": ["x"]}]
    for more in ({}, {"Filters": tagged}):
        with refused("OperationNotPermitted", "too many"):
            lab.ec2.describe_network_interfaces(**more)
        assert lab.ec2.describe_network_interfaces(MaxResults=1000, **more)
    narrow = [{"Name": "vpc-id", "Values": ["vpc-0a000000"]}]
    assert lab.ec2.describe_network_interfaces(Filters=narrow)["NetworkInterfaces"]
    assert lab.ec2.describe_network_interfaces(NetworkInterfaceIds=["eni-0a000001"])["NetworkInterfaces"]
    assert lab.ec2.describe_vpcs()["Vpcs"]


@pytest.mark.parametrize("given", [5, {"size": 5}, {"pages": 0}, {"pages": True}, {"refuse_unpaged": 1}])
def test_pages_that_cannot_be(lab: Lab, given: object) -> None:
    with pytest.raises(LabError, match=re.escape("400")) as caught:
        lab.server.control("POST", "pages", given)
    assert "pages" in str(caught.value), json.dumps(given)
    assert lab.server.control("GET", "pages") == {"pages": None, "refuse_unpaged": False}
