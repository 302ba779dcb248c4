# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of plugins/ and the imports between them: arrows point down only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "ansible_collections.bonded.internet"
UTILS = f"{PACKAGE}.plugins.module_utils"

# Rooms of one file that import nothing: the rules of CPE NAT entries and of private WANs, the grammar of names,
# objects and changes, the names of parents, foreign text in messages, files of one user.
LEAVES = {
    "_cpe_nat_rules",
    "_grammar",
    "_objects",
    "_parents",
    "_printable",
    "_private_file",
    "_private_wan_rules",
}
# The rooms that may not use them, since their code is sent to the aggregators.
WITHOUT_LEAVES = {"_host"}
# What each room of module_utils may import of the others, besides the leaves.
BELOW: dict[str, set[str]] = {
    "_client": set(),
    "_model": set(),
    "_design": {"_model"},
    "_live_inventory": set(),
    # A live network -> the inventory that describes it; the rules of patterns are the design's.
    "_recognition": {"_design", "_live_inventory", "_model"},
    "_host": set(),
    "_aws": {"_model"},
    "_resources": {"_client"},
    "_reconcile": {"_resources", "_client"},
    "_plan": {"_module", "_options", "_reconcile", "_design", "_model", "_resources", "_client", "_aws"},
    # Above the plan, which it makes in memory.
    "_import": {
        *("_aws", "_client", "_live_inventory", "_model", "_module", "_options", "_plan", "_recognition"),
        *("_reconcile", "_resources"),
    },
    # What the modules on the server share: options, log-in, errors.
    "_module": {"_options", "_reconcile", "_resources", "_client"},
    # The connection's options alone.
    "_options": set(),
    **dict.fromkeys(sorted(LEAVES), set()),
}
# Rooms that know nothing of Ansible: they also run outside its importer.
WITHOUT_ANSIBLE = {"_client", "_model", "_design", "_live_inventory", "_recognition", *LEAVES}
# The one that may use _plan, and the table of the variables that are given to its options.
PLANNER = "network_plan"
VARIABLES = "_variables"


def python_files(root: Path, *folders: str) -> list[Path]:
    """All Python files below the folders, sorted."""
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def imported(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """(line, full dotted name) of everything that a file imports, relative imports resolved; also inside functions.

    A file that cannot be parsed imports nothing: ruff reports it.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError:
        return
    here = [*PACKAGE.split("."), *path.relative_to(root).with_suffix("").parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # __init__.py counts as a module of its package, as any other file does: one level less is the package.
            base = here[: -node.level] if node.level else []
            name = ".".join([*base, *(node.module.split(".") if node.module else [])])
            yield from ((node.lineno, f"{name}.{alias.name}") for alias in node.names)


def room_of(name: str) -> str | None:
    """The room of module_utils that a dotted name is in, None if it is none."""
    return name[len(UTILS) + 1 :].split(".")[0] if name.startswith(f"{UTILS}.") else None


def is_inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def layer_problems(root: Path) -> list[str]:
    """Imports that point up, or out of where a room may look."""
    problems = []
    for path in python_files(root, "plugins"):
        here = path.relative_to(root)
        own = here.parts[2].removesuffix(".py") if here.parts[1] == "module_utils" else None
        if own == "__init__":
            continue
        if own is not None and own not in BELOW:
            problems.append(f"{here}: is in no room; module_utils has {', '.join(sorted(BELOW))}")
            continue
        for line, name in imported(path, root):
            complaint = _judge(own, here, name)
            if complaint:
                problems.append(f"{here}:{line}: imports {name}: {complaint}")
    return problems


def _judge(own: str | None, here: Path, name: str) -> str | None:
    """Return the problem of this import, or None."""
    other = room_of(name)
    if any(is_inside(name.removeprefix(f"{PACKAGE}."), folder) for folder in ("lab", "tests", "tools")):
        return "plugins must not know what stands in for the outside"
    if own is None:
        return f"only {PLANNER} may use _plan" if other == "_plan" and here.stem not in (PLANNER, VARIABLES) else None
    if own in WITHOUT_ANSIBLE and (is_inside(name, "ansible") or is_inside(name, "ansible_collections.amazon")):
        return f"{own} knows nothing of Ansible"
    if other is not None:
        if other == own or other in BELOW[own] or (other in LEAVES and own not in WITHOUT_LEAVES | LEAVES):
            return None
        return f"{own} may use {', '.join(sorted(BELOW[own])) or 'no other room'}"
    if is_inside(name, PACKAGE):
        return f"{own} may use nothing of the collection outside module_utils"
    return None


def requests_problems(root: Path) -> list[str]:
    """All files that import requests, if they are more than one."""
    files = [
        str(path.relative_to(root))
        for path in python_files(root, "plugins")
        if any(is_inside(name, "requests") for _line, name in imported(path, root))
    ]
    return [f"{name}: imports requests; only one file may" for name in files] if len(files) > 1 else []
