# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An earlier commit's collection, taken out of git beside what is measured now."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import sysconfig

import pytest

from lab.bench import before
from lab.bench.measure import BenchError


@pytest.fixture
def history(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A checkout whose file says "new", with one commit in which it said "old"."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "galaxy.yml").write_text("old\n", encoding="utf-8")
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "Old"]):
        subprocess.run(["git", "-C", str(checkout), *words], check=True)
    (checkout / "galaxy.yml").write_text("new\n", encoding="utf-8")
    monkeypatch.setattr(before, "ROOT", checkout)
    return checkout


def test_the_earlier_collection_takes_this_ones_place(history: pathlib.Path, tmp_path: pathlib.Path) -> None:
    found = before.earlier("HEAD", tmp_path)
    assert (found.checkout / "galaxy.yml").read_text(encoding="utf-8") == "old\n"
    linked = found.collections / "ansible_collections" / "bonded" / "internet" / "galaxy.yml"
    assert linked.read_text(encoding="utf-8") == "old\n"
    assert (found.collections / "ansible_collections" / "amazon").is_symlink()
    assert (history / "galaxy.yml").read_text(encoding="utf-8") == "new\n"


def test_a_history_without_the_commit_is_named(history: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with pytest.raises(BenchError, match="commit c0ffee is not to be had from git here"):
        before.earlier("c0ffee", tmp_path)


def test_an_earlier_checkout_sets_up_an_environment_of_its_own(tmp_path: pathlib.Path) -> None:
    (tmp_path / "tools").mkdir()
    set_up = "import sys\nprint('set-up: ready')\nprint(sys.executable)\n"
    (tmp_path / "tools" / "setup_env.py").write_text(set_up, encoding="utf-8")
    own = before.own_environment(tmp_path)
    assert own.programs == pathlib.Path(sys.executable).parent
    assert own.collections == pathlib.Path(sysconfig.get_path("purelib"))


def test_a_set_up_that_fails_is_told_with_its_words(tmp_path: pathlib.Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "setup_env.py").write_text("raise SystemExit('no Python')\n", encoding="utf-8")
    with pytest.raises(BenchError, match="no Python"):
        before.own_environment(tmp_path)
