# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer of an aggregator, judged before Ansible makes anything of it. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._variables import is_ours

RETURNED = frozenset({"changed", "host", "missing", "msg", "warnings", "deprecations", "invocation", "failed"})
"""What aggregator_host_info returns, and Ansible beside it."""
FOUND_BY_ANSIBLE = "discovered_interpreter_"
"""How the facts begin that Ansible itself adds to an answer."""


def answer_of(host: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer of aggregator_host_info, or a failure that names the host if it holds anything else.

    A result with `ansible_facts` would set variables, one with `ansible_stats` the extra variables of a later AWX job.
    """
    if result.get("unreachable") or result.get("skipped"):
        return dict(result)
    facts = result.get("ansible_facts") or {}
    own = {name: value for name, value in facts.items() if str(name).startswith(FOUND_BY_ANSIBLE)}
    more = {"ansible_facts": own} if own else {}
    foreign = sorted(
        [f"the fact {name}" if is_ours(str(name)) else "facts" for name in facts if name not in own]
        + [str(name) for name in result if name not in RETURNED | {"ansible_facts"} and not str(name).startswith("_")]
    )
    if foreign and not (result.get("failed") and not facts):
        return {
            **more,
            "changed": False,
            "failed": True,
            "msg": f"{host}: the aggregator's answer is refused: it holds {', '.join(dict.fromkeys(foreign))}, which "
            "aggregator_host_info does not return. Nothing of the answer was used. Nothing was changed. Find out who "
            "controls this aggregator before you run the playbook again.",
        }
    return {**{name: value for name, value in result.items() if name != "ansible_facts"}, **more}
