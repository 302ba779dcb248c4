# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions of options and results begin with a noun, as docstrings do; "Whether" is Ansible's own for a switch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.fresh_copy import ROOT

REFUSED = {"What", "Who", "How", "Where", "Why", "Which", "When", "That", "It", "Those", "These", "They"}
SOURCES = [
    *sorted(ROOT.glob("plugins/modules/*.py")),
    *sorted(ROOT.glob("plugins/doc_fragments/*.py")),
    *sorted(ROOT.glob("plugins/inventory/*.py")),
    *sorted(ROOT.glob("roles/*/meta/argument_specs.yml")),
]


def documents(path: Path) -> Iterator[Any]:
    """Yield the YAML documents of a file, in Python those of its constants."""
    if path.suffix == ".yml":
        yield yaml.safe_load(path.read_text(encoding="utf-8"))
        return
    names = {"DOCUMENTATION", "RETURN"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            target = node.targets[0]
            if isinstance(target, ast.Name) and (target.id in names or "doc_fragments" in str(path)):
                yield yaml.safe_load(node.value.value)


def descriptions(document: Any) -> Iterator[str]:
    """Yield the first sentence of each description."""
    if isinstance(document, dict):
        found = document.get("description")
        if isinstance(found, str | list) and found:
            yield found if isinstance(found, str) else str(found[0])
        for value in document.values():
            yield from descriptions(value)
    elif isinstance(document, list):
        for value in document:
            yield from descriptions(value)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem if path.suffix == ".py" else path.parts[-3])
def test_a_description_begins_with_its_subject(path: Path) -> None:
    found = [text for document in documents(path) for text in descriptions(document)]
    assert found
    assert [text for text in found if text.split()[0].rstrip(",:") in REFUSED] == []
