# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fresh copy of the checkout where the tools for collections want it: FOLDER/ansible_collections/bonded/internet.

ansible-test, mypy and antsibull-docs need that place in the path. Through a link they fail, and in a folder that git
ignores they skip everything and call it a success. So they get a copy of what git tracks or would track, in a
repository of its own, outside the checkout, with amazon.aws beside it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tracked_files(root: Path = ROOT) -> list[str]:
    """Return the files that git tracks, or would track if added, relative to the root; deleted files are left out."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted({name for name in names if name and (root / name).is_file()})


def make_copy(folder: Path, root: Path = ROOT) -> Path:
    """Copy the checkout below `folder`; returns the copy's root. amazon.aws is taken from the running environment."""
    copy = folder / "ansible_collections" / "bonded" / "internet"
    for name in tracked_files(root):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, copy / name)
    subprocess.run(["git", "init", "--quiet", str(copy)], check=True)
    amazon = Path(sysconfig.get_path("purelib")) / "ansible_collections" / "amazon" / "aws"
    if not amazon.is_dir():
        raise FileNotFoundError(f"{amazon} is not there: run this with the Python that tools/setup_env.py made.")
    # No link: antsibull-docs asks git which files to take, and in the environment's folder git ignores them all.
    beside = folder / "ansible_collections" / "amazon" / "aws"
    shutil.copytree(amazon, beside, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    return copy


@contextmanager
def fresh_copy(root: Path = ROOT) -> Iterator[Path]:
    """A copy for the time of a `with`; gives the copy's root."""
    with tempfile.TemporaryDirectory(prefix="bonded-copy-") as folder:
        yield make_copy(Path(folder), root)


if __name__ == "__main__":
    # python -m tools.fresh_copy FOLDER: a copy to look into.
    print(make_copy(Path(sys.argv[1]).resolve()))
