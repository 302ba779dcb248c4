# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of owned_object on the stand-in: created once, whatever becomes of the answer."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from ansible_collections.bonded.internet.plugins.module_utils._aws import owned
from ansible_collections.bonded.internet.plugins.module_utils._aws.client import AwsRefusal, api_name, describe
from ansible_collections.bonded.internet.plugins.module_utils._aws.owned import run
from lab.process import Running

from .conftest import actions

WANTED: dict[str, dict[str, Any]] = {
    "elastic_ip": {"key": "gateway-ip/acme/agg1"},
    "egress_only_internet_gateway": {"key": "eigw/acme", "vpc_id": "vpc-00000002"},
    "internet_gateway": {"key": "igw/acme"},
    "network_interface": {"key": "gateway/acme/agg2", "subnet_id": "subnet-0000000c", "description": "a gateway"},
    "route_table": {"key": "rtb/acme", "vpc_id": "vpc-00000002"},
    "vpc": {"key": "vpc/acme", "cidr": "10.102.0.0/16", "ipv6": True},
}
KINDS = sorted(WANTED)
FAULTS: list[dict[str, Any]] = [
    {"kind": "lost"},
    {"kind": "failed", "code": "InternalError"},
    {"kind": "failed", "code": "Unavailable"},
    {"kind": "broken"},
    {"kind": "error", "code": "RequestLimitExceeded", "count": 3},
    {"kind": "hidden", "calls": 12},
]
DONE = ("lost", "failed")
"""Faults that do what was asked."""


def options(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "network": "prod", "name": f"prod-{kind}", **WANTED[kind], **more}


def of_key(client: Any, kind: str, key: str | None = None) -> list[str]:
    """The ids of all objects with the key."""
    found = owned.KINDS[kind]
    return sorted(
        one[found.id]
        for one in describe(client, found.listing)
        if {"Key": "bonded.internet/key", "Value": key or WANTED[kind]["key"]} in one.get("Tags", one.get("TagSet", []))
    )


def creating(kind: str) -> str:
    """The creating action of a kind."""
    return api_name(owned.KINDS[kind].create)


@pytest.mark.parametrize("kind", KINDS)
def test_created_once_and_never_again(aws: Running, client: Any, kind: str) -> None:
    assert run(client, options(kind), True)["action"] == "create"
    assert actions(aws) == []
    made = run(client, options(kind), False)
    assert (made["changed"], made["action"]) == (True, "create")
    listing = api_name(owned.KINDS[kind].listing)
    assert actions(aws, writing=False) == [listing, creating(kind), listing]
    assert of_key(client, kind) == [made["id"]]
    actions(aws)
    again = run(client, options(kind), False)
    assert again == {**made, "changed": False, "action": "none"}
    assert actions(aws, writing=False) == [listing]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['kind']} {fault.get('code', '')}".strip())
@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_makes_a_second_one(aws: Running, client: Any, kind: str, fault: dict[str, Any]) -> None:
    aws.faults([{"action": creating(kind), **fault}])
    made = run(client, options(kind), False)
    assert aws.pending_faults() == []
    asked = [entry for entry in aws.log() if entry["action"] == creating(kind)]
    assert sum(entry["fault"] in DONE or entry["status"] == 200 for entry in asked) == 1
    assert of_key(client, kind) == [made["id"]]
    assert run(client, options(kind), False)["changed"] is False


def test_amazon_aws_repeats_a_creation_whose_outcome_is_open() -> None:
    """Show why the collection creates these objects itself: amazon.aws retries a creation, beside botocore's retry."""
    assert AWSRetry.found("InternalError")
    assert AWSRetry.found("Unavailable")


def test_two_objects_of_one_key_are_named_and_nothing_is_created(aws: Running, client: Any) -> None:
    for _number in range(2):
        client.create_internet_gateway(**tagged("internet-gateway", "igw/acme"))
    actions(aws)
    with pytest.raises(AwsRefusal) as refused:
        run(client, options("internet_gateway"), False)
    ids = ", ".join(of_key(client, "internet_gateway"))
    assert f"igw/acme: AWS has 2 objects with this key of network prod (got {ids}, expected one)" in str(refused.value)
    assert actions(aws) == []


def tagged(resource: str, key: str) -> dict[str, Any]:
    tags = {"bonded.internet/network": "prod", "bonded.internet/key": key}
    given = [{"Key": name, "Value": value} for name, value in tags.items()]
    return {"TagSpecifications": [{"ResourceType": resource, "Tags": given}]}


def test_what_is_never_listed_is_named_with_its_id(aws: Running, client: Any) -> None:
    aws.faults([{"action": "CreateVpc", "kind": "hidden", "calls": 999}])
    with pytest.raises(AwsRefusal, match=r"EC2 does not list vpc-\w+, .* Done before: vpc/acme: created") as refused:
        run(client, options("vpc"), False)
    assert len(refused.value.done) == 1


def theirs(client: Any, **tags: str) -> str:
    """Allocate an Elastic IP as somebody else would; returns its address."""
    given = [{"Key": f"bonded.internet/{name}", "Value": value} for name, value in tags.items()]
    more = {"TagSpecifications": [{"ResourceType": "elastic-ip", "Tags": given}]} if given else {}
    return str(client.allocate_address(Domain="vpc", **more)["PublicIp"])


KEPT = {"network": "prod", "key": "cpe-nat/old", "retired": "true"}


@pytest.mark.parametrize("tags", [{}, KEPT], ids=["new", "kept"])
def test_an_address_of_the_account_is_adopted(aws: Running, client: Any, tags: dict[str, str]) -> None:
    wanted = options("elastic_ip", public_ip=theirs(client, **tags))
    actions(aws)
    assert run(client, wanted, True)["action"] == "adopt"
    assert actions(aws) == []
    done = run(client, wanted, False)
    assert (done["action"], done["public_ip"]) == ("adopt", wanted["public_ip"])
    assert actions(aws) == ["CreateTags", *(["DeleteTags"] if tags else [])]
    assert of_key(client, "elastic_ip") == [done["id"]]
    (found,) = describe(client, "describe_addresses", AllocationIds=[done["id"]])
    assert {tag["Key"].partition("/")[2] for tag in found["Tags"]} == {"network", "key", "adopted"}
    assert not run(client, wanted, False)["changed"]
    with pytest.raises(AwsRefusal, match="public_ip cannot be changed"):
        run(client, {**wanted, "public_ip": "203.0.113.250"}, False)


def test_an_adopted_address_gets_the_operators_own_tags_at_once(aws: Running, client: Any) -> None:
    wanted = options("elastic_ip", public_ip=theirs(client), tags={"CostCenter": 4711})
    done = run(client, wanted, False)
    (found,) = describe(client, "describe_addresses", AllocationIds=[done["id"]])
    assert {"Key": "CostCenter", "Value": "4711"} in found["Tags"]
    assert not run(client, wanted, False)["changed"]


def test_an_address_that_is_not_free_is_not_adopted(aws: Running, client: Any) -> None:
    used = theirs(client, network="prod", key="cpe-nat/mail")
    actions(aws)
    for given, words in (
        (used, "is in use in this network"),
        ("203.0.113.250", "is not an Elastic IP of this account"),
    ):
        with pytest.raises(AwsRefusal, match=words):
            run(client, options("elastic_ip", public_ip=given), False)
    assert actions(aws) == []
