# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An entry, a space and a host get other names in one run, which writes tags and nothing else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from tests.playbooks.planning import plan
from tests.playbooks.right_by_right import POLICIES
from tests.playbooks.running import Json, Site, aws_writes, demo_hosts, server_writes

KINDS = ("addresses", "internet_gateways", "nat_gateways", "network_interfaces", "route_tables", "subnets", "vpcs")


def renamed(variables: Json) -> tuple[Json, Json]:
    """(hosts, group variables) with agg3 as edge3, the space initech as initrode, the first entry as web."""
    hosts, found = demo_hosts(), deepcopy(variables)
    hosts["edge3"] = hosts.pop("agg3") | {"bonding_aggregator": "agg3"}
    initech = found["bonding_spaces"][1]
    initech["key"] = "initrode"
    for gateway in initech["gateways"]:
        gateway["aggregator"] = "edge3"
    for entry in found["bonding_cpe_nat_ips"]:
        if entry.get("aggregator") == "agg3":
            entry["aggregator"] = "edge3"
    found["bonding_cpe_nat_ips"][0]["name"] = "web"
    return hosts, found


def ids(site: Site) -> dict[str, dict[str, Any]]:
    """The ids of everything of ours, by kind and key."""
    return {kind: {key: one["id"] for key, one in site.ours(kind).items()} for kind in KINDS}


def test_names_change_and_nothing_else(network: Site, variables: Json) -> None:
    before = ids(network)
    network.as_administrator("PATCH", "spaces/initech/", {"key": "initrode"})
    hosts, given = renamed(variables)
    old = variables["bonding_cpe_nat_ips"][0].get("name") or f"bond-{variables['bonding_cpe_nat_ips'][0]['bond']}"
    said = deepcopy(given)
    said["bonding_spaces"][1]["renamed_from"] = "initech"
    said["bonding_cpe_nat_ips"][0]["renamed_from"] = old
    with_words = {**hosts, "edge3": {**hosts["edge3"], "bonding_renamed_from": "agg3"}}

    with pytest.raises(PlanError) as refused:
        plan(network, given, hosts)
    assert f"Say renamed_from: {old}" in str(refused.value)
    assert "Say renamed_from: initech" in str(refused.value)

    site = network.write_inventory("said", with_words, said)
    site.grant(POLICIES)
    outcome = site.run("site")
    assert outcome.code == 0, outcome.output
    assert {entry["action"] for entry in aws_writes(outcome.aws)} == {"CreateTags"}
    assert server_writes(outcome.server) == []
    after = ids(site)
    names = {"initech": "initrode", "agg3": "edge3", old: "web"}
    for kind, found in before.items():
        moved = {"/".join(names.get(part, part) for part in key.split("/")): number for key, number in found.items()}
        assert after[kind] == moved, kind
    assert plan(site, given, hosts)["plan"] == []  # the words may go, or stay
    again = plan(site, said, with_words)
    assert (again["plan"], again["warnings"]) == ([], plan(site, given, hosts)["warnings"])
