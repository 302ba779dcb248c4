# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of the BGP sessions between the aggregators. Private to the collection.

The plan judges the password and hands it on to nobody: Ansible would mask it in what the plan returns. The role takes
it from the inventory and gives it to each BGP protocol of the plan's work.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

MOST_OF_PASSWORD = 80
"""TCP takes a key of up to 80 bytes (RFC 2385 in Linux)."""
NOT_SHOWN = "(never shown)"
SENT_AGAIN = "(sent again, never shown)"
_PASSWORD = re.compile(r"[!#-\[\]-~]+")


def password_problem(password: Any) -> str | None:
    """Return the problem of a password as one sentence without the password, or None."""
    if not isinstance(password, str) or not _PASSWORD.fullmatch(password):
        return (
            "not a password that BIRD accepts (expected ASCII letters, digits and signs, without a quote, a backslash, "
            "white space or a line break, as a YAML block adds at its end)."
        )
    if len(password) > MOST_OF_PASSWORD:
        return f"too long a password (got {len(password)} characters, expected {MOST_OF_PASSWORD} at most)."
    return None


def with_password(protocols: Iterable[Any], password: str) -> list[Any]:
    """Return the protocols, each BGP one without a password of its own with this one. Texts of JSON stay texts."""
    return [_with(entry, password) for entry in protocols]


def _with(entry: Any, password: str) -> Any:
    if isinstance(entry, str):
        return json.dumps(_with(json.loads(entry), password))
    if not isinstance(entry, Mapping) or entry.get("protocol") != "bgp":
        return entry
    return {"password": password, **entry}
