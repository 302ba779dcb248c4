# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management server's paths are in the table of resources, and one file asks them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.house.layers import python_files
from tools.house.modules import BLOCKS

UTILS = Path("plugins/module_utils")
TABLE = UTILS / "_resources" / "table.py"
API = UTILS / "_reconcile" / "api.py"
# The folders and files that speak to the server by their Client.
SPEAKERS = ("_reconcile", "_plan", "_module.py")
VERBS = {"get", "one", "list", "post", "patch", "put", "delete", "options"}
PART = re.compile(r"([a-z_]+)/")


def path_problems(root: Path) -> list[str]:
    """Paths of the server outside of the table, and requests that do not go by the table's kinds."""
    if not (root / TABLE).is_file():
        return []
    words = {word for _line, text in _texts(root / TABLE) for word in PART.findall(text)}
    names = "|".join(sorted(words, key=len, reverse=True))
    literal = re.compile(rf"(?<![\w-])(?:\w*(?:{names}))/")
    problems = []
    for path in python_files(root, "plugins"):
        here = path.relative_to(root)
        if here.is_relative_to(TABLE.parent):
            continue
        problems += [
            f"{here}:{line}: has a path of the server ({text.strip()!r}); paths are in {TABLE} alone"
            for line, text in _texts(path)
            if literal.search(text)
        ]
        inside = here.parts[2] if here.is_relative_to(UTILS) else ""
        if here != API and (inside in SPEAKERS or here.parts[1] == "modules"):
            problems += [
                f"{here}:{line}: asks the server by Client.{verb}; {API} alone does, by the table's kinds"
                for line, verb in _requests(path)
            ]
    return problems


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of all texts of a file's code: no docstrings, and no documentation of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose: set[int] = set()
    for node in ast.walk(tree):
        is_block = isinstance(node, ast.Assign) and {getattr(name, "id", "") for name in node.targets} & set(BLOCKS)
        if isinstance(node, ast.Expr) or is_block:
            prose.add(id(node.value))  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def _requests(path: Path) -> Iterator[tuple[int, str]]:
    """(line, method) of all calls of a client's methods that send a request."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in VERBS:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if name in ("client", "_client"):
                yield node.lineno, node.attr
