# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An access key with policies, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.playbooks.rights import policy

from .conftest import Lab

KEY = "AKIAJUDGED0000000000"
USER = f"arn:aws:iam::123456789012:user/{KEY}"
DOCUMENTS = {name: policy(name) for name in ("read", "change", "adopt")}
OURS = {"bonded.internet/network": "demo"}


def arn(kind: str, one: str = "*") -> str:
    """The pattern of a kind of resource, in all regions and accounts."""
    return f"arn:aws:ec2:*:*:{kind}/{one}"


def statement(action: Any, resource: Any = "*", effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    """One statement of a policy; conditions by their operator, a colon in its name written as two underscores."""
    conditions = {operator.replace("__", ":"): keys for operator, keys in condition.items()}
    return {
        "Effect": effect,
        "Action": action,
        "Resource": resource,
        **({"Condition": conditions} if conditions else {}),
    }


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def judged(lab: Lab, *documents: dict[str, Any]) -> Any:
    """EC2 as the key sees it that has these policies and no other."""
    lab.server.control("POST", "policies", {KEY: list(documents)})
    return lab.client(key=KEY)


@contextmanager
def denied(action: str, resource: str | None, why: str = "") -> Iterator[None]:
    """Expect that EC2 denies the enclosed call in these words; `resource` is the end of an ARN, None without one."""
    with pytest.raises(ClientError) as caught:
        yield
    where = "" if resource is None else f" on resource: arn:aws:ec2:eu-central-1:123456789012:{resource}"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert caught.value.response["Error"] == {
        "Code": "UnauthorizedOperation",
        "Message": f"You are not authorized to perform this operation. User: {USER} is not authorized to perform: "
        f"ec2:{action}{where} {why or f'because no identity-based policy allows the ec2:{action} action'}",
    }


def made_with(kind: str, tags: dict[str, str]) -> list[dict[str, Any]]:
    """TagSpecifications of one kind."""
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


def asked_of(ec2: Any, call: Callable[[Any], object]) -> str:
    """The error's code, or ""."""
    try:
        call(ec2)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""
