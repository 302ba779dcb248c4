# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each run ends with one artifact, which a next job takes; its digest depends on what is planned alone."""

from __future__ import annotations

import json
import re
from itertools import permutations

import pytest

from tests.playbooks.planning import plan
from tests.playbooks.running import Json, Site, demo_hosts

from .results import artifacts, reporting, secrets


def test_each_run_has_one_artifact_and_a_next_job_takes_it(network: Site) -> None:
    site = reporting(network)
    site.as_administrator("PATCH", "spaces/initech/", {"private_wan_enabled": False})
    checked = site.run("site", "--check")
    assert checked.code == 0, checked.output
    first = artifacts(checked)
    assert list(first) == ["bonding_result"]
    assert first["bonding_result"] == checked.plan["result"]
    assert first["bonding_result"]["state"] == "present"
    assert first["bonding_result"]["counts"] == {"add": 1, "switch": 0, "remove": 0}
    assert [line.split(" #")[0] for line in first["bonding_result"]["lines"]] == ["add: update server space initech"]
    assert not [secret for secret in secrets() if secret in json.dumps(first)]
    assert "Planned 1 change of the network demo, and made none: add 1.\nLeft: 1 difference that no run changes.\n" in (
        checked.output
    )

    applied = site.run("site", extra=first)
    assert applied.code == 0, applied.output
    second = artifacts(applied)["bonding_result"]
    assert re.search(
        r"^Made 1 change of the network demo: add 1\.\nLeft: 1 difference that no run changes\.\n"
        r"Took \d+ s, from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d UTC\.$",
        applied.output,
        re.MULTILINE,
    )
    assert second["digest"] == first["bonding_result"]["digest"]
    addresses = {key: one["public_ip"] for key, one in site.ours("addresses").items()}
    assert {key: second["addresses"].get(key) for key in addresses} == addresses
    assert {key for key in second["addresses"] if key not in addresses} == {
        f"aggregator/{host}" for host in demo_hosts()
    }

    again = site.run("site", "--tags", "verify", extra={"bonding_result": second})
    assert again.code == 0, again.output
    third = artifacts(again)["bonding_result"]
    assert "\nNothing to change in the network demo.\n" in again.output
    assert (third["counts"]["add"], third["lines"]) == (0, [])
    assert third["digest"] != second["digest"]


@pytest.mark.parametrize("playbook", ["teardown", "cpe_nat", "private_wan", "gateways"])
def test_each_playbook_has_the_artifact(network: Site, playbook: str) -> None:
    outcome = reporting(network).run(playbook, "--check")
    assert outcome.code == 0, outcome.output
    assert artifacts(outcome)["bonding_result"] == outcome.plan["result"]
    assert (sum(outcome.plan["counts"].values()) > 0) == (playbook == "teardown")


@pytest.mark.parametrize(
    ("playbook", "state", "answers"),
    [
        ("follow_bonds", "followed", {"bonding_follow_bonds": "17, acme-munich", "bonding_follow_max": 20}),
        ("follow_bonds", "followed", {"bonding_follow_bonds": "", "bonding_follow_max": 20}),
        ("evacuate", "evacuated", {"bonding_evacuate": "agg1", "bonding_evacuate_to": "", "bonding_restore": ""}),
    ],
)
def test_moves_have_the_artifact_by_answers_of_surveys(network: Site, playbook: str, state: str, answers: Json) -> None:
    network.server.control("POST", "move", {"bond": 17, "aggregator": "agg3"})
    outcome = reporting(network).run(playbook, "--check", extra=answers)
    assert outcome.code == 0, outcome.output
    result = artifacts(outcome)["bonding_result"]
    assert result == outcome.plan["result"]
    assert result["state"] == state
    address = next(key for key in result["addresses"] if key == "cpe-nat/bond-17")
    assert any(address in line for line in result["lines"])
    assert outcome.writes == []


def test_digest_depends_on_no_order_of_hosts_and_on_no_run(empty: Site, variables: Json) -> None:
    hosts = demo_hosts()
    orders = [{name: hosts[name] for name in order} for order in permutations(hosts)]
    plans = [plan(empty, variables, order) for order in orders]
    assert len(plans[0]["plan"]) > 50
    assert {one["digest"] for one in plans} == {plans[0]["digest"]}
    other = plan(empty, {**variables, "bonding_cpe_nat_ips": variables["bonding_cpe_nat_ips"][1:]})
    assert other["digest"] != plans[0]["digest"]
