# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines, their locks, and the environment that tools/setup_env.py makes of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from tools.fresh_copy import ROOT
from tools.lines import Line, LineError, default_line, environment_folder, find_line, find_python, read_lines
from tools.setup_env import Environment, amazon_aws_version

PIN = re.compile(r"[A-Za-z0-9_.-]+==[^=\s]+")
RUNNING = ".".join(map(str, sys.version_info[:2]))


@pytest.fixture
def line(tmp_path: Path) -> Line:
    """A line with small locks, in a checkout of its own."""
    (tmp_path / "requirements").mkdir()
    line = Line((3, 11), (2, 19), "py311-core219", "ansible==12.3.0", "10.1.2", tmp_path)
    line.lock.write_text("# ansible==12.3.0 carries amazon.aws==10.1.2\na==1\nb==2\n", encoding="utf-8")
    line.lint_lock.write_text("-r py311-core219.txt\nc==3\n", encoding="utf-8")
    return line


class Recorded(Environment):
    """An environment whose commands are written down, and done only as far as the rest looks at their results."""

    def __init__(self, line: Line, folder: Path) -> None:
        super().__init__(line, folder, RUNNING)
        self.commands: list[list[str]] = []

    def run(self, *command: str) -> None:
        self.commands.append(list(command))
        if "venv" in command:
            make_by_hand(Path(command[-1]))
        if "download" in command:
            with zipfile.ZipFile(
                Path(command[command.index("-d") + 1]) / "ansible-12.3.0-py3-none-any.whl", "w"
            ) as wheel:
                manifest = json.dumps({"collection_info": {"version": "10.1.2"}})
                wheel.writestr("ansible_collections/amazon/aws/MANIFEST.json", manifest)
                wheel.writestr("ansible_collections/community/aws/MANIFEST.json", manifest)

    def verbs(self) -> list[str]:
        """venv, install, compileall or download, in the order of the calls."""
        verbs = {"venv", "install", "compileall", "download"}
        return [word for command in self.commands for word in command if word in verbs]


