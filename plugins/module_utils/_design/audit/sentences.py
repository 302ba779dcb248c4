# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of what a plan says in sentences: problems, warnings and drift."""

from __future__ import annotations

from collections.abc import Iterable

from ..._model.desired_network import DesiredNetwork, DeviationDrift, Drift, Report
from ..._model.finding import Difference, Finding, NextRun, Severity, Source, finding_of

LONGEST_SUBJECT = 80
FOLLOW = "bonded.internet.follow_bonds moves the address to the bond."
UNPIN = f"The entry is pinned. Leave pinned out of it, and {FOLLOW}"


def find_said(wide: Report, real: Report) -> list[Finding]:
    """Return findings of the sentences of two designs.

    :param wide: the report with all switches, in which nothing is kept
    :param real: the report with the operator's switches: its problems refuse the next run
    """
    problems = dict.fromkeys(real.problems)
    found = [one for text in problems for one in _of(text, real, "refused", "problem", "error")]
    for text in wide.problems:
        if text not in problems:
            found += _of(text, wide, "left", "removal", "warning")
    for text in wide.warnings:
        found += _of(text, wide, "left", "advice", "info")
    return found


def _of(text: str, report: Report, fate: NextRun, kind: str, severity: Severity) -> list[Finding]:
    """Return a finding of each object that a sentence is about, else one of the sentence itself."""
    differences = report.about(text)
    if differences:
        return [finding_of(one, fate) for one in differences]
    source: Source = "plan"
    return [finding_of(Difference(kind, subject_of(text), "", text, severity, source), fate, identity=text)]


def subject_of(text: str) -> str:
    """Return the object that a sentence begins with: `<object>: <problem>`."""
    subject, colon, _rest = text.partition(": ")
    return subject if colon and len(subject) <= LONGEST_SUBJECT else text[:LONGEST_SUBJECT]


def find_drift(drift: Iterable[Drift | DeviationDrift], desired: DesiredNetwork) -> list[Finding]:
    """Return findings of bonds that are on another aggregator than their address, and of deviations."""
    return [
        finding_of(_deviation(one) if isinstance(one, DeviationDrift) else _difference(one, desired), "left")
        for one in drift
    ]


def _deviation(one: DeviationDrift) -> Difference:
    """Return the difference of an object that differs because the operator says so: nothing to repair."""
    return Difference(
        kind=one.kind,
        object=f"{one.host}/{one.object}",
        expected="as the network gives it",
        found=one.text,
        severity="info",
        source="condition",
        host=one.host,
        remedy="Take the object out of bonding_deviations, and the next site.yml changes it.",
    )


def _difference(one: Drift, desired: DesiredNetwork) -> Difference:
    is_moved = one.kind == "bond_moved"
    reached = not is_moved or _has_bgp(one, desired)
    effect = f": {'BGP hands its traffic on' if reached else 'nothing reaches it'}" if is_moved else ""
    return Difference(
        kind=one.kind,
        object=f"cpe-nat/{one.entry}",
        expected=f"on {one.from_host}",
        found=f"{one.text}{effect}",
        severity="info" if reached else "error",
        source="condition",
        host=one.from_host,
        remedy="" if not is_moved else UNPIN if one.pinned else FOLLOW,
    )


def _has_bgp(one: Drift, desired: DesiredNetwork) -> bool:
    """Return True if BGP runs between the aggregator of the address and that of the bond."""
    if desired.bgp is None or one.to_host is None:
        return False
    speakers = desired.bgp.aggregators
    return isinstance(speakers, str) or {one.from_host, one.to_host} <= set(speakers)
