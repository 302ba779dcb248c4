# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies of access keys, and the decision whether a request is allowed; private to the stand-in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .conditions import BadPolicy
from .evaluation import ANY, Decision, Right, decide
from .identities import Identities
from .policy import Policy, parse_policy
from .request_resources import Params
from .required_actions import unclear


@dataclass(frozen=True)
class Refusal:
    """A request that is not carried out: the answer's HTTP status, code and text."""

    status: int
    code: str
    message: str


class Authorizer:
    """Judges the requests of the access keys that were given policies; all other keys may do everything.

    :param keys: the access keys that the seed names.
    :ivar identities: whose the keys are.
    """

    def __init__(self, keys: Collection[str] = ()) -> None:
        self._keys = frozenset(keys)
        self.identities = Identities()
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

    def policies(self, key: str) -> tuple[Policy, ...] | None:
        """The policies of an access key; None if it was given none, and may do everything."""
        return self._policies.get(key)

    def clear(self) -> None:
        """Every key may do everything."""
        self._policies.clear()

    def stranger(self, key: str, service: str, signed: bool) -> Refusal | None:
        """Return the refusal of a request that no known access key has signed, or None.

        Where neither the seed nor a policy names an access key, every key is known.
        """
        if not signed:
            return Refusal(403, "MissingAuthenticationToken", "The request must contain a signature (version 4).")
        if not key:
            text = "The Authorization header has no credential scope of the form KEY/DATE/REGION/SERVICE/aws4_request."
            return Refusal(400, "IncompleteSignature", text)
        if not self._keys and not self._policies or key in {*self._keys, *self._policies, *self.identities.given()}:
            return None
        if service == "ec2":
            return Refusal(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
        return Refusal(403, "InvalidClientTokenId", "The security token included in the request is invalid.")

    def refusal(self, key: str, service: str, action: str, params: Params, rights: Iterable[Right]) -> Refusal | None:
        """Return the refusal of a request, or None if it is allowed.

        :param key: the access key id that it is signed with, or "" if it is not.
        :param rights: all that it wants; only looked at if the request is judged, and clear.
        """
        policies = self.policies(key)
        if policies is None or (service, action) == ("sts", "GetCallerIdentity"):
            # GetCallerIdentity wants no right.
            return None
        what = unclear(service, action, params)
        if what:
            text = f"This stand-in cannot judge {what}: lab/aws/iam/ does not say what it acts on"
            return Refusal(400, "UnsupportedOperation", text)
        for right in rights:
            decision = decide(policies, right)
            if decision is not Decision.ALLOWED:
                where = "" if right.arn == ANY else f" on resource: {right.called or right.arn}"
                user = self.identities.caller(key).arn
                text = f"User: {user} is not authorized to perform: {right.action}{where} {_why(decision, right)}"
                if service == "ec2":
                    sentence = f"You are not authorized to perform this operation. {text}"
                    return Refusal(403, "UnauthorizedOperation", sentence)
                return Refusal(403, "AccessDenied", text)
        return None


def _why(decision: Decision, right: Right) -> str:
    if decision is Decision.EXPLICIT_DENY:
        return "with an explicit deny in an identity-based policy"
    return f"because no identity-based policy allows the {right.action} action"
