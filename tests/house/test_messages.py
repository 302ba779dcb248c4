# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of the code are found, each has a section of docs/troubleshooting, and each section has messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tools.docs.messages import sections
from tools.docs.messages.extract import Message, messages
from tools.docs.messages.sections import expression, message_problems
from tools.docs.messages.site import with_messages
from tools.fresh_copy import ROOT

CODE = '''
"""A docstring: it is not a message of anybody."""
LEFT = "Nothing was changed. Run again."
DOCUMENTATION = "description: this is the documentation of a module."


def judge(report, host, found):
    report.problem(f"{host.name}: the device {', '.join(found)} is down. {LEFT}")
    report.warn("two words" if found else f"{found!r} is kept")
    if not found:
        raise PlanError("not usable: " + host.text)
    vvv("taken from the cache, and of no interest")
    return f"EC2 call {found} failed"
'''
TASKS = """
- name: Outer
  block:
    - ansible.builtin.assert:
        that: x
        fail_msg: >-
          Space {{ space.key | default('x') }}: the VPC
          is missing. Name one.
    - ansible.builtin.fail:
        msg: "{{ problem }}"
"""
PAGE = """# Page

## Devices

<!-- messages: _design/judge.py, roles/*/tasks/*.yml -->

**Cause.** It is down.

**Cure.** Bring it up.

| message | cause and cure |
|---|---|
| `<value> is kept` | Nothing is to do. |
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one file of messages, one of tasks, and the page of both."""
    for name, text in {
        "plugins/module_utils/_design/judge.py": CODE,
        "roles/one/tasks/main.yml": TASKS,
        "docs/troubleshooting/page.md": PAGE,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_messages_are_found_and_nothing_else(checkout: Path) -> None:
    assert [message.text for message in messages(checkout)] == [
        "<found> is kept",
        "<name>: the device <list> is down. Nothing was changed. Run again.",
        "EC2 call <found> failed",
        "Nothing was changed. Run again.",
        "not usable: <text>",
        "Space <key>: the VPC is missing. Name one.",
    ]


def test_a_page_that_explains_all_messages_is_no_problem(checkout: Path) -> None:
    assert message_problems(checkout) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("_design/judge.py, ", "", "plugins/module_utils/_design/judge.py: its messages are in 0 sections"),
        ("_design/judge.py", "_design/judge.py, _design/old.py", "_design/old.py has no message"),
        ("is kept`", "was kept`", "no code prints this any more: <value> was kept"),
        ("**Cure.**", "Cure:", "has no paragraph that begins with **Cure.**"),
        (
            "# Page\n",
            "# Page\n\n## Again\n\n<!-- messages: _design/*.py -->\n**Cause.** **Cure.**\n",
            "are in 2 sections",
        ),
    ],
)
def test_what_is_not_explained_and_what_explains_nothing_is_a_problem(
    checkout: Path, old: str, new: str, problem: str
) -> None:
    (checkout / "docs/troubleshooting/page.md").write_text(PAGE.replace(old, new, 1), encoding="utf-8")
    assert [text for text in message_problems(checkout) if problem in text]


def test_a_message_that_the_overview_shows_and_no_code_prints_is_a_problem(checkout: Path) -> None:
    overview = checkout / "docs" / "troubleshooting.md"
    overview.write_text(
        "```text\nagg1: the device vx1 is down.\nNothing was changed. Run again.\n```\n", encoding="utf-8"
    )
    assert message_problems(checkout) == []
    overview.write_text("```text\nagg1: the device vx1 is broken.\n```\n", encoding="utf-8")
    (found,) = message_problems(checkout)
    assert found.endswith("no code prints this: agg1: the device vx1 is broken.")


def test_the_site_lists_the_messages_of_a_section(checkout: Path) -> None:
    text, anchors = with_messages(PAGE, messages(checkout), sections.sections(checkout))
    assert "- `Space <key>: the VPC is missing. Name one.`{#m-space-the-vpc-is-missing-name-one}\n" in text
    assert anchors["<found> is kept"] == "devices"
    assert "- `<found> is kept`" not in text
    assert "<!-- messages" not in text
    assert len(set(anchors.values())) == len(anchors) == 6


def test_every_message_that_faults_have_shown_is_known() -> None:
    known = [expression(message.text) for message in messages()]
    shown = {
        outcome["words"]
        for side in ("server", "cloud")
        for faults in yaml.safe_load((ROOT / f"tests/faults/expected/{side}.yml").read_text(encoding="utf-8")).values()
        for outcome in faults.values()
        if outcome.get("words")
    }
    assert len(shown) > 300
    pattern = re.compile("|".join(known))
    assert [words for words in shown if not pattern.search(words)] == []


def test_the_names_of_the_parts_do_not_count() -> None:
    assert Message("a.py", "<host>: down").pattern == Message("b.py", "<name>: down").pattern == "<>: down"
