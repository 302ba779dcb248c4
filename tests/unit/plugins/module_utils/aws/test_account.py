# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account: the objects that count against a quota, and what EC2 tells of the quotas."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.stub import Stubber

from ansible_collections.bonded.internet.plugins.module_utils._aws.quotas import read_account


def test_an_elastic_ip_of_an_own_pool_does_not_count() -> None:
    ec2: Any = boto3.client("ec2", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    pools = ("amazon", "amazon", "ipv4pool-ec2-0123456789abcdef0", None)
    listed = [{"PublicIp": f"198.51.100.{number}"} for number in range(len(pools))]
    for address, pool in zip(listed, pools, strict=True):
        address |= {"PublicIpv4Pool": pool} if pool else {}
    told = [{"AttributeName": "vpc-max-elastic-ips", "AttributeValues": [{"AttributeValue": "7"}]}]
    with Stubber(ec2) as stub:
        stub.add_response("describe_addresses", {"Addresses": listed})
        stub.add_response("describe_account_attributes", {"AccountAttributes": told})
        account = read_account(ec2, ("elastic_ips",))
        stub.assert_no_pending_responses()
    assert (account.elastic_ips, account.limits) == (3, {"elastic_ips": 7})
