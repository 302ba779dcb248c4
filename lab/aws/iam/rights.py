# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which rights a request wants; private to the stand-in."""

from __future__ import annotations

from collections.abc import Iterator

from ..ec2.backend import LabBackend
from .conditions import Context
from .decision import ANY, Right
from .resources import ACTIONS, UNMODELLED, Params, Resource, resources_of


def unclear(service: str, action: str, params: Params) -> str:
    """What of a request cannot be judged, or ""."""
    if service != "ec2" or action not in ACTIONS:
        return f"{service}:{action}"
    beginnings = UNMODELLED.get(action, ())
    return next((f"{service}:{action} with {name}" for name in params if name.startswith(beginnings)), "")


def ec2_rights(action: str, params: Params, backend: LabBackend, account: str) -> Iterator[Right]:
    """All that must be allowed: the action on each resource, and the tags that something is made with.

    The first step raises KeyError for an action that is unclear.
    """
    region = backend.region_name
    general = {"ec2:region": (region,), "aws:requestedregion": (region,)}
    if not ACTIONS[action]:
        yield Right(f"ec2:{action}", ANY, general)
    for resource in resources_of(action, params, backend):
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
