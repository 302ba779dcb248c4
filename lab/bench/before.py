# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as it was at an earlier commit, to be measured beside what it is now."""

from __future__ import annotations

import pathlib
import subprocess
import sysconfig
import tarfile
from dataclasses import dataclass

from lab.process import ROOT

from .measure import BenchError

BEFORE = "c52801f"
"""The commit before anything was done for speed."""


@dataclass(frozen=True)
class Earlier:
    """An earlier commit's checkout, and a folder of collections with it in this one's place."""

    checkout: pathlib.Path
    collections: pathlib.Path


def earlier(revision: str, folder: pathlib.Path) -> Earlier:
    """Take the commit out of git, below `folder`. Raises BenchError where the history does not have it."""
    archive, checkout = folder / "earlier.tar", folder / "earlier"
    words = ["git", "-C", str(ROOT), "archive", "--output", str(archive), revision]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"commit {revision} is not to be had from git here: {done.stderr.strip()}")
    with tarfile.open(archive) as packed:
        packed.extractall(checkout, filter="data")
    collections = folder / "collections"
    installed = pathlib.Path(sysconfig.get_path("purelib")) / "ansible_collections"
    for name, place in (("amazon", installed / "amazon"), ("bonded/internet", checkout)):
        link = collections / "ansible_collections" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(place)
    return Earlier(checkout, collections)
