# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public addresses that follow their bonds, and that leave an aggregator; test_follow_table.py has the other rows."""

from __future__ import annotations

import pytest

from tests.playbooks.running import Json, Site

from .follow_table import FIRST, ROWS
from .following import judge_row, must_pass, take


@pytest.mark.parametrize("name", FIRST)
def test_row(network: Site, variables: Json, name: str) -> None:
    judge_row(ROWS[name], network, variables)


@pytest.mark.parametrize(
    ("playbook", "left", "extra"),
    [
        ("evacuate", ("--tags", "gateways"), {"bonding_evacuate": "agg1"}),
        ("follow_bonds", ("--skip-tags", "cpe_nat,private_wan"), {}),
        ("follow_bonds", (), {"bonding_parts": ["gateways"]}),
    ],
)
def test_a_move_is_no_part_of_a_run_that_leaves_its_part_out(
    network: Site, playbook: str, left: tuple[str, ...], extra: Json
) -> None:
    """Tags leave out tasks, so that the run would show the move, succeed, and move nothing."""
    take(network, ("move", "17", "agg3"))
    refused = network.run(playbook, *left, extra=extra)
    assert (refused.code, refused.writes) == (2, [])
    assert "The part cpe_nat is not run (--tags, --skip-tags or bonding_parts), and moves are changes of it" in (
        refused.said
    )


def test_the_part_of_a_move_alone_is_enough(network: Site) -> None:
    take(network, ("move", "17", "agg3"))
    must_pass(network.run("follow_bonds", "--tags", "cpe_nat", extra={"bonding_follow_bonds": [17]}))
    again = network.run("follow_bonds", "--skip-tags", "cpe_nat", extra={"bonding_follow_bonds": [17]})
    assert (again.code, again.writes) == (0, [])
