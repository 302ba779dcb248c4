# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SimulatePrincipalPolicy: its request, parsed as strictly as IAM parses it, and its response; private to the stand-in.

The texts are IAM's own, as far as they are known. The decision is the authorizer's, under the context entries of the
request only: IAM looks at no resource here, and so at no tag.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..snapshots import ACCOUNT_ID
from .authorizer import Authorizer
from .conditions import Context
from .errors import invalid, no_such_entity, not_valid, unsupported
from .evaluation import ANY, Decision, Right, decide
from .policy import Policy
from .request_resources import Params, numbered
from .required_actions import judged, suits

MEMBERS = ("PolicySourceArn", "ActionNames", "ResourceArns", "ContextEntries", "MaxItems", "Marker")
_SCALARS = ("string", "numeric", "boolean", "ip", "binary", "date")
TYPES = (*_SCALARS, *(f"{scalar}List" for scalar in _SCALARS))
DEFAULT_PAGE, LONGEST_PAGE = 100, 1000
_ENTRY = re.compile(r"(ContextEntries\.member\.\d+)\..+")
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
_PRINCIPAL = re.compile(r"arn:aws:iam::(?P<account>\d{12}):(?:user|group|role)/.+")
# The one that counts is the first of these that is among those of all resources.
_STRICTEST_FIRST = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY, Decision.ALLOWED)
# What IAM calls several resources of a service at once.
_TEMPLATES = {"ec2": "arn:aws:ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}"}
_USER = f"arn:aws:iam::{ACCOUNT_ID}:user/"


@dataclass(frozen=True)
class SimulationRequest:
    """A request that can be answered.

    :ivar resources: those that were named, none for ``*``.
    :ivar context: the condition keys that were given, with their values; there are no others.
    :ivar first: the index of the first action that this page is about.
    :ivar size: how many actions there are on a page.
    """

    source: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: Context
    first: int
    size: int


def parse_simulation(params: Params) -> SimulationRequest:
    """Read a request. Raises IamError."""
    for name in params:
        if name.split(".")[0] not in MEMBERS:
            unsupported(f"SimulatePrincipalPolicy with {name.split('.')[0]}")
    size = _size(params)
    actions = _actions(params)
    first = _first(params.get("Marker"), len(actions))
    return SimulationRequest(_source(params), actions, _resources(params), _context(params), first, size)


def marker(index: int) -> str:
    """The marker of the page that begins with this action."""
    return base64.urlsafe_b64encode(f"action {index}".encode()).decode()


def _first(given: str | None, count: int) -> int:
    if given is None:
        return 0
    try:
        index = int(base64.urlsafe_b64decode(given.encode()).decode().removeprefix("action "))
    except (binascii.Error, UnicodeError, ValueError):
        index = -1
    if not 0 < index < count or marker(index) != given:
        invalid("Invalid marker for pagination.")
    return index


def _size(params: Params) -> int:
    given = params.get("MaxItems", str(DEFAULT_PAGE))
    if not re.fullmatch(r"-?\d{1,9}", given):
        not_valid("maxItems", "be a whole number")
    if int(given) < 1:
        not_valid("maxItems", "have value greater than or equal to 1")
    if int(given) > LONGEST_PAGE:
        not_valid("maxItems", f"have value less than or equal to {LONGEST_PAGE}")
    return int(given)


def _source(params: Params) -> str:
    source = params.get("PolicySourceArn", "")
    if not source:
        not_valid("policySourceArn", "not be null")
    if len(source) < 20:
        not_valid("policySourceArn", "have length greater than or equal to 20")
    match = _PRINCIPAL.fullmatch(source)
    if match is None:
        # The ARN of a role's session, too: of a role it has neither the service nor the path.
        invalid(f"Invalid ARN provided in the request: {source}")
    if match["account"] != ACCOUNT_ID:
        where = f"caller's account {ACCOUNT_ID} does not have access to policies in account {match['account']}"
        invalid(f"Invalid Policy Source Arn: {where}.")
    return source


def _actions(params: Params) -> tuple[str, ...]:
    actions = tuple(numbered(params, "ActionNames.member"))
    if not actions:
        not_valid("actionNames", "not be null")
    for action in actions:
        if ":" not in action:
            invalid("The action is invalid since it is missing names")
        if not judged(action):
            # IAM denies what no policy names, with the same words as a slip of the pen.
            unsupported(f"the simulation of {action}; lab/aws/iam/ does not say what it acts on")
    return actions


def _resources(params: Params) -> tuple[str, ...]:
    resources = tuple(numbered(params, "ResourceArns.member"))
    if resources == (ANY,):
        return ()
    for resource in resources:
        if not _ARN.fullmatch(resource):
            invalid(f"ResourceNames are not in a valid ARN format: {resource}.")
    return resources


def _context(params: Params) -> Context:
    """The condition keys of the entries, in lower case."""
    prefixes = dict.fromkeys(match[1] for name in params if (match := _ENTRY.fullmatch(name)))
    found: dict[str, tuple[str, ...]] = {}
    for prefix in prefixes:
        name, kind = params.get(f"{prefix}.ContextKeyName", ""), params.get(f"{prefix}.ContextKeyType")
        values = tuple(numbered(params, f"{prefix}.ContextKeyValues.member"))
        if not name:
            invalid("ContextKeyName cannot be null or empty.")
        if kind is None:
            invalid(f"Context key {name} has invalid type null.")
        if kind not in TYPES:
            path = prefix.replace("ContextEntries", "contextEntries").replace(".member", "")
            not_valid(f"{path}.member.contextKeyType", f"satisfy enum value set: [{', '.join(TYPES)}]")
        if not values:
            invalid(f"Context values for context key {name} cannot be null or empty.")
        if len(values) > 1 and not kind.endswith("List"):
            invalid(f"Context key {kind} expected a single value, but received {len(values)}.")
        if name.lower() in found:
            invalid(f"Duplicate context key: {name}.")
        found[name.lower()] = values
    return found


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
