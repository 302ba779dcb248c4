# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: who ran which playbook when, with what plan, and how far it got."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._printable import printable
from ansible_collections.bonded.internet.plugins.module_utils._private_file import write_private

VARIABLE = "bonding_record_directory"
FORMAT = 1
UNFINISHED, FINISHED = "unfinished", "finished"


class RecordError(Exception):
    """The record cannot be written."""


def new_record(directory: str, network: str, playbooks: Iterable[str]) -> dict[str, Any]:
    """Return the name of a run's record and what is known when the run starts.

    :raises RecordError: if no file can be written there
    """
    folder = os.path.abspath(os.path.expanduser(directory))
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        raise RecordError(
            f"{VARIABLE}: the records of runs cannot be written (got {printable(folder)}, expected a folder in which "
            "this user may write). Nothing was changed. Make the folder, or name another one."
        )
    now = datetime.now(UTC)
    # Two runs may start in one second.
    name = f"{now:%Y%m%dT%H%M%SZ}-{network}-{os.getppid()}.json"
    return {
        "path": os.path.join(folder, name),
        "started": _time(now),
        "user": _user(),
        "playbook": ", ".join(playbooks),
    }


def write_record(record: Mapping[str, str], plan: Mapping[str, Any], phase: str | None) -> None:
    """Write the record of a run that begins a phase, or of one that has ended if `phase` is None.

    :raises RecordError: if that fails
    """
    document = {
        "format": FORMAT,
        "result": UNFINISHED if phase else FINISHED,
        "phase": phase,
        "started": record["started"],
        "ended": None if phase else _time(datetime.now(UTC)),
        "user": record["user"],
        "playbook": record["playbook"],
        **plan,
    }
    try:
        write_private(record["path"], document)
    except OSError as error:
        done = f"The phase {phase} was not begun" if phase else "All changes of the plan were made"
        raise RecordError(
            f"{VARIABLE}: the record {printable(record['path'])} cannot be written ({error.strerror}). {done}. Make "
            "room or correct the rights of the folder, and run the playbook again."
        ) from error


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _user() -> str:
    """Return the name of the controller's user, its number where it has no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # Python 3.13 raises the latter
        return str(os.getuid())
