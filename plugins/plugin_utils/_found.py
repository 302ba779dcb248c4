# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a host that this run has read, out of the task's result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._printable import printable


def found_of(result: Any) -> Any:
    """Return `host` of aggregator_host_info's result, or {"unreachable": text}; None where the host was not asked.

    Only an audit goes on with a host that gives no answer, or another one than the module's.
    """
    if not isinstance(result, Mapping) or result.get("skipped"):
        return None
    if result.get("unreachable") or result.get("failed"):
        return {"unreachable": printable(result.get("msg", "no connection")).strip().rstrip(".")}
    return result.get("host")
