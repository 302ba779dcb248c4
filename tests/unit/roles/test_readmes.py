# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of each role's README: an operator's data alone, and a test runs it."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[3]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
RUNNING = ("playbooks/roles/test_examples.py", "hosts/test_gateway_alone.py", "hosts/test_example.py")
"""The tests that run examples."""


@pytest.mark.parametrize("role", ROLES)
def test_the_example_has_options_of_an_operator_alone(role: str) -> None:
    text = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    ((play,),) = (yaml.safe_load(found) for found in re.findall(r"```yaml\n(- name: .*?)```", text, re.DOTALL))
    (task,) = play["tasks"]
    assert task["ansible.builtin.include_role"] == {"name": f"bonded.internet.{role}"}
    specs = yaml.safe_load((ROOT / "roles" / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))
    options = specs["argument_specs"]["main"]["options"]
    required = {name for name, option in options.items() if option.get("required")}
    assert required <= set(task["vars"]) <= set(options)


def test_a_test_runs_each_example() -> None:
    texts = [(ROOT / "tests" / name).read_text(encoding="utf-8") for name in RUNNING]
    run = {role for text in texts for role in re.findall(r'(?:example|run)\([^")]*"(\w+)"', text)}
    assert run >= set(ROLES)
