# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights to send the plan's requests: asked of EC2 by dry runs, and of IAM.

A dry run needs the ids of the objects that it acts on. So EC2 is asked about actions that need no object or only
existing ones, each action once. About all others (NO_DRY_RUN, and actions on objects that the run itself creates) only
IAM knows (rights_simulated.py), if the credentials may ask it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ..._model.names import tags
from ..._model.plan import KNOWN_AFTER_APPLY, PlannedChange
from ..._model.state import Cloud
from ..client import Ec2Client, Ec2Error, api_name, as_tags, call
from ..kind import AwsState, Call
from .required import Need, calls_of, needed
from .simulator import ClientOf, Judged, SimulationError, simulate

ALLOWED = "DryRunOperation"
NO_DRY_RUN = (
    "AssignIpv6Addresses",
    "AssignPrivateIpAddresses",
    "UnassignPrivateIpAddresses",
    "AssociateVpcCidrBlock",
    "AssociateSubnetCidrBlock",
    "ModifyVpcAttribute",
    "ModifySubnetAttribute",
)
"""Actions of the policy that EC2 has no dry run of."""
Request = tuple[str, dict[str, Any]]
"""A method of boto3 and its parameters."""


def dry_runs(items: Iterable[PlannedChange], network: str, cloud: Cloud) -> Iterator[Request]:
    """Return one request for each action, of the first item that has all ids for it."""
    state = AwsState(network, cloud)
    asked: set[str] = set()
    for item in items:
        found = next(filter(None, (_request(call, item, state) for call in calls_of(item, state))), None)
        if found and found[0] not in asked:
            asked.add(found[0])
            yield found


def _request(one: Call, item: PlannedChange, state: AwsState) -> Request | None:
    """Return the dry run of a call; None if EC2 has none, or an object has yet to be created."""
    params = one.params(item, state)
    if params is None or any(value in (None, KNOWN_AFTER_APPLY) for value in params.values()):
        return None
    if one.creates:
        given = {**((item.after or {}).get("tags") or {}), **tags(state.network, item.key)}
        params["TagSpecifications"] = [{"ResourceType": one.creates, "Tags": as_tags(given)}]
    return one.method, params


def missing_rights(
    client: Ec2Client, client_of: ClientOf, items: Collection[PlannedChange], network: str, cloud: Cloud
) -> tuple[list[str], list[str]]:
    """Return two lists of sentences: on the rights that AWS denies, and on those that it neither allows nor denies.

    :param client: of EC2 in the region in which it is asked.
    :param client_of: gives clients of IAM and STS.
    """
    missing, untold, answered = _by_dry_runs(client, items, network, cloud)
    needs = needed(items, network, cloud)
    try:
        judged = simulate(client_of, needs, network, str(client.meta.region_name))
    except SimulationError as error:
        unasked = sorted({f"ec2:{need.action}" for need in needs} - {f"ec2:{action}" for action in answered})
        if unasked:
            untold.append(
                "These rights could not be asked for beforehand, since EC2 has no dry run of them or they act on what "
                f"is yet to be made, and IAM could not be asked: {', '.join(unasked)}. {error}. The rights to ask IAM "
                "are in docs/iam-policy-ask.json."
            )
        return list(missing.values()), untold
    return list((_denied(judged) | missing).values()), untold + _open(judged)


def _by_dry_runs(
    client: Ec2Client, items: Collection[PlannedChange], network: str, cloud: Cloud
) -> tuple[dict[str, str], list[str], set[str]]:
    """Return the denied rights by action, the sentences on undecided ones, and the actions that EC2 answered."""
    missing: dict[str, str] = {}
    untold: list[str] = []
    answered: set[str] = set()
    for method, params in dry_runs(items, network, cloud):
        try:
            call(client, method, DryRun=True, **params)
        except Ec2Error as error:
            if error.right:
                missing.setdefault(error.right, str(error))
            elif error.code != ALLOWED:
                untold.append(f"EC2 does not tell by a dry run whether the credentials may do this: {error}")
                continue
            answered.add(api_name(method))
    return missing, untold, answered


def _denied(judged: Judged) -> dict[str, str]:
    """Return by action the sentences on rights that IAM does not allow."""
    return {
        action: f"The credentials lack the IAM right ec2:{action} on {where}: IAM's simulation for {judged.who} says "
        f"{said}."
        for action, where, said in _each_action(judged.denied)
    }


def _open(judged: Judged) -> list[str]:
    """Return a sentence for each right that IAM does not decide, with the reason."""
    return [
        f"IAM does not tell whether {judged.who} may do ec2:{action} on {where}: {said}."
        for action, where, said in _each_action(judged.open)
    ]


def _each_action(rights: Iterable[tuple[Need, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Return (action, place, first sentence on it) of each action, each action once."""
    places: dict[str, list[tuple[str, str]]] = {}
    for need, arn, said in rights:
        places.setdefault(need.action, []).append((arn, said))
    for action, found in places.items():
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield action, found[0][0] + more, found[0][1]
