# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-rulebook runs the playbook follow_bonds itself on both stand-ins: rows of the table of follow_bonds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.playbooks.running import Json, Site
from tests.playbooks.ways.follow_table import BY_RULEBOOK, ROWS, Row
from tests.playbooks.ways.following import check_ends, take, with_entries

from .followed import SAVED, following, variables_of
from .rulebooks import Rulebook, missing_java

MISSING = missing_java()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


def judge_by_rulebook(row: Row, site: Site, running: Rulebook, before: dict[str, Json]) -> None:
    """Let the row's last steps happen, wait for the rulebook's answer, and compare both sides with the row.

    :param before: Elastic IPs before the first of all steps
    """
    runs = running.runs()
    follows = [number for number, step in enumerate(row.steps) if step[0] == "follow"]
    steps = row.steps[follows[-1] + 1 if follows else 0 :]
    events = [step for step in steps if step[0] in ("move", "told")]
    for step in steps:
        if step not in events:
            take(site, step)
    lost = site.ours("addresses")
    site.server.clear_log()
    site.cloud.clear_log()
    for step in events:
        if step[0] == "told":
            running.says(row.told)
        else:
            take(site, step)
    if row.told:
        running.says(row.told)
        assert site.writes() == []
    else:
        running.wait(lambda: running.runs() > runs)
    assert running.runs() == runs + (not row.told), running.output()
    check_ends(row, site, before, lost)
    by_hand = site.run(row.run[0], extra=row.run[1])
    assert (by_hand.code, by_hand.writes) == (row.code, []), by_hand.output


@pytest.mark.parametrize("name", BY_RULEBOOK)
def test_rows(network: Site, tmp_path: Path, name: str) -> None:
    rows, before = BY_RULEBOOK[name], network.ours("addresses")
    site = with_entries(rows[0], network, variables_of(network)) if rows[0].hosts else network
    with following(site, tmp_path, rows[0]) as running:
        for row in rows:
            judge_by_rulebook(row, site, running, before)
        assert "failed=1" not in running.output()
        assert "no hosts matched" not in running.output(), "a check of the playbook was skipped"


def test_bonds_that_move_after_the_server_has_restarted_are_one_run(network: Site, tmp_path: Path) -> None:
    row, before, server = ROWS["two bonds at once"], network.ours("addresses"), network.server
    with following(network, tmp_path, row) as running:
        port = server.url.rpartition(":")[2]
        server.stop()
        running.says("the management server gives no usable answer")
        server.args = [*server.args[: server.args.index("--port")], "--port", port]
        server.start()
        server.save(SAVED)  # copies end with the program
        judge_by_rulebook(row, network, running, before)
