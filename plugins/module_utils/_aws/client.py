# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One EC2 call and its outcome: retries, listings, tags, error texts.

botocore's own retries are off (`ec2_client`): it would send AllocateAddress again after a lost answer, and EC2
has no client token for that call. What may be repeated is decided here, for each call.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from .._model.names import TAG_NETWORK
from .credentials import tidy_credentials, words_of

try:
    from botocore.config import Config
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectTimeoutError,
        EndpointConnectionError,
        HTTPClientError,
    )
    from botocore.parsers import ResponseParserError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library before any of these names is used

Ec2Client = Any
"""A boto3 EC2 client, or what answers like one. boto3 makes its methods at run time, so there is no static type."""

THROTTLED = frozenset(
    {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestThrottled"}
)
"""Refused before anything was done: repeating is always safe."""

SERVER_SIDE = frozenset({"InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable"})
"""EC2 may or may not have done what was asked (EC2 API Reference, "Error codes")."""

NOT_ALLOWED = frozenset({"UnauthorizedOperation", "AccessDenied", "AccessDeniedException"})

THROTTLE_SECONDS = 120.0
UNCLEAR_ATTEMPTS = 4
CONSISTENCY_SECONDS = 30.0
"""Seconds for which EC2 may not know an object that was just created (EC2's eventual consistency)."""

FILTER_VALUES = 200
"""EC2 accepts at most 200 values in one request's filters."""

PAGE = 1000
"""Objects in a page of a listing. EC2 pages no listing unasked, and refuses some of large accounts that are unpaged."""

SMALL_PAGES = {
    "describe_egress_only_internet_gateways": 255,
    "describe_instance_types": 100,
    "describe_route_tables": 100,
}
"""The listings that EC2 gives in smaller pages only."""

WITHOUT_PAGES = frozenset({"describe_account_attributes", "describe_addresses"})
"""The listings that EC2 gives as a whole: they have no MaxResults."""


class Ec2Error(Exception):
    """An EC2 call failed. `str()` is a sentence for the operator; `code` is EC2's own error code or "".

    `right` is the action that the credentials may not do, such as CreateTags; "" where that is not the reason.
    """

    def __init__(self, message: str, operation: str = "", code: str = "", right: str = "") -> None:
        super().__init__(message)
        self.operation = operation
        self.code = code
        self.right = right

    @property
    def may_have_changed(self) -> bool:
        """Return True if EC2 may have carried out the request, which is none that only reads."""
        return False


class Ec2UnclearError(Ec2Error):
    """No answer, or one that does not say whether the thing was done: look before doing it again."""

    @property
    def may_have_changed(self) -> bool:
        """Return True if EC2 may have carried out the request, which is none that only reads."""
        return not self.operation.startswith(("Describe", "Get"))


class AwsRefusal(Exception):
    """The engine of a module cannot do what was asked; `str()` is for the operator, and says what was done before.

    `done`: what was changed before, a sentence each; `code`: EC2's own error code or ""; `changed` is also true where
    EC2 may have carried out the last request (`unclear`).
    """

    def __init__(self, message: str, done: Sequence[str] = (), code: str = "", unclear: bool = False) -> None:
        super().__init__(f"{message.rstrip('.')}.")
        self.done = list(done)
        self.code = code
        self.changed = bool(self.done) or unclear


class UnchangedError(AwsRefusal):
    """A refusal before any change; its text says that nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(f"{message}. Nothing was changed")


class AwsModule(Protocol):
    """The part of AnsibleAWSModule that is needed to make a client."""

    @property
    def params(self) -> dict[str, Any]:
        """Return the options."""

    def client(self, service: str, retry_decorator: Any = None, **extra_params: Any) -> Any:
        """Return a boto3 client; `extra_params` go to boto3."""


def ec2_client(module: AwsModule, parallel: int = 8, **more: Any) -> Ec2Client:
    """Return an EC2 client of the module's account, for `parallel` calls at a time, without botocore's retries.

    `more` goes to amazon.aws (region=... for another region than the module's). Raises Ec2Error.
    """
    problem = tidy_credentials(module.params)
    if problem is not None:
        raise Ec2Error(problem)
    given = Config(**(module.params.get("aws_config") or {}))
    ours_last = Config(retries={"total_max_attempts": 1, "mode": "standard"}, max_pool_connections=max(10, parallel))
    return module.client("ec2", aws_config=given.merge(ours_last), **more)


def api_name(method: str) -> str:
    """`describe_addresses` -> `DescribeAddresses`: the name in EC2's documentation and in IAM policies."""
    return "".join(part.capitalize() for part in method.split("_"))


def call(
    client: Ec2Client,
    method: str,
    *,
    repeatable: bool = True,
    patient_with: Collection[str] = (),
    what: str = "",
    **params: Any,
) -> dict[str, Any]:
    """Send one call to EC2, with the retries that are safe for it.

    Throttling is waited out. A lost answer is asked for again only if the call is `repeatable`, else
    Ec2UnclearError. The error codes in `patient_with` are waited out for CONSISTENCY_SECONDS: what was made a moment
    ago may not be known everywhere. `what` names the object in error texts. Raises Ec2Error.
    """
    started = time.monotonic()
    unclear = 0
    for pause in _pauses():
        try:
            answer: dict[str, Any] = getattr(client, method)(**params)
            return answer
        except ClientError as err:
            code = str(err.response.get("Error", {}).get("Code", ""))
            error = _client_error(method, err, what)
            limit = THROTTLE_SECONDS if code in THROTTLED else CONSISTENCY_SECONDS if code in patient_with else 0.0
            if limit:
                if time.monotonic() - started >= limit:
                    raise error from err
            elif not _server_side(err, code):
                raise error from err
            else:
                unclear += 1
                if not repeatable or unclear >= UNCLEAR_ATTEMPTS:
                    raise Ec2UnclearError(str(error), error.operation, code) from err
        except (EndpointConnectionError, ConnectTimeoutError) as err:
            # a connection that was never made has carried nothing: any call may try again
            unclear += 1
            if unclear >= UNCLEAR_ATTEMPTS:
                raise Ec2Error(f"{_failed(method, what)}: {words_of(err)}", api_name(method)) from err
        except (HTTPClientError, ResponseParserError) as err:
            unclear += 1
            if not repeatable or unclear >= UNCLEAR_ATTEMPTS:
                raise Ec2UnclearError(f"{_failed(method, what)}: {words_of(err)}", api_name(method)) from err
        except BotoCoreError as err:
            raise Ec2Error(f"{_failed(method, what)}: {words_of(err)}", api_name(method)) from err
        time.sleep(pause)
    raise AssertionError("the pauses never end")


def describe(client: Ec2Client, operation: str, **params: Any) -> list[dict[str, Any]]:
    """Return all objects of a listing call, all pages: `describe(client, "describe_addresses", Filters=where(...))`.

    Pages are asked for unless ids are given, which EC2 refuses together with MaxResults. The one list of the answer
    is returned, whatever its name is; of `describe_instances` the instances, without the reservations around them.
    Throttling and lost answers are waited out. Raises Ec2Error.
    """
    found: list[dict[str, Any]] = []
    token: str | None = None
    if operation not in WITHOUT_PAGES and not any(name.endswith("Ids") for name in params):
        params["MaxResults"] = SMALL_PAGES.get(operation, PAGE)
    while True:
        page = call(client, operation, **(params | {"NextToken": token} if token else params))
        for value in page.values():
            if isinstance(value, list):
                found.extend(value)
        token = page.get("NextToken")
        if not token:
            break
    if operation == "describe_instances":
        return [instance for reservation in found for instance in reservation.get("Instances", [])]
    return found


def describe_by(
    client: Ec2Client, operation: str, filter_name: str, values: Iterable[str], **filters: str
) -> list[dict[str, Any]]:
    """Return the objects whose `filter_name` is one of `values`; unknown values are left out instead of being an error.

    No call at all without values; one call for each 200 of them.
    """
    wanted = sorted(set(values))
    # the one listing whose parameter has another name
    parameter = "Filter" if operation == "describe_nat_gateways" else "Filters"
    return [
        found
        for start in range(0, len(wanted), FILTER_VALUES)
        for found in describe(
            client, operation, **{parameter: where({filter_name: wanted[start : start + FILTER_VALUES], **filters})}
        )
    ]


def where(filters: Mapping[str, str | Collection[str]]) -> list[dict[str, Any]]:
    """Return EC2's filters: `{"tag:a": "b", "subnet-id": [...]}` -> `[{"Name": "tag:a", "Values": ["b"]}, ...]`."""
    return [
        {"Name": name, "Values": [value] if isinstance(value, str) else list(value)} for name, value in filters.items()
    ]


def tags_of(boto_obj: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of an EC2 object as a dictionary (network interfaces call theirs `TagSet`)."""
    return {tag["Key"]: tag["Value"] for tag in boto_obj.get("Tags") or boto_obj.get("TagSet") or []}


def as_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return EC2's form of tags, in a stable order."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def owned_by_network(obj: Mapping[str, Any], network: str) -> bool:
    """Return True if the EC2 object carries the ownership tag of the network."""
    return tags_of(obj).get(TAG_NETWORK) == network


def owned_by(network: str) -> list[dict[str, Any]]:
    """Return the filter of a listing for all that the network owns."""
    return where({f"tag:{TAG_NETWORK}": network})


def _pauses() -> Iterator[float]:
    """Yield the seconds between attempts: 0.25 doubling up to 8, each with jitter so that parallel calls spread."""
    step = 0.25
    while True:
        yield step * random.uniform(0.5, 1.0)
        step = min(step * 2, 8.0)


def wait(attempt: int) -> None:
    """Sleep before a request is sent another time, after the attempt with this number, from 1."""
    time.sleep(next(islice(_pauses(), attempt - 1, None)))


def _server_side(err: ClientError, code: str) -> bool:
    """Return True if EC2, or a proxy in front of it, failed in a way that leaves the outcome of the request open."""
    status = err.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code in SERVER_SIDE or (isinstance(status, int) and status >= 500)


def _failed(method: str, what: str) -> str:
    return f"EC2 call {api_name(method)}{f' for {what}' if what else ''} failed"


def _client_error(method: str, err: ClientError, what: str) -> Ec2Error:
    answer = err.response.get("Error", {})
    operation, code, message = api_name(method), str(answer.get("Code", "")), str(answer.get("Message", "")).strip()
    if code not in NOT_ALLOWED:
        return Ec2Error(f"{_failed(method, what)}: {code}: {message}", operation, code)
    # EC2 names the right itself where it differs from the call, as ec2:CreateTags for tags given on creation
    named = re.search(r"perform: ec2:(?P<right>\w+)(?: on resource: (?P<arn>arn:\S+))?", message)
    right = named["right"] if named else operation
    where = f" on {named['arn']}" if named and named["arn"] else ""
    # first, since EC2 may end its text with a thousand encoded characters
    text = f"the credentials lack the IAM right ec2:{right}{where}. EC2 says {code}: {message.rstrip('.')}."
    return Ec2Error(f"{_failed(method, what)}: {text}", operation, code, right)
