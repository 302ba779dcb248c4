# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Response of SimulatePrincipalPolicy; private to the stand-in.

The decision is the authorizer's, under the context entries of the request only: IAM looks at no resource here, and so
at no tag.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..snapshots import ACCOUNT_ID
from .authorizer import Authorizer
from .conditions import Context
from .errors import no_such_entity
from .evaluation import ANY, Decision, Right, decide
from .policy import Policy
from .request_resources import Params
from .required_actions import suits
from .simulation_request import SimulationRequest, marker, parse_simulation

# The one that counts is the first of these that is among those of all resources.
_STRICTEST_FIRST = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY, Decision.ALLOWED)
# What IAM calls several resources of a service at once.
_TEMPLATES = {"ec2": "arn:aws:ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}"}
_USER = f"arn:aws:iam::{ACCOUNT_ID}:user/"


def simulate(authorizer: Authorizer, key: str, params: Params) -> dict[str, Any]:
    """The answer, as the API's model has it. Raises IamError.

    :param key: the access key id that the request is signed with.
    """
    request = parse_simulation(params)
    policies = authorizer.policies(_key_of(authorizer, key, request.source))
    end = request.first + request.size
    results = [_result(policies, action, request) for action in request.actions[request.first : end]]
    if end >= len(request.actions):
        return {"EvaluationResults": results, "IsTruncated": False}
    return {"EvaluationResults": results, "IsTruncated": True, "Marker": marker(end)}


def _key_of(authorizer: Authorizer, caller: str, source: str) -> str:
    """The access key that an ARN stands for: a role's, or a user's that is known by its policies, or asks."""
    identities = authorizer.identities
    key = identities.key_of(source)
    if key is None and source.startswith(_USER):
        key = source.removeprefix(_USER)
        if key in identities.given() or (key != caller and authorizer.policies(key) is None):
            key = None
    if key is None:
        no_such_entity("Unable to retrieve specified IAM entity.")
    return key


def _result(policies: tuple[Policy, ...] | None, action: str, request: SimulationRequest) -> dict[str, Any]:
    """Return the result for one action: the strictest decision over the resources, and the missing condition keys."""
    decisions = [_decision(policies, action, arn, request.context) for arn in request.resources or (ANY,)]
    strictest = next(one for one in _STRICTEST_FIRST if one in decisions)
    missing = _missing(policies or (), request.context) if Decision.IMPLICIT_DENY in decisions else []
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": _called(action, request.resources),
        "EvalDecision": strictest.value,
        "MatchedStatements": [],
        "MissingContextValues": missing,
    }
    if request.resources:
        result["EvalDecisionDetails"] = {}
        result["ResourceSpecificResults"] = [
            {
                "EvalResourceName": arn,
                "EvalResourceDecision": decision.value,
                # Left out where there are none, as IAM does.
                "MissingContextValues": missing if missing and decision is Decision.IMPLICIT_DENY else None,
            }
            for arn, decision in zip(request.resources, decisions, strict=True)
        ]
    return result


def _decision(policies: tuple[Policy, ...] | None, action: str, arn: str, context: Context) -> Decision:
    if arn != ANY and not suits(action, arn):
        # IAM allows nobody an action on what it does not act on.
        return Decision.IMPLICIT_DENY
    return Decision.ALLOWED if policies is None else decide(policies, Right(action, arn, context))


def _missing(policies: Iterable[Policy], context: Context) -> list[str]:
    """The condition keys of all statements, also of those about other actions, that were not given: so IAM does it."""
    missing: dict[str, str] = {}
    for condition in (one for policy in policies for statement in policy.statements for one in statement.conditions):
        if condition.key not in context:
            missing.setdefault(condition.key, condition.written)
    return list(missing.values())


def _called(action: str, resources: tuple[str, ...]) -> str:
    if len(resources) == 1:
        return resources[0]
    return _TEMPLATES.get(action.split(":")[0], ANY) if resources else ANY
