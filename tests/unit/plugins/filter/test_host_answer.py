# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's answer, as roles take it, and that they take no other."""

from __future__ import annotations

import pathlib
import re
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.bonded.internet.plugins.filter.host_answer import CHECKS, host_answer

from ..module_utils.design.test_answer import ANSWER, HOST

ROOT = pathlib.Path(__file__).parents[4]
ON_HOSTS = {"roles/aggregator_host/tasks": "*.yml", "roles/pwan_gateway/tasks": "host_*.yml"}
"""The tasks that run on an aggregator."""


def test_the_answer_is_handed_on() -> None:
    assert host_answer(ANSWER, "agg1")["host"] == HOST
    assert host_answer({"stat": {"exists": True}}, "agg1", "stat") is True
    assert host_answer({"stdout": "done"}, "agg1", "command") == "done"


@pytest.mark.parametrize(
    ("result", "module", "text"),
    [
        ({"stat": {"exists": "yes"}}, "stat", "agg1: the answer to stat was refused. stat.exists is not as expected"),
        ({"stdout": 7}, "command", "agg1: the answer to command was refused. stdout is not"),
        ({**ANSWER, "stat": {}}, "aggregator_host_info", "agg1: .* was refused. The answer has the unknown key 'stat'"),
        ({}, "slurp", "the module is unknown .got 'slurp', expected aggregator_host_info, stat, command"),
    ],
)
def test_another_answer_is_refused_by_the_hosts_name(result: Any, module: str, text: str) -> None:
    with pytest.raises(AnsibleFilterError, match=text):
        host_answer(result, "agg1", module)


def test_the_filter_is_documented() -> None:
    path = ROOT / "plugins/filter/host_answer.yml"
    options = yaml.safe_load(path.read_text(encoding="utf-8"))["DOCUMENTATION"]["options"]
    assert options["module"]["choices"] == list(CHECKS)


def test_roles_use_what_a_host_answered_only_after_the_check() -> None:
    """Whatever is registered on a host is followed by the filter wherever it is named; of a loop, only `changed`."""
    for folder, pattern in ON_HOSTS.items():
        role = (ROOT / folder).parent
        texts = [path.read_text(encoding="utf-8") for path in [*role.glob("tasks/*.yml"), *role.glob("vars/*.yml")]]
        registered = [
            name
            for path in (ROOT / folder).glob(pattern)
            for name in re.findall(r"register: (\w+)", path.read_text(encoding="utf-8"))
        ]
        assert registered
        for name in registered:
            uses = [use for text in texts for use in re.findall(rf"(?<!register: )\b{name}\b(.{{0,60}})", text)]
            assert uses, name
            for use in uses:
                allowed = (" | bonded.internet.host_answer(inventory_hostname", ".results")
                assert use.startswith(allowed), f"{name}{use}"
