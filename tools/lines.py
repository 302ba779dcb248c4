# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that the project supports, read from the lock files in requirements/, and the Pythons that they need.

A line is a Python, an ansible-core and an amazon.aws: `py311-core218` is Python 3.11 with ansible-core 2.18. Its lock
file names every package in an exact version, and in a comment the `ansible` wheel that carries its amazon.aws.
Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK_NAME = re.compile(r"py(\d)(\d+)-core(\d)(\d+)\.txt")
CARRIER = re.compile(r"^# (?P<wheel>ansible==\S+) carries amazon\.aws==(?P<version>\S+)$", re.MULTILINE)
PROBE = "import ensurepip, sys, venv; print('%d.%d %s' % (sys.version_info[0], sys.version_info[1], sys.executable))"


class LineError(Exception):
    """A line or a Python is not there; the text says what is, and what to do."""


@dataclass(frozen=True, order=True)
class Line:
    """One supported combination. `python` and `core` are (major, minor)."""

    python: tuple[int, int]
    core: tuple[int, int]
    name: str
    wheel: str
    amazon_aws: str
    root: Path = ROOT

    @property
    def lock(self) -> Path:
        """The lock of what the demo needs."""
        return self.root / "requirements" / f"{self.name}.txt"

    @property
    def lint_lock(self) -> Path:
        """The lock of what tests and lint need besides."""
        return self.root / "requirements" / f"{self.name}-lint.txt"

    @property
    def python_version(self) -> str:
        return ".".join(map(str, self.python))


def read_lines(root: Path = ROOT) -> list[Line]:
    """All lines that have a lock, oldest first."""
    lines: list[Line] = []
    for lock in sorted((root / "requirements").glob("py*.txt")):
        found = LOCK_NAME.fullmatch(lock.name)
        if not found:
            continue
        carrier = CARRIER.search(lock.read_text(encoding="utf-8"))
        if not carrier:
            raise LineError(f"{lock}: no line of the form '# ansible==VERSION carries amazon.aws==VERSION'.")
        major, minor, core_major, core_minor = map(int, found.groups())
        lines.append(
            Line((major, minor), (core_major, core_minor), lock.stem, carrier["wheel"], carrier["version"], root)
        )
    return sorted(lines)


def find_line(name: str, lines: list[Line]) -> Line:
    """The line of that name; LineError lists those that exist."""
    for line in lines:
        if line.name == name:
            return line
    raise LineError(f"There is no line '{name}': requirements/ has {', '.join(line.name for line in lines)}.")


def default_line(lines: list[Line], python: tuple[int, int] | None = None) -> Line:
    """The newest line made for this Python, else the newest of all (its versions run on 3.12 and later)."""
    wanted = python or sys.version_info[:2]
    return max([line for line in lines if line.python == wanted] or lines)


def python_candidates(version: str) -> Iterator[str]:
    """Yield the paths at which a Python of that version ("3.13") may be, the likeliest first.

    Folders of versions come before PATH: a pyenv shim in PATH may exist and yet fail.
    """
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        # Inside an environment this is the Python that it was made from.
        yield str(Path(sys.base_prefix) / "bin" / f"python{version}")
        yield sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    for versions in sorted(pyenv.glob(f"versions/{version}.*/bin"), reverse=True):
        yield str(versions / f"python{version}")
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        found = shutil.which(f"python{version}", path=folder) if folder else None
        if found:
            yield found


def find_python(version: str) -> str | None:
    """A Python of that version that runs and can make environments, or None."""
    for candidate in python_candidates(version):
        try:
            answer = subprocess.run(
                [candidate, "-I", "-c", PROBE], capture_output=True, text=True, timeout=30, check=False
            )
        except OSError:
            continue
        if answer.returncode == 0 and answer.stdout.startswith(f"{version} "):
            return answer.stdout.split(" ", 1)[1].strip()
    return None


def environment_folder(line: Line, lines: list[Line]) -> Path:
    """Return the folder of a line's environment: `.venv` for the default line, `.venvs/<line>` for others.

    The variable BONDED_VENVS moves them all into a folder of one's choice, as `<folder>/<line>`.
    """
    chosen = os.environ.get("BONDED_VENVS")
    if chosen:
        return Path(chosen).expanduser().resolve() / line.name
    if line == default_line(lines):
        return line.root / ".venv"
    return line.root / ".venvs" / line.name
