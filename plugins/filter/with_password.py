# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP protocols with their password, for role cpe_nat_bgp."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.bonded.internet.plugins.module_utils._design.inputs import bgp_password
from ansible_collections.bonded.internet.plugins.module_utils._grammar import password_problem
from ansible_collections.bonded.internet.plugins.plugin_utils._filters import filter_module


def with_password(protocols: list[Any], password: str | None) -> list[Any]:
    """Return the protocols as they are without a password. Raises AnsibleFilterError, which does not show it."""
    if not password:
        return protocols
    problem = password_problem(password)
    if problem:
        raise AnsibleFilterError(f"cpe_nat_bgp_password: {problem} Nothing was changed.")
    return bgp_password.with_password(protocols, password)


FilterModule = filter_module(with_password)
