# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The aggregators' own side as work: role aggregator_host's variables after each phase. Private to the collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .._design.host_side import HostSide
from .._design.stages import PHASES


def host_work(
    sides: Mapping[str, HostSide], hosts: Collection[str], parts: Collection[str], limited: bool
) -> dict[str, dict[str, Any]]:
    """{host: {phase: SPEC}}. Where removals have to wait, the last phase leaves what the one before has left."""
    work: dict[str, dict[str, Any]] = {}
    for host, side in sides.items():
        if host not in hosts:
            continue
        work[host] = {}
        for phase in PHASES:
            reached = "switch" if phase == "remove" and limited else phase
            spec = side.after(reached, masquerade="gateways" in parts, ways_back="cpe_nat" in parts)
            work[host][phase] = spec.as_dict()
    return work
