# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences that an audit names, and the findings that it makes of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
"""`error`: something of the network is absent or does not work; `warning`: something is there that should not be, or
will not work later; `info`: nothing to repair."""
Source = Literal["plan", "condition", "bystander", "waste"]
NextRun = Literal["changed", "refused", "left"]
"""Change, refusal or nothing by the next run of site.yml, with the switches that the operator has given."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
SOURCES: tuple[Source, ...] = ("plan", "condition", "bystander", "waste")


@dataclass(frozen=True)
class Difference:
    """One object that is not as it should be: what a sentence of the report is about."""

    kind: str
    object: str
    """The object's name, the same in each run."""
    expected: str
    found: str
    severity: Severity = "error"
    source: Source = "condition"
    host: str = ""
    space: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Finding:
    """A line of an audit."""

    id: str
    """Digest of source, kind and object, so that the same difference has the same id in the next audit."""
    severity: Severity
    kind: str
    object: str
    host: str
    space: str
    expected: str
    found: str
    since: str | None
    """Time of the first audit that has found it; None if no earlier audit is known."""
    source: Source
    at_next_run: NextRun
    remedy: str


def finding_id(source: str, kind: str, name: str) -> str:
    """Return the id of a finding."""
    return hashlib.sha256("\0".join((source, kind, name)).encode()).hexdigest()[:12]


def finding_of(one: Difference, at_next_run: NextRun, identity: str = "") -> Finding:
    """Return the finding of a difference.

    :param identity: tells findings with one object apart, such as the sentences about it
    """
    return Finding(
        id=finding_id(one.source, one.kind, f"{one.object}\0{identity}" if identity else one.object),
        severity=one.severity,
        kind=one.kind,
        object=one.object,
        host=one.host,
        space=one.space,
        expected=one.expected,
        found=one.found,
        since=None,
        source=one.source,
        at_next_run=at_next_run,
        remedy=one.remedy,
    )
