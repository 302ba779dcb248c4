# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rights of the user to send the plan's requests, by the server's OPTIONS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..api import Api

_SELF_DESCRIBED = {"name", "parses", "renders"}
"""Keys that Django REST framework's answer always has; the answer of another server says nothing about rights."""


def rights_to_write(
    api: Api, added: Iterable[tuple[str, str]], spaces: Iterable[str] = ()
) -> tuple[list[str], list[str]]:
    """Return (sentences on rights that the user lacks, sentences on paths whose OPTIONS do not tell).

    `added` are (kind, parent) of new objects, `spaces` the keys of those that change. One request for each kind, under
    the first parent. OPTIONS says nothing of deletions, and other changes would want a request for each object.
    """
    first: dict[str, tuple[str, str]] = {}
    for kind, parent in added:
        first.setdefault(kind, (parent, ""))
    for key in spaces:
        first.setdefault("space", ("", key))
    missing, untold = [], []
    asked: list[str] = []
    told = False
    for kind, (parent, key) in first.items():
        method, verb = ("PUT", "change") if key else ("POST", "add")
        path = api.table.item(kind, parent, key) if key else api.table.collection(kind, parent)
        answer: Any = api.describe_one(kind, parent, key) if key else api.describe(kind, parent)
        asked.append(path)
        if not isinstance(answer, Mapping) or not answer.keys() >= _SELF_DESCRIBED:
            untold.append(f"The server does not tell who may {verb} {'to ' if verb == 'add' else ''}{path}.")
            continue
        told |= "actions" in answer
        actions = answer.get("actions")
        if not isinstance(actions, Mapping) or method not in actions:
            missing.append(
                f"The user lacks the right to {verb} objects of the kind {kind} on the server: the OPTIONS of {path} "
                f"name no {method}. Give it to a group of the user's there."
            )
    if len(missing) > 1 and not told:
        # The framework leaves the actions out where a user has none; another server may leave them out for everybody.
        paths = ", ".join(asked)
        text = f"The user may write nothing on the server, or the server does not tell: no OPTIONS of {paths} name "
        missing = [f"{text}actions. Use a user who may write; if this one may, leave out bonding_check_rights."]
    return missing, untold
