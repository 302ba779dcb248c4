# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM policies for reading and changing, from the kinds of EC2 objects (`_aws/resources`).

`python -m tools.iam_policies` rewrites docs/iam-policy-read.json and docs/iam-policy-change.json where they differ. The
two others are written by hand: no planned change asks IAM, and one alone adopts an Elastic IP.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import api_name
from ansible_collections.bonded.internet.plugins.module_utils._aws.permissions.required import CALLS, KINDS
from ansible_collections.bonded.internet.plugins.module_utils._aws.quotas import LIMITS
from ansible_collections.bonded.internet.plugins.module_utils._model import names
from tools.fresh_copy import ROOT

Json = dict[str, Any]
NETWORK = "demo"
OWN_TAG = "CostCenter"
OF_REQUEST = {f"aws:RequestTag/{names.TAG_NETWORK}": NETWORK}
OF_RESOURCE = {f"aws:ResourceTag/{names.TAG_NETWORK}": NETWORK}
NOT_ANOTHERS = {"StringEqualsIfExists": OF_RESOURCE}
INSTANCES = ("describe_instances", "describe_instance_status", "describe_instance_types")
"""Listings of the aggregators' instances, which no plan creates or changes."""
KEYS = (
    names.TAG_ADOPTED,
    names.TAG_CONNECTED_IP,
    names.TAG_FOLLOWED_FROM,
    names.TAG_INTERFACE,
    names.TAG_KEY,
    names.TAG_MOVING_FROM,
    names.TAG_NETWORK,
    names.TAG_PRIVATE_IP,
    names.TAG_RETIRED,
)
"""The tags of objects that carry the network's tag."""

_CALLS = [call for calls in CALLS.values() for call in calls]
_ON = [(call.action, place) for call in _CALLS for place in call.on]
_TAGGING = ("CreateTags", "DeleteTags")


def policies() -> dict[str, Json]:
    """Return the policies by the name of their file in docs/."""
    return {
        f"iam-policy-{name}.json": {"Version": "2012-10-17", "Statement": statements}
        for name, statements in (("read", _read()), ("change", _change()))
    }


def _read() -> list[Json]:
    return [_allow("Look", _looks())]


def _looks() -> list[str]:
    listings = [*INSTANCES, LIMITS, *(one for kind in KINDS for one in (kind.listing, *kind.further_reads))]
    return [api_name(listing) for listing in listings]


def _change() -> list[Json]:
    looks = {call.action for call in _CALLS if call.action.startswith("Describe")} - {*_looks()}
    ours = [kind.resource for kind in KINDS]
    created = sorted({call.action for call in _CALLS if call.creates})
    # what the network need not own: its tag is no condition, but another network's is a refusal
    others = {(action, place.resource) for action, place in _ON if place.found and action not in _TAGGING}
    on_interfaces = {action for action, resource in others if resource == "network-interface"}
    on_vpcs = {action for action, resource in others if resource == "vpc"}
    rest = {(action, resource) for action, resource in others if resource not in ("network-interface", "vpc")}
    return [
        _allow("LookWhileChanging", looks),
        _allow("MakeWithTheTag", created, ours, {"StringEquals": OF_REQUEST}),
        _allow("TagWhatIsMade", ["CreateTags"], ours, {"StringEquals": {**OF_REQUEST, "ec2:CreateAction": created}}),
        _allow(
            "ChangeWhatHasTheTag",
            (a for a, place in _ON if not (place.found or a in _TAGGING or a.startswith("Describe"))),
            ours,
            {"StringEquals": OF_RESOURCE},
        ),
        _allow(
            "TagWhatHasTheTag",
            ["CreateTags"],
            ours,
            {"StringEquals": OF_RESOURCE, "StringEqualsIfExists": OF_REQUEST, **_only(OWN_TAG, "Name", *KEYS)},
        ),
        _allow(
            "UntagAddressesThatHaveTheTag",
            ["DeleteTags"],
            ["elastic-ip"],
            {"StringEquals": OF_RESOURCE, **_some(names.TAG_MOVING_FROM, names.TAG_RETIRED)},
        ),
        _allow("UseInterfacesWithoutTheTag", on_interfaces, ["instance", "network-interface"], NOT_ANOTHERS),
        _allow("RememberChecksInATag", _TAGGING, ["network-interface"], {**NOT_ANOTHERS, **_some(names.TAG_CHECK)}),
        _allow("UseWhatHasNoTag", {a for a, _resource in rest}, {r for _action, r in rest}, NOT_ANOTHERS),
        _allow("UseVpcsWithoutTheTag", on_vpcs, ["vpc"], NOT_ANOTHERS),
    ]


def _allow(sid: str, actions: Iterable[str], resources: Iterable[str] = (), condition: Json | None = None) -> Json:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": _one_or_all(f"ec2:{action}" for action in actions),
        "Resource": _one_or_all(f"arn:aws:ec2:*:*:{resource}/*" for resource in resources) or "*",
        **({"Condition": condition} if condition else {}),
    }


def _one_or_all(texts: Iterable[str]) -> str | list[str]:
    found = sorted(set(texts))
    return found[0] if len(found) == 1 else found


def _only(*keys: str) -> Json:
    return {"ForAllValues:StringEquals": {"aws:TagKeys": list(keys)}}


def _some(*keys: str) -> Json:
    """Return the condition of these keys only, and of at least one."""
    return {**_only(*keys), "Null": {"aws:TagKeys": "false"}}


def main() -> None:
    """Rewrite the policies that differ."""
    for name, policy in policies().items():
        path = ROOT / "docs" / name
        if json.loads(path.read_text(encoding="utf-8")) != policy:
            path.write_text(f"{json.dumps(policy, indent=2)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
