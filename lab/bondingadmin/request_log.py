# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of the request log (see ``lab.kit.request_log``).

An entry: ``{n, t, ms, method, path, query, body, status}``, and ``fault`` where one acted.

- ``n`` counts from 1, in the order in which the server dealt with the requests; ``t`` is the time of arrival in
  seconds since the epoch, ``ms`` how long it took;
- ``path`` is without the query, ``query`` without the question mark;
- ``body`` is what came in, parsed where it is JSON (else text, null if there was none), with each password and
  token masked; headers are not kept at all;
- ``status`` is the answer's, null where the request was not dealt with; with a fault that loses the answer it is
  the one that the client did not get to see.
"""

from __future__ import annotations

import json
from typing import Any

SECRETS = ("password", "token")
MASK = "********"
MOST_TEXT = 2000


def masked(value: Any) -> Any:
    """The value without what stands under a key that names a secret."""
    if isinstance(value, dict):
        return {
            key: MASK if item is not None and any(word in str(key).lower() for word in SECRETS) else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def readable(body: bytes) -> Any:
    """A request's body as the log shows it."""
    if not body:
        return None
    text = body.decode("utf-8", "replace")
    try:
        return masked(json.loads(text))
    except ValueError:
        # What is no JSON may still hold a password, which could not be found in it.
        return MASK if any(word in text.lower() for word in SECRETS) else text[:MOST_TEXT]
