# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_plan's engine on the two stand-ins without a playbook: a second less for each question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from botocore.exceptions import ClientError

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import api_name
from ansible_collections.bonded.internet.plugins.module_utils._client import Client, Connection
from ansible_collections.bonded.internet.plugins.module_utils._plan.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._plan.audit.auditor import AUDITED, make_audit
from ansible_collections.bonded.internet.plugins.module_utils._plan.aws_reader import ClientOf
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import NetworkPlan, make_plan
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import Api

from .running import Json, Site, demo_hosts, demo_variables

OPTIONS = ("spaces", "cpe_nat_ips", "bgp", "quotas", "decommissioned", "prune", "allow_disruption", "security_groups")


@cache  # a tenth of a second each
def aws_client(service: str, region: str | None, url: str, key: str, secret: str) -> Any:
    """A boto3 client of a stand-in."""
    any_service: Any = boto3  # its types want the name of one
    return any_service.client(
        service, region_name=region, endpoint_url=url, aws_access_key_id=key, aws_secret_access_key=secret
    )


def plan(site: Site, variables: Json | None = None, hosts: Json | None = None, **more: Any) -> Json:
    """The plan of group variables on hosts, the demo's if not given, as the module returns it; see network_plan."""
    return network_plan(site, variables, hosts, **more).as_dict()


def network_plan(
    site: Site, variables: Json | None = None, hosts: Json | None = None, play: Sequence[str] = (), **more: Any
) -> NetworkPlan:
    """The plan of group variables on hosts, the demo's if not given. Raises what the module would end with.

    Both logs are empty before. `more` are options of network_plan, and `play` is its option `hosts`.
    """
    given = variables or demo_variables()
    options = {**options_of(given, hosts or demo_hosts()), **more}
    if play:
        options["hosts"] = list(play)
    with _asked(site, given, options) as (params, api, client_of):
        return make_plan(params, api, client_of)


def audit(site: Site, variables: Json, found: Mapping[str, Json], denied: Mapping[str, str] | None = None) -> Json:
    """The audit of group variables on the demo's hosts.

    `found`: answers of the hosts that are asked over SSH. `denied`: hosts in a region of their own, where EC2 lets the
    credentials see nothing.
    """
    options = options_of(variables, demo_hosts())
    for one in options["aggregators"]:
        one |= {"manage_host": True, "found": found[one["host"]]} if one["host"] in found else {}
        one |= {"region": denied[one["host"]]} if denied and one["host"] in denied else {}
    with _asked(site, variables, {**options, "state": AUDITED}) as (params, api, client_of):

        def some_client_of(region: str | None, service: str, /) -> Any:
            return Denied() if region in (denied or {}).values() else client_of(region, service)

        result: Json = make_audit(params, api, some_client_of).as_dict()["audit"]
        return result


def description(site: Site, variables: Json) -> Json:
    """The description of the network of group variables on the demo's hosts, as an audit returns it."""
    options = {**options_of(variables, demo_hosts()), "state": AUDITED, "describe": True}
    with _asked(site, variables, options) as (params, api, client_of):
        result: Json = make_audit(params, api, client_of).as_dict()["description"]
        return result


class Denied:
    """A client of EC2 that may do nothing."""

    def __getattr__(self, method: str) -> Any:
        def refuse(**_params: Any) -> None:
            text = "You are not authorized to perform this operation."
            raise ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": text}}, api_name(method))

        return refuse


def options_of(given: Json, hosts: Json) -> Json:
    """The options of network_plan that an inventory makes."""
    aggregators = [
        {
            "host": name,
            "aggregator": one.get("bonding_aggregator", name),
            "instance_id": one["aws_instance_id"],
            "region": given["aws_region"],
            "renamed_from": one.get("bonding_renamed_from"),
        }
        for name, one in hosts.items()
    ]
    options: Json = {"network": given["bonding_network"], "aggregators": aggregators}
    return options | {name: given[f"bonding_{name}"] for name in OPTIONS if f"bonding_{name}" in given}


@contextmanager
def _asked(site: Site, given: Json, options: Json) -> Iterator[tuple[Json, Api, ClientOf]]:
    """Yield what the engine is given: checked options, and both sides, whose logs are empty."""
    checked = ArgumentSpecValidator(ARGUMENT_SPEC).validate(options)
    assert checked.error_messages == []
    site.server.clear_log()
    site.cloud.clear_log()
    user, password = given["bonding_api_username"], given["bonding_api_password"]

    def client_of(region: str | None, service: str) -> Any:
        return aws_client(service, region, site.cloud.url, given["aws_access_key"], given["aws_secret_key"])

    with Client(Connection(site.server.url, username=user, password=password)) as client:
        yield checked.validated_parameters, Api(client), client_of
