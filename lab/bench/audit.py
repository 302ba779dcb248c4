# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cost of an audit of a clean network, beside a run with nothing to do."""

from __future__ import annotations

from lab.process import stand_ins

from .benchmark import Figure, Plan
from .measure import Bench, by_turns
from .networks import make_network


def audit(plan: Plan) -> list[Figure]:
    """10 aggregators with 50 spaces: 1,000 interfaces and protocols, all as the inventory says."""
    network = make_network(plan.folder / "audit", 10, 50)
    with stand_ins(network.folder) as both:
        bench = Bench(*both, network.inventory)
        plan.say("1,000 objects from nothing")
        bench.playbook("site.yml")
        plan.say("1,000 clean objects")
        same, audited = by_turns(plan.runs, lambda: bench.playbook("site.yml"), lambda: bench.playbook("audit.yml"))
    figure = Figure("An audit of 1,000 objects")
    figure.series("site.yml, nothing to do", same)
    figure.series("audit.yml, clean", audited)
    rate = audited.cpu / same.cpu
    figure.claim("twice the processor time of the unchanged run", f"{rate:.2f} x", rate <= 2)
    figure.claim("the requests of the unchanged run", str(dict(audited.requests)), audited.requests == same.requests)
    return [figure]
