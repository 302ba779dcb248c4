# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of role eip_cpe_nat, which divides its entries between two modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.roles.cpe_nat_entries import (
    aws_entries,
    bond_entries,
)
from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain


def cpe_nat_aws_entries(entries: Sequence[Any], state: str) -> list[dict[str, Any]]:
    """Return the entries of module cpe_nat_eips."""
    return aws_entries(plain(entries), str(state))


def cpe_nat_bond_entries(entries: Sequence[Any], state: str, objects: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the entries of module bond_cpe_nats."""
    return bond_entries(plain(entries), str(state), plain(objects))


FilterModule = filter_module(cpe_nat_aws_entries, cpe_nat_bond_entries)
