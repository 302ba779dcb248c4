# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing several EC2 changes at a time, with a record of what was done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from .client import Ec2Client, Ec2Error

Item = TypeVar("Item")

QUOTAS = {
    "AddressLimitExceeded": "The region's quota 'EC2-VPC Elastic IPs' (5 unless raised) is used up: ask AWS for more.",
    "PrivateIpAddressLimitExceeded": "The instance's type allows no more addresses on this interface.",
}


def done_before(done: Sequence[str], unclear: bool = False) -> str:
    """Return the sentence of an error about the changes so far. `unclear`: the answer to the last request was lost."""
    so_far = f"Done before: {'; '.join(done)}" if done else f"Nothing{' else' * unclear} was changed"
    return f"{'EC2 may have carried out that request. ' * unclear}{so_far}"


class ApplyError(Exception):
    """A step failed. `problems`: why, a sentence each; `done`: what was changed; `changed`: if it was, or may be."""

    def __init__(self, problems: Sequence[str], done: Sequence[str], unclear: bool = False) -> None:
        self.problems = list(dict.fromkeys(problems))
        self.done = list(done)
        self.changed = bool(self.done) or unclear
        again = " Run again to finish." if self.done else ""
        super().__init__(f"{' '.join(self.problems)} {done_before(self.done, unclear)}.{again}")


@dataclass
class Work:
    """The client, the number of calls at a time, and what was done so far, a sentence each."""

    client: Ec2Client
    network: str
    parallel: int = 8
    done: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def each(self, items: Sequence[Item], do: Callable[[Item], None]) -> None:
        """`do` on all items. What has begun is finished; then the failures are raised together, as ApplyError."""
        if not items:
            return
        problems: list[str] = []
        unclear = False
        with ThreadPoolExecutor(max_workers=min(self.parallel, len(items))) as pool:
            for future in [pool.submit(do, item) for item in items]:
                error = future.exception()
                if isinstance(error, Ec2Error):
                    problems.append(readable(error))
                    unclear |= error.may_have_changed
                elif error is not None:
                    raise error
        if problems:
            raise ApplyError(problems, self.done, unclear)


def readable(error: Ec2Error) -> str:
    """Return the error's text, with what to do about it where AWS's own words do not say it."""
    return f"{str(error).rstrip('.')}. {QUOTAS.get(error.code, '')}".strip()
