# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about every module: documentation, a unit test, a playbook that uses it, a place in an action group."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

COLLECTION = "bonded.internet"
BLOCKS = ("DOCUMENTATION", "EXAMPLES", "RETURN")
# Where a use of a module counts as tested by a playbook.
PLAYBOOK_PLACES = ("tests/playbooks", "tests/integration", "roles", "playbooks")


OTHERS = "amazon.aws."
SITE_GROUP = "site_aws"


def modules(root: Path) -> list[Path]:
    return sorted(path for path in (root / "plugins" / "modules").glob("*.py") if path.name != "__init__.py")


def doc_blocks(path: Path) -> dict[str, str]:
    """The documentation texts of a module by name. A file that cannot be parsed has none."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError:
        return {}
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def documentation_problems(root: Path) -> list[str]:
    """Missing or unreadable blocks, a wrong name, an option or a return value without words, no example."""
    return [f"{path.relative_to(root)}: {text}" for path in modules(root) for text in _documentation(path)]


def _documentation(path: Path) -> list[str]:
    texts, parsed, problems = doc_blocks(path), {}, []
    for block in BLOCKS:
        try:
            parsed[block] = yaml.safe_load(texts.get(block, ""))
        except yaml.YAMLError as error:
            problems.append(f"{block} is not YAML: {error}")
            continue
        if not parsed[block]:
            problems.append(f"has no {block}")
    if problems:
        return problems
    documentation = parsed["DOCUMENTATION"]
    if documentation.get("module") != path.stem:
        problems.append(f"DOCUMENTATION is of a module '{documentation.get('module')}'")
    problems += [
        f"DOCUMENTATION has no {key}"
        for key in ("short_description", "description", "author")
        if not documentation.get(key)
    ]
    problems += [f"option '{name}' has no description" for name in _undescribed(documentation.get("options") or {})]
    problems += [f"return value '{name}' has no description" for name in _undescribed(parsed["RETURN"])]
    if f"{COLLECTION}.{path.stem}:" not in texts["EXAMPLES"]:
        problems.append(f"no example uses {COLLECTION}.{path.stem}")
    return problems


def _undescribed(options: dict) -> list[str]:
    """The names of those without a description, suboptions and contained values too."""
    found = []
    for name, option in options.items():
        if not option.get("description"):
            found.append(str(name))
        inner = option.get("suboptions") or option.get("contains") or {}
        found += [f"{name}.{other}" for other in _undescribed(inner)]
    return found


def coverage_problems(root: Path) -> list[str]:
    """Modules without a unit test file of their own, or that no playbook, role or integration test uses."""
    used = _used_in_playbooks(root)
    problems = []
    for path in modules(root):
        name, here = path.stem, path.relative_to(root)
        test = root / "tests" / "unit" / "plugins" / "modules" / f"test_{name}.py"
        if not test.is_file() or "def test_" not in test.read_text(encoding="utf-8"):
            problems.append(f"{here}: has no unit test: {test.relative_to(root)}")
        if name not in used:
            problems.append(f"{here}: no task below {', '.join(PLAYBOOK_PLACES)} uses {COLLECTION}.{name}")
    return problems


def _used_in_playbooks(root: Path) -> set[str]:
    """The names of all modules of this collection that stand as a task's key."""
    task = re.compile(rf"^\s*(?:- )?{re.escape(COLLECTION)}\.(\w+):", re.MULTILINE)
    return {
        name
        for place in PLAYBOOK_PLACES
        for path in (root / place).rglob("*")
        if path.suffix in {".yml", ".yaml", ".py", ".j2"} and path.is_file()
        for name in task.findall(path.read_text(encoding="utf-8"))
    }


def action_groups(root: Path) -> dict[str, list[str]]:
    """The modules of each action group in meta/runtime.yml."""
    runtime = yaml.safe_load((root / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    return {
        group: [entry for entry in entries if isinstance(entry, str)]
        for group, entries in runtime["action_groups"].items()
    }


def _site_problems(root: Path, groups: dict[str, list[str]]) -> list[str]:
    """The playbooks' own group holds what the roles ask AWS by, or it would be asked without region and credentials."""
    if SITE_GROUP not in groups:
        return []
    task = re.compile(rf"^\s*(?:- )?({re.escape(OTHERS)}\w+):", re.MULTILINE)
    files = (path for place in ("roles", "playbooks") for path in (root / place).rglob("tasks/*.yml"))
    used = {name for path in files for name in task.findall(path.read_text(encoding="utf-8"))} | set(groups["aws"])
    named = set(groups[SITE_GROUP])
    return [
        *(f"meta/runtime.yml: action group '{SITE_GROUP}' lacks '{name}'" for name in sorted(used - named)),
        *(f"meta/runtime.yml: action group '{SITE_GROUP}' names '{name}' for nobody" for name in sorted(named - used)),
    ]


def action_group_problems(root: Path) -> list[str]:
    """Modules in no group, names in a group that are no modules, and groups that differ from the documentation's."""
    groups = action_groups(root)
    there = {path.stem for path in modules(root)}
    problems = [
        f"meta/runtime.yml: action group '{group}' names '{name}', which is no module"
        for group, names in groups.items()
        for name in names
        if name not in there and not name.startswith(OTHERS)
    ]
    problems += _site_problems(root, groups)
    for path in modules(root):
        mine = sorted(group for group, names in groups.items() if path.stem in names)
        if not mine:
            problems.append(f"{path.relative_to(root)}: is in no action group of meta/runtime.yml")
    return problems
