# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house that no tool on the market checks: `python -m tools.house`.

Each rule is a function of the checkout's root that returns the problems found, one text each, "path: what is wrong".
An empty list means that the rule is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools.change_table import page_problems
from tools.docs import links
from tools.docs.messages import sections
from tools.house import words
from tools.house.changes import fragment_problems
from tools.house.docstrings import RULE, docstring_problems
from tools.house.files import header_problems, length_problems
from tools.house.layers import layer_problems, requests_problems
from tools.house.modules import action_group_problems, coverage_problems, documentation_problems
from tools.house.paths import path_problems
from tools.house.roles import computing_problems, role_problems, role_switch_problems, role_variable_problems
from tools.house.structure import circle_problems, parameter_problems

Rule = Callable[[Path], list[str]]

RULES: dict[str, Rule] = {
    "a room imports only from rooms below it": layer_problems,
    "no files import each other in a circle": circle_problems,
    "no function has too many parameters": parameter_problems,
    "requests is imported in one file": requests_problems,
    "the server's paths are in the table of resources": path_problems,
    "every module is documented": documentation_problems,
    "every module has a unit test and a playbook": coverage_problems,
    "every module is in its action group": action_group_problems,
    "every role has README, argument_specs and tasks": role_problems,
    "every role variable carries the role's name": role_variable_problems,
    "every switch of a role is read as a boolean": role_switch_problems,
    "no expression of a role or a playbook computes": computing_problems,
    "every Python file names its licence": header_problems,
    "no file is too long": length_problems,
    RULE: docstring_problems,
    words.RULE: words.word_problems,
    "changelog fragments are valid": fragment_problems,
    links.RULE: links.link_problems,
    sections.RULE: sections.message_problems,
    "docs/changes.md is made of the table of changes": page_problems,
}
