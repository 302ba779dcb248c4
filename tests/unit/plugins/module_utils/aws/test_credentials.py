# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS credentials with what no header can carry."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, HTTPClientError

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error, call
from ansible_collections.bonded.internet.plugins.module_utils._aws.credentials import tidy_credentials
from ansible_collections.bonded.internet.plugins.modules import network_plan, owned_object
from tests.unit.plugins.scripted import LOGIN
from tests.unit.plugins.scripted import call as call_module

KEYS = {"access_key": "AKIA", "secret_key": "secret", "session_token": "token"}
VARIABLES = {
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
}
ADDRESS = {"kind": "elastic_ip", "network": "prod", "key": "gateway-ip/acme/agg1", "region": "us-east-1"}
HOSTS = [{"host": "agg1", "aggregator": "7", "private_ip_address": "192.0.2.11"}]


def test_white_space_is_taken_off() -> None:
    params: dict[str, Any] = {"access_key": " AKIA\n", "secret_key": "secret\r\n", "session_token": None, "region": 5}
    assert tidy_credentials(params) is None
    assert params == {"access_key": "AKIA", "secret_key": "secret", "session_token": None, "region": 5}


@pytest.mark.parametrize("value", ["S3cr3t\nC4nary", "S3cr3t C4nary", "S3cr3t€C4nary", "S3cr3t\x01C4nary"])
@pytest.mark.parametrize("option", sorted(KEYS))
def test_other_characters_are_refused_by_name(option: str, value: str) -> None:
    result = call_module_with(owned_object, ADDRESS, **{option: value})
    assert result["msg"] == (
        f"{option} ({VARIABLES[option]}): the value has white space, a control or a non-ASCII character in it; give it "
        "without. Nothing was sent to AWS."
    )


def test_a_variable_of_the_environment_is_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "S3cr3t\nC4nary")
    result = call_module_with(owned_object, ADDRESS, access_key="a", secret_key="b")
    assert result["msg"].startswith("session_token (AWS_SESSION_TOKEN): ")
    assert "C4nary" not in json.dumps(result)


def test_the_plan_refuses_what_the_roles_would_print() -> None:
    given = {**LOGIN, "network": "prod", "aggregators": HOSTS}
    result = call_module_with(network_plan, given, **{**KEYS, "session_token": "S3cr3t-C4nary\n"})
    assert result["msg"] == (
        "session_token (AWS_SESSION_TOKEN): the value begins or ends with white space, such as a line break; give it "
        "without. Nothing was sent to AWS. Nothing was changed."
    )
    assert "C4nary" not in json.dumps({name: value for name, value in result.items() if name != "invocation"})


def test_a_user_in_the_url() -> None:
    assert tidy_credentials({"endpoint_url": "https://u:C4nary@aws"}) == (
        "endpoint_url (AWS_URL): the URL contains a user or password; give it without. Nothing was sent to AWS."
    )


@pytest.mark.parametrize(
    "error",
    [
        HTTPClientError(error=ValueError("Invalid header value b'S3cr3t-C4nary\\n'")),
        EndpointConnectionError(endpoint_url="http://u:C4nary@proxy"),
    ],
    ids=["header", "proxy"],
)
def test_the_words_of_botocore(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def describe_vpcs(self) -> None:
            raise error

    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with pytest.raises(Ec2Error) as caught:
        call(Failing(), "describe_vpcs")
    assert "EC2 call DescribeVpcs failed: " in str(caught.value)
    assert "C4nary" not in str(caught.value)


def call_module_with(module: Any, options: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The result of a module, which must have failed."""
    with pytest.MonkeyPatch.context() as patch:
        result = call_module(patch, module.main, {**options, **more})
    assert result["failed"]
    assert "exception" not in result
    return result
