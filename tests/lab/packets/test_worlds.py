# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds side by side: what each says, and what is counted of it. Here each is a few lines of Python."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from lab.packets import __main__ as program
from lab.packets import sandbox, worlds
from lab.packets.report import Result

GOOD, BAD = Result("it goes through", True, "at once", 0.5), Result("it does not", False, "silent", 1.5)
TOLD = {"first": [GOOD], "second": [GOOD, BAD], "broken": None}


@pytest.fixture(autouse=True)
def _no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(words: Sequence[str], kept: int) -> subprocess.Popen[str]:
        name, told = words[words.index("--world") + 1], words[words.index("--tell") + 1]
        leave = f"worlds.tell({told}, {TOLD[name]!r})" if TOLD[name] is not None else "raise SystemExit(1)"
        imports = "from lab.packets import worlds; from lab.packets.report import Result"
        command = [sys.executable, "-c", f"print('{name} begins'); {imports}; {leave}"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, pass_fds=(kept,))

    monkeypatch.setattr(sandbox, "start", start)


def test_their_results_are_joined_and_what_they_say_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    assert worlds.side_by_side(["first", "second"], []) == ([GOOD, GOOD, BAD], [])
    assert sorted(capfd.readouterr().out.splitlines()) == ["first begins", "second begins"]


def test_one_that_did_not_come_to_its_end_fails_the_whole(capfd: pytest.CaptureFixture[str]) -> None:
    results, broken = worlds.side_by_side(["first", "broken"], [])
    assert (results, broken) == ([GOOD], ["broken"])
    assert program.total(results, broken, 2.0) == 1
    said = capfd.readouterr().out.splitlines()[-1]
    assert said == "packets: FAILED, 0 of 1 checks: the world 'broken' did not come to its end"


def test_the_total_counts_over_all_worlds(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.total([GOOD, GOOD], [], 2.0) == 0
    assert program.total([GOOD, BAD], [], 2.0) == 1
    assert program.total([], [], 2.0) == 1
    assert "packets: FAILED, 1 of 2 checks: it does not" in capsys.readouterr().out


def test_each_part_is_in_one_world_and_leads_to_it() -> None:
    titles = [title for world in worlds.WORLDS.values() for title in world.parts]
    assert sorted(titles) == sorted(set(titles))
    assert worlds.with_parts(["Private WAN"]) == ["demonstration"]
    assert worlds.with_parts([]) == list(worlds.WORLDS)
