# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rule about docstrings: each begins with its verb or noun, not with a word that hides the subject."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tools.house.files import FOLDERS
from tools.house.layers import python_files

# Conjunctions hide the subject, pronouns name no actor: rules 2 and 3 of docs/development/style-guide.md.
OPENERS = {
    *("how", "that", "what", "when", "where", "whether", "which", "who", "whom", "whose", "why"),
    *("however", "whatever", "whenever", "wherever", "whichever", "whoever", "whosoever"),
    *("it", "somebody", "someone", "nobody", "there", "these", "those"),
}
RULE = "a docstring begins with a verb or a noun"
CURE = "'Return ...', 'Return True if ...', or a noun phrase (docs/development/style-guide.md)"
# Behind white space, quotes and markup; "(key, value) of ..." begins with a tuple, which is a noun.
FIRST_WORD = re.compile(r"""[\s"'`*]*([A-Za-z]+)""")


def docstring_problems(root: Path) -> list[str]:
    """Return a problem for each docstring whose first word is one of OPENERS."""
    problems = []
    for path in python_files(root, *FOLDERS):
        for line, text in docstrings(path):
            word = FIRST_WORD.match(text)
            if word and word[1].lower() in OPENERS:
                problems.append(f"{path.relative_to(root)}:{line}: {RULE} (got '{word[1]}', expected {CURE})")
    return problems


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each docstring of a file: of the module, classes, functions, and below an assignment.

    A file that cannot be parsed has none: ruff reports it.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):  # a lambda's body is an expression
            continue
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _text_of(body[0] if body else None)
        for before, after in pairwise(body):
            if isinstance(before, ast.Assign | ast.AnnAssign):
                yield from _text_of(after)


def _text_of(statement: ast.stmt | None) -> Iterator[tuple[int, str]]:
    if (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    ):
        yield statement.lineno, statement.value.value
