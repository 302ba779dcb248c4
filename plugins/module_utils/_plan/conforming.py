# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server whose answers to the plan show that its API is not the one of the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .._model.desired_network import Report
from .._model.plan import PlannedChange
from .._objects import title_of

SWITCH = "bonding_allow_nonconforming"


def judge_server(
    not_shown: Mapping[str, list[str]], items: Iterable[PlannedChange], allowed: bool, report: Report
) -> None:
    """Refuse to write fields that no object on the server shows; warn of others.

    What the plan has read tells, so this costs no request. A server ignores unknown fields without a word: what is
    written would be lost, or the same change planned again in each run.

    :param not_shown: kind -> fields that no object of those read shows
    :param allowed: whether the operator has said the switch
    """
    written: dict[str, set[str]] = {}
    for item in items:
        if item.system == "server" and item.verb != "delete":
            written.setdefault(item.kind, set()).update(item.after or {})
    for kind, names in sorted(not_shown.items()):
        lost = [name for name in names if name.partition(".")[0] in written.get(kind, ())]
        if lost and not allowed:
            report.problem(
                f"The management server has no {', '.join(lost)} in any {title_of(kind)} that was read, and this plan "
                "writes it (expected an object that shows it). Correct the name with bonding_api_map: bonding_api_info "
                f"with conformance=true proposes the lines (docs/api-map.md). Or say {SWITCH}: true to write it "
                "nevertheless."
            )
        else:
            report.warn(
                f"The management server has no {', '.join(names)} in any {title_of(kind)} that was read: its API is "
                "not what the collection assumes there. Ask bonding_api_info with conformance=true (docs/api-map.md)."
            )
