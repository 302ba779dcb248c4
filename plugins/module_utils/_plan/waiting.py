# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for the shared objects that the run of another slice creates.

Of the slices of a job, the one with the first member by name creates what belongs to no aggregator. The plans of the
others need these objects: a gateway is created in a VPC. So they plan again until the objects exist.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from .planner import NetworkPlan, PlanError

PAUSE = 5.0
"""Seconds between two plans: neither EC2 nor the management server tells when an object is created."""
PATIENCE = 300.0
"""Seconds without any progress of the other run after which this one gives up."""
MOST_NAMES = 5


def wait_for_shared(plan: Callable[[], NetworkPlan], shared_by: str) -> NetworkPlan:
    """Return the plan of this run, made after the other run has created the shared objects.

    A run without a change of its own waits for nothing. Raises PlanError if the other run makes no progress.
    """
    made = plan()
    awaited = awaited_by(made)
    began = time.monotonic()
    while awaited and made.plan.items:
        if time.monotonic() - began >= PATIENCE:
            raise PlanError([_problem(awaited, shared_by)], made.warnings)
        time.sleep(PAUSE)
        made = plan()
        before, awaited = awaited, awaited_by(made)
        if awaited != before:
            began = time.monotonic()
    return made


def awaited_by(made: NetworkPlan) -> list[str]:
    """Return the names of the shared objects that a host's own objects may need and that do not exist yet."""
    needed = (item for item in made.plan.awaited if item.verb == "create" or item.kind == "space")
    return sorted({f"{item.kind} {item.key}" for item in needed})


def _problem(awaited: list[str], shared_by: str) -> str:
    more = len(awaited) - MOST_NAMES
    names = ", ".join(awaited[:MOST_NAMES]) + (f", and {more} more" if more > 0 else "")
    return (
        f"{shared_by}: the run with this aggregator creates the objects that belong to no aggregator, and these do not "
        f"exist yet: {names} (got no new one within {PATIENCE:.0f} s). Run all slices at once, or the one with "
        f"{shared_by} first. If {shared_by} is disabled, enable it, and leave it out by --limit."
    )
