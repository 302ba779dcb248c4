# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may stand in the connection options, and what is said of what may not."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import ClientError, Connection
from ansible_collections.bonded.internet.plugins.module_utils._client.transport import authorization


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://bonding.example.com", "https://bonding.example.com/api/v4/"),
        ("https://bonding.example.com/", "https://bonding.example.com/api/v4/"),
        ("https://bonding.example.com/api/v4", "https://bonding.example.com/api/v4/"),
        ("https://bonding.example.com/api/v4/", "https://bonding.example.com/api/v4/"),
        ("http://127.0.0.1:8601", "http://127.0.0.1:8601/api/v4/"),
        ("https://[2001:db8::1]:8443/bonding/", "https://[2001:db8::1]:8443/bonding/api/v4/"),
    ],
)
def test_the_root_of_the_api(url: str, root: str) -> None:
    assert Connection(url).root() == root


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", "set api_url, or the environment variable BONDING_API_URL"),
        ("bonding.example.com", "a URL with its scheme"),
        ("ftp://bonding.example.com", "a URL with its scheme"),
        ("https://bonding.example.com:port", "api_url is no URL"),
        ("https://ops:secret@bonding.example.com", "give them as api_username and api_password"),
    ],
)
def test_a_bad_url_is_refused(url: str, text: str) -> None:
    with pytest.raises(ClientError) as caught:
        Connection(url).root()
    assert text in str(caught.value)
    assert "secret" not in str(caught.value)


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ClientError) as caught:
        Connection("https://bonding.example.com").check()
    assert "api_username (BONDING_API_USERNAME) and api_password (BONDING_API_PASSWORD) not given" in str(caught.value)
    assert "api_token (BONDING_API_TOKEN)" in str(caught.value)


def test_a_token_beats_user_and_password() -> None:
    both = Connection("https://bonding.example.com", "ops@example.com", "secret", "token")
    assert authorization(both) == "Token token"
    assert authorization(Connection(both.url, "ops@example.com", "sécret")) == "Basic b3BzQGV4YW1wbGUuY29tOnPDqWNyZXQ="
    Connection(both.url, token="token").check()


def test_secrets_are_not_shown() -> None:
    text = repr(Connection("https://bonding.example.com", "ops@example.com", "hush", "hushtoken"))
    assert "hush" not in text
