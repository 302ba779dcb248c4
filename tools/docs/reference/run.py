# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference of a run: playbooks, tags of runs and of objects, and files that the roles write on the aggregators."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.bonded.internet.plugins.module_utils._model import names
from tools.fresh_copy import ROOT

_LICENCE = re.compile(r"^# (Copyright|GNU General|SPDX-)")
_WRITERS = ("ansible.builtin.template", "ansible.builtin.copy")
WORDS_OF_TAGS = {
    "cpe_nat": "public addresses of bonds, and BGP between aggregators",
    "private_wan": "modes, meshes and VPCs of spaces",
    "gateways": "gateways of spaces",
    "verify": "no change: every aggregator is compared with the inventory, by its devices, addresses and tunnel peers",
}
"""Part of the network of each tag of a run."""


def playbooks(root: Path = ROOT) -> dict[str, str]:
    """Return the head of each playbook: its comment, as it stands there."""
    found = {}
    for path in sorted((root / "playbooks").glob("*.yml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        comment = []
        for line in lines[lines.index("---") + 1 :]:
            if not line.startswith("#"):
                break
            if not _LICENCE.match(line):
                comment.append(line.removeprefix("#").removeprefix(" "))
        found[path.stem] = "\n".join(comment).strip()
    return found


def playbooks_page(root: Path = ROOT) -> str:
    """Return the page of all playbooks."""
    parts = [
        "# Playbooks\n\nFor operators: every playbook, by the head of its file. "
        "`ansible-playbook bonded.internet.<name>` runs it.\n"
    ]
    for name, comment in playbooks(root).items():
        parts.append(f"## `bonded.internet.{name}`\n\n```text\n{comment}\n```\n")
    return "\n".join(parts)


def run_tags(root: Path = ROOT) -> list[str]:
    """Return the tags of all tasks of the playbooks."""
    found: set[str] = set()
    for path in (root / "playbooks").rglob("*.yml"):
        for mapping in _mappings(yaml.safe_load(path.read_text(encoding="utf-8"))):
            given = mapping.get("tags")
            if "name" in mapping or "file" in mapping or "apply" in mapping or set(mapping) == {"tags"}:
                values = [given] if isinstance(given, str) else given if isinstance(given, list) else []
                found |= {value for value in values if "{{" not in value}
    return sorted(found - {"always", "never"})


def object_tags() -> dict[str, str]:
    """Return the tags that the collection writes on objects of AWS, each with the comment of its constant."""
    tree = ast.parse(inspect.getsource(names))
    found, last = {}, ""
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id.startswith("TAG_")
        ):
            last = str(ast.literal_eval(node.value))
            found[last] = ""
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = " ".join(str(node.value.value).split())
            last = ""
        else:
            last = ""
    return found


def object_keys() -> dict[str, str]:
    """Return the forms of the tag bonded.internet/key, each with the object that has it."""
    found = {}
    for name, function in inspect.getmembers(names, inspect.isfunction):
        if name.endswith("_key") and function.__module__ == names.__name__:
            parameters = [f"<{parameter}>" for parameter in inspect.signature(function).parameters]
            said = (function.__doc__ or "").removeprefix("Return the tag value of ").rstrip(".")
            found[function(*parameters)] = said
    return found


TAG_WORDS = {
    "bonded.internet/network": "The network that the object belongs to: `bonding_network`.",
    "bonded.internet/key": "What the object is in the network; the forms are below.",
    "bonded.internet/interface": "On a CPE NAT entry's Elastic IP: the interface that carries its private address.",
    "bonded.internet/private_ip": "On a CPE NAT entry's Elastic IP: the private address that it is associated with.",
    "bonded.internet/moving_from": "On a CPE NAT entry's Elastic IP while it moves: the interface that it leaves.",
    "bonded.internet/retired": "The network keeps the Elastic IP, and does not use it.",
}
"""Meaning of the tags whose constants have no comment."""


def tags_page(root: Path = ROOT) -> str:
    """Return the page of the tags of runs and of objects."""
    lines = ["# Tags", "", "For operators: tags of a run, and tags of objects on AWS.", ""]
    lines += ["## Tags of a run (`--tags`)", "", "| tag | part |", "|---|---|"]
    lines += [f"| `{tag}` | {WORDS_OF_TAGS[tag]} |" for tag in run_tags(root)]
    lines += ["", "The plan judges the whole network whatever the tags are.", "", "## Tags of objects on AWS", ""]
    lines += ["| tag | meaning |", "|---|---|"]
    lines += [f"| `{tag}` | {words or TAG_WORDS[tag]} |" for tag, words in object_tags().items()]
    lines += ["", "## Forms of `bonded.internet/key`", "", "| key | object |", "|---|---|"]
    lines += [f"| `{key}` | {words} |" for key, words in object_keys().items()]
    lines += ["", "Tags of your own: `bonding_tags`, and `tags` of a space. No tag is ever taken off.", ""]
    return "\n".join(lines)


def documented_files(root: Path = ROOT) -> dict[str, list[tuple[str, str]]]:
    """Return the rows of the tables of files in the READMEs of roles, by the role."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((root / "roles").glob("*/README.md")):
        for table in re.findall(
            r"^\| file \| what \|\n\|---\|---\|\n((?:\|.*\n)+)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            rows = [tuple(cell.strip() for cell in row.strip("|").split("|", 1)) for row in table.splitlines()]
            found.setdefault(path.parent.name, []).extend((row[0], row[1]) for row in rows)
    return found


def written_files(root: Path = ROOT) -> list[str]:
    """Return the endings of the files that tasks of roles write on a host, of what is not a template in the path."""
    found = set()
    for path in sorted((root / "roles").glob("*/tasks/*.yml")):
        for mapping in _mappings(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for destination in _destinations(mapping):
                ending = destination.rpartition("}}")[2] or ""
                if ending:
                    found.add(ending)
    return sorted(found)


def _destinations(mapping: Mapping[str, Any]) -> Iterator[str]:
    if "src" in mapping and "dest" in mapping:
        yield str(mapping["dest"])
    for writer in _WRITERS:
        given = mapping.get(writer)
        if isinstance(given, dict) and "dest" in given:
            yield str(given["dest"])


def files_page(root: Path = ROOT) -> str:
    """Return the page of the files on the aggregators."""
    lines = [
        "# Files on the aggregators",
        "",
        "For operators: every file that the roles write on an aggregator. "
        "The role with `state: absent`, a teardown and `bonding_decommissioned` take them away.",
        "",
    ]
    for role, rows in documented_files(root).items():
        lines += [f"## Role [{role}](../roles/{role}.md)", "", "| file | what |", "|---|---|"]
        lines += [f"| {file} | {words} |" for file, words in rows]
        lines.append("")
    return "\n".join(lines)


def _mappings(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _mappings(child)
