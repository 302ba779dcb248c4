# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of playbook import_network, which reads no inventory that would refuse a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.bonded.internet.plugins.module_utils._grammar import nearest
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import (
    GROUP,
    HOST_NAMES,
    INTERNAL,
    SHARED_NAMES,
)

PREFIX = "bonding_"
GIVEN = frozenset(
    {
        "bonding_import_directory",
        "bonding_import_instances",
        "bonding_import_join",
        "bonding_import_overwrite",
        "bonding_import_regions",
        "bonding_network",
    }
)
OWN = frozenset(
    {
        "bonding_import",
        "bonding_import_files",
        "bonding_import_folder",
        "bonding_import_found",
        "bonding_import_given",
    }
)
"""Names that the playbook itself sets."""


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Return a sentence of each variable of the collection's prefix that is none of an import, nor of an inventory."""
    known = GIVEN | SHARED_NAMES | HOST_NAMES | {GROUP}
    found = sorted(name for name in names if name.startswith(PREFIX) and name not in known | OWN | INTERNAL)
    return [f"{name}: is no variable of an import{nearest(name, known, PREFIX) or '.'}" for name in found]
