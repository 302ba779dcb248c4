# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All modules for one object by a playbook on the second server, with all its habits."""

from __future__ import annotations

import lab.demo.playbook
from lab.demo import assertions
from lab.process import ROOT, Running

from .reading import read_plain

PLAYBOOK = ROOT / "tests" / "playbooks" / "modules" / "modules.yml"


def run(second: Running) -> tuple[int, list[str]]:
    """Return how many results were changes, and the writing requests of a run."""
    second.clear_log()
    extra = {"wanted": "present", "bonding_api_url": second.url}
    outcome = lab.demo.playbook.run_playbook(PLAYBOOK, extra=extra, warmed=True)
    assert outcome.rc == 0, outcome.stdout
    return outcome.changed, assertions.writes(second.log())


def test_modules_make_what_is_wanted_and_nothing_twice(second: Running) -> None:
    changed, writes = run(second)
    assert changed == 7
    assert len(writes) >= 7  # a busy proxy has some of them come again
    made = read_plain(second)
    assert made["globex-nice cpe_nat_ip 10.1.1.77"]["enabled"] is True
    assert made["agg1 babel mine"]["export_ipv4"] == {"mode": "filter", "filter": "agg1 filter mine"}
    assert run(second) == (0, [])
