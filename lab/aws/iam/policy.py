# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy documents: read strictly, and matched with one action on one resource; private to the stand-in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .conditions import BadPolicy, Condition, Context, like, parse_conditions, strings

VERSION = "2012-10-17"
_DOCUMENT = ("Version", "Id", "Statement")
_STATEMENT = ("Sid", "Effect", "Action", "Resource", "Condition")
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_RESOURCE = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")


@dataclass(frozen=True)
class Statement:
    """One statement. ``actions`` are in lower case, as IAM compares them."""

    sid: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def names(self, action: str) -> bool:
        """Return True if the statement names this action, such as ``ec2:CreateVpc``."""
        return any(like(pattern, action.lower()) for pattern in self.actions)

    def applies(self, action: str, arn: str, context: Context) -> bool:
        """Return True if the statement's actions, resources and conditions all match the request."""
        return (
            self.names(action)
            and any(like(pattern, arn) for pattern in self.resources)
            and all(condition.holds(context) for condition in self.conditions)
        )


@dataclass(frozen=True)
class Policy:
    """A document. ``given`` is what was read."""

    given: Mapping[str, Any]
    statements: tuple[Statement, ...]


def _known(where: str, given: Any, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise BadPolicy(f"{where}: an object is wanted, not {given!r}")
    for key in given:
        if key not in keys:
            raise BadPolicy(f"{where}: the key {key!r} is unknown; there are: {', '.join(keys)}")
    return given


def parse_policy(where: str, given: Any) -> Policy:
    """A policy document as IAM takes it for users and roles. Raises BadPolicy.

    :param where: what to call it in errors.
    """
    document = _known(where, given, _DOCUMENT)
    if document.get("Version") != VERSION:
        raise BadPolicy(f"{where}: Version: {document.get('Version')!r} is not {VERSION!r}")
    listed = document.get("Statement")
    if isinstance(listed, Mapping):
        listed = [listed]
    if not isinstance(listed, list) or not listed:
        raise BadPolicy(f"{where}: Statement: a list of statements is wanted, not {listed!r}")
    statements = tuple(_parse_statement(f"{where}: Statement[{index}]", one) for index, one in enumerate(listed))
    sids = [statement.sid for statement in statements if statement.sid]
    for sid in sids:
        if sids.count(sid) > 1:
            raise BadPolicy(f"{where}: the Sid {sid!r} is used twice")
    return Policy(document, statements)


def _parse_statement(where: str, given: Any) -> Statement:
    statement = _known(where, given, _STATEMENT)
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or not re.fullmatch(r"[A-Za-z0-9]*", sid):
        raise BadPolicy(f"{where}: Sid: {sid!r} may have letters and digits only")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise BadPolicy(f"{where}: Effect: {statement.get('Effect')!r} is neither 'Allow' nor 'Deny'")
    actions = strings(f"{where}: Action", statement.get("Action"))
    for action in actions:
        if action != "*" and not _ACTION.fullmatch(action):
            raise BadPolicy(f"{where}: Action: {action!r} is not of the form service:Action, such as 'ec2:CreateVpc'")
    resources = strings(f"{where}: Resource", statement.get("Resource"))
    for resource in resources:
        if resource != "*" and not _RESOURCE.fullmatch(resource):
            form = "arn:partition:service:region:account:resource"
            raise BadPolicy(f"{where}: Resource: {resource!r} is neither '*' nor of the form {form}")
    return Statement(
        sid,
        statement["Effect"] == "Allow",
        tuple(action.lower() for action in actions),
        resources,
        parse_conditions(f"{where}: Condition", statement.get("Condition", {})),
    )
