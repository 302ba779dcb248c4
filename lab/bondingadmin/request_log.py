# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bodies of requests as the request log shows them: parsed where they are JSON, without passwords and tokens."""

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
