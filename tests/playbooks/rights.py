# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions that docs/aws.md names, and the IAM policies beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from typing import Any

from lab.process import ROOT

Json = dict[str, Any]
DOCS = ROOT / "docs"
PAGE = (DOCS / "aws.md").read_text(encoding="utf-8")


def named(section: str) -> set[str]:
    """The actions in the tables of a section."""
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    rows = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    return set(re.findall(r"ec2:(\w+)", rows))


def policy(name: str) -> Json:
    """The policy for reading ("read") or for changing ("change")."""
    found: Json = json.loads((DOCS / f"iam-policy-{name}.json").read_text(encoding="utf-8"))
    return found


def allowed(policies: Iterable[Json]) -> set[str]:
    """The actions that policies name."""
    return {
        action.removeprefix("ec2:") for one in policies for statement in one["Statement"] for action in _of(statement)
    }


def statements(document: Json) -> dict[str, set[str]]:
    """The actions of each statement of a policy, by its name."""
    return {one["Sid"]: {action.removeprefix("ec2:") for action in _of(one)} for one in document["Statement"]}


def only(policies: Iterable[Json], actions: Collection[str]) -> list[Json]:
    """The same policies, but for all other actions than these."""

    def kept(statement: Json) -> Json:
        return {**statement, "Action": [one for one in _of(statement) if one.removeprefix("ec2:") in actions]}

    less = [{**one, "Statement": [left for left in map(kept, one["Statement"]) if left["Action"]]} for one in policies]
    return [one for one in less if one["Statement"]]


def without(policies: Iterable[Json], action: str) -> list[Json]:
    """The same policies, but for one action."""
    given = list(policies)
    return only(given, allowed(given) - {action})


def _of(statement: Json) -> list[str]:
    found: list[str] = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
    return found
