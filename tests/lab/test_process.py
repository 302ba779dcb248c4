# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start and end of a stand-in's process."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from lab.process import ROOT, LabError, Running

Program = Callable[[str], Running]

PROGRAM = """
import os, signal, sys, time
{body}
"""


@pytest.fixture
def program(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Makes a module that can be run under the name tried."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(body: str) -> Running:
        (tmp_path / "tried.py").write_text(PROGRAM.format(body=body))
        return Running("tried", timeout=5)

    return make


def test_what_it_printed_is_told_when_it_dies(program: Program) -> None:
    running = program("print('no room', file=sys.stderr); sys.exit(3)")
    with pytest.raises(LabError, match=r"tried ended with exit code 3; it printed:\nno room"):
        running.start()


def test_one_that_never_listens_is_stopped(program: Program) -> None:
    running = program("print(os.getpid(), flush=True); time.sleep(60)")
    running.timeout = 1
    with pytest.raises(LabError, match="did not listen within 1 s"):
        running.start()
    with pytest.raises(ProcessLookupError):
        os.kill(int(running.output[0]), 0)


def test_it_knows_where_and_passes_arguments_and_variables(tmp_path: pathlib.Path, program: Program) -> None:
    program(
        "print(sys.argv[1:]); print(os.environ['COLOUR'])\n"
        "print('listening on http://127.0.0.1:9/', flush=True); time.sleep(60)"
    )
    made = Running("tried", "--seed", tmp_path / "s", log=tmp_path / "l", env={"COLOUR": "red"}, timeout=5)
    with made as running:
        assert running.url == "http://127.0.0.1:9"
        assert running.pid > 1
        with pytest.raises(LabError, match="tried runs already"):
            running.start()
        with pytest.raises(LabError, match="tried: GET state got no answer"):
            running.state()
    assert running.stop() == 0
    assert list(running.output)[:2] == [
        str(["--seed", str(tmp_path / "s"), "--port", "0", "--log", str(tmp_path / "l")]),
        "red",
    ]
    with pytest.raises(LabError, match="tried is not running"):
        assert running.pid


@pytest.mark.parametrize("stand_in", ["lab.bondingadmin", "lab.aws"])
def test_a_stand_in_ends_with_the_program_that_started_it(stand_in: str) -> None:
    """Even if that was killed: nothing is left behind."""
    seed = ROOT / "lab" / "demo" / f"{stand_in.removeprefix('lab.')}.yml"
    start = f"Running({stand_in!r}, '--seed', {str(seed)!r}).start()"
    program = f"from lab.process import Running; r = {start}; print(r.pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        os.kill(pid, 0)
        starter.kill()
    deadline = time.monotonic() + 15
    while alive(pid):
        assert time.monotonic() < deadline, f"{stand_in}, process {pid}, is left behind"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    """Return True if the process runs. A zombie, which ended and was not waited for, does not run."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
