# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces that fit: those with which a plan adopts the live network and changes nothing else.

A plan in memory judges them. What it would change on the management server becomes a deviation. A piece for which it
still refuses something, or changes anything else than tags, is left out with the plan's own words: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .._model.phases import ADOPT
from .._model.plan import PlannedChange
from .assembly import Deviations, Options, options_of
from .deviations import differences, named_deviations, with_changes
from .model import Difference, Findings, Live, Piece, some_of

ROUNDS = 4
"""Plans that are made of one choice of pieces at most: a field that is kept may show another difference."""


@dataclass(frozen=True)
class Planned:
    """Items and problems of a plan in memory."""

    items: Sequence[PlannedChange] = ()
    problems: Sequence[str] = ()


PlanOf = Callable[[Options], Planned]


@dataclass
class Fit:
    """Pieces with which a plan only adopts, and what is kept for that."""

    pieces: list[Piece] = field(default_factory=list)
    deviations: Deviations = field(default_factory=dict)
    drift: list[Difference] = field(default_factory=list)


def fit(live: Live, findings: Findings, plan_of: PlanOf) -> Fit:
    """Return the pieces that fit; the others are noted with the reason.

    All at once, and halves where that does not fit: one bad piece of a thousand costs ten plans.
    """
    found = Fit()
    _add(list(findings.pieces), found, live, findings, plan_of)
    return found


def _add(pieces: list[Piece], found: Fit, live: Live, findings: Findings, plan_of: PlanOf) -> None:
    if not pieces:
        return
    tried, reason = _try([*found.pieces, *pieces], live, plan_of)
    if not reason:
        found.pieces, found.deviations, found.drift = tried.pieces, tried.deviations, tried.drift
    elif len(pieces) == 1:
        (piece,) = pieces
        findings.leave(f"{piece.title} ({some_of([one.object for one in piece.placed])})", reason, *piece.claims)
        findings.pieces.remove(piece)
    else:
        middle = len(pieces) // 2
        _add(pieces[:middle], found, live, findings, plan_of)
        _add(pieces[middle:], found, live, findings, plan_of)


def _try(pieces: list[Piece], live: Live, plan_of: PlanOf) -> tuple[Fit, str]:
    """Return the fit of these pieces, and the reason why they do not fit; empty if they do."""
    deviations = named_deviations(pieces)
    drift: list[Difference] = []
    for _round in range(ROUNDS):
        planned = plan_of(options_of(live, pieces, deviations))
        if planned.problems:
            return Fit(), planned.problems[0].rstrip(".")
        changing = [item for item in planned.items if item.phase != ADOPT]
        kept = with_changes(deviations, changing)
        if kept == deviations:
            return Fit(pieces, deviations, drift), "; ".join(map(_said, changing[:3]))
        drift += differences(changing)
        deviations = kept
    return Fit(), "a plan still changes it after everything that it would change is kept"


def _said(item: PlannedChange) -> str:
    place = f" on {item.host}" if item.host else ""
    return f"a run would {item.verb} {item.kind} {item.key}{place}"
