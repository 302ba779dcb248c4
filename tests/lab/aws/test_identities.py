# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owners of access keys: the answer of STS about them, and their names in refusals."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.process import LabError

from .conftest import Lab
from .judging import KEY, USER, judged

ROLE = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_net_0a1b"
SESSION = f"arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_net_0a1b/{KEY}"


def who(lab: Lab, **options: Any) -> dict[str, str]:
    """Return the answer of GetCallerIdentity to the key."""
    told = lab.client("sts", key=KEY, **options).get_caller_identity()
    return {name: told[name] for name in ("Account", "Arn", "UserId")}


def test_a_key_is_a_user_of_its_own_name(lab: Lab) -> None:
    told = who(lab)
    assert (told["Account"], told["Arn"]) == ("123456789012", USER)
    assert re.fullmatch("AIDA[A-Z2-7]{17}", told["UserId"])
    assert who(lab, region="us-east-1") == told
    other = lab.client("sts").get_caller_identity()
    assert other["Arn"] == "arn:aws:iam::123456789012:user/AKIAIOSFODNN7EXAMPLE"
    assert other["UserId"] != told["UserId"]


def test_a_key_is_a_session_of_the_role_that_it_was_given(lab: Lab) -> None:
    user = who(lab)
    lab.server.control("POST", "identities", {KEY: ROLE})
    told = who(lab)
    assert (told["Account"], told["Arn"]) == ("123456789012", SESSION)
    assert re.fullmatch(f"AROA[A-Z2-7]{{17}}:{KEY}", told["UserId"])
    # Another key is a user's still, and so is this one after a reset.
    assert ":user/" in lab.client("sts").get_caller_identity()["Arn"]
    lab.server.reset()
    assert lab.server.control("GET", "identities") == {}
    assert who(lab) == user


def test_identities_are_told_replaced_and_forgotten(lab: Lab) -> None:
    plain, other = (f"arn:aws:iam::123456789012:role/{name}" for name in ("plain", "other"))
    lab.server.control("POST", "identities", {KEY: plain})
    lab.server.control("POST", "identities", {"AKIAOTHER": other})
    assert lab.server.control("GET", "identities") == {KEY: plain, "AKIAOTHER": other}
    assert who(lab)["Arn"] == f"arn:aws:sts::123456789012:assumed-role/plain/{KEY}"
    lab.server.control("POST", "identities", {KEY: ROLE})
    assert who(lab)["Arn"] == SESSION
    # The policies of a key have nothing to do with whose it is.
    lab.server.control("POST", "policies", {KEY: []})
    lab.server.control("DELETE", "identities")
    assert (lab.server.control("GET", "identities"), lab.server.control("GET", "policies")) == ({}, {KEY: []})
    assert who(lab)["Arn"] == USER


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "identities: an object is wanted"),
        ({KEY: None}, f"identities: {KEY}: None is not a role's ARN"),
        ({KEY: USER}, "is not a role's ARN, which is of the form arn:aws:iam::123456789012:role/NAME"),
        ({KEY: SESSION}, "is not a role's ARN"),
        ({KEY: "arn:aws:iam::123456789012:role/"}, "is not a role's ARN"),
        ({KEY: "arn:aws:iam::123456789012:role/a b/c"}, "is not a role's ARN"),
        ({KEY: "arn:aws:iam::123456789012:role//c"}, "is not a role's ARN"),
        ({KEY: f"arn:aws:iam::123456789012:role/{'x' * 65}"}, "is not a role's ARN"),
        ({KEY: "arn:aws:iam::999999999999:role/a"}, "is of another account than 123456789012"),
        ({"x": ROLE}, "identities: 'x': a key has 2 to 64 letters"),
        ({"AKIA/1": ROLE}, "identities: 'AKIA/1': a key has"),
        ({"AKIA2": "arn:aws:iam::123456789012:role/KEPT"}, f"AKIA2: {KEY} has a role of the name 'KEPT' already"),
    ],
)
def test_wrong_identities_change_nothing(lab: Lab, given: object, words: str) -> None:
    kept = {KEY: "arn:aws:iam::123456789012:role/path/kept"}
    lab.server.control("POST", "identities", kept)
    with pytest.raises(LabError, match=re.escape(words)):
        lab.server.control("POST", "identities", given)
    assert lab.server.control("GET", "identities") == kept


def test_who_is_refused_is_named(lab: Lab) -> None:
    ec2 = judged(lab)
    for user in (USER, SESSION):
        with pytest.raises(ClientError, match=f"User: {user} is not authorized to perform: ec2:DescribeVpcs because"):
            ec2.describe_vpcs()
        lab.server.control("POST", "identities", {KEY: ROLE})


def test_who_asks_is_logged(lab: Lab) -> None:
    who(lab, region="us-east-1")
    logged = lab.server.log()[-1]
    wanted = {"service": "sts", "region": "us-east-1", "action": "GetCallerIdentity", "params": {}, "status": 200}
    assert wanted.items() <= logged.items()
