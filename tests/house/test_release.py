# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make release` prepares a release, or refuses and changes nothing."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from tools.fresh_copy import ROOT
from tools.release import FRAGMENTS, WANTED, ReleaseError, check, release

FILES = {
    "galaxy.yml": "namespace: bonded\nname: internet\nversion: 1.2.3\nreadme: README.md\nauthors: [A]\n"
    "license_file: LICENSE\nbuild_ignore: [.gitignore]\n",
    "README.md": "# A collection\n",
    "LICENSE": "None.\n",
    "requirements.txt": "requests\n",
    "meta/runtime.yml": "---\nrequires_ansible: '>=2.18.0'\n",
    "changelogs/changelog.yaml": "---\nancestor: null\nreleases: {}\n",
    f"{FRAGMENTS}/first.yml": "---\nminor_changes:\n  - vpc_route - replaces a route.\n",
    ".gitignore": "/build/\n/.venv/\n",
}


def git(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@example.com", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a small collection in a repository of its own, committed."""
    root = tmp_path / "checkout"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    shutil.copy2(ROOT / "changelogs" / "config.yaml", root / "changelogs" / "config.yaml")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "First")
    return root


def test_a_release_has_a_changelog_and_an_artefact_and_no_fragments(checkout: Path) -> None:
    artefact = release("1.2.3", checkout)
    assert artefact == checkout / "build" / "bonded-internet-1.2.3.tar.gz"
    assert "vpc_route - replaces a route" in (checkout / "CHANGELOG.rst").read_text(encoding="utf-8")
    assert "1.2.3" in (checkout / "changelogs" / "changelog.yaml").read_text(encoding="utf-8")
    assert list((checkout / FRAGMENTS).iterdir()) == []
    with tarfile.open(artefact) as archive:
        assert "CHANGELOG.rst" in archive.getnames()


@pytest.mark.parametrize(
    ("version", "edit", "reason"),
    [
        ("1.2", {}, "version: not a semantic version"),
        ("", {}, "version: not a semantic version"),
        ("1.2.4", {}, "galaxy.yml: another version (got 1.2.3, expected 1.2.4)"),
        ("1.2.3", {"README.md": "# Another\n"}, "checkout: uncommitted changes (got 'M README.md')"),
        ("1.2.3", {"new.txt": "new"}, "checkout: uncommitted changes (got '?? new.txt')"),
    ],
)
def test_a_checkout_that_is_not_ready_is_refused(
    checkout: Path, version: str, edit: dict[str, str], reason: str
) -> None:
    for name, text in edit.items():
        (checkout / name).write_text(text, encoding="utf-8")
    before = git(checkout, "status", "--porcelain")
    with pytest.raises(ReleaseError) as refused:
        release(version, checkout)
    assert reason in str(refused.value)
    assert git(checkout, "status", "--porcelain") == before


def test_a_version_is_released_once(checkout: Path) -> None:
    release("1.2.3", checkout)
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "Release")
    with pytest.raises(ReleaseError, match=r"changelog.yaml: 1\.2\.3 is released already"):
        release("1.2.3", checkout)


def artefact(path: Path, names: Iterable[str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return path


@pytest.mark.parametrize("name", WANTED)
def test_an_artefact_without_a_file_for_users_is_refused(tmp_path: Path, name: str) -> None:
    path = artefact(tmp_path / "a.tar.gz", [one for one in WANTED if one != name])
    with pytest.raises(ReleaseError, match=name):
        check(path)


@pytest.mark.parametrize("name", ["tests/unit/test_a.py", "lab/aws/seed.py", ".github/CODEOWNERS", ".editorconfig"])
def test_an_artefact_with_a_file_for_developers_is_refused(tmp_path: Path, name: str) -> None:
    path = artefact(tmp_path / "a.tar.gz", [*WANTED, name])
    with pytest.raises(ReleaseError, match="not for users"):
        check(path)
    assert check(artefact(tmp_path / "b.tar.gz", WANTED)) == len(WANTED)
