# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that the inventory plugin reads: aggregators, bonds and routing groups of the server, instances of EC2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error, describe, ec2_client, where
from ansible_collections.bonded.internet.plugins.module_utils._aws.credentials import words_of
from ansible_collections.bonded.internet.plugins.module_utils._client import REQUESTS_IMPORT_ERROR, Client, ClientError
from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import (
    Aggregator,
    Bond,
    Instance,
    LiveInventory,
    LiveInventoryError,
    build,
    instance_of,
)
from ansible_collections.bonded.internet.plugins.module_utils._module import connection_of, table_of
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import (
    Api,
    ReconcileError,
    Refs,
    read_aggregators,
    read_bonds,
    read_object,
)
from ansible_collections.bonded.internet.plugins.module_utils._resources import ApiMapError

from ._live_options import KEYS, wanted_of

try:
    import boto3
    from botocore.exceptions import BotoCoreError
except ImportError as error:
    BOTO3_IMPORT_ERROR: ImportError | None = error
else:
    BOTO3_IMPORT_ERROR = None

PARALLEL = 8
LISTED = ("aggregator", "bond")
EXISTING = ("pending", "running", "stopping", "stopped")
"""States of instances that are not gone; EC2 lists terminated ones for about an hour."""
ADVICE = {
    "AuthFailure": "The keys are not valid in this region, or the account has not enabled it.",
    "ExpiredToken": "Log in again, and give the new session token.",
    "ExpiredTokenException": "Log in again, and give the new session token.",
    "OptInRequired": "The account has not enabled this region: leave it out of regions.",
    "RequestExpired": "Log in again, and give the new session token; or set this machine's clock.",
    "UnauthorizedOperation": "Give the user the policy docs/iam-policy-read.json, or leave the region out of regions.",
}
"""Advice for an operator, by EC2's error code."""


def read_inventory(options: Mapping[str, Any]) -> LiveInventory:
    """Return the inventory as both sides have it.

    :param options: those of `_live_options.read_options`
    :raises LiveInventoryError: with the problems of both sides
    """
    wanted = wanted_of(options)
    problems: list[str] = []
    reader: InstanceReader | None = None
    aggregators: list[Aggregator] = []
    bonds: list[Bond] = []
    instances: list[Instance] = []
    warnings: list[str] = []
    try:
        reader = InstanceReader(options) if wanted.asks_aws else None
    except LiveInventoryError as error:
        problems += error.problems
    try:
        aggregators, bonds, warnings = read_server(options, groups="routing_group" in wanted.group_by)
    except LiveInventoryError as error:
        problems += error.problems
    try:
        instances = reader.result() if reader else []
    except LiveInventoryError as error:
        problems += error.problems
    if problems:
        raise LiveInventoryError(*problems)
    if reader:
        wanted = replace(wanted, searched=reader.searched)
    found = build(aggregators, bonds, instances, wanted)
    return replace(found, warnings=[*warnings, *found.warnings])


def read_server(options: Mapping[str, Any], *, groups: bool) -> tuple[list[Aggregator], list[Bond], list[str]]:
    """Return the aggregators and bonds that the user can see, and warnings on the connection.

    :param options: the options of CONNECTION_SPEC
    :param groups: read the names of routing groups, with one more request where an aggregator has one
    :raises LiveInventoryError: if a list cannot be read
    """
    if REQUESTS_IMPORT_ERROR is not None:
        raise LiveInventoryError(
            "management server: the Python library requests is missing in Ansible's own Python. Install it."
        )
    try:
        connection = connection_of(options)
        with Client(connection, PARALLEL) as client:
            refs = Refs(Api(client, table_of(options)))
            with ThreadPoolExecutor(len(LISTED)) as pool:
                for kind, items in zip(LISTED, pool.map(refs.api.list, LISTED), strict=True):
                    refs.take(kind, items)
            found = [one.data for one in read_aggregators(refs)]
            bonds = [one.data for one in read_bonds(refs)]
            names = _group_names(refs) if groups and any(one.get("routing_group") for one in found) else {}
    except (ApiMapError, ClientError, ReconcileError) as error:
        raise LiveInventoryError(str(error)) from error
    aggregators = [
        Aggregator(
            id=int(one["id"]),
            name=one.get("name") or str(one["id"]),
            ip=one.get("ip"),
            ipv6=one.get("ipv6"),
            space=one.get("space"),
            routing_group=names.get(one.get("routing_group")),
            status=one.get("status"),
            version=one.get("version"),
        )
        for one in found
    ]
    return (
        aggregators,
        [
            Bond(int(one["id"]), str(one.get("space") or ""), one.get("aggregator"), one.get("secondary_aggregator"))
            for one in bonds
        ],
        connection.warnings(),
    )


