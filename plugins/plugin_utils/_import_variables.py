# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of playbook import_network, which reads no inventory that would refuse a misspelt one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._grammar import nearest
from ansible_collections.bonded.internet.plugins.module_utils._import.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.bonded.internet.plugins.plugin_utils._typed import typed
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import (
    GROUP,
    HOST_NAMES,
    INTERNAL,
    SERVER,
    SHARED_NAMES,
)

PREFIX = "bonding_"
GIVEN = {
    "bonding_network": ARGUMENT_SPEC["network"],
    **{
        f"{PREFIX}import_{option}": ARGUMENT_SPEC[option]
        for option in ("directory", "instances", "join", "overwrite", "regions")
    },
}
TYPES = GIVEN | {name: CONNECTION_SPEC[option] for name, option in SERVER.items()}
OWN = frozenset(
    {
        "bonding_import",
        "bonding_import_folder",
        "bonding_import_given",
    }
)
"""Names that the playbook itself sets."""


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Return a sentence of each variable of the collection's prefix that is none of an import, nor of an inventory."""
    known = GIVEN.keys() | SHARED_NAMES | HOST_NAMES | {GROUP}
    found = sorted(name for name in names if name.startswith(PREFIX) and name not in known | OWN | INTERNAL)
    return [f"{name}: is no variable of an import{nearest(name, known, PREFIX) or '.'}" for name in found]


def wrong_values(names: Iterable[str], value_of: Callable[[str], Any]) -> list[str]:
    """Return a sentence for each variable of an import whose value has another type.

    :param names: the variables that are given
    :param value_of: returns the value of one
    """
    problems: list[str] = []
    given = set(names)
    for name, spec in TYPES.items():
        if name in given:
            typed(value_of(name), spec, name, problems)
    return problems
