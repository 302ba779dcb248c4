# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retries: after which answers, and the seconds between them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .transport import Response

# Done twice, these leave the same state: our PATCH bodies hold absolute values.
REPEATABLE = frozenset({"GET", "OPTIONS", "PATCH", "DELETE"})
PASSING = frozenset({429, 502, 503, 504})


def _sleep(seconds: float) -> None:
    time.sleep(seconds)


@dataclass(frozen=True)
class Retry:
    """Policy of retries: the number of attempts, and the total waiting time.

    :param attempts: how often one request is made at most
    :param budget: seconds that all waiting of one request may take together
    """

    attempts: int = 5
    budget: float = 60.0
    sleep: Callable[[float], None] = _sleep
    jitter: Callable[[], float] = random.random

    def pause(self, attempt: int, waited: float, response: Response | None) -> float | None:
        """Return the seconds before the next attempt; None to give up, also if the server asks for too long a wait.

        :param attempt: how many attempts were made
        :param waited: the seconds waited so far for this request
        """
        if attempt >= self.attempts:
            return None
        # Half fixed, half random: many workers that failed together do not come back together.
        seconds = 0.5 * 2 ** (attempt - 1) * (0.5 + self.jitter() / 2)
        asked = retry_after(response)
        if asked is not None:
            seconds = asked + self.jitter() / 4 if asked else seconds
        return seconds if waited + seconds <= self.budget else None


def retry_after(response: Response | None) -> float | None:
    """Return the seconds that a Retry-After header asks for (a number or a date); None without a usable one."""
    text = response.headers.get("retry-after", "").strip() if response else ""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None  # a header that is neither is no reason to fail
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
