# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the server would let the plan's requests pass, as its OPTIONS say (private to the collection)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._client import Client
from .._resources import RESOURCES

_SELF_DESCRIBED = {"name", "parses", "renders"}
"""What Django REST framework's answer always has; another server's says nothing about rights."""


def rights_to_add(client: Client, added: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """(what the user may not add, where the server does not tell), a sentence each, for (kind, parent) of new objects.

    One request for each kind, under the first parent.
    """
    missing, untold = [], []
    first: dict[str, str] = {}
    for kind, parent in added:
        first.setdefault(kind, parent)
    for kind, parent in first.items():
        end = RESOURCES[kind].path.rpartition("/X/")[2]
        path = f"{parent}/{end}" if parent else end
        answer: Any = client.options(path)
        if not isinstance(answer, Mapping) or not answer.keys() >= _SELF_DESCRIBED:
            untold.append(f"The server does not tell who may add to {path}.")
        elif "POST" not in (answer.get("actions") or {}):
            missing.append(
                f"The user lacks the right to add objects of the kind {kind} on the server: the OPTIONS of {path} name "
                "no POST. Give it to a group of the user's there."
            )
    return missing, untold
