# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer of an aggregator, judged before Ansible makes anything of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.host.answers import INTERPRETER, check_answer
from ansible_collections.bonded.internet.plugins.module_utils._printable import printable, printable_all

ACTED_ON = ("ansible_facts", "ansible_stats", "add_host", "add_group")
"""Keys of a result that Ansible acts on: facts set variables, statistics the extra variables of a later AWX job."""


def answer_of(host: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer of aggregator_host_info, or a failure that names the host if it is another one.

    :param result: as the action plugin of a module has it, with the keys that Ansible itself adds (`_ansible_...`)
    """
    own = {name: value for name, value in result.items() if name.startswith("_ansible_")}
    given = {name: _shown(value) for name, value in result.items() if name not in own and name != "exception"}
    facts = given.get("ansible_facts")
    if isinstance(facts, Mapping) and set(facts) == {INTERPRETER}:
        own["ansible_facts"] = given.pop("ansible_facts")
    is_no_answer = any(given.get(name) for name in ("unreachable", "failed"))
    if is_no_answer and not any(name in given for name in ACTED_ON):
        return {**own, **given}
    answer, problems = check_answer(given)
    if answer is None:
        problems = problems or ["The host says that the module was skipped, which this module never is."]
        return {
            **own,
            "changed": False,
            "failed": True,
            "msg": f"{host}: the aggregator's answer is refused: {' '.join(problems)} Nothing of it was used. "
            "Nothing was changed. Find out who controls this aggregator before you run the playbook again.",
        }
    return {**own, **given, **answer}


def _shown(value: Any) -> Any:
    """Return a value of a host's answer as Ansible may display it: its texts printable, its messages as texts.

    ansible-core 2.19 and later make objects of an answer's warnings and exception, and display the latter in place of
    `msg`: so the caller leaves the exception out.
    """
    if isinstance(value, list):
        return [_shown(item) for item in value]
    message = getattr(getattr(value, "event", None), "msg", None)
    return printable(message) if isinstance(message, str) else printable_all(value)
