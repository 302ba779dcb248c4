# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights of the credentials, asked of IAM's policy simulator.

The simulator decides on actions without a dry run in EC2, and on actions on objects that do not exist yet. It knows the
policies of a user or role with their boundaries, but not those of its session, and no tags: the request states the tags
that a condition compares. IAM API Reference, "SimulatePrincipalPolicy".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..._model.names import TAG_ADOPTED, TAG_NETWORK
from ..client import Ec2Client
from .required import Need

with suppress(ImportError):  # AnsibleAWSModule reports the missing library before any of these names is used
    from botocore.exceptions import BotoCoreError, ClientError

ALLOWED = "allowed"

ClientOf = Callable[[str], Any]
"""A boto3 client of a service: "iam", "sts"."""
Context = tuple[tuple[str, tuple[str, ...]], ...]


class SimulationError(Exception):
    """IAM cannot be asked; `str()` says why."""


@dataclass
class Judged:
    """IAM's decisions on the rights that it does not allow.

    :ivar who: the ARN of the user or role.
    :ivar denied: each right with its ARN and the decision (``implicitDeny``, ``explicitDeny``).
    :ivar open: the same for those that it does not decide, with the reason: the simulator lists all condition keys of
        all policies that it was not given, and allowing may hang on any of them.
    """

    who: str = ""
    denied: list[tuple[Need, str, str]] = field(default_factory=list)
    open: list[tuple[Need, str, str]] = field(default_factory=list)


def simulate(client_of: ClientOf, needs: Iterable[Need], network: str, region: str) -> Judged:
    """Ask for all of them; one request for each context and type of resource. Raises SimulationError."""
    principal = _Principal(client_of)
    judged = Judged()
    ec2 = f"arn:{principal.partition}:ec2:{region}:{principal.account}"
    for (context, _kind), wanted in _by_context(needs, network, region).items():
        arns = {need: need.resource if need.resource == "*" else f"{ec2}:{need.resource}" for need in wanted}
        try:
            answers = principal.ask({f"ec2:{need.action}" for need in wanted}, set(arns.values()), context)
        except _NotSimulatedError as error:
            judged.open += [(need, arn, str(error)) for need, arn in arns.items()]
            continue
        for need, arn in arns.items():
            decision, lacking = answers.get((f"ec2:{need.action}".lower(), arn), ("", ()))
            unknown = sorted(key for key in lacking if not _is_known(key))
            if not decision:
                judged.open.append((need, arn, "its answer has nothing of it"))
            elif decision == "implicitDeny" and unknown:
                judged.open.append((need, arn, f"policies ask for {', '.join(unknown)}, which only a request has"))
            elif decision != ALLOWED:
                judged.denied.append((need, arn, decision))
    judged.who = principal.arn  # now with the role's path, if it had to be looked for
    return judged


def _is_known(key: str) -> bool:
    """Return True if a condition key that was not given is known to be missing, because no request of ours has it."""
    kinds = ("aws:request", "aws:resource", "ec2:resource")
    own = {f"{kind}tag/{tag}" for kind in kinds for tag in (TAG_NETWORK, TAG_ADOPTED)}
    return key.lower() in {*own, "aws:tagkeys", "ec2:createaction"}


def _by_context(needs: Iterable[Need], network: str, region: str) -> Mapping[tuple[Context, str], list[Need]]:
    found: dict[tuple[Context, str], list[Need]] = {}
    for need in needs:
        # IAM refuses to judge some listings together with other actions
        kind = need.resource.partition("/")[0] + (" looked at" if need.action.startswith("Describe") else "")
        place = (tuple(_context(need, network, region)), kind)
        found.setdefault(place, []).append(need)
    return found


