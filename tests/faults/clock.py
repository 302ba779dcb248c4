# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time that only counts: nothing waits, and the waits are known exactly."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import random
import threading
import time
from collections.abc import Iterator
from functools import partial
from types import ModuleType
from typing import Any
from unittest.mock import patch

from ansible_collections.bonded.internet.plugins.module_utils import _aws, _client, _plan, _reconcile
from ansible_collections.bonded.internet.plugins.module_utils._client import client
from ansible_collections.bonded.internet.plugins.module_utils._client.retry import Retry


class Clock:
    """Stands in for the module `time`. Each thread has a time of its own, which its own sleep alone moves."""

    def __init__(self) -> None:
        self._own = threading.local()
        self.waits: list[float] = []
        """The seconds of each sleep, in order."""

    def sleep(self, seconds: float) -> None:
        """Move the time of this thread."""
        self.waits.append(round(seconds, 3))
        self._own.now = self.monotonic() + seconds

    def monotonic(self) -> float:
        """Return how long this thread has slept."""
        found: float = getattr(self._own, "now", 0.0)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


class Longest:
    """Stands in for the module `random`: each wait with jitter is the longest that it may be."""

    def uniform(self, _least: float, most: float) -> float:
        """Return the upper bound."""
        return most

    def random(self) -> float:
        """Return the upper bound."""
        return 1.0

    def __getattr__(self, name: str) -> Any:
        return getattr(random, name)


def _modules(room: ModuleType) -> Iterator[ModuleType]:
    yield room
    for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        yield importlib.import_module(found.name)


@contextlib.contextmanager
def stopped() -> Iterator[Clock]:
    """Replace time and chance in the rooms that speak with a side, for the block."""
    clock, longest = Clock(), Longest()
    with contextlib.ExitStack() as patches:
        for room in (_client, _aws, _reconcile, _plan):
            for module in _modules(room):
                for name, real, fake in (("time", time, clock), ("random", random, longest)):
                    if getattr(module, name, None) is real:
                        patches.enter_context(patch.object(module, name, fake))
        # its jitter is bound when the class is made
        patches.enter_context(patch.object(client, "Retry", partial(Retry, sleep=clock.sleep, jitter=longest.random)))
        yield clock
