# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One right at a time: a playbook is run without a right, fails, is given it, and goes on from what is there.

Each failing run has to fail at the named step, with a text that names the right, and may have done nothing but what its
log shows: the stand-in's state is counted before and after it. Before them all the preflight has to name every right of
the table, and to let nothing be done; with all of them it has to name none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping

from .rights import allowed, only, policy
from .running import Json, Outcome, Site, aws_writes, demo_variables, server_writes

Run = Callable[[], Outcome]
POLICIES = [policy("read"), policy("change")]
READING = allowed(POLICIES[:1])
NAMED = re.compile(r"(?:lack the IAM right|not authorized to perform:|seem to lack) ec2:(\w+)")
"""Our own modules' words, those that amazon.aws passes on from EC2, and a role's where it keeps them to itself."""
DENIED = "UnauthorizedOperation"
ASK = policy("ask")
CHECKED = {"bonding_check_rights": True}
PREFLIGHT = "Plan the network"


def failed_step(outcome: Outcome) -> str:
    """The step (role and task) that ended the run; only the last one where a role says more about a failure."""
    event = next(event for event in reversed(outcome.run.events) if event["outcome"] == "failed")
    return f"{event['role'].rpartition('.')[2]}: {event['task']}" if event["role"] else str(event["task"])


def walk(
    site: Site,
    table: Mapping[str, str],
    *run: str,
    extra: Mapping[str, object] | None = None,
    given: Collection[str] = (),
) -> Outcome:
    """Run without any of the table's rights, and with each one more; returns the last run, which has all of them.

    :param table: action -> the step that fails without it, in the order in which they are missed.
    :param run: the playbook and its arguments; `extra` are its extra variables.
    :param given: what it has from the beginning, beside the rights to look that are not in the table.
    """
    _foretold(site, {action for action in table if action not in READING}, run, extra or {}, given)
    rights = {*given, *(READING - table.keys())}
    for action, step in table.items():
        assert action not in rights
        site.grant(only(POLICIES, rights))
        before = things(site.cloud.state())
        outcome = site.run(*run, extra=extra)
        assert outcome.code != 0, (action, outcome.output)
        assert failed_step(outcome) == step, (action, outcome.problems)
        missing = list(dict.fromkeys(NAMED.findall(outcome.problems)))
        # of a loop each item fails by itself, so that further rights of the table may be missed with the first
        assert missing[:1] == [action], (action, outcome.problems)
        assert not rights & {*missing}, outcome.problems
        denied = [entry for entry in outcome.aws if entry["error"] == DENIED]
        assert denied and all(entry["action"] in missing or action == "CreateTags" for entry in denied), denied
        after = things(site.cloud.state())
        assert after - before == done(outcome)[0], action
        assert before - after == done(outcome)[1], action
        rights.add(action)
    site.grant([*only(POLICIES, rights), ASK])
    last = site.run(*run, extra={**(extra or {}), **CHECKED})
    assert last.code == 0, last.output
    assert [entry for entry in last.aws if entry["error"] == DENIED] == []
    for doubt in ("could not be asked for", "does not tell whether"):
        assert doubt not in last.said, last.said
    return last


def _foretold(
    site: Site, missing: set[str], run: tuple[str, ...], extra: Mapping[str, object], given: Collection[str]
) -> None:
    """The preflight names all these rights, no other, and is the end of the run."""
    site.grant([*only(POLICIES, {*given, *READING}), ASK])
    before = site.cloud.state(), site.server.state()
    outcome = site.run(*run, extra={**extra, **CHECKED})
    assert outcome.code != 0, outcome.output
    assert failed_step(outcome) == PREFLIGHT, outcome.problems
    assert set(NAMED.findall(outcome.problems)) == missing, outcome.problems
    assert (site.cloud.state(), site.server.state()) == before


def walk_on_server(site: Site, run: Run, table: Mapping[str, tuple[str, str]], given: Collection[str] = ()) -> Outcome:
    """The same for the management server: permission -> (the step that fails without it, how the text names it)."""
    email = demo_variables()["bonding_api_username"]
    permissions = ["view_*", *given]
    for permission, (step, words) in table.items():
        site.server.control("POST", "permissions", {email: permissions})
        before = site.server.state()
        outcome = run()
        assert outcome.code != 0, (permission, outcome.output)
        assert failed_step(outcome) == step, (permission, outcome.problems)
        assert f"was answered with 403; it wants the right to {words}." in outcome.problems, outcome.problems
        denied = [entry for entry in outcome.server if entry["status"] == 403]
        verb = {"POST": "add", "PATCH": "change", "DELETE": "delete"}
        assert {verb[entry["method"]] for entry in denied} == {permission.split("_")[0]}
        made = [entry for entry in server_writes(outcome.server) if entry["status"] < 400]
        grown = amount(site.server.state()) - amount(before)
        assert grown == sum({"POST": 1, "DELETE": -1}.get(entry["method"], 0) for entry in made), permission
        assert made or site.server.state() == before, permission
        permissions.append(permission)
    site.server.control("POST", "permissions", {email: permissions})
    last = run()
    assert last.code == 0, last.output
    return last