def _context(need: Need, network: str, region: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the condition keys of the request on this resource, as far as this collection's policies use them."""
    yield "aws:RequestedRegion", (region,)
    yield "ec2:Region", (region,)
    if need.owned:
        yield f"aws:ResourceTag/{TAG_NETWORK}", (network,)
        yield f"ec2:ResourceTag/{TAG_NETWORK}", (network,)
    if need.given:
        yield "aws:TagKeys", need.given
    if TAG_NETWORK in need.given:
        yield f"aws:RequestTag/{TAG_NETWORK}", (network,)
    if TAG_ADOPTED in need.given:
        yield f"aws:RequestTag/{TAG_ADOPTED}", ("true",)
    for key, value in need.values:
        yield f"aws:RequestTag/{key}", (value,)
    if need.maker:
        yield "ec2:CreateAction", (need.maker,)


class _Principal:
    """User or role of the credentials, and the simulator's questions about it."""

    def __init__(self, client_of: ClientOf) -> None:
        self._iam = client_of("iam")
        caller = str(_call(client_of("sts"), "get_caller_identity")["Arn"])
        _arn, self.partition, service, _region, self.account, name = caller.split(":", 5)
        kind, _slash, rest = name.partition("/")
        if kind not in ("user", "assumed-role"):
            raise SimulationError(f"{caller} is neither a user nor a role")
        # the ARN of a session has no path, which the role itself may have
        self._role = rest.partition("/")[0] if service == "sts" else ""
        self.arn = f"arn:{self.partition}:iam::{self.account}:role/{self._role}" if self._role else caller

    def ask(
        self, actions: set[str], resources: set[str], context: Context
    ) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
        """(action in lower case, resource) -> (decision, condition keys that were missed)."""
        entries = [
            {
                "ContextKeyName": name,
                "ContextKeyValues": list(values),
                "ContextKeyType": "stringList" if name == "aws:TagKeys" else "string",
            }
            for name, values in context
        ]
        given = {"ActionNames": sorted(actions), "ResourceArns": sorted(resources), "ContextEntries": entries}
        found: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
        page: dict[str, Any] = {"IsTruncated": True}
        while page["IsTruncated"]:
            more = {"Marker": page["Marker"]} if page.get("Marker") else {}
            page = self._simulate(**given, **more)
            for result in page.get("EvaluationResults", []):
                found |= dict(_decisions(result))
        return found

    def _simulate(self, **given: Any) -> dict[str, Any]:
        try:
            return _call(self._iam, "simulate_principal_policy", PolicySourceArn=self.arn, **given)
        except _NoSuchPrincipalError:
            if not self._role:
                raise
            self.arn = str(_call(self._iam, "get_role", RoleName=self._role)["Role"]["Arn"])
            self._role = ""
            return _call(self._iam, "simulate_principal_policy", PolicySourceArn=self.arn, **given)


def _decisions(result: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], tuple[str, tuple[str, ...]]]]:
    """Return a result's decisions: one for each resource where there are several, else its own."""
    action = str(result["EvalActionName"]).lower()
    for one in result.get("ResourceSpecificResults") or ():
        missed = tuple(one.get("MissingContextValues") or ())
        yield (action, str(one["EvalResourceName"])), (str(one["EvalResourceDecision"]), missed)
    if not result.get("ResourceSpecificResults"):
        missed = tuple(result.get("MissingContextValues") or ())
        yield (action, str(result.get("EvalResourceName", "*"))), (str(result["EvalDecision"]), missed)


class _NoSuchPrincipalError(SimulationError):
    """IAM knows no such user or role."""


class _NotSimulatedError(SimulationError):
    """IAM does not judge such a request."""


_BY_CODE = {"NoSuchEntity": _NoSuchPrincipalError, "InvalidInput": _NotSimulatedError}


def _call(client: Ec2Client, method: str, **params: Any) -> dict[str, Any]:
    """Send a call to IAM or STS, which botocore repeats by itself where that may help: all of them only look."""
    try:
        answer: dict[str, Any] = getattr(client, method)(**params)
    except ClientError as error:
        kind = _BY_CODE.get(error.response.get("Error", {}).get("Code", ""), SimulationError)
        raise kind(str(error)) from error
    except BotoCoreError as error:
        raise SimulationError(str(error)) from error
    return answer
