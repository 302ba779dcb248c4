# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of follow_table.py that test_follow_bonds.py leaves out, and runs that are killed at each write."""

from __future__ import annotations

import pytest

from tests.faults.recording import doubled, prefixes
from tests.playbooks.comparing import comparable
from tests.playbooks.running import Json, Site

from .follow_table import FIRST, ROWS, Row, follow
from .following import judge_row, must_pass, take, with_entries

KILLED = {
    "inside a subnet": ROWS["bond moved inside its subnet"],
    "to another subnet, and one more": ROWS["two bonds at once"],
    "home again": ROWS["bond moved home"],
    "evacuated": ROWS["evacuated in maintenance mode, to a target"],
    "evacuated, SSH dead": ROWS["evacuated, SSH dead"],
    "restored": ROWS["restored"],
    "terminated": Row((("terminate", "agg1"), ("move", "17", "agg2")), follow(17), {}),
}


@pytest.mark.parametrize("name", [name for name in ROWS if name not in FIRST])
def test_row(network: Site, variables: Json, name: str) -> None:
    judge_row(ROWS[name], network, variables)


@pytest.mark.parametrize("name", KILLED)
def test_killed_at_each_write(network: Site, variables: Json, name: str) -> None:
    """The same command ends in the same state, whichever write was the last one."""
    row = KILLED[name]
    site, sides = with_entries(row, network, variables), (network.server, network.cloud)
    for step in row.steps:
        take(site, step)
    for side in sides:
        side.begin_history()
    playbook, extra = row.run
    must_pass(site.run(playbook, extra=extra))
    states = prefixes(site.server.history(), site.cloud.history())
    assert len(states) > 2, "the row writes too little to be killed between two writes"
    end = [comparable(side.state()) for side in sides]
    for state in states[1:-1]:
        site.server.load(f"write-{state.server}")
        site.cloud.load(f"write-{state.cloud}")
        must_pass(site.run(playbook, extra=extra))
        assert doubled(site.server.state(), site.cloud.state()) == [], state.last
        assert [comparable(side.state()) for side in sides] == end, state.last
    for side in sides:
        side.end_history()
