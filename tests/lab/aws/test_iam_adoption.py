# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy for adoption: an Elastic IP that the account had before is taken over, and never released."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Lab
from .judging import DOCUMENTS, OURS, asked_of, denied, judged

OTHERS = {"bonded.internet/network": "other"}
RETIRED = {"Key": "bonded.internet/retired", "Value": "true"}
ADOPTED = {
    "bonded.internet/network": "demo",
    "bonded.internet/key": "cpe-nat/bond-17",
    "bonded.internet/interface": "eni-0a000001",
    "bonded.internet/private_ip": "10.0.1.20",
    "bonded.internet/connected_ip": "17 192.168.17.1/24",
    "bonded.internet/adopted": "true",
}
MINE, THEIRS = "eipalloc-0a000002", "eipalloc-0a000003"
"""An address without this collection's tag, and another network's."""


def tag(ec2: Any, resource: str, tags: dict[str, str]) -> None:
    ec2.create_tags(Resources=[resource], Tags=[{"Key": key, "Value": value} for key, value in tags.items()])


def test_an_address_without_the_tag_is_adopted_and_never_released(marked: Lab) -> None:
    """By the policy for adoption alone: the one for changes allows neither the tags, nor an address without them."""
    without_adoption = judged(marked, DOCUMENTS["read"], DOCUMENTS["change"])
    with denied("CreateTags", f"elastic-ip/{MINE}"):
        tag(without_adoption, MINE, ADOPTED)
    ec2 = judged(marked, *DOCUMENTS.values())
    tag(ec2, MINE, ADOPTED)
    ec2.associate_address(AllocationId=MINE, NetworkInterfaceId="eni-0a000001", PrivateIpAddress="10.0.1.20")
    ec2.disassociate_address(PublicIp="203.0.113.102")
    ec2.create_tags(Resources=[MINE], Tags=[RETIRED])
    before = marked.server.state()
    assert asked_of(ec2, lambda ec2: ec2.release_address(AllocationId=MINE)) == "UnauthorizedOperation"
    assert marked.server.state() == before
    ec2.release_address(AllocationId="eipalloc-0a000001")  # which the network has allocated itself


@pytest.mark.parametrize(
    ("resource", "tags"),
    [
        pytest.param(f"elastic-ip/{THEIRS}", ADOPTED, id="another network's address"),
        pytest.param(f"elastic-ip/{MINE}", ADOPTED | OTHERS, id="for another network"),
        pytest.param(f"elastic-ip/{MINE}", ADOPTED | {"owner": "x"}, id="with a tag of others"),
        pytest.param(f"elastic-ip/{MINE}", OURS, id="as if it were allocated by the network"),
        pytest.param("vpc/vpc-0b000000", ADOPTED, id="something else than an address"),
    ],
)
def test_the_policy_for_adoption_adopts_nothing_else(marked: Lab, resource: str, tags: dict[str, str]) -> None:
    before = marked.server.state()
    with denied("CreateTags", resource):
        tag(judged(marked, *DOCUMENTS.values()), resource.split("/")[1], tags)
    assert marked.server.state() == before
