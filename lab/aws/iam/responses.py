# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses of STS and IAM that moto cannot give: it knows no access keys and no policies of theirs. Private to the
stand-in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from ..snapshots import ACCOUNT_ID
from .authorizer import Authorizer
from .errors import no_such_entity, not_valid, unsupported
from .request_resources import Params
from .simulation import simulate

# Roles here are given, not assumed: all of them could be, by anyone of the account.
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def _caller(authorizer: Authorizer, key: str, params: Params) -> dict[str, Any]:
    caller = authorizer.identities.caller(key)
    return {"UserId": caller.user_id, "Account": ACCOUNT_ID, "Arn": caller.arn}


def _role(authorizer: Authorizer, key: str, params: Params) -> dict[str, Any]:
    name = params.get("RoleName", "")
    if not re.fullmatch(r"[A-Za-z0-9_+=,.@-]{1,64}", name):
        not_valid("roleName", r"satisfy regular expression pattern: [\w+=,.@-]+ and have length from 1 to 64")
    role = authorizer.identities.role(name)
    if role is None:
        no_such_entity(f"The role with name {name} cannot be found.")
    return {
        "Role": {
            "Path": role.path,
            "RoleName": role.name,
            "RoleId": role.id,
            "Arn": role.arn,
            "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
            "AssumeRolePolicyDocument": quote(json.dumps(_TRUST), safe=""),
            "MaxSessionDuration": 3600,
        }
    }


_ANSWERS: dict[tuple[str, str], Callable[[Authorizer, str, Params], dict[str, Any]]] = {
    ("sts", "GetCallerIdentity"): _caller,
    ("iam", "GetRole"): _role,
    ("iam", "SimulatePrincipalPolicy"): simulate,
}


def own_answer(authorizer: Authorizer, key: str, service: str, action: str, params: Params) -> str | None:
    """The XML of an answer, or None if moto is to answer. Raises IamError.

    :param key: the access key id that the request is signed with.
    """
    found = _ANSWERS.get((service, action))
    if found is None and service != "iam":
        return None
    operation = get_service_model(service).operation_model(action)
    if found is None:
        # moto's IAM would let through what the authorizer never sees.
        unsupported(f"iam:{action}")
    serializer = get_serializer_class(service, "query")(operation_model=operation)
    return str(serializer.serialize(found(authorizer, key, params))["body"])
