# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outcome of an audit: its findings in order, their counts, and one word for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..._model.finding import SEVERITIES, SOURCES, Difference, Finding, NextRun, finding_of

Status = Literal["clean", "drift", "incomplete", "failed"]
UNREAD = ("management_server", "aws", "host")
"""Kinds of findings of a side or a host that could not be read."""
FORMAT = 1


@dataclass(frozen=True)
class Audit:
    """Findings of one audit of a network."""

    network: str
    findings: tuple[Finding, ...]
    is_judged: bool = True
    """False if no side could be read."""

    @property
    def status(self) -> Status:
        """Return the status of an audit: an unread side counts more than a finding."""
        if not self.is_judged:
            return "failed"
        if self._unread:
            return "incomplete"
        return "drift" if any(one.severity != "info" for one in self.findings) else "clean"

    @property
    def _unread(self) -> list[Finding]:
        return [one for one in self.findings if one.kind in UNREAD and one.source == "condition"]

    def has_judged(self, earlier: Mapping[str, Any]) -> bool:
        """Return True if this audit would have a finding of an earlier one, were it still there.

        An unread side or region can hide any; a silent host hides its own alone.
        """
        return self.is_judged and all(one.kind == "host" and one.object != earlier.get("host") for one in self._unread)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of findings by severity."""
        return {name: sum(one.severity == name for one in self.findings) for name in SEVERITIES}

    @property
    def next_run(self) -> NextRun:
        """Return `refused` if one finding refuses the whole next run, else `changed` if the run changes anything."""
        fates = {one.at_next_run for one in self.findings}
        return "refused" if "refused" in fates else "changed" if "changed" in fates else "left"

    def as_dict(self) -> dict[str, Any]:
        """Return the audit as JSON has it."""
        return {
            "format": FORMAT,
            "network": self.network,
            "status": self.status,
            "next_run": self.next_run,
            "counts": self.counts,
            "findings": [asdict(one) for one in self.findings],
        }


def audit_of(network: str, findings: Iterable[Finding], is_judged: bool = True) -> Audit:
    """Return the audit of findings, each id once, the severest first."""
    first: dict[str, Finding] = {}
    for one in findings:
        known = first.get(one.id)
        if known is None or SEVERITIES.index(one.severity) < SEVERITIES.index(known.severity):
            first[one.id] = one
    return Audit(network, tuple(sorted(first.values(), key=_place)), is_judged)


def _place(one: Finding) -> tuple[int, int, str, str, str]:
    return SEVERITIES.index(one.severity), SOURCES.index(one.source), one.kind, one.object, one.id


def unread(kind: str, name: str, error: str) -> Finding:
    """Return the finding of a side that could not be read."""
    remedy = "Correct what the sentence names, and audit again: nothing of this side was judged."
    return finding_of(Difference(kind, name, "can be read", error, remedy=remedy), "refused")
