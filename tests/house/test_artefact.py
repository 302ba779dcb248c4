# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built collection: small, without what only developers need, and it installs offline into an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from tools.fresh_copy import ROOT, fresh_copy
from tools.house.modules import modules

BIN = Path(sys.executable).parent
LIMIT = 2_000_000  # bytes
NEEDED = {
    "meta",
    "plugins",
    "roles",
    "playbooks",
    "extensions",
    "bindep.txt",
    "examples",
    "README.md",
    "LICENSE",
    "requirements.txt",
    "changelogs",
}
UNWANTED = {"lab", "tests", "tools", "requirements", "Makefile", "pyproject.toml", "CONTRIBUTING.md"}


def run(*command: str, cwd: Path, **variables: str) -> str:
    """Run a program of the environment; its output."""
    environment = os.environ | {"HOME": str(cwd), "ANSIBLE_NOCOLOR": "1"} | variables
    answer = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
    return answer.stdout


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("artefact")
    with fresh_copy() as copy:
        run("ansible-galaxy", "collection", "build", "--output-path", str(folder), cwd=copy)
    return folder / "bonded-internet-1.0.0.tar.gz"


def test_authors_are_short_enough_for_galaxy() -> None:
    authors = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["authors"]
    assert authors
    assert max(map(len, authors)) <= 64


def test_size_and_contents(artefact: Path) -> None:
    assert artefact.stat().st_size < LIMIT
    with tarfile.open(artefact) as archive:
        names = archive.getnames()
    tops = {name.split("/")[0] for name in names}
    assert "extensions/eda/plugins/event_source/bonds.py" in names
    assert len([name for name in names if name.startswith("extensions/eda/rulebooks/") and name.endswith(".yml")]) == 5
    assert tops >= NEEDED
    assert tops & UNWANTED == set()
    assert {top for top in tops if top.startswith(".")} == set()


def test_installs_offline_and_runs_by_name(artefact: Path, tmp_path: Path) -> None:
    # Without --force the checkout, which this environment knows as bonded.internet 1.0.0, would count as installed.
    install = ("ansible-galaxy", "collection", "install", str(artefact), "--offline", "--force")
    assert "bonded.internet:1.0.0 was installed successfully" in run(*install, "-p", str(tmp_path / "c"), cwd=tmp_path)
    installed = tmp_path / "c" / "ansible_collections" / "bonded" / "internet"
    names = [path.stem for path in modules(installed)]
    assert names
    collections = str(tmp_path / "c")
    listed = run(
        "ansible-doc", "--list", "-t", "module", "bonded.internet", cwd=tmp_path, ANSIBLE_COLLECTIONS_PATH=collections
    )
    assert [line.split()[0] for line in listed.splitlines() if line.startswith("bonded.")] == [
        f"bonded.internet.{name}" for name in names
    ]
    for playbook in sorted(path.stem for path in (installed / "playbooks").glob("*.yml")):
        output = run(
            "ansible-playbook",
            "--syntax-check",
            "-i",
            "localhost,",
            f"bonded.internet.{playbook}",
            cwd=tmp_path,
            ANSIBLE_COLLECTIONS_PATH=collections,
        )
        # The name leads to the installed playbook, not to the checkout's.
        assert f"playbook: {installed / 'playbooks' / playbook}.yml" in output