def make_by_hand(folder: Path) -> None:
    """Create a folder that the tool accepts as an environment."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "lib" / f"python{RUNNING}" / "site-packages").mkdir(parents=True)


def test_lines_are_what_the_project_supports() -> None:
    assert [(line.name, line.python, line.core, line.wheel, line.amazon_aws) for line in read_lines()] == [
        ("py311-core218", (3, 11), (2, 18), "ansible==11.0.0", "9.0.0"),
        ("py311-core219", (3, 11), (2, 19), "ansible==12.3.0", "10.1.2"),
        ("py313-core221", (3, 13), (2, 21), "ansible==14.5.0", "11.4.0"),
    ]


@pytest.mark.parametrize("line", read_lines(), ids=lambda line: line.name)
def test_locks_pin_everything_exactly(line: Line) -> None:
    for lock in (line.lock, line.lint_lock):
        texts = [text for text in lock.read_text(encoding="utf-8").splitlines() if text and not text.startswith("#")]
        loose = [text for text in texts if not PIN.fullmatch(text) and text != f"-r {line.name}.txt"]
        assert loose == []
        assert len(texts) == len(set(texts)) > 30
    packages = line.lock.read_text(encoding="utf-8")
    assert f"\nansible-core=={'.'.join(map(str, line.core))}." in packages
    assert "\nmoto==5.2.5\n" in packages


@pytest.mark.parametrize(
    ("python", "name"), [((3, 11), "py311-core219"), ((3, 12), "py313-core221"), ((3, 13), "py313-core221")]
)
def test_default_line_fits_the_python(python: tuple[int, int], name: str) -> None:
    assert default_line(read_lines(), python).name == name


def test_unknown_line_lists_those_that_exist() -> None:
    with pytest.raises(
        LineError, match="no line 'py27': requirements/ has py311-core218, py311-core219, py313-core221"
    ):
        find_line("py27", read_lines())


def test_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BONDED_VENVS", raising=False)
    lines = read_lines()
    assert environment_folder(default_line(lines), lines) == ROOT / ".venv"
    assert environment_folder(lines[0], lines) == ROOT / ".venvs" / "py311-core218"
    monkeypatch.setenv("BONDED_VENVS", str(tmp_path))
    assert environment_folder(lines[0], lines) == tmp_path / "py311-core218"


def test_find_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = find_python(RUNNING)
    assert found is not None
    assert (
        subprocess.check_output([found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], text=True).strip()
        == RUNNING
    )
    # A shim that exists and fails is no Python.
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert find_python("3.99") is None


def test_first_set_up_then_nothing(line: Line) -> None:
    environment = Recorded(line, line.root / ".venv")
    assert not environment.is_ready(lint=False)
    environment.set_up(lint=False)
    assert environment.verbs() == ["venv", "install", "compileall", "download"]
    assert environment.is_ready(lint=False)
    assert not environment.is_ready(lint=True)
    environment.set_up(lint=True)
    assert environment.verbs() == ["venv", "install", "compileall", "download", "install", "compileall"]
    *_before, install, compiling = environment.commands
    assert (install[-1], compiling[-1]) == (str(line.lint_lock), str(environment.site_packages))
    assert environment.is_ready(lint=True)
    assert environment.is_ready(lint=False)
    collections = environment.site_packages / "ansible_collections"
    assert (collections / "bonded" / "internet").resolve() == line.root
    assert amazon_aws_version(collections / "amazon" / "aws") == "10.1.2"
    assert not (collections / "community").exists()


def test_changed_lock_is_installed_again(line: Line) -> None:
    environment = Recorded(line, line.root / ".venv")
    environment.set_up(lint=True)
    environment.commands.clear()
    line.lock.write_text(line.lock.read_text(encoding="utf-8") + "d==4\n", encoding="utf-8")
    assert not environment.is_ready(lint=False)
    environment.set_up(lint=False)
    assert environment.verbs() == ["install", "compileall"]
    # What lint needs was not looked at with the new lock: the stamp does not claim it.
    assert not environment.is_ready(lint=True)


def test_environment_made_by_hand_is_completed_in_place(line: Line) -> None:
    folder = line.root / ".venv"
    make_by_hand(folder)
    (folder / "mine").write_text("stays", encoding="utf-8")
    environment = Recorded(line, folder)
    environment.set_up(lint=False)
    assert environment.verbs() == ["install", "compileall", "download"]
    assert (folder / "mine").read_text(encoding="utf-8") == "stays"
    assert environment.is_ready(lint=False)


def test_environment_of_another_python_is_made_anew(line: Line) -> None:
    folder = line.root / ".venv"
    make_by_hand(folder)
    (folder / "lib" / f"python{RUNNING}").rename(folder / "lib" / "python3.10")
    environment = Recorded(line, folder)
    environment.set_up(lint=False)
    assert environment.verbs() == ["venv", "install", "compileall", "download"]
    assert environment.pythons() == [RUNNING]


def test_interrupted_set_up_leaves_no_stamp(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Recorded(line, line.root / ".venv")

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "unpack_collections", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.set_up(lint=False)
    assert not environment.is_ready(lint=False)
    monkeypatch.undo()
    environment.set_up(lint=False)
    assert environment.is_ready(lint=False)


def test_link_to_another_checkout_is_put_right(line: Line, tmp_path: Path) -> None:
    environment = Recorded(line, line.root / ".venv")
    environment.set_up(lint=False)
    environment.link.unlink()
    environment.link.symlink_to(ROOT, target_is_directory=True)
    assert not environment.is_ready(lint=False)
    environment.commands.clear()
    environment.set_up(lint=False)
    assert environment.commands == []
    assert environment.is_ready(lint=False)


def test_wheel_that_carries_another_version_is_refused(line: Line) -> None:
    other = Line(line.python, line.core, line.name, line.wheel, "9.9.9", line.root)
    with pytest.raises(LineError, match="carries amazon.aws 10.1.2, but .* says 9.9.9"):
        Recorded(other, line.root / ".venv").set_up(lint=False)


def test_newest_line_is_for_python_312_too() -> None:
    """`python3` of many systems is 3.12: whatever is installed here for the newest line must allow it."""
    oldest = "3.12.0" if sys.version_info >= (3, 12) else "3.11.0"
    needs = {dist.name: dist.metadata["Requires-Python"] for dist in distributions()}
    refusing = {name: need for name, need in needs.items() if need and not SpecifierSet(need).contains(oldest)}
    assert refusing == {}


def test_this_environment_is_whole() -> None:
    """The locks are installed without asking for dependencies: so they must be complete."""
    answer = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
