# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages in the code: sentences in plugins, and what tasks of roles and playbooks say when they fail.

A message is a text of at least two words that is given to a call which refuses, warns or raises, or one of at least
four words that is a sentence by itself. A part that the run fills in is <name>, by the last name of its expression.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.fresh_copy import ROOT

PLUGINS = ("plugins/**/*.py", "extensions/eda/plugins/**/*.py")
TASKS = ("roles/*/tasks/*.yml", "playbooks/*.yml", "playbooks/tasks/**/*.yml")
LEAST_WORDS = 2
"""Words of a text that is given to a call which refuses."""
LEAST_WORDS_OF_SENTENCE = 4
_DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
_REFUSING = re.compile(r"problem|warn|refus|fail|flaw|say|keep|append|deprecat|\w+(Error|Fail|Refusal)$")
"""Calls to which a message is given, by their names."""
_DEBUGGING = re.compile(r"v{2,}|debug|compile|search|match|sub|AssertionError")
"""Calls whose texts no operator reads."""
_PLACE = re.compile(r"<[^<>]*>")
_SENTENCE = re.compile(r"[.?](\s|$)|: |; ")
_SAYING = re.compile(r"[:.]|\b(is|was|are|not|has)\b")
_WORD = re.compile(r"[A-Za-z][a-z'-]+")
_JINJA = re.compile(r"\{\{(.*?)\}\}|\{%.*?%\}", re.DOTALL)


@dataclass(frozen=True, order=True)
class Message:
    """Message, and the file of the checkout that has it."""

    file: str
    text: str

    @property
    def pattern(self) -> str:
        """Return the text without the names of its parts: these may change and the message is the same."""
        return _PLACE.sub("<>", self.text)


def messages(root: Path = ROOT) -> list[Message]:
    """Return all messages of the checkout, each once for a file."""
    found = {
        Message(str(path.relative_to(root)), text)
        for patterns, read in ((PLUGINS, _of_python), (TASKS, _of_tasks))
        for pattern in patterns
        for path in root.glob(pattern)
        if "doc_fragments" not in path.parts
        for text in read(path)
    }
    return sorted(found)


def _of_python(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    reader = _Reader(tree)
    for text in reader.texts(tree, ""):
        yield " ".join(text.split())


class _Reader:
    """Reads the messages of one file; a part that is a constant of the file stands in the message itself."""

    def __init__(self, tree: ast.Module) -> None:
        self._constants: dict[str, str] = {}
        self._prose: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                self._prose.add(id(node.value))
            elif isinstance(node, ast.Assign):
                names = {getattr(target, "id", "") for target in node.targets}
                if names & _DOCUMENTATION:
                    self._prose.add(id(node.value))
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and (text := self._text(statement.value)) is not None:
                self._constants |= {str(getattr(target, "id", "")): text for target in statement.targets}

    def texts(self, node: ast.AST, call: str) -> Iterator[str]:
        """Yield the messages of a node; `call` is the name of the call whose arguments it is in."""
        if id(node) in self._prose or _DEBUGGING.fullmatch(call):
            return
        text = self._text(node)
        if text is not None:
            if _is_message(text, bool(_REFUSING.search(call))):
                yield text
            for part in ast.walk(node):
                if isinstance(part, ast.FormattedValue):
                    yield from self._inside(part.value)
            return
        if isinstance(node, ast.Call):
            call = _name(node.func)
        elif isinstance(node, ast.Raise | ast.stmt):
            call = ""
        for child in ast.iter_child_nodes(node):
            yield from self.texts(child, call)

    def _inside(self, node: ast.AST) -> Iterator[str]:
        """Yield the sentences that fill a part of another message."""
        if self._text(node) is None:
            for child in ast.iter_child_nodes(node):
                yield from self._inside(child)
        else:
            yield from self.texts(node, "")

    def _text(self, node: ast.AST) -> str | None:
        """Return the text of an expression that makes one, None of any other expression."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return "".join(self._part(part) for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            sides = self._text(node.left), self._text(node.right)
            if sides != (None, None):
                return "".join(
                    side if side is not None else f"<{_name(part)}>"
                    for side, part in zip(sides, (node.left, node.right), strict=True)
                )
        return None

    def _part(self, part: ast.expr) -> str:
        if isinstance(part, ast.Constant):
            return str(part.value)
        value = part.value if isinstance(part, ast.FormattedValue) else part
        constant = self._constants.get(value.id) if isinstance(value, ast.Name) else None
        return constant if constant is not None else f"<{_name(value)}>"


def _name(node: ast.AST) -> str:
    """Return the last name of an expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        key = node.slice
        return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else _name(node.value)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            return "list"
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Name | ast.Attribute | ast.Subscript):
            return _name(first)
        # A method of a text or number, such as rstrip(".").
        return _name(node.func.value if isinstance(node.func, ast.Attribute) else node.func)
    return "value"


def _of_tasks(path: Path) -> Iterator[str]:
    """Yield the messages of assert and fail tasks, at any depth of blocks."""
    for task in _mappings(yaml.safe_load(path.read_text(encoding="utf-8"))):
        for module in ("ansible.builtin.assert", "ansible.builtin.fail"):
            arguments = task.get(module)
            if isinstance(arguments, dict):
                text = str(arguments.get("fail_msg") or arguments.get("msg") or "")
                shown = " ".join(_JINJA.sub(_jinja_part, text).split())
                if _is_message(shown, refusing=True):
                    yield shown


def _mappings(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _mappings(child)


def _jinja_part(found: re.Match[str]) -> str:
    names = re.findall(r"[A-Za-z_]\w*", (found[1] or "").partition("|")[0])
    return f"<{names[-1]}>" if names else "<value>"


def _is_message(text: str, refusing: bool) -> bool:
    plain = _PLACE.sub(" ", text).strip()
    words = len(_WORD.findall(plain))
    if "(?" in text or " " not in plain:
        return False
    is_sentence = plain.endswith("failed") or (words >= LEAST_WORDS_OF_SENTENCE and bool(_SENTENCE.search(plain)))
    is_long = words >= LEAST_WORDS_OF_SENTENCE or bool(_SAYING.search(plain))
    return is_sentence or (refusing and is_long and words >= LEAST_WORDS)
