# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Request of SimulatePrincipalPolicy, parsed as strictly as IAM parses it; private to the stand-in.

The texts are IAM's own, as far as they are known.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from ..snapshots import ACCOUNT_ID
from .conditions import Context
from .errors import invalid, not_valid, unsupported
from .evaluation import ANY
from .request_resources import Params, numbered
from .required_actions import judged

MEMBERS = ("PolicySourceArn", "ActionNames", "ResourceArns", "ContextEntries", "MaxItems", "Marker")
_SCALARS = ("string", "numeric", "boolean", "ip", "binary", "date")
TYPES = (*_SCALARS, *(f"{scalar}List" for scalar in _SCALARS))
DEFAULT_PAGE, LONGEST_PAGE = 100, 1000
_ENTRY = re.compile(r"(ContextEntries\.member\.\d+)\..+")
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)
_PRINCIPAL = re.compile(r"arn:aws:iam::(?P<account>\d{12}):(?:user|group|role)/.+")


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
