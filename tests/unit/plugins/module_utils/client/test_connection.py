# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options: accepted values, and the errors about all others."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import ClientError, Connection
from ansible_collections.bonded.internet.plugins.module_utils._client.transport import authorization
from tests.certificates import self_signed


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
        ("https://bonding.example.com:port", "api_url (BONDING_API_URL): no URL"),
        ("https://ops:secret@bonding.example.com", "give them as api_username and api_password"),
        ("ops:secret@bonding.example.com", "give them as api_username and api_password"),
        ("https://ops:se/cret@bonding.example.com", "give them as api_username and api_password"),
        ("https://bonding.example.com?x=1", "has a query, a fragment or white space"),
        ("https://bonding.example.com/#x", "has a query, a fragment or white space"),
        ("https://bonding.example.com/a b", "has a query, a fragment or white space"),
        ("http://[::1", "no URL: Invalid IPv6 URL"),
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


def test_white_space_around_the_values_is_no_part_of_them() -> None:
    found = Connection("\n https://bonding.example.com\n", " ops@example.com\n", "hush\n", "\ttoken\r\n", ca_path=" \n")
    found.check()
    assert (found.root(), found.username, found.password) == (
        "https://bonding.example.com/api/v4/",
        "ops@example.com",
        "hush",
    )
    assert authorization(found) == "Token token"


@pytest.mark.parametrize("character", ["\n", "\r", "\0", "\x1b", "\x85", "\u2028", "\udcff"])
@pytest.mark.parametrize("option", ["url", "username", "password", "token", "ca_path"])
def test_control_characters_are_refused_by_the_name_of_the_option(option: str, character: str) -> None:
    given: dict[str, str] = {"url": "https://bonding.example.com", "username": "ops", "password": "pass", option: ""}
    given[option] = f"{given[option] or 'S3cr3t'}{character}C4nary"
    with pytest.raises(ClientError) as caught:
        Connection(**given).check()  # type: ignore[arg-type]
    name = option if option == "ca_path" else f"api_{option}"
    variable = f"BONDING_{name.upper()}" if name.startswith("api_") else "BONDING_API_CA_PATH"
    assert str(caught.value) == (
        f"{name} ({variable}): the value has a control character in it, such as a line break; give it without. "
        "Nothing was sent."
    )


@pytest.mark.parametrize("token", ["S3cr3t \u20ac", "S3cr3t \u00e9", "S3cr3t C4nary"])
def test_a_token_that_no_header_can_carry(token: str) -> None:
    with pytest.raises(ClientError) as caught:
        Connection("https://bonding.example.com", token=token).check()
    assert str(caught.value) == (
        "api_token (BONDING_API_TOKEN): expected ASCII characters without white space. Nothing was sent."
    )


def test_any_password_but_no_user_name_with_a_colon() -> None:
    found = Connection("https://bonding.example.com", "\u00fcser", "a:\u20ac b")
    found.check()
    assert authorization(found) == "Basic " + b64encode("\u00fcser:a:\u20ac b".encode()).decode()
    with pytest.raises(ClientError, match=r"api_username \(BONDING_API_USERNAME\): a user name with a colon"):
        Connection("https://bonding.example.com", "a:b", "hush").check()


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_time_out_that_is_none(seconds: float) -> None:
    with pytest.raises(ClientError, match=r"api_timeout \(BONDING_API_TIMEOUT\): not a number of seconds above 0"):
        Connection("https://bonding.example.com", token="t", timeout=seconds).check()


def test_certificates_are_looked_at_at_once(tmp_path: Path) -> None:
    none, text, certificate = tmp_path / "none.pem", tmp_path / "text.pem", self_signed(tmp_path)
    text.write_text("no certificate")
    with pytest.raises(ClientError, match=r"ca_path \(BONDING_API_CA_PATH\): there is no file or folder '.*none.pem'"):
        Connection("https://bonding.example.com", token="t", ca_path=str(none)).check()
    with pytest.raises(ClientError, match=r"ca_path .*: no certificate can be read from '.*text.pem': expected"):
        Connection("https://bonding.example.com", token="t", ca_path=str(text)).check()
    for good in (certificate, tmp_path):
        Connection("https://bonding.example.com", token="t", ca_path=f"{good}\n").check()
    Connection("https://bonding.example.com", token="t", ca_path=str(none), validate_certs=False).check()


@pytest.mark.parametrize(
    ("url", "more", "words"),
    [
        ("https://bonding.example.com", {}, []),
        ("https://bonding.example.com", {"validate_certs": False}, ["validate_certs is false"]),
        ("http://bonding.example.com", {}, ["so that the password of the management server crosses the network"]),
        ("http://bonding.example.com", {"token": "t", "validate_certs": False}, ["so that the API token of"]),
        ("http://127.0.0.1:8601", {"validate_certs": False}, []),
        ("http://[::1]:8601", {}, []),
        ("http://localhost", {}, []),
    ],
)
def test_what_is_accepted_with_a_warning(url: str, more: dict[str, Any], words: list[str]) -> None:
    found = Connection(url, "ops@example.com", "hush", **more).warnings()
    assert len(found) == len(words)
    assert all(word in text for word, text in zip(words, found, strict=True))
