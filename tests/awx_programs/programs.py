# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the environment of `make awx`, and the blocks of docs/awx.md that they are given."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

from lab.process import ROOT

BIN = Path(sys.executable).parent


def program(*command: str, cwd: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a program of the environment, with nothing of the caller's Ansible; return its output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "BONDING_", "AWS_"))}
    path = f"{BIN}{os.pathsep}{kept.get('PATH', '')}"
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=cwd,
        env={**kept, "PATH": path, "HOME": str(cwd), "LC_ALL": "C.UTF-8", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def documented(title: str, language: str = "yaml") -> str:
    """Return the block of docs/awx.md with this title."""
    text = (ROOT / "docs" / "awx.md").read_text(encoding="utf-8")
    (block,) = text.split(f"```{language} title={title}\n")[1:]
    return textwrap.dedent(block.split("```")[0])
