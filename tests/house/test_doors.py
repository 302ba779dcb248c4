# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs behind `make lint`, `make sanity` and .ci/run: fresh copies, stages, the pip stand-in, totals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tools import ci, sanity
from tools import lint as lint_module
from tools.fresh_copy import ROOT, fresh_copy, make_copy, tracked_files
from tools.lines import read_lines
from tools.lint import Command, Place


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a tracked file, an ignored one, one that is gone, and one that is not yet added."""
    root = tmp_path / "checkout"
    (root / "sub").mkdir(parents=True)
    for name, text in {".gitignore": "ignored\n", "sub/tracked": "1", "gone": "2", "ignored": "3"}.items():
        (root / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "--all"], check=True)
    (root / "gone").unlink()
    (root / "new").write_text("4", encoding="utf-8")
    return root


def test_copy_holds_what_git_would_track(repository: Path, tmp_path: Path) -> None:
    assert tracked_files(repository) == [".gitignore", "new", "sub/tracked"]
    copy = make_copy(tmp_path / "copy", repository)
    assert copy == tmp_path / "copy" / "ansible_collections" / "bonded" / "internet"
    assert (copy / "sub" / "tracked").read_text(encoding="utf-8") == "1"
    assert sorted(path.name for path in copy.iterdir()) == [".git", ".gitignore", "new", "sub"]
    assert (copy.parents[1] / "amazon" / "aws" / "MANIFEST.json").is_file()


def test_copy_is_gone_afterwards_and_never_inside_the_checkout() -> None:
    with fresh_copy() as copy:
        assert (copy / "galaxy.yml").is_file()
        assert not copy.is_relative_to(ROOT)
        assert not (copy / ".venv").exists()
    assert not copy.exists()


def test_every_stage_runs_whatever_the_others_find(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def python(code: str) -> Command:
        return Command(Place.CHECKOUT, "timeit", ("-n", "1", "-r", "1", code), module=True)

    stages = {
        "first": (python("raise SystemExit('bad words')"), python("print('second command')")),
        "second": (python("1 + 1"),),
        "third": (python("import os; os._exit(3)"),),
    }
    monkeypatch.setattr(lint_module, "STAGES", stages)
    monkeypatch.setattr(sys, "argv", ["lint"])
    assert lint_module.main() == 1
    output = capsys.readouterr().out
    assert "bad words" in output
    assert "second command" in output
    assert "== second: ok" in output
    assert "lint: 2 of 3 stages failed: first, third (" in output


def test_unknown_stage_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["lint", "ruff", "rough"])
    with pytest.raises(SystemExit) as stopped:
        lint_module.main()
    assert stopped.value.code == 2
    assert "no such stage: rough; there are sanity, mypy," in capsys.readouterr().err


def test_the_copys_collections_are_the_only_ones_that_a_stage_sees(tmp_path: Path) -> None:
    """Check the collections of a copy: with two amazon.aws, the alphabet decided which one antsibull-docs read."""
    copy = make_copy(tmp_path)
    listing = Command(Place.COPY, "ansible-galaxy", ("collection", "list", "--format", "json"))
    answer = lint_module.run_command(listing, copy)
    assert answer.returncode == 0, answer.stdout
    found = json.loads(answer.stdout[answer.stdout.index("{") :])
    ours = [path for path, names in found.items() if {"amazon.aws", "bonded.internet"} & names.keys()]
    assert ours == [str(tmp_path / "ansible_collections")]


def test_pip_stand_in_only_where_the_download_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = sanity.get_pip_source()
    assert source is not None
    version, url = source
    assert url.endswith(f"get-pip-{version}.py")
    wanted = tmp_path / f"get_pip_{version.replace('.', '_')}.py"

    class Answer:
        def __enter__(self) -> None:
            return None

        def __exit__(self, *_args: object) -> None:
            return None

    asked: list[str] = []

    def reachable(address: str, timeout: float) -> Any:
        asked.append(address)
        return Answer()

    def unreachable(address: str, timeout: float) -> Any:
        asked.append(address)
        raise OSError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", reachable)
    assert "itself" in sanity.place_get_pip(tmp_path)
    assert not wanted.exists()
    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    assert "cannot be fetched (no route): the stand-in is" in sanity.place_get_pip(tmp_path)
    assert wanted.read_bytes() == (ROOT / "tools" / "get_pip.py").read_bytes()
    assert asked == [url, url]
    wanted.write_text("theirs", encoding="utf-8")
    assert sanity.place_get_pip(tmp_path) == f"{wanted} is there"
    assert wanted.read_text(encoding="utf-8") == "theirs"
    assert asked == [url, url]


def test_real_pythons_come_before_shims(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/shims")
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", "/elsewhere")
    environment = sanity.clean_environment()
    folders = environment["PATH"].split(":")
    assert folders[0] == str(Path(sys.executable).parent)
    assert folders[1] == str(Path(sys.base_prefix) / "bin")
    assert folders[-1] == "/shims"
    assert "ANSIBLE_COLLECTIONS_PATH" not in environment


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("=== 12 passed in 3.20s ===", {"passed": 12}),
        ("x\n== 1 failed, 2 passed, 3 errors in 61.00s (0:01:01) ==\ny", {"passed": 2, "failed": 4}),
        ("==== 5 passed, 1 skipped, 2 warnings in 1s ====", {"passed": 5, "skipped": 1}),
        ("==== no tests ran in 0.01s ====", {}),
        ("make: *** no rule", {}),
    ],
)
def test_counts_of_pytest(text: str, counts: dict[str, int]) -> None:
    assert ci.test_counts(text) == counts


class FakeRunner(ci.Runner):
    """Counts three tests for each run that should count some."""

    def run(self, title: str, *command: str, counts_tests: bool = False, niceness: int = 0) -> None:
        self.outcomes.append(ci.Outcome(title, True, 1.0, 0.5, Counter(passed=3) if counts_tests else Counter()))


@pytest.mark.parametrize(
    ("there", "in_ci", "code", "last"),
    [
        ({"3.11", "3.13"}, "true", 0, "57 passed, 0 failed"),
        ({"3.11"}, "true", 1, "54 passed, 0 failed"),
        ({"3.11"}, "", 0, "54 passed, 0 failed"),
        (set(), "", 1, "51 passed, 0 failed"),
    ],
)
def test_ci_wants_both_lines(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    there: set[str],
    in_ci: str,
    code: int,
    last: str,
) -> None:
    monkeypatch.setattr(ci, "Runner", FakeRunner)
    monkeypatch.setattr(ci, "find_python", lambda version: version if version in there else None)
    monkeypatch.setattr(ci.namespace_sandbox, "refused", lambda *_: "")
    monkeypatch.setattr(ci, "install", lambda _packages: "")
    monkeypatch.setenv("CI", in_ci)
    assert ci.main() == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == last
    assert any("py313-core221: NOT RUN" in line for line in lines) == ("3.13" not in there)


@pytest.mark.parametrize(
    ("in_ci", "user", "code", "asked", "why"),
    [
        ("true", 0, 0, ["update", "install"], ""),
        ("true", 0, 100, ["update"], "apt-get update: E: no network"),
        ("true", 1000, 0, [], ""),
        ("", 0, 0, [], ""),
    ],
)
def test_ci_installs_what_packets_need_on_its_own_machine_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, in_ci: str, user: int, code: int, asked: list[str], why: str
) -> None:
    log, apt_get = tmp_path / "log", tmp_path / "apt-get"
    apt_get.write_text(f"#!/bin/sh\necho \"$@\" >> {log}\necho 'E: no network' >&2\nexit {code}\n")
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("CI", in_ci)
    monkeypatch.setattr(ci.os, "geteuid", lambda: user)
    assert ci.install(["bird2", "nftables"]) == why
    said = log.read_text().splitlines() if log.exists() else []
    assert [line.split()[0] for line in said] == asked
    assert all(line.endswith(" bird2 nftables") for line in said[1:])
    assert ci.install([]) == ""


def test_what_ci_leaves_out_is_in_a_folder_that_it_runs_without_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    runner, ran = ci.Runner(), {}
    monkeypatch.setattr(runner, "run", lambda title, *words, **_more: ran.update({title: words}))
    for job in ci.jobs([]):
        job.start(runner)
    ways = [word for word in ran["tests playbooks ways"] if word.startswith("PYTEST_ARGS=")]
    left_out = [path for path in ci.LONG if path.startswith("tests/playbooks/ways/")]
    assert len(left_out) == 33
    assert all(f"--ignore={path}" in ways[0] for path in left_out)


def test_the_longest_job_starts_first_and_all_were_measured() -> None:
    lines = read_lines()
    titles = [job.title for job in ci.jobs([lines[0], lines[-1]])]
    assert sorted(titles) == sorted(ci.SECONDS)
    assert [ci.SECONDS[title] for title in titles] == sorted(ci.SECONDS.values(), reverse=True)


def test_a_job_that_was_not_measured_starts_before_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ci.SECONDS, "lint")
    assert ci.jobs([])[0].title == "lint"


def test_pylint_runs_on_the_newest_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    runner, ran = ci.Runner(), {}
    monkeypatch.setattr(runner, "run", lambda title, *words, **_more: ran.update({title: words}))
    lines = read_lines()
    for job in ci.jobs(lines):
        job.start(runner)
    without = {title for title, words in ran.items() if "SANITY=--skip-test pylint" in words}
    assert without == {f"{line.name} sanity" for line in lines[:-1]}
    assert f"{lines[-1].name} sanity" in ran


def test_make_gives_the_options_of_sanity_to_ansible_test() -> None:
    command = ["make", "--dry-run", "--no-print-directory", "PY=python", "sanity", "SANITY=--skip-test pylint"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1].endswith("-m tools.sanity --skip-test pylint")


def test_a_job_runs_with_the_niceness_that_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    runner = ci.Runner()
    code = "import os; print('niceness', os.nice(0))"
    runner.run("first", sys.executable, "-c", code, niceness=0)
    runner.run("second", sys.executable, "-c", code)
    here = os.nice(0)
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("niceness")]
    assert said == [f"niceness {here}", f"niceness {min(here + ci.BACKGROUND, 19)}"]


def test_a_job_counts_the_processor_time_of_its_own_processes() -> None:
    runner = ci.Runner()
    busy = "import time\nwhile time.process_time() < 0.5: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"
    runner.run("busy", sys.executable, "-c", child)
    runner.run("idle", sys.executable, "-c", "import time; time.sleep(0.5)")
    busy_one, idle_one = runner.outcomes
    assert busy_one.cpu >= 0.5 > idle_one.cpu
    assert idle_one.seconds >= 0.5


def test_every_folder_of_tests_runs_in_ci() -> None:
    places = [ROOT / place for place in (*ci.line_tests(), *ci.ONCE, *ci.host_tests(), ci.EDA)]
    files = list((ROOT / "tests").rglob("test_*.py"))
    assert files
    in_no_place = {path for path in files if not any(path.is_relative_to(place) for place in places)}
    elsewhere = (ci.HOSTS, "tests/golden", "tests/browser")
    assert in_no_place == {ROOT / path for path in ci.LONG if path.startswith(elsewhere)}
    assert all((ROOT / path).is_file() for path in ci.LONG)
    assert ROOT / "tests/playbooks/site" in places
    assert not set(ci.line_tests()) & set(ci.ONCE)


def test_unit_tests_start_no_stand_in() -> None:
    files = list((ROOT / "tests/unit").rglob("*.py"))
    assert files
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}
    assert [name for name, text in texts.items() if "Running(" in text or "stand_ins(" in text] == []
    assert "Running(" in (ROOT / "tests/emulator/conftest.py").read_text(encoding="utf-8")


def test_make_test_runs_every_folder_that_needs_no_root() -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    places = configuration["tool"]["pytest"]["ini_options"]["testpaths"]
    folders = {f"tests/{path.relative_to(ROOT / 'tests').parts[0]}" for path in (ROOT / "tests").rglob("test_*.py")}
    assert folders - set(places) == {"tests/awx_programs", "tests/browser", "tests/eda", "tests/hosts", "tests/packets"}
    assert set(places) <= folders


def test_ci_takes_no_tests_for_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    runner = ci.Runner()
    runner.run("tests", sys.executable, "-c", "print('=== no tests ran in 0.1s ===')", counts_tests=True)
    runner.run("other", sys.executable, "-c", "print('words')")
    assert [outcome.passed for outcome in runner.outcomes] == [False, True]
    assert "-- tests: FAILED" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("reason", "not_installed", "said"),
    [
        ("", "", ""),
        ("may not make namespaces here", "", "may not make namespaces here"),
        ("no bird2", "apt-get update: E: no network", "no bird2; apt-get update: E: no network"),
    ],
)
def test_ci_says_where_the_doors_with_namespaces_cannot_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reason: str, not_installed: str, said: str
) -> None:
    monkeypatch.setattr(ci, "Runner", FakeRunner)
    monkeypatch.setattr(ci, "find_python", lambda version: version)
    monkeypatch.setattr(ci, "install", lambda _packages: not_installed)
    monkeypatch.setattr(ci.namespace_sandbox, "refused", lambda *_: reason)
    assert ci.main() == 0
    lines = capsys.readouterr().out.splitlines()
    for door in ("packets", "hosts"):
        assert (f"{door}: ok (1 s, 0 s of a processor)" in lines) == (not reason)
        assert (f"{door}: NOT RUN, {said}" in lines) == bool(reason)


def test_make_alone_names_the_doors() -> None:
    # As a person types it: the make that runs the tests would have this one say where it is.
    typed = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    output = subprocess.run(["make"], cwd=ROOT, env=typed, capture_output=True, text=True, check=True).stdout
    assert [line.split()[1] for line in output.splitlines()] == [
        "help", "env", "demo", "test", "hosts", "packets",
        "races", "slices", "faults", "changes", "awx", "eda", "browser", "docs", "bench", "lint", "sanity", "format",
        "release",
        "clean",
    ]  # fmt: skip
