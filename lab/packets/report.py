# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks and what each of them measured, as a table that grows while they run."""

from __future__ import annotations

import resource
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .kernel import KernelError

WIDTH = 66


class Failed(Exception):
    """A check did not see what it must; the text says what it saw."""


@dataclass(frozen=True)
class Check:
    """One claim. `prove` returns what it measured, or raises Failed."""

    name: str
    prove: Callable[[], str]


@dataclass(frozen=True)
class Result:
    """How a check ended."""

    name: str
    passed: bool
    measured: str
    seconds: float


def say(text: str = "") -> None:
    """Print at once."""
    print(text, flush=True)


def run(title: str, checks: Iterable[Check]) -> list[Result]:
    """Run them in order, one line each. One that fails does not keep the next from being tried."""
    say(f"\n{title}\n")
    results = []
    for check in checks:
        began = time.monotonic()
        try:
            passed, measured = True, check.prove()
        except (Failed, KernelError, OSError) as error:
            passed, measured = False, str(error)
        except Exception as error:
            # A fault of the check itself is told as one, and takes no other check along.
            passed, measured = False, "".join(traceback.format_exception(error)).rstrip()
        result = Result(check.name, passed, measured, time.monotonic() - began)
        results.append(result)
        say(f"  {'ok    ' if passed else 'FAILED'} {check.name:<{WIDTH}} {result.seconds:5.1f} s  {measured}")
    say(f"\n  {sum(result.seconds for result in results):.1f} s")
    return results


def cpu_seconds() -> float:
    """Of this process and of those that it has started and seen end."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def need(condition: object, text: str) -> None:
    """Go on only if the condition is true."""
    if not condition:
        raise Failed(text)
