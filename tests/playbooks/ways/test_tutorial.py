# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/tutorial.md: each command is run in order on stand-ins of its own, and prints what the page says."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import fork_server
from lab.demo.playbook import environment
from lab.process import ROOT
from tests.playbooks.page_commands import SET_UP, Command, File, Shell, comparable, missing, steps

PAGE = ROOT / "docs" / "tutorial.md"
PORTS = (8601, 5601)


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell in a folder that has the parts of the checkout which the page uses."""
    home = tmp_path / "home"
    checkout = tmp_path / "checkout"
    home.mkdir()
    checkout.mkdir()
    (home / "ansible.cfg").touch()
    (checkout / "lab").symlink_to(ROOT / "lab", target_is_directory=True)
    # Wide, so that Ansible wraps no line.
    own = {"COLUMNS": "10000", "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    variables = environment(home / "events", home, own | fork_server.environment())
    shell = Shell(checkout, variables, {port: free_port() for port in PORTS})
    yield shell
    shell.end()


def test_each_command_prints_what_the_page_says(shell: Shell) -> None:
    ran = 0
    for step in steps(PAGE.read_text(encoding="utf-8")):
        if isinstance(step, File):
            shell.write(step)
        elif step.words not in SET_UP:
            printed = shell.run(step.words)
            lack = missing(comparable("\n".join(step.prints)), comparable(printed))
            assert not lack, f"$ {step.words}\nis not as the page says:\n{lack}\nIt printed:\n{printed}"
            ran += 1
    assert ran > 15


def test_the_page_sets_up_the_environment_first() -> None:
    commands = [step.words for step in steps(PAGE.read_text(encoding="utf-8")) if isinstance(step, Command)]
    assert tuple(commands[:2]) == SET_UP


@pytest.mark.parametrize(
    ("wanted", "found", "lack"),
    [
        ("a\nb", "a\n\nb  ", ""),
        ("...\nb\n...", "a\nb\nc", ""),
        ("a\n...", "a", ""),
        ("...\nc", "a\nb\nc", ""),
        ("a", "a\nb", "b"),
        ("...\nx\n...", "a\nb\nc", "x"),
        ("...\nb\na\n...", "a\nb", "b\na"),
        ("...\nb", "a\nb\nc", "b"),
        ("b\n...", "a\nb", "b"),
        ("TASK [x] ***", "TASK [x] *********", ""),
        (
            "host : ok=1    changed=2    unreachable=0    failed=0    x",
            "host : ok=9 changed=3 unreachable=0 failed=0 x",
            "host changed=2 unreachable=0 failed=0",
        ),
        ("eni-...", "eni-6734312deec0a6499", ""),
    ],
)
def test_what_is_printed_is_compared_line_by_line(wanted: str, found: str, lack: str) -> None:
    assert missing(comparable(wanted), comparable(found)) == lack
