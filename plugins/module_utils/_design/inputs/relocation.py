# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reader of the options of a run that only moves public addresses between aggregators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..._model.desired_network import DesiredHost, DesiredSpace, Relocation, Report
from .spaces import read_space
from .values import given_options, is_blank, never_empty, number

FOLLOWED, EVACUATED = "followed", "evacuated"
"""The states of network_plan that move addresses."""
MOST_FOLLOWED = 100_000
_OPTIONS = {
    "follow_bonds": (FOLLOWED, "bonded.internet.follow_bonds"),
    "evacuate": (EVACUATED, "bonded.internet.evacuate"),
    "evacuate_to": (EVACUATED, "bonded.internet.evacuate"),
    "restore": (EVACUATED, "bonded.internet.evacuate"),
}
"""Option -> the state that it belongs to, and the playbook of that state."""


def read_spaces(
    given: Iterable[Mapping[str, Any]], hosts: Sequence[DesiredHost], relocation: Relocation | None, report: Report
) -> Iterator[DesiredSpace]:
    """Yield the spaces that a run is about; one that only moves addresses and gateways warns of what it cannot read."""
    if relocation and not (relocation.evacuate or relocation.restore):
        return
    found = Report() if relocation else report
    for place, one in enumerate(given, 1):
        if space := read_space(one, f"bonding_spaces, entry {place}", hosts, found):
            yield space
    if relocation:
        for text in found.problems:
            report.warn(text)


def read_relocation(params: Mapping[str, Any], report: Report) -> Relocation | None:
    """Return the moves of a run, None in a run of the whole network; options of another run are problems."""
    state = params.get("state")
    options = given_options({name: params.get(name) for name in (*_OPTIONS, "follow_max")})
    number(options, "follow_max", "bonding_follow_max", (1, MOST_FOLLOWED), report)
    for name, (wanted, playbook) in _OPTIONS.items():
        if state != wanted and not is_blank(params.get(name)):
            report.problem(
                f"bonding_{name}: is of the playbook {playbook} (got bonding_plan_state {state}, expected {wanted}). "
                "Run that playbook, or leave the variable out."
            )
    most = {"most": options["follow_max"]} if "follow_max" in options else {}
    if state == FOLLOWED:
        never_empty(dict(params), "follow_bonds", "bonding_follow_bonds", "all bonds with a public address", report)
        return Relocation(bonds=tuple(options.get("follow_bonds") or ()), **most)
    if state != EVACUATED:
        return None
    evacuate, restore, to = (options.get(name) for name in ("evacuate", "restore", "evacuate_to"))
    if bool(evacuate) == bool(restore):
        both = "both" if evacuate else "none"
        report.problem(
            f"bonding_evacuate, bonding_restore: got {both} of them, expected one. Name the host whose addresses go "
            "elsewhere (-e bonding_evacuate=agg1), or the one that gets them back (-e bonding_restore=agg1)."
        )
    if to and restore:
        report.problem("bonding_evacuate_to: addresses come back to bonding_restore. Leave bonding_evacuate_to out.")
    return Relocation(evacuate=evacuate, to=to, restore=restore)
