# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP to the management server: session, log-in, TLS, retries, pages, error texts.

Knows no resource and imports nothing of Ansible, so that programs outside Ansible's importer can use it.
"""

from __future__ import annotations

from .certificate import certificate_end
from .client import Client
from .connection import Connection
from .errors import ApiError, AuthError, ClientError, TlsError, UnclearError, UnreachableError
from .retry import PASSING, Retry
from .transport import REQUESTS_IMPORT_ERROR, Response, TransportError
