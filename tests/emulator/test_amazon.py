# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one task of amazon.aws whose repetition could leave something twice: sent once, and still patient when throttled.

The options are read from the role, so that a task without them fails here.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.amazon.aws.plugins.module_utils import cloud
from ansible_collections.amazon.aws.plugins.modules import ec2_vpc_net

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import describe
from ansible_collections.bonded.internet.plugins.plugin_utils._call import call
from lab.process import ROOT, Running

TASKS = ROOT / "roles/pwan_vpc/tasks/present.yml"
VPC = "vpc-00000002"


def aws_config() -> Any:
    block = next(task["block"] for task in yaml.safe_load(TASKS.read_text(encoding="utf-8")) if "block" in task)
    return next(task for task in block if task["name"] == "Configure the VPC")["amazon.aws.ec2_vpc_net"].get(
        "aws_config"
    )


def set_up(aws: Running) -> dict[str, Any]:
    """Give the VPC an IPv6 block, as the role does."""
    login = {"region": "us-east-1", "endpoint_url": aws.url, "access_key": "any", "secret_key": "any"}
    wanted = {"vpc_id": VPC, "name": "prod-acme", "ipv6_cidr": True, "purge_tags": False, "aws_config": aws_config()}
    return call(ec2_vpc_net.main, login | {name: value for name, value in wanted.items() if value is not None})


def blocks(client: Any) -> int:
    return len(describe(client, "describe_vpcs", VpcIds=[VPC])[0].get("Ipv6CidrBlockAssociationSet", []))


def test_a_lost_answer_gives_one_block(aws: Running, client: Any) -> None:
    aws.faults([{"action": "AssociateVpcCidrBlock", "kind": "lost"}])
    assert "Connection was closed" in set_up(aws)["msg"]
    assert set_up(aws).get("failed") is not True
    assert blocks(client) == 1


def test_throttling_is_waited_out(aws: Running, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(cloud.time, "sleep", slept.append)
    aws.faults([{"action": "AssociateVpcCidrBlock", "code": "RequestLimitExceeded", "count": 3}])
    assert set_up(aws)["changed"] is True
    assert aws.pending_faults() == []
    assert len(slept) == 3
    assert blocks(client) == 1
