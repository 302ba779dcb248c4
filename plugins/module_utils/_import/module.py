# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_import_info as a module: its clients, the import, and how it ends."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.warnings import warn

from .._aws.client import Ec2Error
from .._aws.credentials import tidy_credentials
from .._client import REQUESTS_IMPORT_ERROR, Client, ClientError
from .._live_inventory import Joined, LiveInventoryError, Wanted, join_problems
from .._model.names import NETWORK_NAME
from .._model.state import Server
from .._module import connection_of, table_of
from .._plan.argument_spec import ARGUMENT_SPEC
from .._plan.module import SECRETS, PlanModule, clients_of
from .._plan.planner import PlanError, make_plan
from .._printable import printable, printable_all
from .._recognition.assembly import Options, hosts_variables, network_variables, options_of
from .._recognition.fitting import Fit, Planned, fit
from .._recognition.hosts import recognise_hosts
from .._recognition.leftovers import leave_rest
from .._recognition.model import Findings, Live, some_of
from .._recognition.network import recognise
from .._recognition.report import lines_of
from .._reconcile import ReconcileError
from .._resources import ApiMapError
from .files import files_of
from .folder import folder_problem, folder_warning
from .reader import join_aggregators, read_account, read_server
from .remembering import RememberingApi, remembering

UNCHANGED = "Nothing was changed."
MANY = 1_000_000


class ImportRefused(Exception):
    """The import cannot be made as it was asked for; the text says why."""


@dataclass(frozen=True)
class Imported:
    """Live network with its recognised pieces and all that could not be placed."""

    live: Live
    findings: Findings
    fit: Fit
    regions: tuple[str, ...]


def run(module: PlanModule) -> None:
    """Import the network, and end the module with the inventory or with the reason why there is none."""
    problem = tidy_credentials(module.params, strict=True)
    if problem is not None:
        module.fail_json(msg=f"{problem} {UNCHANGED}")
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    if module.params["directory"]:
        _check_folder(module, str(module.params["directory"]))
    try:
        _check_network(str(module.params["network"]))
        if problems := join_problems(module.params["join"]):
            raise ImportRefused(" ".join(problems))
        connection = connection_of(module.params)
        table = table_of(module.params)
        with Client(connection) as client:
            for text in connection.warnings():
                warn(text)
            imported = _import(module, RememberingApi(client, table))
    except (ApiMapError, ImportRefused) as error:
        module.fail_json(msg=printable(f"{error} {UNCHANGED}"))
    except LiveInventoryError as error:
        module.fail_json(msg=printable(f"{' '.join(error.problems)} {UNCHANGED}"))
    except ClientError as error:
        module.fail_json(msg=printable(f"{error} {UNCHANGED}"), failure=printable_all(error.failure()))
    except ReconcileError as error:
        module.fail_json(msg=printable(error.sentence()))
    except Ec2Error as error:
        module.fail_json(msg=printable(f"{str(error).rstrip('.')}. {UNCHANGED}"))
    else:
        _end(module, imported)


def _check_folder(module: PlanModule, folder: str) -> None:
    """Refuse a folder that cannot be written or has files of an import, and warn of others of an inventory."""
    if problem := folder_problem(os.path.abspath(folder), module.params["overwrite"]):
        module.fail_json(msg=printable(problem))
    if text := folder_warning(os.path.abspath(folder)):
        warn(printable(text))


def _check_network(network: str) -> None:
    """Refuse a name that no network can have, before anything is asked."""
    if not NETWORK_NAME.fullmatch(network):
        raise ImportRefused(
            f"network (bonding_network): {network!r} is not a name for a network (expected a small letter, then up to "
            "15 small letters, digits or underscores)."
        )


