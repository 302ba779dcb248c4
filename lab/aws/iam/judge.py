# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may do what: the policies of access keys, and the judgement of a request; private to the stand-in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..ec2.backend import LabBackend
from .conditions import BadPolicy, Context
from .policy import Policy, parse_policy
from .resources import ACTIONS, UNMODELLED, Params, Resource, resources_of

ANY = "*"
"""The resource of an action that has none."""


@dataclass(frozen=True)
class Refusal:
    """A request that is not carried out: the answer's HTTP status, code and text."""

    status: int
    code: str
    message: str


@dataclass(frozen=True)
class Right:
    """One thing to be allowed: an action on a resource, under the keys of the request."""

    action: str
    arn: str
    context: Context


class Judge:
    """Judges the requests of the access keys that were given policies; all other keys may do everything."""

    def __init__(self) -> None:
        self._policies: dict[str, tuple[Policy, ...]] = {}

    def change(self, given: Any) -> None:
        """Give access keys their policies, in place of those that they had; none if one is wrong (BadPolicy)."""
        if not isinstance(given, Mapping) or not all(isinstance(listed, list) for listed in given.values()):
            raise BadPolicy('policies: an object of lists is wanted, such as {"AKIA...": [document, ...]}')
        self._policies |= {
            key: tuple(parse_policy(f"policies: {key}[{index}]", one) for index, one in enumerate(listed))
            for key, listed in given.items()
        }

    def given(self) -> dict[str, list[Any]]:
        """The documents of each access key that has some."""
        return {key: [policy.given for policy in policies] for key, policies in self._policies.items()}

    def clear(self) -> None:
        """Every key may do everything."""
        self._policies.clear()

    def refusal(
        self, key: str, service: str, action: str, params: Params, backend: LabBackend, account: str
    ) -> Refusal | None:
        """Why the request is refused, or None if it is allowed.

        :param key: the access key id that it is signed with, or "" if it is not.
        """
        policies = self._policies.get(key)
        if policies is None or (service, action) == ("sts", "GetCallerIdentity"):
            # GetCallerIdentity wants no right.
            return None
        unclear = _unclear(service, action, params)
        if unclear:
            text = f"This stand-in cannot judge {unclear}: lab/aws/iam/resources.py does not say what it acts on"
            return Refusal(400, "UnsupportedOperation", text)
        for right in _rights(action, resources_of(action, params, backend), backend.region_name, account):
            why = _why_not(policies, right)
            if why:
                where = "" if right.arn == ANY else f" on resource: {right.arn}"
                whose = f"User: arn:aws:iam::{account}:user/{key} is not authorized to perform: {right.action}{where}"
                text = f"You are not authorized to perform this operation. {whose} {why}"
                return Refusal(403, "UnauthorizedOperation", text)
        return None


def _unclear(service: str, action: str, params: Params) -> str:
    """What of the request cannot be judged, or ""."""
    if service != "ec2" or action not in ACTIONS:
        return f"{service}:{action}"
    beginnings = UNMODELLED.get(action, ())
    return next((f"{service}:{action} with {name}" for name in params if name.startswith(beginnings)), "")


def _rights(action: str, resources: list[Resource], region: str, account: str) -> Iterator[Right]:
    """All that must be allowed: the action on each resource, and the tags that something is made with."""
    general = {"ec2:region": (region,), "aws:requestedregion": (region,)}
    if not ACTIONS[action]:
        yield Right(f"ec2:{action}", ANY, general)
    for resource in resources:
        arn, context = resource.arn(region, account), {**general, **_keys(resource)}
        yield Right(f"ec2:{action}", arn, context)
        if resource.made and resource.given:
            yield Right("ec2:CreateTags", arn, {**context, "ec2:createaction": (action,)})


def _keys(resource: Resource) -> Context:
    """The condition keys that hang on one resource."""
    keys: dict[str, tuple[str, ...]] = {
        f"{service}:resourcetag/{key.lower()}": (value,)
        for service in ("aws", "ec2")
        for key, value in resource.tags.items()
    }
    if resource.given:
        keys |= {f"aws:requesttag/{key.lower()}": (value,) for key, value in resource.given.items()}
        keys["aws:tagkeys"] = tuple(resource.given)
    return keys


def _why_not(policies: tuple[Policy, ...], right: Right) -> str:
    """Why a right is not there, or "": a statement that denies beats every one that allows."""
    applying = [
        statement.allows
        for policy in policies
        for statement in policy.statements
        if statement.applies(right.action, right.arn, right.context)
    ]
    if not all(applying):
        return "with an explicit deny in an identity-based policy"
    return "" if applying else f"because no identity-based policy allows the {right.action} action"
