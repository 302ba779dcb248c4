# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about functions and files of plugins/: few parameters, and no circle of imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.house.layers import PACKAGE, imported, python_files

MOST_PARAMETERS = 6


def parameter_problems(root: Path) -> list[str]:
    """Return a problem for each function with more than MOST_PARAMETERS parameters, besides self and cls."""
    problems = []
    for path in python_files(root, "plugins"):
        for node in _functions(path):
            given = node.args
            names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
            count = len([name for name in names if name not in ("self", "cls")])
            if count > MOST_PARAMETERS:
                problems.append(
                    f"{path.relative_to(root)}:{node.lineno}: {node.name} has {count} parameters, more than "
                    f"{MOST_PARAMETERS}; put what belongs together into a dataclass"
                )
    return problems


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a file, inner ones too. A file that cannot be parsed has none: ruff reports it."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def circle_problems(root: Path) -> list[str]:
    """Return a problem for each shortest circle of files that import each other, inside functions too."""
    arrows = _arrows(root)
    problems = []
    for name in sorted(arrows):
        circle = _circle(name, arrows)
        if circle and name == min(circle):
            listing = " -> ".join(part.removeprefix(f"{PACKAGE}.plugins.") for part in (*circle, name))
            problems.append(f"{listing}: files import each other in a circle")
    return problems


def _arrows(root: Path) -> dict[str, set[str]]:
    """Return the files of plugins/ that each of them imports, all by their dotted names."""
    names = {
        path: ".".join([PACKAGE, *path.relative_to(root).with_suffix("").parts]).removesuffix(".__init__")
        for path in python_files(root, "plugins")
    }
    known = set(names.values())
    return {name: set(_targets(path, root, known)) - {name} for path, name in names.items()}


def _targets(path: Path, root: Path, known: set[str]) -> Iterator[str]:
    for _line, name in imported(path, root):
        while name and name not in known:  # a name of a file, or of its package
            name = name.rpartition(".")[0]
        if name:
            yield name


def _circle(start: str, arrows: Mapping[str, set[str]]) -> list[str]:
    """Return the files of a shortest way from a file back to itself, without its end; empty if there is none."""
    ways, seen = [[start]], {start}
    for way in ways:  # grows while it is walked: the nearest files come first
        for target in sorted(arrows[way[-1]]):
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []
