# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the management server is and how to log in to it (private to the collection)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import ClientError

API_ROOT = "/api/v4/"


@dataclass(frozen=True)
class Connection:
    """One management server.

    :param url: ``https://HOST``, with or without ``/api/v4/``
    :param username: the e-mail address of the user, for Basic authentication
    :param password: its password
    :param token: an API token; it beats user and password
    :param validate_certs: whether the server's certificate must be trusted
    :param ca_path: a file (or folder) of certificates to trust in place of the system's
    :param timeout: seconds to wait for a connection, and then for each answer
    """

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 30

    def root(self) -> str:
        """The absolute URL of the API, ending in ``/api/v4/``.

        :raises ClientError: if the URL is missing or is none
        """
        if not self.url:
            raise ClientError(
                "The management server is not named: set api_url, or the environment variable BONDING_API_URL."
            )
        try:
            parts = urlsplit(self.url.strip())
            port = parts.port
        except ValueError as error:
            raise ClientError(f"api_url is no URL: {error}. Expected one like https://bonding.example.com.") from error
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ClientError(
                f"api_url is {self.url!r}; expected a URL with its scheme, like https://bonding.example.com."
            )
        if parts.username or parts.password:
            raise ClientError("api_url contains a user or password; give them as api_username and api_password.")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        path = parts.path.rstrip("/") + "/"
        if not path.endswith(API_ROOT):
            path = path.rstrip("/") + API_ROOT
        return f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}"

    def check(self) -> None:
        """Refuse an incomplete connection, before anything is sent.

        :raises ClientError: naming every option that is missing and its environment variable
        """
        self.root()
        if self.token:
            return
        missing = [
            f"{option} (BONDING_{option.upper()})"
            for option, value in (("api_username", self.username), ("api_password", self.password))
            if not value
        ]
        if missing:
            raise ClientError(
                f"No credentials for {self.root()}: {' and '.join(missing)} not given. "
                "Give user and password, or api_token (BONDING_API_TOKEN). Nothing was sent."
            )
