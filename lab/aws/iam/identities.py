# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owners of access keys: a user named like the key, or a session of a role; private to the stand-in."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.kit.messages import ControlError

from ..snapshots import ACCOUNT_ID

_ROLE = re.compile(r"arn:aws:iam::(?P<account>\d{12}):role(?P<path>/(?:[!-~]+/)?)(?P<name>[A-Za-z0-9_+=,.@-]{1,64})")
_SESSION = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}")


class BadIdentity(ControlError):
    """An identity that cannot be given; the text names the access key and what would do."""


def _unique_id(prefix: str, arn: str) -> str:
    """An id of IAM's form, the same for the same ARN in each run: the prefix says of what, AIDA a user, AROA a role."""
    return prefix + base64.b32encode(hashlib.sha256(arn.encode()).digest()).decode()[:17]


@dataclass(frozen=True)
class Role:
    """A role. ``path`` begins and ends with a slash."""

    arn: str
    path: str
    name: str

    @property
    def id(self) -> str:
        return _unique_id("AROA", self.arn)


@dataclass(frozen=True)
class Caller:
    """Owner of an access key, as STS's GetCallerIdentity returns it."""

    arn: str
    user_id: str


def _parse(key: str, given: Any) -> Role:
    if not _SESSION.fullmatch(key):
        # It becomes the name of the role's session.
        raise BadIdentity(f"identities: {key!r}: a key has 2 to 64 letters, digits and any of _+=,.@-")
    form = f"arn:aws:iam::{ACCOUNT_ID}:role/NAME, with a path before the name if wanted"
    match = _ROLE.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise BadIdentity(f"identities: {key}: {given!r} is not a role's ARN, which is of the form {form}")
    if match["account"] != ACCOUNT_ID:
        raise BadIdentity(f"identities: {key}: {given!r} is of another account than {ACCOUNT_ID}, the only one here")
    return Role(given, match["path"], match["name"])


class Identities:
    """The roles of the access keys that were given one; any other key is a user's."""

    def __init__(self) -> None:
        self._roles: dict[str, Role] = {}

    def change(self, given: Any) -> None:
        """Give access keys their roles, in place of those that they had; none if one is wrong (BadIdentity)."""
        if not isinstance(given, Mapping):
            example = f'{{"AKIA...": "arn:aws:iam::{ACCOUNT_ID}:role/x"}}'
            raise BadIdentity(f"identities: an object is wanted, such as {example}")
        roles = self._roles | {key: _parse(key, arn) for key, arn in given.items()}
        keys: dict[str, str] = {}
        for key, role in roles.items():
            # A path makes no second role of a name, nor does the case of its letters.
            other = keys.setdefault(role.name.lower(), key)
            if other != key:
                raise BadIdentity(f"identities: {key}: {other} has a role of the name {role.name!r} already")
        self._roles = roles

    def given(self) -> dict[str, str]:
        """The ARN of each access key's role, of those that have one."""
        return {key: role.arn for key, role in self._roles.items()}

    def clear(self) -> None:
        """Every key is a user's."""
        self._roles = {}

    def role(self, name: str) -> Role | None:
        """The role of this name, which has no path in it."""
        return next((role for role in self._roles.values() if role.name == name), None)

    def key_of(self, arn: str) -> str | None:
        """The access key of a role, by the role's whole ARN; None if there is no such role."""
        return next((key for key, role in self._roles.items() if role.arn == arn), None)

    def caller(self, key: str) -> Caller:
        """Return the user or the role's session that signs with this access key."""
        role = self._roles.get(key)
        if role is not None:
            # The ARN of a session has its role's name without the path.
            arn = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{role.name}/{key}"
            return Caller(arn, f"{role.id}:{key}")
        arn = f"arn:aws:iam::{ACCOUNT_ID}:user/{key}"
        return Caller(arn, _unique_id("AIDA", arn))
