# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs by tags: a run does what it plans, or is refused before either side is asked."""

from __future__ import annotations

import pathlib

import pytest

from lab.process import ROOT
from tests.playbooks.running import Outcome, Site


def refused(outcome: Outcome, said: str) -> None:
    assert outcome.code != 0
    assert said in outcome.said
    assert (outcome.server, outcome.aws) == ([], [])


@pytest.mark.parametrize("playbook", ["site", "teardown", "evacuate", "audit"])
def test_a_misspelt_tag_is_refused(playbook: str, built: Site) -> None:
    """The report counted the whole plan as made, and Ansible had run none of it."""
    said = (
        "--tags: no task of this playbook has the tag (got cpe-nat; expected cpe_nat, private_wan, gateways or verify"
    )
    refused(built.run(playbook, "--tags", "cpe-nat"), said)


def test_a_misspelt_tag_to_skip_is_refused(built: Site) -> None:
    refused(
        built.run("site", "--skip-tags", "gateway"), "--skip-tags: no task of this playbook has the tag (got gateway"
    )


def test_tags_that_leave_out_the_part_of_a_playbook_are_refused(built: Site) -> None:
    refused(built.run("gateways", "--tags", "cpe_nat"), "(got gateways without its tag, expected tags with all of")


def test_a_tag_that_the_operator_gives_to_the_import_runs_all_of_it(unbuilt: Site, tmp_path: pathlib.Path) -> None:
    playbook = tmp_path / "network.yml"
    site = ROOT / "playbooks" / "site.yml"
    playbook.write_text(
        f"- name: Run the network\n  ansible.builtin.import_playbook: {site}\n  tags: [network]\n", encoding="utf-8"
    )
    assert unbuilt.run(playbook, "--tags", "network").code == 0
    outcome = unbuilt.run("site")
    assert (outcome.code, outcome.changed, outcome.writes) == (0, 0, [])
    assert "Nothing to do" in outcome.output
