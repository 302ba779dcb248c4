# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The approved plan, and its difference from the plan that is made now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..._printable import printable

MOST_SHOWN = 20
"""Number of items of each kind of difference that a refusal names."""


@dataclass(frozen=True)
class Approved:
    """A plan that was approved; `lines` are the first of its `item_lines`, none if only its digest is known."""

    digest: str
    lines: tuple[str, ...] | None = None
    left_out: int = 0
    """Number of lines that are not known."""
    source: str = "bonding_approved_digest"
    """The variable that gave it."""

    @classmethod
    def of(cls, digest: str, result: Mapping[str, Any] | None) -> Approved:
        """Return the plan of a digest, with its lines if `result`, that of an earlier run, is of this very plan."""
        lines = (result or {}).get("lines")
        if not result or result.get("digest") != digest or not isinstance(lines, list):
            return cls(digest)
        left_out = result.get("left_out")
        number = left_out.get("lines") if isinstance(left_out, Mapping) else None
        return cls(digest, tuple(map(str, lines)), number if isinstance(number, int) else 0)


def refusal(approved: Approved, digest: str, lines: Sequence[str]) -> str | None:
    """Return the reason why the plan of this digest and these lines is not the approved one, None if it is.

    :param lines: of all items, see `item_lines`
    """
    if digest == approved.digest:
        return None
    head = (
        f"{approved.source}: the plan made now is not the approved one (got the digest {digest}, expected "
        f"{printable(approved.digest)}). Nothing was changed. Read the plan of a run with --check, and approve "
        "that one."
    )
    return "\n".join([head, *_difference(approved, lines)])


def _difference(approved: Approved, lines: Sequence[str]) -> Iterator[str]:
    if approved.lines is None:
        yield (
            "  Only the digest of the approved plan is known. Its bonding_result as an extra variable, or "
            "bonding_plan_file in place of the digest, lets this error name the items that differ."
        )
        return
    # The lines are sorted: behind the last known one nothing can be said of any.
    last = approved.lines[-1] if approved.lines else ""
    known = [line for line in lines if not approved.left_out or line <= last]
    new, gone = _labels(set(known) - set(approved.lines)), _labels(set(approved.lines) - set(known))
    changed = new & gone
    yield from _listed("planned now, and not approved", new - changed)
    yield from _listed("approved, and not planned now", gone - changed)
    yield from _listed("planned otherwise than approved", changed)
    if approved.left_out:
        yield (
            f"  {approved.left_out} more items of the approved plan are not known here, since bonding_result has a "
            "bound. bonding_plan_file has none."
        )


def _labels(lines: Iterable[str]) -> set[str]:
    return {line.rpartition(" #")[0] for line in lines}


def _listed(title: str, labels: Iterable[str]) -> Iterator[str]:
    found = sorted(labels)
    if found:
        yield f"  {title}: {len(found)}"
    yield from (f"    {printable(label)}" for label in found[:MOST_SHOWN])
    if len(found) > MOST_SHOWN:
        yield f"    ... and {len(found) - MOST_SHOWN} more"
