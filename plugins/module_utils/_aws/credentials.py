# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS credentials that a header cannot carry, refused before a client is made.

botocore and urllib3 would quote the header in their error, and with it the session token.
"""

from __future__ import annotations

import re
from typing import Any

_OPTIONS = {
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
    "endpoint_url": "AWS_URL",
}
"""Option -> the environment variable that amazon.aws takes for it."""


def tidy_credentials(params: dict[str, Any], *, strict: bool = False) -> str | None:
    """Take white space off the credentials in a module's parameters; return the problem of one that is unusable.

    The sentence names option and environment variable, and never shows the value.

    :param strict: white space around a value is a problem too: the modules of amazon.aws, which take the same values
        from the same places, would not take it off, and print the value
    """
    for option, variable in _OPTIONS.items():
        value = params.get(option)
        if not isinstance(value, str):
            continue
        tidy = value.strip()
        if not all("!" <= letter <= "~" for letter in tidy):
            return _problem(option, variable, "the value has white space, a control or a non-ASCII character in it")
        if strict and tidy != value:
            return _problem(option, variable, "the value begins or ends with white space, such as a line break")
        if option == "endpoint_url" and "@" in tidy:
            return _problem(option, variable, "the URL contains a user or password")
        params[option] = tidy
    return None


def words_of(error: Exception) -> str:
    """Return the text of a botocore exception, without headers and without user and password in URLs."""
    text = str(error)
    if "header" in text.lower():
        return f"the request cannot be made ({type(error).__name__})"
    return re.sub(r"//[^/\s]*@", "//", text)


def _problem(option: str, variable: str, text: str) -> str:
    return f"{option} ({variable}): {text}; give it without. Nothing was sent to AWS."
