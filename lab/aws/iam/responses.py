# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What moto cannot answer, knowing neither the access keys nor what they were given; private to the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from ..account import ACCOUNT_ID
from .judge import Judge
from .resources import Params


def _caller(judge: Judge, key: str, params: Params) -> dict[str, Any]:
    caller = judge.identities.caller(key)
    return {"UserId": caller.user_id, "Account": ACCOUNT_ID, "Arn": caller.arn}


_ANSWERS: dict[tuple[str, str], Callable[[Judge, str, Params], dict[str, Any]]] = {
    ("sts", "GetCallerIdentity"): _caller,
}


def own_answer(judge: Judge, key: str, service: str, action: str, params: Params) -> str | None:
    """The XML of an answer, or None if moto is to answer.

    :param key: the access key id that the request is signed with.
    """
    found = _ANSWERS.get((service, action))
    if found is None:
        return None
    operation = get_service_model(service).operation_model(action)
    serializer = get_serializer_class(service, "query")(operation_model=operation)
    return str(serializer.serialize(found(judge, key, params))["body"])
