# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference of the inventory: every variable and key, with its type, default and description.

Names and types are those of plugins/plugin_utils/_variables.py. A variable that is an option of network_plan or of a
role has the description of that option, any other one the comment of examples/site-repository.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ansible_collections.bonded.internet.plugins.plugin_utils import _variables
from tools.docs.markdown import slug
from tools.fresh_copy import ROOT
from tools.sanity import clean_environment

Option = Mapping[str, Any]
PLAN_MODULE = "bonded.internet.network_plan"
EXAMPLE = "examples/site-repository/inventory"
CHANGES = "docs/changes.md"
_MARKUP = re.compile(r"\b(?P<mark>[CVOBIMPER])\((?P<text>(?:\\.|[^()\\]|\([^()]*\))*)\)")
_LINK = re.compile(r"\bL\((?P<text>[^,()]+),\s*(?P<url>[^()]+)\)")
_BARE = re.compile(r"\bU\((?P<url>[^()]+)\)")
_COMMENT = re.compile(r"^ *#? ?(?P<name>\w+):[^#\n]*(?:# (?P<text>.+))?$", re.MULTILINE)

_VARIABLE_OF = {option: name for name, option in (_variables.PLAN | _variables.SERVER).items()}
"""Variable of the inventory of each option of network_plan."""

INTRODUCTION = """# Inventory keys

For operators: every variable of the inventory, with its keys.
This page is made of the code by `make docs`.
[What happens when you change ...](../changes.md) says what a change of each key does to a live network.
A variable that begins as these do and is not here is refused, with the nearest known name.
"""
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "The network and its run",
        "Each is the same on all hosts: in `group_vars`, or with `-e` for one run.",
        ("PLAN", "RUN"),
    ),
    ("The management server", "Each is the same on all hosts. Without a value the environment's counts.", ("SERVER",)),
    ("AWS", "Each is the same on all hosts. Without a value boto3's own sources count.", ("AWS",)),
    ("A host", "Each is a host's own; in `group_vars` it is that of all hosts.", ("HOST",)),
    ("Roles", "Options of roles that the playbooks leave to the operator, each a host's own.", ("ROLE",)),
)
"""Title, introduction and tables of _variables.py of each section."""


@cache
def documented(kind: str, name: str) -> Mapping[str, Option]:
    """Return the documented options of a module or role, those of its fragments included."""
    environment = clean_environment() | {
        "ANSIBLE_COLLECTIONS_PATH": sysconfig.get_path("purelib"),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
    }
    program = Path(sys.executable).parent / "ansible-doc"
    words = [os.fspath(program), "--json", "-t", kind, name]
    answer = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(answer.stdout)[name]
    options: Mapping[str, Option] = (
        found["doc"]["options"] if kind == "module" else found["entry_points"]["main"]["options"]
    )
    return options


def variables() -> dict[str, tuple[str, Option]]:
    """Return the table and the documented option of each variable; without a description where the example has it."""
    plan = documented("module", PLAN_MODULE)
    hosts = plan["aggregators"]["suboptions"]
    found: dict[str, tuple[str, Option]] = {}
    for table, options in (("PLAN", plan), ("SERVER", plan), ("HOST", hosts)):
        found |= {name: (table, options[option]) for name, option in getattr(_variables, table).items()}
    found |= {name: ("AWS", plan[name.removeprefix("aws_")]) for name in _variables.AWS}
    found |= {name: ("RUN", option) for name, option in _variables.RUN.items()}
    found[_variables.MEMBERS] = ("RUN", _members(hosts))
    found[_variables.GROUP] = ("RUN", {"type": "str", "default": "aggregators"})
    for name in _variables.ROLE:
        role = next(role for role in _variables.ROLES if name.startswith(role)).removesuffix("_")
        found[name] = ("ROLE", documented("role", f"bonded.internet.{role}")[name])
    return found


