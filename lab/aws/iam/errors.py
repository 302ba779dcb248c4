# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM's errors; private to the stand-in."""

from __future__ import annotations

from typing import NoReturn


class IamError(Exception):
    """An error that IAM answers: the HTTP status, the code and the text."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def invalid(message: str) -> NoReturn:
    """Answer that what was given is no good."""
    raise IamError(400, "InvalidInput", message)


def not_valid(member: str, constraint: str) -> NoReturn:
    """Answer that a member of the request is not of the form that the API's model has."""
    text = f"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must {constraint}"
    raise IamError(400, "ValidationError", text)


def no_such_entity(message: str) -> NoReturn:
    """Answer that there is no such user or role."""
    raise IamError(404, "NoSuchEntity", message)


def unsupported(what: str) -> NoReturn:
    """Answer that AWS may know it, but this stand-in does not."""
    raise IamError(400, "UnsupportedOperation", f"Not modelled by this stand-in: {what}")
