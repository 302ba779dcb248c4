# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""awx_setup by the modules of awx.awx, against a stand-in that rejects what AWX rejects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from lab.demo.playbook import Outcome, run_playbook
from tests.awx_programs.controller import TOKEN, Controller, served
from tests.awx_programs.programs import documented
from tests.awx_programs.shapes import Json

SECRET = "an-api-token-that-nobody-sees"
NAMES = ["info", "verify", "plan", "apply", "follow bonds", "evacuation drill", "evacuate", "teardown", "audit"]


def variables() -> Json:
    """Return the variables of docs/awx.md, with their placeholders for secrets filled in."""
    given: Json = yaml.safe_load(re.sub("{{ vault_.*? }}", SECRET, documented("awx.yml")))
    return given


@pytest.fixture(scope="module")
def awx() -> Iterator[Controller]:
    with served() as controller:
        yield controller


def set_up(awx: Controller, **extra: Any) -> Outcome:
    environment = {"CONTROLLER_HOST": awx.url, "CONTROLLER_OAUTH_TOKEN": TOKEN}
    awx.log.clear()
    return run_playbook("awx_setup.yml", inventory="localhost,", extra={**variables(), **extra}, env=environment)


@pytest.fixture(scope="module")
def first(awx: Controller) -> Outcome:
    return set_up(awx)


def test_every_request_is_accepted(awx: Controller, first: Outcome) -> None:
    assert first.rc == 0, first.stdout
    assert {request.status for request in awx.log} <= {200, 201, 202, 204}
    assert len(awx.log) > 20


def test_the_second_run_changes_nothing(awx: Controller, first: Outcome) -> None:
    assert first.rc == 0
    state = str(awx.objects["job_templates"]) + str(awx.objects["credentials"])
    second = set_up(awx)
    assert second.rc == 0, second.stdout
    assert second.changed == 0, second.stdout
    assert str(awx.objects["job_templates"]) + str(awx.objects["credentials"]) == state
    # awx.awx sends an approval node what AWX reads over, and an empty survey's removal is none.
    unjudged = ("workflow_approval_templates/", "projects/")
    assert [request for request in awx.log if not request.path.startswith(unjudged)] == []


def test_no_template_can_be_sliced_or_run_twice_at_once(awx: Controller, first: Outcome) -> None:
    assert first.rc == 0
    found = {one["name"]: one for one in awx.objects["job_templates"]}
    assert set(found) == {f"Bonding: {name}" for name in NAMES}
    for template in found.values():
        assert template["job_slice_count"] == 1
        assert not template["allow_simultaneous"]
        asked = {name for name, value in template.items() if name.startswith("ask_") and value}
        prompts = {"ask_limit_on_launch", "ask_tags_on_launch"}
        follows = template["name"] == "Bonding: follow bonds"
        assert asked <= (prompts | {"ask_variables_on_launch"} if follows else prompts)
        assert len(template["lists"]["credentials"]) == 3
    assert found["Bonding: plan"]["job_type"] == "check"
    assert found["Bonding: plan"]["diff_mode"]
    assert found["Bonding: verify"]["job_tags"] == "verify"
    assert found["Bonding: teardown"]["survey"]["spec"][0]["variable"] == "bonding_confirm_teardown"


def test_moves_ask_what_moves(awx: Controller, first: Outcome) -> None:
    assert first.rc == 0
    follow, drill, evacuate = (awx.named("job_templates", f"Bonding: {name}") for name in NAMES[4:7])
    assert follow["ask_limit_on_launch"]
    assert follow["ask_variables_on_launch"]
    bonds, most = follow["survey"]["spec"]
    assert (bonds["variable"], bonds["type"], bonds["required"]) == ("bonding_follow_bonds", "text", False)
    assert (most["variable"], most["type"], most["default"]) == ("bonding_follow_max", "integer", 20)
    assert (drill["job_type"], evacuate["job_type"]) == ("check", "run")
    assert drill["playbook"] == evacuate["playbook"] == "evacuate.yml"
    asked = ["bonding_evacuate", "bonding_evacuate_to", "bonding_restore"]
    assert [one["variable"] for one in evacuate["survey"]["spec"]] == asked
    assert drill["survey"] == evacuate["survey"]


def test_the_workflow_waits_for_an_approval(awx: Controller, first: Outcome) -> None:
    assert first.rc == 0
    nodes = {one["identifier"]: one for one in awx.objects["workflow_job_template_nodes"]}
    order, node = [], nodes["plan"]
    while node["lists"].get("success_nodes"):
        order.append(node["identifier"])
        node = awx.by_id("workflow_job_template_nodes", node["lists"]["success_nodes"][0])
    assert [*order, node["identifier"]] == ["plan", "approve", "apply", "verify"]
    (approval,) = awx.objects["workflow_approval_templates"]
    assert nodes["approve"]["related"]["unified_job_template"] == approval["url"]
    assert approval["timeout"] == 86400


def test_the_inventory_is_read_before_each_job(awx: Controller, first: Outcome) -> None:
    assert first.rc == 0
    source = awx.named("inventory_sources", "Bonding aggregators")
    assert (source["update_on_launch"], source["overwrite"], source["overwrite_vars"]) == (True, True, True)
    assert source["source_path"] == "inventory/aggregators.bonding.yml"
    assert source["credential"] == awx.named("credentials", "Bonding inventory")["id"]


def test_no_secret_is_printed(first: Outcome, awx: Controller) -> None:
    assert SECRET in str(awx.objects["credentials"])
    assert SECRET not in first.stdout


def test_secrets_are_sent_again_on_demand(awx: Controller, first: Outcome) -> None:
    assert first.rc == 0
    again = set_up(awx, bonding_awx_update_secrets=True)
    assert again.rc == 0, again.stdout
    assert {request.path.split("/")[0] for request in awx.log if request.method == "PATCH"} >= {"credentials"}


def test_missing_values_are_named_before_the_first_request(awx: Controller) -> None:
    refused = set_up(awx, bonding_awx_image="")
    assert refused.rc != 0
    assert "bonding_awx_image (image of the execution environment)" in refused.stdout
    assert awx.log == []


def test_awx_named_wrongly_is_rejected_by_the_stand_in(awx: Controller) -> None:
    """Check the judge: a field of another type, an unknown one, and a missing one are rejected."""
    status, said = awx.write("POST", "job_templates/", {"job_slice_count": "1", "slices": 1, "job_type": "scan"})
    assert status == 400
    assert sorted(said) == ["job_slice_count", "job_type", "name", "slices"]
