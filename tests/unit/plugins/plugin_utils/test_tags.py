# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of a run: those by which Ansible would run the plan and the report alone are refused."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils._tags import RunTags

EXPECTED = "expected cpe_nat, private_wan, gateways or verify"


@pytest.mark.parametrize(
    ("run", "skipped", "said"),
    [
        (["cpe-nat"], [], f"(got cpe-nat; {EXPECTED}; did you mean 'cpe_nat'?). Nothing was changed."),
        (["gateway", "cpe_nat"], [], f"(got gateway; {EXPECTED}; did you mean 'gateways'?). Nothing was changed."),
        (["monitoring"], [], f"(got monitoring; {EXPECTED}). Nothing was changed. Correct the tag. Plays of your own"),
        (["tagged"], [], f"(got tagged; {EXPECTED})"),
        (["always"], [], f"(got always; {EXPECTED})"),
        (["all"], ["gateway"], f"--skip-tags: no task of this playbook has the tag (got gateway; {EXPECTED}; did"),
        (["all"], ["all"], f"--skip-tags: no task of this playbook has the tag (got all; {EXPECTED})"),
        (["all"], ["untagged"], f"(got untagged; {EXPECTED})"),
        (["cpe_nat"], ["cpe_nat"], "--skip-tags: every part is skipped (got cpe_nat; expected a part that is left)."),
        (
            ["all"],
            ["cpe_nat", "private_wan", "gateways"],
            "--skip-tags: every part is skipped (got cpe_nat, private_wan",
        ),
    ],
)
def test_a_tag_that_no_task_has_is_refused(run: list[str], skipped: list[str], said: str) -> None:
    assert said in RunTags(run, skipped, ["always"]).problem()


@pytest.mark.parametrize(
    ("run", "skipped", "inherited"),
    [
        (["all"], [], ["always"]),
        (["cpe_nat", "gateways"], [], ["always"]),
        (["verify"], ["gateways"], ["always"]),
        (["all"], ["monitoring", "never"], ["always"]),
        (["bonding"], [], ["always", "bonding"]),
    ],
)
def test_known_tags_and_those_of_the_import_are_none(run: list[str], skipped: list[str], inherited: list[str]) -> None:
    tags = RunTags(run, skipped, inherited)
    assert (tags.problem(), tags.warning()) == ("", "")


def test_a_tag_of_other_plays_is_named_beside_a_known_one() -> None:
    tags = RunTags(["cpe_nat", "monitoring"], [])
    assert tags.problem() == ""
    assert tags.warning() == f"--tags: no task of this playbook has monitoring ({EXPECTED})."


@pytest.mark.parametrize(
    ("run", "skipped", "inherited", "parts"),
    [
        (["all"], [], [], ["cpe_nat", "private_wan", "gateways"]),
        (["cpe_nat"], [], [], ["cpe_nat"]),
        (["all"], ["gateways"], [], ["cpe_nat", "private_wan"]),
        (["verify"], [], [], ["cpe_nat", "private_wan", "gateways"]),
        (["bonding", "cpe_nat"], [], ["bonding"], ["cpe_nat", "private_wan", "gateways"]),
    ],
)
def test_the_parts_are_those_whose_tasks_run(
    run: list[str], skipped: list[str], inherited: list[str], parts: list[str]
) -> None:
    assert RunTags(run, skipped, inherited).parts == parts


def test_tags_that_leave_out_a_part_of_a_playbook_are_refused() -> None:
    said = "bonding_parts: the tags of the run leave out what it plans (got gateways without its tag, expected tags"
    assert said in RunTags(["cpe_nat"], []).problem(["gateways"])
    assert said in RunTags(["all"], ["gateways"]).problem(["gateways"])
    assert RunTags(["gateways", "cpe_nat"], []).problem(["gateways"]) == ""
    assert RunTags(["verify"], []).problem(["gateways"]) == ""
