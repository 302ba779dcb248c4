# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparison of two folders, file by file."""

from __future__ import annotations

from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    """Return each file below a folder, by its path in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def differing(one: Path, other: Path) -> list[str]:
    """Return the paths of the files that only one of two folders has, or that differ."""
    here, there = contents(one), contents(other)
    return sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
