# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One EC2 call: what is repeated, how long, and the texts of what fails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import (
    Ec2Error,
    Ec2UnclearError,
    api_name,
    as_tags,
    call,
    describe,
    describe_by,
    ec2_client,
    owned_by_network,
    tags_of,
    where,
)
from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import CALLS, KINDS
from tests.unit.plugins.module_utils.aws.conftest import Clock
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error, lost_answer

PLUGINS = Path(__file__).parents[5] / "plugins"


class Script:
    """A client whose calls have the given outcomes, one after the other."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, method: str) -> Any:
        def run(**params: Any) -> Any:
            self.calls.append((method, params))
            outcome = self.outcomes.pop(0)
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        return run


def test_all_pages_of_a_listing_are_read() -> None:
    client = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        stub.add_response(
            "describe_network_interfaces",
            {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}], "NextToken": "more"},
            {"Filters": [{"Name": "subnet-id", "Values": ["subnet-a"]}], "MaxResults": 1000},
        )
        stub.add_response(
            "describe_network_interfaces",
            {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-2"}]},
            {"Filters": [{"Name": "subnet-id", "Values": ["subnet-a"]}], "MaxResults": 1000, "NextToken": "more"},
        )
        found = describe(client, "describe_network_interfaces", Filters=where({"subnet-id": "subnet-a"}))
        stub.assert_no_pending_responses()
    assert [item["NetworkInterfaceId"] for item in found] == ["eni-1", "eni-2"]


def test_pages_have_the_size_that_ec2_allows() -> None:
    model = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b").meta
    used = {
        text
        for path in (PLUGINS / "module_utils").rglob("*.py")
        for text in re.findall(r'"((?:describe|get_subnet)_\w+)"', path.read_text(encoding="utf-8"))
    }
    used |= {listing for kind in KINDS for listing in (kind.listing, *kind.further_reads)}
    used -= {call.method for calls in CALLS.values() for call in calls}  # of amazon.aws's modules
    assert {"describe_instances", "describe_nat_gateways"} <= used
    for operation in sorted(used):
        shape = model.service_model.operation_model(api_name(operation)).input_shape.members.get("MaxResults")
        client = Script({"Found": []})
        describe(client, operation)
        asked = client.calls[0][1].get("MaxResults")
        # the model has no bounds for instances and tags: the documentation says 5 to 1000
        assert asked == (None if shape is None else shape.metadata.get("max", 1000)), operation


def test_ids_are_asked_for_without_pages() -> None:
    client = Script({"SecurityGroups": []})
    describe(client, "describe_security_groups", GroupIds=["sg-1"])
    assert client.calls == [("describe_security_groups", {"GroupIds": ["sg-1"]})]


def test_instances_come_without_their_reservations() -> None:
    client = Script({"Reservations": [{"Instances": [{"InstanceId": "i-1"}]}, {"Instances": [{"InstanceId": "i-2"}]}]})
    assert describe(client, "describe_instances") == [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}]


def test_many_values_are_asked_for_in_portions_and_none_not_at_all() -> None:
    one, two = {"PublicIp": "198.51.100.1"}, {"PublicIp": "198.51.100.2"}
    client = Script({"Addresses": [one]}, {"Addresses": [two]})
    ids = (f"eipalloc-{n}" for n in range(201))
    assert describe_by(client, "describe_addresses", "allocation-id", ids) == [one, two]
    assert [len(params["Filters"][0]["Values"]) for _method, params in client.calls] == [200, 1]
    assert describe_by(client, "describe_addresses", "allocation-id", []) == []
    assert len(client.calls) == 2


def test_nat_gateways_have_another_name_for_filters() -> None:
    client = Script({"NatGateways": []})
    describe_by(client, "describe_nat_gateways", "nat-gateway-id", ["nat-1"])
    assert client.calls == [
        ("describe_nat_gateways", {"Filter": [{"Name": "nat-gateway-id", "Values": ["nat-1"]}], "MaxResults": 1000}),
    ]


def test_tags_and_ownership() -> None:
    tags = [{"Key": "bonded.internet/network", "Value": "prod"}]
    assert tags_of({"Tags": tags}) == tags_of({"TagSet": tags}) == {"bonded.internet/network": "prod"}
    assert tags_of({}) == {}
    assert (
        owned_by_network({"TagSet": tags}, "prod"),
        owned_by_network({"Tags": tags}, "stage"),
        owned_by_network({}, "prod"),
    ) == (True, False, False)
    assert as_tags({"b": "2", "a": "1"}) == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert api_name("describe_network_interfaces") == "DescribeNetworkInterfaces"


def test_throttling_is_waited_out_also_for_what_must_not_be_repeated(clock: Clock) -> None:
    throttled = client_error("RequestLimitExceeded", "Request limit exceeded.", status=503)
    client = Script(throttled, throttled, {"AllocationId": "eipalloc-1"})
    assert call(client, "allocate_address", repeatable=False) == {"AllocationId": "eipalloc-1"}
    assert len(clock.slept) == 2


def test_throttling_that_does_not_end_is_an_error(clock: Clock) -> None:
    client = Script(*[client_error("Throttling", "Rate exceeded", status=503)] * 100)
    with pytest.raises(Ec2Error, match="EC2 call DescribeAddresses failed: Throttling: Rate exceeded"):
        call(client, "describe_addresses")
    assert 120 <= clock.monotonic() < 135
    assert max(clock.slept) <= 8


@pytest.mark.parametrize("outcome", [lost_answer(), client_error("InternalError", "Oops", status=500)])
def test_an_unclear_answer_is_repeated_only_if_that_is_safe(outcome: Exception) -> None:
    assert call(Script(outcome, outcome, outcome, {}), "describe_addresses") == {}
    client = Script(outcome, {})
    with pytest.raises(Ec2UnclearError):
        call(client, "allocate_address", repeatable=False)
    assert len(client.calls) == 1
    with pytest.raises(Ec2UnclearError):
        call(Script(*[outcome] * 9), "describe_addresses")


def test_html_from_something_in_between_is_unclear() -> None:
    with pytest.raises(Ec2UnclearError):
        call(Script(client_error("502", "Bad Gateway", status=502)), "allocate_address", repeatable=False)


def test_a_connection_that_was_never_made_may_be_tried_again() -> None:
    refused = EndpointConnectionError(endpoint_url="https://ec2.example.com", error="refused")
    client = Script(refused, {})
    assert call(client, "allocate_address", repeatable=False) == {}
    with pytest.raises(Ec2Error, match="Could not connect") as failure:
        call(Script(*[refused] * 9), "allocate_address", repeatable=False)
    assert not isinstance(failure.value, Ec2UnclearError)


def test_the_missing_right_is_named() -> None:
    plain = client_error("UnauthorizedOperation", "You are not authorized to perform this operation.", status=403)
    with pytest.raises(Ec2Error) as failure:
        call(Script(plain), "assign_private_ip_addresses", what="10.0.1.40 on eni-1")
    assert str(failure.value) == (
        "EC2 call AssignPrivateIpAddresses for 10.0.1.40 on eni-1 failed: the credentials lack the IAM right"
        " ec2:AssignPrivateIpAddresses. EC2 says UnauthorizedOperation: You are not authorized to perform this"
        " operation."
    )


def test_the_missing_right_is_that_which_ec2_names() -> None:
    text = (
        "User: arn:aws:iam::1:user/x is not authorized to perform: ec2:CreateTags on resource: arn:aws:ec2:a:1:vpc/*"
        " because no identity-based policy allows the ec2:CreateTags action. Encoded authorization failure message: x"
    )
    named = client_error("UnauthorizedOperation", text, status=403)
    with pytest.raises(Ec2Error) as failure:
        call(Script(named), "allocate_address")
    assert str(failure.value) == (
        "EC2 call AllocateAddress failed: the credentials lack the IAM right ec2:CreateTags on arn:aws:ec2:a:1:vpc/*."
        f" EC2 says UnauthorizedOperation: {text}."
    )
    text = "x is not authorized to perform: ec2:DescribeVpcs because y"
    listing = client_error("UnauthorizedOperation", text, status=403)
    with pytest.raises(Ec2Error, match=r"lack the IAM right ec2:DescribeVpcs\. EC2 says"):
        call(Script(listing), "describe_vpcs")


def test_other_errors_are_raised_at_once_with_their_code() -> None:
    client = Script(client_error("InvalidParameterValue", "no"), {})
    with pytest.raises(Ec2Error) as failure:
        call(client, "associate_address")
    assert (failure.value.code, failure.value.operation, len(client.calls)) == (
        "InvalidParameterValue",
        "AssociateAddress",
        1,
    )
    with pytest.raises(Ec2Error, match="Unable to locate credentials"):
        call(Script(NoCredentialsError()), "describe_addresses")


def test_the_client_has_no_retries_of_its_own_whatever_the_user_configures() -> None:
    class Module:
        params: dict[str, Any] = {"aws_config": {"retries": {"max_attempts": 9}, "read_timeout": 7}}

        def client(self, service: str, retry_decorator: Any = None, **extra_params: Any) -> Any:
            assert service == "ec2"
            return boto3.client("ec2", region_name="us-east-1", config=extra_params["aws_config"])

    config = ec2_client(Module(), parallel=20).meta.config
    assert config.retries["total_max_attempts"] == 1
    assert (config.read_timeout, config.max_pool_connections) == (7, 20)
