# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of the BGP sessions between the aggregators.

The plan judges the password and does not return it: Ansible would mask it in what the plan returns. The role takes
it from the inventory and gives it to each BGP protocol of the plan's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

NOT_SHOWN = "(never shown)"
SENT_AGAIN = "(sent again, never shown)"


def with_password(protocols: Iterable[Any], password: str) -> list[Any]:
    """Return the protocols, each BGP one without a password of its own with this one."""
    return [
        {"password": password, **entry} if isinstance(entry, Mapping) and entry.get("protocol") == "bgp" else entry
        for entry in protocols
    ]
