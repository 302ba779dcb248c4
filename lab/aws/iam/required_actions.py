# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rights that a request needs; private to the stand-in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..ec2.backend import Ec2Backend
from ..snapshots import ACCOUNT_ID, DEFAULT_REGION
from .conditions import Context
from .evaluation import ANY, Right
from .identities import Identities
from .request_resources import ACTIONS, ANY_KIND, UNMODELLED, Params, Resource, resources_of

IAM_ACTIONS = {"GetRole": ("role",), "SimulatePrincipalPolicy": ("user", "group", "role")}
"""The types of the one resource of each action of IAM's."""
_ARN = re.compile(r"arn:[^:]+:(?P<service>[^:]+):[^:]*:[^:]*:(?P<kind>[^/]+)/.+", re.DOTALL)


def judged(action: str) -> bool:
    """Return True if the authorizer knows the resources of an action, such as ``ec2:CreateVpc``."""
    service, _, name = action.partition(":")
    return name in {"ec2": ACTIONS.keys(), "iam": IAM_ACTIONS.keys()}.get(service, ())


def suits(action: str, arn: str) -> bool:
    """Return True if a judged action acts on resources of this ARN's type."""
    service, _, name = action.partition(":")
    of_ec2 = {kind for finder in ACTIONS.get(name, ()) for kind in finder.kinds}
    kinds = of_ec2 if service == "ec2" else {*IAM_ACTIONS[name]}
    match = _ARN.fullmatch(arn)
    return match is not None and match["service"] == service and not kinds.isdisjoint({match["kind"], ANY_KIND})


def unclear(service: str, action: str, params: Params) -> str:
    """Return the part of a request that the authorizer cannot evaluate, the action or a parameter, or an empty text."""
    if not judged(f"{service}:{action}"):
        return f"{service}:{action}"
    beginnings = UNMODELLED.get(action, ())
    return next((f"{service}:{action} with {name}" for name in params if name.startswith(beginnings)), "")


def ec2_rights(action: str, params: Params, backend: Ec2Backend) -> Iterator[Right]:
    """All that must be allowed: the action on each resource, and the tags that something is made with.

    The first step raises KeyError for an action that is unclear.
    """
    region = backend.region_name
    general = {"ec2:region": (region,), "aws:requestedregion": (region,)}
    if not ACTIONS[action]:
        yield Right(f"ec2:{action}", ANY, general)
    for resource in resources_of(action, params, backend):
        arn, context = resource.arn(region, ACCOUNT_ID), {**general, **_keys(resource)}
        yield Right(f"ec2:{action}", arn, context)
        if resource.made and resource.given:
            yield Right("ec2:CreateTags", arn, {**context, "ec2:createaction": (action,)})


def iam_rights(action: str, params: Params, identities: Identities) -> Iterator[Right]:
    """Return the right that a request to IAM needs. IAM's requests belong to us-east-1, in every region."""
    context = {"aws:requestedregion": (DEFAULT_REGION,)}
    if action == "GetRole":
        name = params.get("RoleName", "")
        role = identities.role(name)
        arn = role.arn if role is not None else f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"
        yield Right(f"iam:{action}", arn, context, f"role {name}")
    else:
        yield Right(f"iam:{action}", params.get("PolicySourceArn") or ANY, context)


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
