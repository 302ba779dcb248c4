# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about every role: its files, and the names of its variables."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

REQUIRED = ("README.md", "meta/argument_specs.yml", "tasks/main.yml")


def roles(root: Path) -> list[Path]:
    """The folders of all roles, sorted."""
    return sorted(path for path in (root / "roles").glob("*") if path.is_dir())


def role_problems(root: Path) -> list[str]:
    """Missing files, defaults that the argument specs do not know, specs of a state that is not present or absent."""
    problems = []
    for role in roles(root):
        here = role.relative_to(root)
        problems += [f"{here}: has no {name}" for name in REQUIRED if not (role / name).is_file()]
        options = _options(role)
        problems += [
            f"{here}/defaults/main.yml: '{name}' is not in meta/argument_specs.yml"
            for name in _variables(role / "defaults" / "main.yml")
            if name not in options and not name.startswith("__")
        ]
        state = options.get(f"{role.name}_state", {})
        if sorted(state.get("choices", [])) != ["absent", "present"]:
            problems.append(
                f"{here}/meta/argument_specs.yml: {role.name}_state must have the choices present and absent"
            )
        problems += [
            f"{here}/meta/argument_specs.yml: '{name}' has no description"
            for name, option in options.items()
            if not option.get("description")
        ]
    return problems


def _options(role: Path) -> dict[str, dict]:
    """The options of all entry points of a role."""
    path = role / "meta" / "argument_specs.yml"
    specs = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"] if path.is_file() else {}
    return {name: option for entry in specs.values() for name, option in (entry.get("options") or {}).items()}


def _variables(path: Path) -> list[str]:
    """The top-level names of a file of variables; none if there is no file or nothing in it."""
    return list(yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.is_file() else []


def role_variable_problems(root: Path) -> list[str]:
    """Defaults, vars and options that do not begin with the role's name (internals: two underscores before it)."""
    problems = []
    for role in roles(root):
        allowed = (f"{role.name}_", f"__{role.name}_")
        named = [
            (path, name)
            for part in ("defaults", "vars")
            for path in sorted((role / part).rglob("*.yml"))
            for name in _variables(path)
        ]
        named += [(role / "meta" / "argument_specs.yml", name) for name in _options(role)]
        problems += [
            f"{path.relative_to(root)}: '{name}' begins with neither {allowed[0]} nor {allowed[1]}"
            for path, name in named
            if not name.startswith(allowed)
        ]
    return problems


def role_switch_problems(root: Path) -> list[str]:
    """Switches of a role that an expression reads without `bool`: the text "false", as `-e x=false` gives it, is true.

    A whole value, such as `release: "{{ gate_release }}"`, is a module's option, which the module types itself.
    """
    problems = []
    for role in roles(root):
        switches = [name for name, option in _options(role).items() if option.get("type") == "bool"]
        places = [path for part in ("tasks", "templates", "vars") for path in (role / part).rglob("*")]
        for path in sorted(filter(Path.is_file, places)):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                text = "" if line.lstrip().startswith("#") else re.sub(r'"\{\{ \w+ \}\}"', "", line)
                problems += [
                    f"{path.relative_to(root)}:{number}: reads the switch '{name}' without bool"
                    for name in switches
                    if re.search(rf"\b{name}\b(?! *\| *bool\b)", text)
                ]
    return problems


COMPUTING = re.compile(
    r"\bzip(_longest)?\b|\bproduct\b|items2dict|dict2items|\b(permutations|combinations|subelements|groupby)\b"
    r"|\bbatch\(|\brange\(|\bdict\(|\.items\(|\.split\("
    r"|\bipaddr|\bipmath|\bip(subnet|wrap)\b|\| *[\w.]*\bip(v4|v6)\b|\bnthhost\b|cidr_merge"
    r"|\bmap\( *'(regex_replace|combine|extract)'|\bcombine\( *[{\[]|\bjson_query\b|\bnamespace\(|\{% *(for|set)\b"
    r"| [-+*/%] \d| \d+ [-+*/%] |\| *(int|length)\)? [-+*/%]"
)
"""Joins, look-up tables and arithmetic in Jinja, which nothing tests: a filter over a pure function does them."""
TABLE = re.compile(r"\{\{-? *[{\[].*\|")
"""A table inside of an expression that computes it. A table of YAML whose values are expressions is none."""


def computing_problems(root: Path) -> list[str]:
    """Expressions of roles and playbooks that join or compute, and internals (`__`) that are computed tables."""
    problems = []
    for path in [path for folder in ("roles", "playbooks") for path in sorted((root / folder).rglob("*.yml"))]:
        if "meta" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            text = "" if line.lstrip().startswith("#") else line
            if found := COMPUTING.search(text):
                problems.append(f"{path.relative_to(root)}:{number}: computes in Jinja ('{found.group().strip()}')")
            elif re.match(r" *__\w+:", text) and TABLE.search(text):
                problems.append(f"{path.relative_to(root)}:{number}: has an internal that is a computed table")
    return problems
