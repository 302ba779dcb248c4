# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are written as a whole or not at all: JSON that one user alone may read, and text for other programs."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from typing import Any


def write_private(path: str, document: Mapping[str, Any]) -> None:
    """Write a document in one step, in place of an older one.

    :raises OSError: if it cannot be written; then an older one is as it was
    """
    write_whole(path, json.dumps(document, indent=2) + "\n")


def write_whole(path: str, text: str, mode: int = 0o600) -> None:
    """Write a text in one step, in place of an older file.

    :raises OSError: if it cannot be written; then an older one is as it was
    """
    folder, name = os.path.split(os.path.abspath(path))
    descriptor, scratch = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(scratch)
        raise
