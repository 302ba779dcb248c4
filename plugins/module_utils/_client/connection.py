# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Address of the management server and credentials for it."""

from __future__ import annotations

import ipaddress
import os
import ssl
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from .errors import ClientError

API_ROOT = "/api/v4/"
HIDDEN = "********"

# Field -> the option that it comes from, and the option's environment variable.
_OPTIONS = {
    "url": ("api_url", "BONDING_API_URL"),
    "username": ("api_username", "BONDING_API_USERNAME"),
    "password": ("api_password", "BONDING_API_PASSWORD"),
    "token": ("api_token", "BONDING_API_TOKEN"),
    "ca_path": ("ca_path", "BONDING_API_CA_PATH"),
    "timeout": ("api_timeout", "BONDING_API_TIMEOUT"),
}
# Control characters, halves of surrogate pairs, line and paragraph separators: in a header, some of them begin a line.
_NEVER = ("Cc", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class Connection:
    """One management server. White space around the texts is taken off: files and `$(cat file)` end with a line break.

    :param url: ``https://HOST``, with or without ``/api/v4/``
    :param username: the e-mail address of the user, for Basic authentication
    :param password: its password; sent in UTF-8, which Django REST framework tries first (RFC 7617 leaves it open)
    :param token: an API token; it beats user and password
    :param validate_certs: whether the server's certificate must be trusted
    :param ca_path: a file (or folder) of certificates to trust in place of the system's
    :param timeout: seconds to wait for a connection, up to 10, and then for each whole answer
    """

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 30

    def __post_init__(self) -> None:
        for name in _OPTIONS:
            value = getattr(self, name)
            if isinstance(value, str):
                object.__setattr__(self, name, value.strip())

    def root(self) -> str:
        """Return the absolute URL of the API, ending in ``/api/v4/``.

        :raises ClientError: if the URL is missing or is none
        """
        parts = self._parts()
        port = parts.port
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        path = parts.path.rstrip("/") + "/"
        if not path.endswith(API_ROOT):
            path = path.rstrip("/") + API_ROOT
        return f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}"

    def check(self) -> None:
        """Refuse an incomplete or unusable connection by the names of its options, before anything is sent.

        No value of them is shown: a password may have been given as another option by mistake.

        :raises ClientError: naming the options and their environment variables
        """
        for name in ("url", "username", "password", "token", "ca_path"):
            if any(unicodedata.category(letter) in _NEVER for letter in getattr(self, name) or ""):
                raise _refused(name, "the value has a control character in it, such as a line break; give it without")
        self._parts()
        if not self.timeout > 0:
            raise _refused("timeout", f"not a number of seconds above 0 (got {self.timeout})")
        self._check_credentials()
        self._check_certificates()

    def warnings(self) -> list[str]:
        """Return a sentence for each accepted option that is a risk."""
        parts = self._parts()
        if parts.scheme == "http":
            if _is_loopback(parts.hostname or ""):
                return []
            what = "API token" if self.token else "password"
            return [
                f"api_url begins with http://, so that the {what} of the management server crosses the network "
                "unencrypted. Use https://."
            ]
        if not self.validate_certs:
            return [
                "validate_certs is false: the management server's certificate is not checked, so that another machine "
                "on the way can pose as the server and read the credentials. Give its authority's certificate as "
                "ca_path instead."
            ]
        return []

    def hide(self, text: str) -> str:
        """Return a text of the server without the credentials, in case the server repeats them."""
        for secret in (self.token, self.password):
            text = text.replace(secret, HIDDEN) if secret else text
        return text

    def _parts(self) -> SplitResult:
        """Return the URL's parts, once they are known to be usable.

        :raises ClientError: if the URL is missing or is none
        """
        if not self.url:
            raise ClientError(
                "The management server is not named: set api_url, or the environment variable BONDING_API_URL."
            )
        if "@" in self.url:
            raise _refused("url", "contains a user or password; give them as api_username and api_password")
        expected = "expected a URL like https://bonding.example.com"
        try:
            parts = urlsplit(self.url)
            _port = parts.port
        except ValueError as error:
            raise _refused("url", f"no URL: {error}; {expected}") from error
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise _refused("url", f"a URL with its scheme is needed (got {self.url!r}); {expected}")
        if any(letter in self.url for letter in "?#") or any(letter.isspace() for letter in self.url):
            raise _refused("url", f"has a query, a fragment or white space (got {self.url!r}); {expected}")
        return parts

    def _check_credentials(self) -> None:
        if self.token:
            # Django REST framework takes no token with white space, and decodes the header as UTF-8.
            if not all("!" <= letter <= "~" for letter in self.token):
                raise _refused("token", "expected ASCII characters without white space")
            return
        missing = [_name(name) for name in ("username", "password") if not getattr(self, name)]
        if missing:
            raise ClientError(
                f"No credentials for {self.root()}: {' and '.join(missing)} not given. "
                "Give user and password, or api_token (BONDING_API_TOKEN). Nothing was sent."
            )
        if ":" in (self.username or ""):
            raise _refused("username", "a user name with a colon cannot be sent: Basic authentication ends it there")

    def _check_certificates(self) -> None:
        if not self.ca_path or not self.validate_certs:
            return
        if not os.path.exists(self.ca_path):
            raise _refused("ca_path", f"there is no file or folder {self.ca_path!r}")
        if os.path.isdir(self.ca_path):
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(self.ca_path)
        except OSError as error:  # ssl.SSLError is one
            why = error.strerror if not isinstance(error, ssl.SSLError) else "expected certificates in PEM format"
            raise _refused("ca_path", f"no certificate can be read from {self.ca_path!r}: {why}") from error


def _name(name: str) -> str:
    option, variable = _OPTIONS[name]
    return f"{option} ({variable})"


def _refused(name: str, problem: str) -> ClientError:
    return ClientError(f"{_name(name)}: {problem}. Nothing was sent.")


def _is_loopback(host: str) -> bool:
    """Return True for this machine itself: a tunnel, a test."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
