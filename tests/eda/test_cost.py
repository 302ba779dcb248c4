# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests a minute: those of the documentation are counted, and the count in memory is that of the simulator."""

from __future__ import annotations

import asyncio
import re

import pytest

from extensions.eda.plugins.event_source.bonds import Settings
from lab.process import ROOT, Running

from .driving import Driver
from .running import run, watching

COUNT = 200
ROWS = {
    "bonds on all of them, all watched": range(1, COUNT + 1),
    "20 watched bonds on 20 of them": range(1, 21),
    "a watched bond in no list": range(1, 21),
    "a server that cannot be reached": range(1, 21),
}


def documented() -> dict[str, int]:
    text = (ROOT / "docs" / "event-source.md").read_text(encoding="utf-8")
    return {title: int(number) for title, number in re.findall(r"^\| ([^|]+) \| (\d+) \|$", text, re.MULTILINE)}


def test_the_table_has_these_rows_alone() -> None:
    assert {*documented()} == {*ROWS}


@pytest.mark.parametrize("title", ROWS)
def test_the_documentation_has_the_requests_a_minute(title: str) -> None:
    driver = Driver({number: number for number in ROWS[title]}, status=dict.fromkeys(range(1, COUNT + 1), "up"))
    driver.hidden = {1} if "no list" in title else set()
    driver.is_down = "reached" in title
    driver.run(600)
    before = driver.requests
    driver.run(3600)
    assert round((driver.requests - before) / 60) == documented()[title]


def test_the_simulator_gets_as_many_requests_as_are_counted_in_memory(server: Running) -> None:
    settings = Settings(interval=0.2, bonds_interval=1.0)
    counted = Driver({17: 7, 18: 7, 19: 8}, settings)
    counted.run(6)

    async def scenario() -> None:
        async with watching(server, interval=0.2, bonds_interval=1.0):
            server.clear_log()
            await asyncio.sleep(6)

    run(scenario())
    log = server.log()
    statuses = sum(one["path"].endswith("/aggregators/") for one in log)
    # A loaded machine is late, and asks less often.
    assert counted.requests / 2 < len(log) <= counted.requests + 3
    assert (len(log) - statuses) / statuses == pytest.approx(2 / 5, abs=0.2)
