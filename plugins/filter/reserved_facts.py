# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a host that have the name of a variable of this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module
from ansible_collections.bonded.internet.plugins.plugin_utils._variables import is_ours


def reserved_facts(facts: Mapping[str, Any]) -> list[str]:
    """Return the sorted names of the facts that Ansible takes for variables of this collection."""
    return sorted(str(name) for name in facts if is_ours(str(name)))


FilterModule = filter_module(reserved_facts)
