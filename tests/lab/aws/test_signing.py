# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signatures of requests: header names of any case, unsigned requests, unknown access keys."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from lab.process import LabError, Running

from .conftest import ACCESS_KEY, Lab, client, refused
from .signing import scope

FORM = "application/x-www-form-urlencoded; charset=utf-8"
OTHER = "AKIAIOSFODNN7OTHER00"


def ask(running: Running, action: str, headers: Mapping[str, str], **params: str) -> tuple[int, str, str]:
    """Send a request with just these headers; return the status, the error's code and the body."""
    connection = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=20)
    body = urlencode({"Action": action, "Version": "2016-11-15", **params})
    connection.request("POST", "/", body, {"Content-Type": FORM, **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    code = re.search("<Code>(.*?)</Code>", text)
    return answer.status, code[1] if code else "", text


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_the_name_of_the_header_has_no_case(lab: Lab, name: str) -> None:
    status, _, text = ask(lab.server, "DescribeAvailabilityZones", {name: scope("eu-west-1")})
    assert (status, "eu-west-1a" in text) == (200, True)
    status, _, text = ask(lab.server, "GetCallerIdentity", {name: scope(service="sts")})
    assert (status, f":user/{ACCESS_KEY}" in text) == (200, True)


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_a_policy_judges_whatever_case_the_header_has(lab: Lab, name: str) -> None:
    lab.server.control("POST", "policies", {OTHER: []})
    before = lab.server.state()
    answer = ask(lab.server, "CreateVpc", {name: scope(key=OTHER)}, CidrBlock="10.9.0.0/16")
    assert answer[:2] == (403, "UnauthorizedOperation")
    assert lab.server.state() == before


@pytest.mark.parametrize(
    ("headers", "code", "status"),
    [
        ({}, "MissingAuthenticationToken", 403),
        ({"Authorization": "Basic YTpi"}, "IncompleteSignature", 400),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/ec2"}, "IncompleteSignature", 400),
    ],
)
def test_an_unsigned_request_is_refused(lab: Lab, headers: Mapping[str, str], code: str, status: int) -> None:
    before = lab.server.state()
    assert ask(lab.server, "CreateVpc", headers, CidrBlock="10.9.0.0/16")[:2] == (status, code)
    assert lab.server.state() == before
    assert lab.server.log()[-1]["error"] == code


def test_any_key_will_do_where_none_is_named(tmp_path: Path) -> None:
    with Running("lab.aws") as running:
        assert client(running.url, key="ANYONE").describe_vpcs()["Vpcs"] == []
        running.control("POST", "policies", {OTHER: []})
        with refused("AuthFailure", "not able to validate"):
            client(running.url, key="ANYONE").describe_vpcs()
        with refused("UnauthorizedOperation"):
            client(running.url, key=OTHER).describe_vpcs()
        running.control("DELETE", "policies")
        assert client(running.url, key="ANYONE").describe_vpcs()["Vpcs"] == []


def test_a_key_that_the_seed_does_not_name(lab: Lab) -> None:
    # The seed of these tests names ACCESS_KEY.
    with refused("AuthFailure", "not able to validate"):
        lab.client(key=OTHER).describe_vpcs()
    for service, call in (("sts", "get_caller_identity"), ("iam", "list_users")):
        with refused("InvalidClientTokenId", "security token"):
            getattr(lab.client(service, key=OTHER), call)()
    assert ask(lab.server, "DescribeVpcs", {"Authorization": scope(key=OTHER)})[0] == 401
    role = "arn:aws:iam::123456789012:role/known"
    lab.server.control("POST", "identities", {OTHER: role})
    assert "assumed-role/known" in lab.client("sts", key=OTHER).get_caller_identity()["Arn"]
    assert lab.ec2.describe_vpcs()["Vpcs"]
    lab.server.reset()
    with refused("AuthFailure"):
        lab.client(key=OTHER).describe_vpcs()


@pytest.mark.parametrize("given", ["AKIA", "[5]", "['']", "['two words']", "{AKIA: []}"])
def test_keys_of_a_seed_that_are_none(tmp_path: Path, given: str) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(f"access_keys: {given}\n")
    with pytest.raises(LabError, match="access_keys"):
        Running("lab.aws", "--seed", path).start()