def amount(state: Json) -> int:
    """Return the number of the server's objects of the kinds that a playbook may create."""
    owners = {"aggregators": ("interfaces", "protocols", "filters"), "bonds": ("connected_ips", "cpe_nat_ips")}
    return sum(len(one[part]) for owner, parts in owners.items() for one in state[owner] for part in parts)


UNDONE_BY = {
    "DeleteEgressOnlyInternetGateway": "CreateEgressOnlyInternetGateway",
    "DeleteInternetGateway": "CreateInternetGateway",
    "DeleteNatGateway": "CreateNatGateway",
    "DeleteNetworkInterface": "CreateNetworkInterface",
    "DeleteRouteTable": "CreateRouteTable",
    "DeleteSecurityGroup": "CreateSecurityGroup",
    "DeleteSubnet": "CreateSubnet",
    "DeleteVpc": "CreateVpc",
    "DetachInternetGateway": "AttachInternetGateway",
    "DetachNetworkInterface": "AttachNetworkInterface",
    "DisassociateAddress": "AssociateAddress",
    "ReleaseAddress": "AllocateAddress",
    "ResetAddressAttribute": "ModifyAddressAttribute",
    "UnassignPrivateIpAddresses": "AssignPrivateIpAddresses",
}
"""Action -> the one whose things (see `things`) it takes away."""


def things(state: Json) -> Counter[str]:
    """Return the number of objects in AWS's state that each action creates."""
    nats = [one for one in state["nat_gateways"] if one["state"] not in ("deleted", "deleting")]
    behind_nats = {one["network_interface_id"] for one in state["nat_gateways"]}
    own = [one for one in state["network_interfaces"] if one["id"] not in behind_nats]
    return Counter(
        AllocateAddress=len(state["addresses"]),
        AssignIpv6Addresses=sum(len(one["ipv6_addresses"]) for one in own),
        AssignPrivateIpAddresses=sum(len(one["addresses"]) - 1 for one in own),
        AssociateAddress=sum(one["network_interface_id"] in {eni["id"] for eni in own} for one in state["addresses"]),
        AssociateSubnetCidrBlock=sum(len(one["ipv6_cidrs"]) for one in state["subnets"]),
        AssociateVpcCidrBlock=sum(len(one["ipv6_cidrs"]) for one in state["vpcs"]),
        AttachInternetGateway=sum(one["vpc_id"] is not None for one in state["internet_gateways"]),
        AttachNetworkInterface=sum(one["attachment"] is not None for one in own),
        CreateEgressOnlyInternetGateway=len(state["egress_only_internet_gateways"]),
        CreateInternetGateway=len(state["internet_gateways"]),
        CreateNatGateway=len(nats),
        CreateNetworkInterface=len(own),
        CreateRouteTable=sum(not one["main"] for one in state["route_tables"]),
        CreateSecurityGroup=sum(one["name"] != "default" for one in state["security_groups"]),
        CreateSubnet=len(state["subnets"]),
        CreateVpc=len(state["vpcs"]),
        ModifyAddressAttribute=sum(one["reverse_dns"] is not None for one in state["addresses"]),
    )


def done(outcome: Outcome) -> tuple[Counter[str], Counter[str]]:
    """Return the creations and deletions in the log, in the terms of `things`; a pair of both cancels out."""
    counted = things({"nat_gateways": [], "network_interfaces": [], **dict.fromkeys(KINDS, [])}).keys()
    made, gone = Counter[str](), Counter[str]()
    for entry in aws_writes(outcome.aws):
        if not entry["error"]:
            made[entry["action"]] += entry["action"] in counted
            gone[UNDONE_BY.get(entry["action"], "")] += entry["action"] in UNDONE_BY
    return made - gone, gone - made


KINDS = (
    "addresses",
    "egress_only_internet_gateways",
    "internet_gateways",
    "route_tables",
    "security_groups",
    "subnets",
    "vpcs",
)