def _members(hosts: Mapping[str, Option]) -> Option:
    name = {"type": "str", "required": True, "description": "Name of the host."}
    keys = {option: {**hosts[option], "required": False} for option in _variables.HOST.values()}
    return {"type": "list", "elements": "dict", "suboptions": {"name": name, **keys}}


def inventory_page(root: Path = ROOT) -> str:
    """Return the page of all variables."""
    comments, places = _comments(root), _places_of_changes(root)
    found = variables()
    parts = [INTRODUCTION]
    for title, introduction, tables in GROUPS:
        parts.append(f"## {title}\n\n{introduction}\n")
        for name, (table, option) in found.items():
            if table in tables:
                parts.append(_variable(name, option, comments.get(name, ""), places.get(name, "")))
    return "\n".join(parts)


def _variable(name: str, option: Option, comment: str, place: str) -> str:
    lines = [f"### `{name}`", "", f"*{kind_of(option)}*", ""]
    sentences = [*_sentences(option)] or [_capital(comment)]
    lines += [" ".join(sentences), ""]
    if place:
        lines += [f"[What a change does](../changes.md#{place})", ""]
    if keys := list(_keys(option)):
        lines += [*keys, ""]
    return "\n".join(lines)


def _keys(option: Option, depth: int = 0) -> Iterator[str]:
    """Yield a line for each key of an option, those of keys below it."""
    for name, key in (option.get("suboptions") or {}).items():
        yield f"{'  ' * depth}- `{name}` (*{kind_of(key)}*): {' '.join(_sentences(key))}"
        yield from _keys(key, depth + 1)


def kind_of(option: Option) -> str:
    """Return type, need, default and choices of an option in words."""
    kind = str(option.get("type", "str"))
    words = [f"list of {option['elements']}" if option.get("elements") else kind]
    if option.get("required"):
        words.append("required")
    if choices := option.get("choices"):
        words.append("one of " + ", ".join(f"`{choice}`" for choice in choices))
    default = option.get("default")
    if default not in (None, "", [], {}):
        words.append(f"default `{json.dumps(default) if isinstance(default, bool) else default}`")
    return ", ".join(words)


def _sentences(option: Option) -> Iterator[str]:
    given = option.get("description") or ()
    texts: Sequence[str] = [given] if isinstance(given, str) else given
    for text in texts:
        yield markdown(text)


def markdown(text: str) -> str:
    """Return a text of Ansible's documentation as Markdown."""
    text = _LINK.sub(lambda found: f"[{found['text']}]({found['url'].strip()})", text)
    text = _BARE.sub(lambda found: f"[{found['url']}]({found['url']})", text)

    def code(found: re.Match[str]) -> str:
        words = found["text"].replace(chr(92), "")
        option = re.match(r"\w+", words)
        if found["mark"] == "O" and option and option[0] in _VARIABLE_OF:
            words = _VARIABLE_OF[option[0]] + words[option.end() :]
        return f"`{words}`"

    parts = re.split(r"(`[^`]*`)", _MARKUP.sub(code, text))
    # What is no code may have signs that Markdown would take for marks.
    return "".join(part if part.startswith("`") else re.sub(r"([*<])", r"\\\1", part) for part in parts)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def _comments(root: Path) -> dict[str, str]:
    """Return the comment of the example of a site repository on each variable."""
    found: dict[str, str] = {}
    for path in sorted((root / EXAMPLE).rglob("*.yml")):
        for line in _COMMENT.finditer(path.read_text(encoding="utf-8")):
            if line["text"]:
                found.setdefault(line["name"], line["text"].strip())
    found[_variables.GROUP] = "the group of the inventory that has the aggregators, given with -e"
    found[_variables.MEMBERS] = "all aggregators of the network, for runs whose inventory does not have all of them"
    return found


def _places_of_changes(root: Path) -> dict[str, str]:
    """Return the anchor of the section of docs/changes.md that has each variable."""
    found: dict[str, str] = {}
    for section in re.split(r"^## ", (root / CHANGES).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0]
        for name in re.findall(r"`(\w+)`", title) + re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE):
            found.setdefault(name, slug(title))
    return found