def _import(module: PlanModule, api: RememberingApi) -> Imported:
    params = module.params
    clients = remembering(clients_of(module))
    server = read_server(api)
    if not server.aggregators:
        raise ImportRefused("The management server lists no aggregator. The user may not see the aggregators.")
    account = read_account(clients, params["regions"])
    findings = Findings()
    joined = join_aggregators(server, account, _wanted(params, account.regions))
    refused = [text for text in joined.problems if text not in joined.unclear.values()]
    if refused:
        raise LiveInventoryError(*refused)
    hosts = recognise_hosts(server, account.cloud, joined, findings)
    if not hosts:
        raise ImportRefused(_without_hosts(server, joined, params["join"], account.regions))
    live = Live(str(params["network"]), hosts, server, account.cloud)
    recognise(live, findings)

    def plan_of(options: Options) -> Planned:
        if not options["aggregators"]:
            return Planned()
        try:
            made = make_plan(_plan_params(options), api, clients)
        except PlanError as error:
            return Planned(problems=error.problems)
        return Planned(items=[*made.plan.items, *(item for item, _reason in made.plan.deferred)])

    found = fit(live, findings, plan_of)
    leave_rest(live, findings)
    return Imported(live, findings, found, account.regions)


def _without_hosts(server: Server, joined: Joined, join: list[str], regions: tuple[str, ...]) -> str:
    """Return the reason why there is no inventory where no aggregator has an instance."""
    listed = some_of([f"{one.name} ({one.ip or 'no address'})" for one in server.aggregators.values()])
    ways = f" by {' or '.join(join)}" if join else ""
    unclear = "".join(f" {text}" for text in dict.fromkeys(joined.unclear.values()))
    return (
        f"aggregators: none is joined to an instance in {_searched(regions)}{ways} (got {listed}).{unclear} Name their "
        "regions (bonding_import_regions), or join them otherwise (bonding_import_join, bonding_import_instances)."
    )


def _searched(regions: tuple[str, ...]) -> str:
    return ", ".join(f"region {region}" for region in regions)


def _wanted(params: dict[str, Any], regions: tuple[str, ...]) -> Wanted:
    join = params["join"]
    return Wanted(
        public_ip="public_ip" in join,
        tags=tuple(entry.removeprefix("tag:") for entry in join if entry != "public_ip"),
        instances={str(key): value for key, value in params["instances"].items()},
        allow_empty=True,
        searched=_searched(regions),
    )


def _plan_params(options: Options) -> dict[str, Any]:
    """Return the options as network_plan has them; what interrupts is planned, to become a deviation."""
    given = {**options, "allow_disruption": True, "max_deletions": MANY}
    if "adopt" in ARGUMENT_SPEC:
        given["adopt"] = True
    checked = ArgumentSpecValidator(ARGUMENT_SPEC).validate(given)
    if checked.error_messages:
        raise ImportRefused(f"The recognised network is no input of the plan: {' '.join(checked.error_messages)}.")
    return dict(checked.validated_parameters)


def _end(module: PlanModule, imported: Imported) -> None:
    """End the module with the inventory, its files and the report."""
    live, findings, found = imported.live, imported.findings, imported.fit
    hosts = hosts_variables(live, found.pieces, imported.regions)
    options = options_of(live, found.pieces, found.deviations)
    variables = network_variables(options, imported.regions, module.params["api_url"])
    files = files_of(imported.live, hosts, variables, found, findings.not_placed)
    secrets = [module.params.get(name) for name in SECRETS]
    if any(secret and secret in json.dumps([hosts, variables]) for secret in secrets):
        module.fail_json(
            msg="A password, token or secret key is also part of a name or address of the network, and Ansible would "
            f"mask it in the files. Use another secret. {UNCHANGED}"
        )
    placed = [printable_all(vars(one)) for piece in found.pieces for one in piece.placed]
    module.exit_json(
        changed=False,
        hosts=hosts,
        variables=variables,
        placed=placed,
        not_placed=[printable_all(vars(one)) for one in findings.not_placed],
        drift=[printable_all(vars(one)) for one in found.drift],
        files=files,
        text=printable_all(lines_of(live.hosts, len(placed), found.drift, findings.not_placed)),
    )
