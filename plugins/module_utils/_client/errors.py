# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors between this collection and the management server.

``str(error)`` is one full sentence for an operator. The attributes carry the same facts for programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """Any failure of a request; also raised as it is for a bad connection option.

    :ivar method: the HTTP method, or None where no request was made
    :ivar path: the path below ``/api/v4/``, or None
    :ivar status: the HTTP status, or None where there was no answer
    :ivar detail: the server's own words, or an empty string
    :ivar fields: the server's own words per field (dotted names), e.g. ``{"vni": ["This field is required."]}``
    """

    def __init__(
        self,
        message: str,
        *,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        detail: str = "",
        fields: Mapping[str, list[str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.method = method
        self.path = path
        self.status = status
        self.detail = detail
        self.fields = dict(fields or {})

    def failure(self) -> dict[str, Any]:
        """Return the facts of this failure, as modules return them under ``failure``."""
        return {"method": self.method, "path": self.path, "status": self.status, "fields": self.fields}


class ApiError(ClientError):
    """The server answered, and refused (or answered with something that is not its API)."""


class AuthError(ApiError):
    """The server does not accept the credentials (401)."""


class TlsError(ClientError):
    """The TLS handshake failed, or the server's certificate is not trusted."""


class UnreachableError(ClientError):
    """No usable answer, and certainly nothing changed: the request was not sent, or only read."""


class UnclearError(ClientError):
    """A write was sent and its outcome is not known: look the object up before doing it again."""
