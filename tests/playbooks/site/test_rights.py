# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/aws.md names the actions that runs ask AWS for: all of them, and no other."""

from __future__ import annotations

from tests.playbooks.rights import named
from tests.playbooks.running import Outcome, Site, aws_writes


def asked(outcome: Outcome) -> set[str]:
    return {entry["action"] for entry in outcome.aws}


def test_looking_needs_what_the_page_says(built: Site, first_run: Outcome) -> None:
    look = named("To look: the plan, check mode, an unchanged run")
    unchanged = asked(built.run("site"))
    assert unchanged <= look
    # the first only where they are ours, the others only where something new is asked for
    assert look - unchanged == {"DescribeSecurityGroups", "DescribeAccountAttributes", "DescribeInstanceTypes"}
    changed = {entry["action"] for entry in aws_writes(first_run.aws)}
    reads = asked(first_run) - changed
    assert reads <= look | named("To change")
    assert "DescribeInstanceTypes" in reads


def test_changing_needs_what_the_page_says(first_run: Outcome) -> None:
    # tags are set by the call that makes the object, so CreateTags is a right, but no action of its own
    reads = named("To look: the plan, check mode, an unchanged run")
    assert asked(first_run) - reads == named("To change") - {"CreateTags"}
