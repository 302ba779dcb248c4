# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare a release: `python -m tools.release 1.0.0`, or `make release VERSION=1.0.0`.

The release is made in a copy of the checkout: antsibull-changelog writes the changelog from the fragments,
ansible-galaxy builds the artefact, and the artefact is checked. Only then do the changelog and the artefact come into
the checkout, and the fragments are deleted. Nothing is committed, tagged or published: the last lines say how.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import yaml

from tools.fresh_copy import ROOT, fresh_copy

BIN = Path(sys.executable).parent
VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[0-9a-z.]+)?")
WRITTEN = ("CHANGELOG.rst", "changelogs/changelog.yaml")
"""Files that antsibull-changelog writes."""
FRAGMENTS = "changelogs/fragments"
WANTED = (
    "MANIFEST.json",
    "FILES.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.rst",
    "requirements.txt",
    "meta/runtime.yml",
)
"""Files that a user needs, some of each kind."""
UNWANTED = ("tests/", "lab/", "tools/", ".git", ".pre-commit", ".editorconfig", "inventories/demo/", "requirements/")
"""Beginnings of paths of the checkout that a user does not need."""


class ReleaseError(Exception):
    """The release cannot be made; the message says why and what was changed."""


def refuse(root: Path, version: str) -> None:
    """Raise ReleaseError if the checkout is not ready to be released as this version."""
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"version: not a semantic version (got {version!r}, expected for example 1.0.0).")
    galaxy = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))
    if str(galaxy["version"]) != version:
        raise ReleaseError(f"galaxy.yml: another version (got {galaxy['version']}, expected {version}). Set it first.")
    changed = run("git", "status", "--porcelain", cwd=root).strip()
    if changed:
        raise ReleaseError(f"checkout: uncommitted changes (got {changed.splitlines()[0]!r}). Commit them first.")
    releases = yaml.safe_load((root / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]
    if version in (releases or {}):
        raise ReleaseError(f"changelog.yaml: {version} is released already. Raise the version in galaxy.yml.")


def run(*command: str, cwd: Path) -> str:
    """Run a command and return its output. Raise ReleaseError with the output if it fails."""
    # antsibull-changelog looks for ansible-doc in PATH.
    path = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=cwd, env=path, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"{' '.join(command)}: exit code {done.returncode}.\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def build(copy: Path, version: str) -> Path:
    """Write the changelog in a copy of the checkout, build the artefact there and return its path."""
    run("antsibull-changelog", "release", "-v", "--version", version, cwd=copy)
    run("ansible-galaxy", "collection", "build", "--output-path", "build", cwd=copy)
    (artefact,) = (copy / "build").glob("*.tar.gz")
    return artefact


def check(artefact: Path) -> int:
    """Return the number of files in the artefact. Raise ReleaseError if one is missing or does not belong there."""
    with tarfile.open(artefact) as archive:
        names = archive.getnames()
    missing = [name for name in WANTED if name not in names]
    foreign = [name for name in names if name.startswith(UNWANTED)]
    if missing or foreign:
        raise ReleaseError(
            f"{artefact.name}: missing {missing}, not for users {foreign[:5]}. "
            "Nothing in the checkout was changed. Correct build_ignore in galaxy.yml."
        )
    return len(names)


def take_over(copy: Path, artefact: Path, root: Path) -> Path:
    """Copy changelog and artefact into the checkout, delete the fragments, and return the artefact's path."""
    for name in WRITTEN:
        shutil.copy2(copy / name, root / name)
    for path in sorted((root / FRAGMENTS).glob("*.yml")):
        path.unlink()
    (root / "build").mkdir(exist_ok=True)
    return Path(shutil.copy2(artefact, root / "build" / artefact.name))


def release(version: str, root: Path = ROOT) -> Path:
    """Prepare the release of a version in the checkout and return the path of its artefact.

    Raises ReleaseError; nothing in the checkout is changed then.
    """
    refuse(root, version)
    with fresh_copy(root) as copy:
        artefact = build(copy, version)
        files = check(artefact)
        built = take_over(copy, artefact, root)
    print(
        f"release: {built.relative_to(root)} with {files} files; CHANGELOG.rst has {version}; the fragments are deleted"
    )
    print(f"release: commit this as 'release: publish {version}', tag it {version}, push the tag, then publish:")
    print(f"release:   ansible-galaxy collection publish {built.relative_to(root)}")
    return built


def main() -> int:
    """Return the exit code: 0, or 1 with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description="Prepare a release.")
    parser.add_argument("version", help="the version in galaxy.yml, for example 1.0.0")
    try:
        release(parser.parse_args().version)
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
