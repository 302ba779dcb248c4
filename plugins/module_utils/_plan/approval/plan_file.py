# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The saved plan, a file that a run in check mode writes, and that a later run applies or refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..._printable import printable
from ..._private_file import write_private
from .approved import Approved
from .digest import item_lines

VARIABLE = "bonding_plan_file"
FORMAT = 1


class PlanFileError(Exception):
    """The file cannot be used."""

    def __init__(self, path: str, problem: str, advice: str) -> None:
        super().__init__(printable(f"{VARIABLE}: {path}: {problem}. Nothing was changed. {advice}"))


def write_plan(path: str, network: str, planned: Mapping[str, Any]) -> None:
    """Write the plan, as network_plan returns it with its details.

    :raises PlanFileError: if that fails
    """
    document = {
        "format": FORMAT,
        "network": network,
        "digest": planned["digest"],
        "text": planned["text"],
        "items": planned["plan"],
        "deferred": planned["deferred"],
    }
    try:
        write_private(path, document)
    except OSError as error:
        raise PlanFileError(
            path, f"the plan cannot be written ({error.strerror})", "Name a file in a folder that exists."
        ) from error


def read_plan(path: str, network: str) -> Approved:
    """Return the plan of a file.

    :raises PlanFileError: if it is none of this network
    """
    advice = "Run the playbook with --check first, which writes the file, and read the plan."
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError as error:
        problem = "there is no such file (expected a plan that a run with --check wrote)"
        raise PlanFileError(path, problem, advice) from error
    except OSError as error:
        raise PlanFileError(path, f"the plan cannot be read ({error.strerror})", advice) from error
    except ValueError as error:
        raise PlanFileError(path, "this is not a plan (got a text that is not JSON)", advice) from error
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        got = found.get("format") if isinstance(found, Mapping) else None
        raise PlanFileError(path, f"this is not a plan (got the format {got!r}, expected {FORMAT})", advice)
    if found.get("network") != network:
        problem = f"this plan is of another network (got {found.get('network')!r}, expected {network!r})"
        raise PlanFileError(path, problem, advice)
    try:
        lines = item_lines(found["items"], found["deferred"])
        return Approved(str(found["digest"]), tuple(lines), source=VARIABLE)
    except (KeyError, TypeError) as error:
        raise PlanFileError(path, "this plan is not complete (expected its items and its digest)", advice) from error
