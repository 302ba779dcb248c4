# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order in which lists of the server's API are compared."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=65536)
def number_of(text: str) -> tuple[int, int, int] | None:
    """Return (version, number, prefix length) of an address; None for any other text."""
    try:
        address = ipaddress.ip_interface(text)
    except ValueError:
        return None
    return (address.version, int(address), address.network.prefixlen)


def rank(value: Any) -> tuple[Any, ...]:
    """Return a sorting key for any JSON: addresses by number, everything else by its text."""
    first = value
    if isinstance(value, Mapping):
        first = value.get("ip") or value.get("network")
    if isinstance(first, str):
        number = number_of(first)
        if number is not None:
            return (0, *number, json.dumps(value, sort_keys=True))
    return (1, json.dumps(value, sort_keys=True, default=str))
