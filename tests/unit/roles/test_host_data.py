# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of a host, and values in its files: all pass the filters that check them.

The filters themselves are run by tests/hosts: whoever imports them becomes Ansible's controller, whose modules keep
their warnings to themselves.
"""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._design.host.answers import CHECKS
from ansible_collections.bonded.internet.plugins.module_utils._design.host.files import FILES, INSTALLED

ROOT = pathlib.Path(__file__).parents[3]
ON_HOSTS = {"roles/aggregator_host/tasks": "*.yml", "roles/pwan_gateway/tasks": "*_device.yml"}
"""The tasks that run on an aggregator."""


@pytest.mark.parametrize(("name", "option", "known"), [("answer", "module", CHECKS), ("files", "of", FILES)])
def test_the_filters_documentation_knows_what_they_know(name: str, option: str, known: dict[str, object]) -> None:
    text = (ROOT / f"plugins/filter/host_{name}.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["DOCUMENTATION"]["options"][option]["choices"] == list(known)


def test_roles_use_what_a_host_answered_only_after_the_check() -> None:
    """Check that the filter follows each registered answer of a host; of a loop, tasks may use only `changed`."""
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


def test_templates_take_no_variable_of_a_role_that_was_not_checked() -> None:
    """Check names: options begin with the role's name, values that the role computes with two underscores."""
    for role in ("aggregator_host", "pwan_gateway"):
        templates = list((ROOT / "roles" / role / "templates").iterdir())
        assert templates
        for path in templates:
            used = re.findall(rf"(?<![\w.]){role}_\w+", path.read_text(encoding="utf-8"))
            assert used == [], path.name


def test_a_role_that_installs_rules_hands_on_every_part_that_is_installed() -> None:
    """A part that pwan_gateway left out would be taken off the host, with what other spaces have in it."""
    text = (ROOT / "roles/pwan_gateway/tasks/translation.yml").read_text(encoding="utf-8")
    (task,) = yaml.safe_load(text)
    parts = {f"aggregator_host_{name}" for name in INSTALLED.fields}
    assert parts == set(task["vars"]) - {"aggregator_host_network"}
