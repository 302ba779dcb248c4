# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that a public address is dead without BGP, where ansible-rulebook lets it follow its bond.

Run it alone and on an idle machine: `make eda TESTS=tests/eda/test_outage.py PYTEST_ARGS=`.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from extensions.eda.plugins.event_source.bonds import Settings
from lab.demo import assertions
from tests.playbooks.running import Site
from tests.playbooks.ways.follow_table import ROWS
from tests.playbooks.ways.following import check_ends, take

from .driving import Driver
from .followed import FAST, following
from .rulebooks import missing_java

MISSING = missing_java()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


def delay(settings: Settings, start: float) -> float:
    """Return the seconds from a move to its event; the move is so long after the source's begin."""
    driver = Driver({17: 7}, settings)
    driver.run(start)
    driver.move(17, to=8)
    driver.run(600)
    ((when, _event),) = driver.timed
    return when - start


def test_the_outage_without_bgp_is_printed(network: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Measure from the move to the last write, as users run both: with nothing warmed."""
    row, before = ROWS["bond moved inside its subnet"], network.ours("addresses")
    with following(network, tmp_path, row, warmed=False) as running:
        lost = network.ours("addresses")
        network.server.clear_log()
        network.cloud.clear_log()
        moved = time.time()
        for step in row.steps:
            take(network, step)
        running.wait(running.runs)
        log = [*network.cloud.log(), *network.server.log()]
        check_ends(row, network, before, lost)
    first = min(one["t"] for one in network.cloud.log())
    last = max(one["t"] for one in log if assertions.writes([one]))
    assert moved < first < last
    small = [delay(FAST, 60 + part / 20) for part in range(20)]
    default = [delay(Settings(), 60 + second) for second in range(31)]
    run = last - moved - sum(small) / len(small)
    with capsys.disabled():
        print(
            f"\noutage without BGP, after=0, two reads a second: {last - moved:.1f} s to the last write "
            f"({first - moved:.1f} s to the playbook's first read of AWS), load {os.getloadavg()[0]:.1f} on "
            f"{os.cpu_count()} processors\n  with the defaults, by calculation: event after {min(default):.0f} to "
            f"{max(default):.0f} s, last write after {min(default) + run:.0f} to {max(default) + run:.0f} s"
        )
