# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The database: made from the models, filled from the seed, copied as a whole and put back.

All functions run in the server's one worker thread, where the one connection is.
"""

from __future__ import annotations

import pathlib
import sqlite3
import zlib
from typing import Any

from django.core.management import call_command
from django.db import connection

from lab.kit.messages import ControlError

from . import pagination, permissions, seed

SEEDED = "__seed__"
_copies: dict[str, sqlite3.Connection] = {}


class DatabaseError(ControlError):
    """A database of another version, or no copy of this name; the text says which."""


def _version() -> int:
    """Another number whenever the models' file is another."""
    return zlib.crc32(pathlib.Path(__file__).with_name("models.py").read_bytes()) & 0x7FFFFFFF


def _raw() -> sqlite3.Connection:
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    return raw


def prepare(given: dict[str, Any]) -> bool:
    """Make and fill a new database from this seed; one that is there already is kept (and False returned)."""
    raw = _raw()
    tables = raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    found = raw.execute("PRAGMA user_version").fetchone()[0]
    if tables and found != _version():
        raise DatabaseError("the database was made by another version of this program: remove it and start again")
    if tables:
        return False
    _make(given)
    return True


def _make(given: dict[str, Any]) -> None:
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    connection.cursor().execute(f"PRAGMA user_version = {_version()}")
    seed.fill(given)
    save(SEEDED)


def save(name: str) -> None:
    """Keep a copy of everything under this name, until the program ends."""
    forget(name)
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    _raw().backup(copy)
    _copies[name] = copy


def load(name: str) -> None:
    """Put a copy back."""
    if name not in _copies:
        known = ", ".join(sorted(set(_copies) - {SEEDED})) or "none"
        raise DatabaseError(f"there is no copy named {name}; there are: {known}")
    _copies[name].backup(_raw())
    permissions.forget_users()


def forget(name: str) -> None:
    """Drop a copy, if there is one of this name."""
    old = _copies.pop(name, None)
    if old is not None:
        old.close()


def reset(given: dict[str, Any]) -> None:
    """Back to the seed, ids included."""
    if SEEDED in _copies:
        load(SEEDED)
    else:
        # The database was there before this run: nothing of it stays.
        empty = sqlite3.connect(":memory:")
        empty.backup(_raw())
        empty.close()
        _make(given)
        permissions.forget_users()
    pagination.forget()
