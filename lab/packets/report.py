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
from functools import partial

from .netns import KernelError

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
    """Result of a check."""

    name: str
    passed: bool
    measured: str
    seconds: float


def say(text: str = "") -> None:
    """Print at once."""
    print(text, flush=True)


def run(title: str, checks: Iterable[Check], *, chained: bool = False) -> list[Result]:
    """Run checks in order, one line each.

    A check that fails does not keep the next from being tried, unless they are chained: where each goes on from what
    the one before has left, all after a failed one fail without being run.
    """
    say(f"\n{title}\n")
    results: list[Result] = []
    listed = iter(checks)
    while True:
        began = time.monotonic()
        try:
            check = next(listed, None)
        except Exception as error:
            # What a part asks is made of the network; what is missing there must not end the others.
            check = Check(f"{title}: what there is to ask", partial(_raise, error))
        if check is None:
            break
        if chained and results and not results[-1].passed:
            check = Check(check.name, partial(_raise, Failed("not run, since a check before it failed")))
        try:
            passed, measured = True, check.prove()
        except (Failed, KernelError, OSError) as error:
            passed, measured = False, str(error)
        except (LookupError, StopIteration) as error:
            passed, measured = False, f"{_absent(error)}\n{_traceback(error)}"
        except Exception as error:
            # A fault of the check itself is told as one, and takes no other check along.
            passed, measured = False, _traceback(error)
        result = Result(check.name, passed, measured, time.monotonic() - began)
        results.append(result)
        show(result)
    say(f"\n  {sum(result.seconds for result in results):.1f} s")
    return results


def show(result: Result) -> None:
    """Print the line of a result."""
    word = "ok    " if result.passed else "FAILED"
    say(f"  {word} {result.name:<{WIDTH}} {result.seconds:5.1f} s  {result.measured}")


def _raise(error: Exception) -> str:
    raise error


def _absent(error: Exception) -> str:
    """Return what a look-up missed as a sentence."""
    missed = f"'{error.args[0]}'" if error.args else "one of what it wants"
    return f"the network lacks {missed}, which this asks for"


def _traceback(error: Exception) -> str:
    return "".join(traceback.format_exception(error)).rstrip()


def cpu_seconds() -> float:
    """Of this process and of those that it has started and seen end."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def need(condition: object, text: str) -> None:
    """Go on only if the condition is true."""
    if not condition:
        raise Failed(text)
