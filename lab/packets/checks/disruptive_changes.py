# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that are refused unless bonding_allow_disruption is set: what they interrupt, how long, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..lab import Lab
from ..live_changes import Intent
from ..probes import Path, Traffic
from ..report import Check, need
from . import non_disruptive_changes
from .non_disruptive_changes import succeeded
from .traffic import all_answer, paths, watched

BESIDE = 0.0
"""Seconds of silence for what is built beside the old one, which goes last: none."""
MOVED = 5.0
"""For an address that moves: AWS has it elsewhere at once, and two requests of the run later the bond knows of it.
The lab looks every 0.3 s, and a busy machine takes its time. What AWS itself takes (about a second) comes on top.
"""


def checks(lab: Lab) -> Iterator[Check]:
    """Yield the changes that lose nothing, then the others. Each check continues from the network of the one before."""
    intent = Intent(lab)
    yield from non_disruptive_changes.checks(intent)
    yield Check("a new VNI of globex; acme from managed_mesh to unmanaged", lambda: _vni(intent))
    yield Check("acme back; addresses move, in a subnet and to another one", lambda: _moves(intent))


def measured(intent: Intent, allowed: Mapping[str, float], all_paths: list[Path] | None = None, **extra: Any) -> str:
    """Run the change under traffic; what was lost on the paths that are named, and that nothing was on the others.

    :param allowed: for paths whose names begin so, the seconds of silence that may be.
    """
    outcome, traffic = watched(intent.lab, lambda: intent.run(bonding_allow_disruption=True, **extra), all_paths)
    did = succeeded(outcome)
    marked = [item for item in outcome.plan if item["disruptive"]]
    need(marked, "the plan does not say that it interrupts anything")
    told = []
    for one in traffic:
        bounds = [seconds for name, seconds in allowed.items() if one.path.name.startswith(name)]
        need(not one.lost() or one.gap() <= sum(bounds), f"{_told(one)}; at most {sum(bounds):g} s may be")
        told += [_told(one) for _bound in bounds]
    need(len(told) == len(allowed), f"not all of {list(allowed)} were watched: {told}")
    all_answer(paths(intent.lab), "these do not answer any more")
    return f"{did}: {'; '.join(told)}; none on {len(traffic) - len(told)} other paths"


def _told(one: Traffic) -> str:
    if not one.lost():
        return f"{one.path.name} lost none of {len(one.sent)}"
    return f"{one.path.name} lost {len(one.lost())} of {len(one.sent)}, silence {one.gap():.2f} s"


def _vni(intent: Intent) -> str:
    intent.space("globex")["vxlan"]["vni"] = 10000912
    intent.space("acme")["private_wan"] = "unmanaged"
    return measured(intent, {"globex:": BESIDE, "acme:": BESIDE}, bonding_manage_hosts=False)


def _moves(intent: Intent) -> str:
    intent.space("acme")["private_wan"] = "managed_mesh"
    intent.entry(17)["aggregator"] = "agg3"
    intent.entry(21)["aggregator"] = "agg1"
    allowed = {"acme:": BESIDE, "acme-berlin's": MOVED, "globex-paris's": MOVED}
    return measured(intent, allowed, bonding_manage_hosts=False)
