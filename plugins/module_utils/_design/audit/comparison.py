# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparison of an audit with an earlier one, by the ids of their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..._model.finding import Finding


@dataclass(frozen=True)
class Comparison:
    """Findings with the time since when each is known, and what became of those of the earlier audit."""

    findings: tuple[Finding, ...]
    earlier: str | None
    """Time of the earlier audit; None if there is none."""
    new: tuple[str, ...] = ()
    """Ids of the findings that the earlier audit did not have."""
    resolved: tuple[Mapping[str, Any], ...] = ()
    """Findings of the earlier audit that this one has judged, and does not have."""
    unjudged: tuple[Mapping[str, Any], ...] = ()
    """Findings of the earlier audit that this one could not judge: the next audit knows them."""

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON has it, without the findings."""
        return {"earlier": self.earlier, "new": list(self.new), "resolved": [dict(one) for one in self.resolved]}


def compared(
    findings: Iterable[Finding],
    time: str,
    earlier: Mapping[str, Any] | None,
    has_judged: Callable[[Mapping[str, Any]], bool],
) -> Comparison:
    """Return the comparison with an earlier audit.

    :param time: that of this audit
    :param earlier: an audit as JSON has it, if there is one that was judged
    :param has_judged: returns True if this audit would have a finding of the earlier one, were it still there
    """
    if not earlier:
        return Comparison(tuple(findings), None)
    then, before = str(earlier["time"]), {str(one["id"]): one for one in earlier["findings"]}
    known = tuple(replace(one, since=_since(before.get(one.id), time, then)) for one in findings)
    ids = {one.id for one in known}
    left = [one for number, one in before.items() if number not in ids]
    return Comparison(
        findings=known,
        earlier=then,
        new=tuple(one.id for one in known if one.id not in before),
        resolved=tuple(one for one in left if has_judged(one)),
        unjudged=tuple({**one, "since": _since(one, time, then)} for one in left if not has_judged(one)),
    )


def _since(before: Mapping[str, Any] | None, now: str, earlier: str) -> str:
    """Return the time of the first audit that has found it; of one that is known no longer, that of the earlier one."""
    return now if before is None else str(before.get("since") or earlier)