def _group_names(refs: Refs) -> dict[Any, str]:
    """Return the name of each routing group by its id."""
    found = [read_object("routing_group", "", item, refs).data for item in refs.api.list("routing_group")]
    return {one["id"]: one.get("name") or str(one["id"]) for one in found}


class Account:
    """Credentials of one account of AWS, as `ec2_client` takes them."""

    def __init__(self, options: Mapping[str, Any], profile: str | None) -> None:
        self.params: dict[str, Any] = {name: options.get(name) or None for name in (*KEYS, "endpoint_url")}
        self.profile = profile
        self._verify = options.get("aws_ca_bundle") or True
        self._session: Any = None

    def client(self, service: str, retry_decorator: Any = None, **extra_params: Any) -> Any:
        """Return a client of boto3 for a region; AWS's certificate is always checked."""
        return self.session().client(
            service,
            region_name=extra_params["region"],
            endpoint_url=self.params["endpoint_url"],
            verify=self._verify,
            config=extra_params["aws_config"],
        )

    def session(self) -> Any:
        """Return the session of boto3, made once."""
        if self._session is None:
            access, secret, token = (self.params[name] for name in KEYS)
            self._session = boto3.session.Session(
                aws_access_key_id=access,
                aws_secret_access_key=secret,
                aws_session_token=token,
                profile_name=self.profile,
            )
        return self._session


class InstanceReader:
    """Reader of all instances of some accounts and regions, begun when it is made.

    :param options: `access_key`, `secret_key`, `session_token`, `endpoint_url`, `aws_ca_bundle`, `profiles`, `regions`
        and `filters` of the plugin
    :raises LiveInventoryError: if no client can be made
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        if BOTO3_IMPORT_ERROR is not None:
            raise LiveInventoryError("AWS: the Python library boto3 is missing in Ansible's own Python.")
        profiles: Sequence[str] = options.get("profiles") or ()
        if profiles and any(options.get(name) for name in KEYS):
            raise LiveInventoryError(
                f"AWS: keys and profiles are given (got profiles {', '.join(profiles)} and access_key, secret_key or "
                "session_token; expected one of both). Unset AWS_ACCESS_KEY_ID or AWS_PROFILE, or the options."
            )
        given = options.get("filters") or {}
        filters = {"instance-state-name": list(EXISTING)} | {
            str(name): list(map(str, value)) if isinstance(value, list) else str(value) for name, value in given.items()
        }
        begun: list[tuple[str, str, Any]] = []
        for profile in profiles or (None,):
            account = Account(options, profile)
            for region in _regions(account, options.get("regions") or ()):
                begun.append((f"region {region}{f' of profile {profile}' if profile else ''}", region, account))
        self.searched = ", ".join(place for place, _region, _account in begun)
        # a session makes one client at a time
        clients = [_client(*place) for place in begun]
        self._pool = ThreadPoolExecutor(PARALLEL)
        self._tasks: list[tuple[str, str, Future[list[dict[str, Any]]]]] = [
            (place, region, self._pool.submit(describe, client, "describe_instances", Filters=where(filters)))
            for (place, region, _account), client in zip(begun, clients, strict=True)
        ]

    def result(self) -> list[Instance]:
        """Return the instances, each once.

        :raises LiveInventoryError: with each region that refuses: without it, aggregators would be missing
        """
        found: dict[str, Instance] = {}
        problems = []
        with self._pool:
            for place, region, task in self._tasks:
                try:
                    found |= {item["InstanceId"]: instance_of(item, region) for item in task.result()}
                except Ec2Error as error:
                    advice = ADVICE.get(error.code, "")
                    problems.append(f"AWS, {place}: {str(error).rstrip('.')}. {advice}".rstrip())
        if problems:
            raise LiveInventoryError(*problems)
        return [found[number] for number in sorted(found)]


def _client(place: str, region: str, account: Account) -> Any:
    try:
        return ec2_client(account, PARALLEL, region=region)
    except (BotoCoreError, Ec2Error, ValueError) as error:
        raise LiveInventoryError(f"AWS, {place}: {words_of(error)}") from error


def _regions(account: Account, given: Sequence[str]) -> Sequence[str]:
    try:
        found = given or [account.session().region_name]
    except BotoCoreError as error:
        name = account.profile or "of AWS_PROFILE"
        raise LiveInventoryError(f"AWS, profile {name}: {words_of(error)}") from error
    if not all(found):
        raise LiveInventoryError("AWS: no region is given. Set regions, or the environment variable AWS_REGION.")
    return sorted(set(found))
