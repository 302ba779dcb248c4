# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folder of an import: the import's own files in it, and others that Ansible takes for parts of the inventory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from .files import FILES

SHOWN = 12
IGNORED = ("~", ".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry")
"""Ends of the names that Ansible takes for no inventory (INVENTORY_IGNORE_EXTS, by default)."""
VARIABLES = ("group_vars", "host_vars")
ENDS = ("", ".yml", ".yaml", ".json")
"""Ends of the names that Ansible takes for files of variables (YAML_FILENAME_EXTENSIONS, by default)."""


def folder_problem(folder: str, overwrite: bool) -> str:
    """Return the reason why an import cannot write into the folder, or would overwrite files; empty if it can."""
    place = folder
    while not os.path.lexists(place):
        place = os.path.dirname(place)
    if not os.access(place, os.W_OK | os.X_OK):
        return (
            f"{folder}: cannot be written (got {place} without the right to write, expected that right). Nothing was "
            "written. Choose another folder, or correct its rights."
        )
    if overwrite:
        return ""
    there = sorted(name for name in FILES if os.path.lexists(os.path.join(folder, name)))
    if not there:
        return ""
    return (
        f"{folder}: has files of an import (got {', '.join(there)}; expected none of these). Nothing was written. "
        "Choose another folder, or say -e bonding_import_overwrite=true."
    )


def folder_warning(folder: str) -> str:
    """Return a warning that names the other files of an inventory in the folder; empty if there are none."""
    names = sorted(islice(_other_files(folder), SHOWN + 1))
    if not names:
        return ""
    more = " and more" if len(names) > SHOWN else ""
    return (
        f"{folder}: has other files of an inventory (got {', '.join(names[:SHOWN])}{more}; expected none). Ansible "
        "merges them with the imported files. They were not changed. Move them elsewhere, or import into a new folder."
    )


def _other_files(folder: str) -> Iterator[str]:
    """Yield the files that Ansible reads with the folder as its inventory, by their paths in it.

    The import's own are left out.
    """
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "vars_plugins")
        for name in sorted(names):
            path = os.path.relpath(os.path.join(place, name), folder)
            if _is_read(path) and path not in FILES:
                yield path


def _is_read(path: str) -> bool:
    name = os.path.basename(path)
    if name.startswith("."):
        return False
    if path.split(os.sep)[0] in VARIABLES:
        return not name.endswith("~") and os.path.splitext(name)[1] in ENDS
    return not name.endswith(IGNORED)
