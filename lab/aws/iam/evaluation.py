# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decision of policies on one right; private to the stand-in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from .conditions import Context
from .policy import Policy

ANY = "*"
"""The resource of an action that has none."""


@dataclass(frozen=True)
class Right:
    """One thing to be allowed: an action on a resource, under the keys of the request.

    :ivar called: what a refusal calls the resource, if not by its ARN.
    """

    action: str
    arn: str
    context: Context
    called: str = ""


class Decision(Enum):
    """Result of an evaluation of policies, in IAM's words."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


def decide(policies: Iterable[Policy], right: Right) -> Decision:
    """Decide on a right: a statement that denies beats all that allow, and no statement at all is an implicit deny."""
    applying = [
        statement.allows
        for policy in policies
        for statement in policy.statements
        if statement.applies(right.action, right.arn, right.context)
    ]
    if not all(applying):
        return Decision.EXPLICIT_DENY
    return Decision.ALLOWED if applying else Decision.IMPLICIT_DENY
