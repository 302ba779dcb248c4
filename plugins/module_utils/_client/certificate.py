# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""End of the management server's certificate."""

from __future__ import annotations

import os
import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from .connection import Connection

LONGEST_WAIT = 10.0


def certificate_end(connection: Connection) -> datetime | None:
    """Return the time at which the server's certificate ends; None where it cannot be seen.

    That is so over HTTP, by a proxy, and without validate_certs: Python shows a certificate that it has verified alone.
    """
    parts = urlsplit(connection.root())
    if parts.scheme != "https" or not connection.validate_certs or parts.hostname is None:
        return None
    path = connection.ca_path or None
    is_folder = path is not None and os.path.isdir(path)
    try:
        context = ssl.create_default_context(cafile=None if is_folder else path, capath=path if is_folder else None)
        wait = min(connection.timeout, LONGEST_WAIT)
        with (
            socket.create_connection((parts.hostname, parts.port or 443), wait) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
        ):
            end = (secured.getpeercert() or {}).get("notAfter")
    except OSError:  # of ssl too: the requests to the server say what is wrong
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(end)), UTC) if end else None
