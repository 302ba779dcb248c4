# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenarios side by side: what each says, and what is counted of it. Here each is a few lines of Python."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from lab.packets import __main__ as program
from lab.packets import namespace_sandbox, scenarios
from lab.packets.report import Check, Failed, Result, run

GOOD, BAD = Result("it goes through", True, "at once", 0.5), Result("it does not", False, "silent", 1.5)
SCRIPTS = {
    "first": f"os.write(give, b'its network'); scenarios.tell(tell, {[GOOD]!r})",
    "second": f"print('second took', open(take).read()); scenarios.tell(tell, {[GOOD, BAD]!r})",
    "broken": "raise SystemExit(1)",
    "orphan": "print('orphan took', open(take).read()); raise SystemExit(1)",
}
OF = {"second": "first", "orphan": "broken"}


@pytest.fixture(autouse=True)
def _no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(words: Sequence[str], kept: Sequence[int]) -> subprocess.Popen[str]:
        given = dict(zip(words[3::2], words[4::2], strict=True))
        numbers = "; ".join(f"{name} = {given.get(f'--{name}')}" for name in ("tell", "give", "take"))
        imports = "import os; from lab.packets import scenarios; from lab.packets.report import Result"
        script = f"print('{given['--scenario']} begins'); {imports}; {numbers}; {SCRIPTS[given['--scenario']]}"
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([sys.executable, "-c", script], pass_fds=tuple(kept), **options)  # type: ignore[call-overload]

    monkeypatch.setattr(namespace_sandbox, "start", start)
    found = {name: scenarios.Scenario({}, of=OF.get(name, "")) for name in SCRIPTS}
    monkeypatch.setattr(scenarios, "SCENARIOS", found)


def test_their_results_are_joined_and_what_they_say_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    assert scenarios.side_by_side(["first", "second"], []) == ([GOOD, GOOD, BAD], [])
    said = sorted(capfd.readouterr().out.splitlines())
    assert said == ["first begins", "second begins", "second took its network"]


def test_who_takes_over_a_network_sees_that_it_was_not_built(capfd: pytest.CaptureFixture[str]) -> None:
    assert scenarios.side_by_side(["broken", "orphan"], []) == ([], ["broken", "orphan"])
    assert "orphan took " in capfd.readouterr().out.splitlines()


def test_one_that_did_not_come_to_its_end_fails_the_whole(capfd: pytest.CaptureFixture[str]) -> None:
    results, broken = scenarios.side_by_side(["first", "second", "broken"], [])
    assert (results, broken) == ([GOOD, GOOD, BAD], ["broken"])
    assert program.total(results, broken, 2.0) == 1
    said = capfd.readouterr().out.splitlines()[-1]
    assert said == "packets: FAILED, 1 of 3 checks: it does not; the scenario 'broken' did not come to its end"


def test_the_total_counts_over_all_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.total([GOOD, GOOD], [], 2.0) == 0
    assert program.total([GOOD, BAD], [], 2.0) == 1
    assert program.total([], [], 2.0) == 1
    assert "packets: FAILED, 1 of 2 checks: it does not" in capsys.readouterr().out


def test_a_part_leads_to_its_scenario_and_to_the_one_that_builds_its_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    titles = [title for scenario in scenarios.SCENARIOS.values() for title in scenario.parts]
    assert sorted(titles) == sorted(set(titles))
    assert scenarios.with_parts(["Private WAN"]) == ["demonstration"]
    assert scenarios.with_parts(["One rule broken at a time"]) == ["demonstration", "mutants"]
    assert scenarios.with_parts([]) == list(scenarios.SCENARIOS)


def test_a_fault_of_a_check_fails_it_and_the_next_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    def faulty() -> str:
        return {"one": "at once"}["two"]

    first, second = run("A part", [Check("looks it up", faulty), Check("goes on", lambda: "at once")])
    assert (first.passed, second.passed) == (False, True)
    assert first.measured.startswith("the network lacks 'two', which this asks for\n")
    assert "KeyError: 'two'" in first.measured and "FAILED looks it up" in capsys.readouterr().out


def test_chained_checks_after_a_failed_one_are_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []

    def fails() -> str:
        raise Failed("the network cannot be built")

    def goes_on() -> str:
        asked.append("asked")
        return "at once"

    checks = [Check("begins", lambda: "made"), Check("builds", fails), *[Check("goes on", goes_on)] * 2]
    results = run("A part", checks, chained=True)
    assert [one.passed for one in results] == [True, False, False, False]
    assert [one.measured for one in results[1:]] == [
        "the network cannot be built",
        *["not run, since a check before it failed"] * 2,
    ]
    assert asked == []
    assert [one.passed for one in run("A part", checks)] == [True, False, True, True]
    assert "FAILED goes on" in capsys.readouterr().out
