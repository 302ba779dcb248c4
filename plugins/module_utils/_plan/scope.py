# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scope of a run: the hosts and parts that it changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .._model.plan import PlannedChange


@dataclass
class Scope:
    """Scope of this run. `limited`: not all aggregators of the network are in the play."""

    hosts: Collection[str]
    parts: Collection[str]
    limited: bool
    absent: bool

    def reason(self, item: PlannedChange) -> str | None:
        """Return the reason why an item is left out, or None if it is in scope."""
        if item.part not in self.parts:
            return f"the part {item.part} is not run"
        if item.host and item.host not in self.hosts:
            return f"{item.host} is not in the play: --limit, a slice or a disabled host"
        if self.limited and item.phase == "remove" and not (self.absent and item.host):
            return "removals wait for a run of all aggregators"
        return None
