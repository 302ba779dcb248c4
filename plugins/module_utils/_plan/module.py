# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_plan as a module: its clients, and how it ends."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Protocol

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.common.warnings import warn

from .._aws.client import Ec2Error, ec2_client
from .._aws.credentials import tidy_credentials
from .._client import REQUESTS_IMPORT_ERROR, Client, ClientError
from .._module import connection_of, table_of
from .._printable import printable, printable_all
from .._reconcile import Api, ReconcileError
from .._resources import ApiMapError, Table
from .approval.approved import Approved, refusal
from .approval.digest import item_lines, label_of
from .approval.plan_file import PlanFileError, read_plan, write_plan
from .audit.auditor import AUDITED, make_audit
from .aws_reader import ClientOf
from .planner import NetworkPlan, PlanError, make_plan
from .waiting import wait_for_shared

SECRETS = ("api_password", "api_token", "secret_key", "session_token")
"""Options whose values Ansible masks wherever they occur in a result."""


class PlanModule(Protocol):
    """The part of AnsibleAWSModule that is used here."""

    params: dict[str, Any]
    check_mode: bool
    _diff: bool

    def fail_json(self, msg: str, **more: Any) -> Any:
        """End the module with an error."""

    def exit_json(self, **result: Any) -> Any:
        """End the module with a result."""

    def client(self, service: str, retry_decorator: Any = None, **extra_params: Any) -> Any:
        """Return a boto3 client; `extra_params` go to boto3."""


def run(module: PlanModule) -> None:
    """Make the plan, and end the module with it or with all problems."""
    _require_confirmation(module)
    approved = _approved_plans(module)
    problem = tidy_credentials(module.params, strict=True)
    if problem is not None:
        module.fail_json(msg=f"{problem} Nothing was changed.")
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    try:
        connection = connection_of(module.params)
        table = table_of(module.params)
        with Client(connection) as client:
            for text in connection.warnings():
                warn(text)
            if module.params["state"] == AUDITED:
                result = make_audit(module.params, Api(client, table), clients_of(module)).as_dict()
            else:
                result = _plan(module, client, table).as_dict()
    except ApiMapError as error:
        module.fail_json(msg=printable(f"{error} Nothing was changed."))
    except PlanError as error:
        for text in error.warnings:
            warn(text)
        module.fail_json(msg=str(error), problems=error.problems)
    except ClientError as error:
        module.fail_json(msg=printable(f"{error} Nothing was changed."), failure=printable_all(error.failure()))
    except ReconcileError as error:
        module.fail_json(msg=printable(error.sentence()))
    except Ec2Error as error:
        module.fail_json(msg=printable(f"{str(error).rstrip('.')}. Nothing was changed."))
    else:
        if module.params["state"] == AUDITED:
            module.exit_json(changed=False, **result)
        _end(module, result, approved)


def _plan(module: PlanModule, client: Client, table: Table) -> NetworkPlan:
    """Return the plan, after the run of another slice has created what belongs to no aggregator."""
    clients = clients_of(module)

    def plan() -> NetworkPlan:
        return make_plan(module.params, Api(client, table), clients)  # a new Api, since it remembers what it has read

    shared_by = module.params["shared_by"]
    # A check run changes nothing, so that nothing appears for which it could wait.
    return wait_for_shared(plan, shared_by) if shared_by and not module.check_mode else plan()


def _require_confirmation(module: PlanModule) -> None:
    """End the module if it plans an unconfirmed teardown; nothing was read before."""
    network, confirmed = module.params["network"], module.params["confirm_teardown"]
    if module.params["state"] == "absent" and confirmed != network and not module.check_mode:
        module.fail_json(
            msg=f"This run takes down the network {network}: every object that carries its name, on AWS and on the "
            f"management server (got confirm_teardown {confirmed!r}, expected {network!r}). Nothing was changed. Run "
            f"it again with -e bonding_confirm_teardown={network}, or with --check to see what it would remove."
        )


def clients_of(module: PlanModule) -> ClientOf:
    """Return a function that gives one client for each region and service."""

    @cache  # botocore reads the whole model of a service for each
    def client_of(region: str | None, service: str) -> Any:
        # validate_certs is the management server's; AWS's certificate is always checked
        more: dict[str, Any] = {"verify": module.params.get("aws_ca_bundle") or True}
        if region:
            more["region"] = region
        return ec2_client(module, **more) if service == "ec2" else module.client(service, **more)

    return client_of


def _end(module: PlanModule, result: dict[str, Any], approved: list[Approved]) -> None:
    """End the module with a plan."""
    for name in ("text", "drift"):
        result[name] = printable_all(result[name])
    for text in printable_all(result.pop("warnings")):
        warn(text)  # not module.warn: amazon.aws hands its own on in a way that newer cores deprecate
    _refuse_masking(module, result["work"])
    _require_approval(module, result, approved)
    _save(module, result)
    if module._diff:
        result["diff"] = diff_of(result["plan"])
    if not module.params["details"]:
        for item in result["plan"] + result["deferred"]:
            del item["before"], item["after"]
    module.exit_json(changed=module.check_mode and bool(result["plan"]), **result)


def _secrets(module: PlanModule) -> list[str]:
    """Return the secrets that the module is given."""
    given = [*(module.params.get(name) for name in SECRETS), (module.params.get("bgp") or {}).get("password")]
    return [secret for secret in given if secret]


def _refuse_masking(module: PlanModule, work: dict[str, Any]) -> None:
    """Ansible masks secrets in what a module returns: one that is part of a name would reach the roles mangled."""
    text = json.dumps(work)
    if any(secret in text for secret in _secrets(module)):
        module.fail_json(
            msg="A password, token or secret key is also part of a name or address of the network, and Ansible would "
            "mask it there, so the roles would get a mangled plan. Use another secret. Nothing was changed."
        )


def _approved_plans(module: PlanModule) -> list[Approved]:
    """Return the plans that this run may carry out: that of a digest, and that of a file unless the run writes it."""
    digest, path = module.params["approved_digest"], module.params["plan_file"]
    approved = [Approved.of(digest, module.params["earlier_result"])] if digest else []
    if path and not module.check_mode:
        try:
            approved.append(read_plan(path, module.params["network"]))
        except PlanFileError as error:
            module.fail_json(msg=str(error))
    return approved


def _require_approval(module: PlanModule, result: dict[str, Any], approved: list[Approved]) -> None:
    """End the module if the plan is not each of those that were approved."""
    for one in approved:
        text = refusal(one, result["digest"], item_lines(result["plan"], result["deferred"]))
        if text is not None:
            module.fail_json(msg=text)


def _save(module: PlanModule, result: dict[str, Any]) -> None:
    """Write the plan in check mode, if the run is given a file; Ansible masks what a module returns, and no file."""
    path = module.params["plan_file"]
    if not path or not module.check_mode:
        return
    try:
        write_plan(path, module.params["network"], remove_values(result, set(_secrets(module))))
    except PlanFileError as error:
        module.fail_json(msg=str(error))


def diff_of(plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one diff for each item, under a heading that says what, where and when."""
    diffs = []
    for item in plan:
        flag = printable(f", DISRUPTIVE: {item['interrupts']}") if item["disruptive"] else ""
        title = f"{label_of(item)}{flag}"
        diffs.append(
            {
                "before_header": title,
                "after_header": title,
                "before": item["before"] or {},
                "after": item["after"] or {},
            }
        )
    return diffs
