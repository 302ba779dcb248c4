# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in a process beside this one.

Reading a side is mostly Python's own work: a client of EC2 is built out of EC2's whole model, answers are parsed. The
threads of one process take turns at that; two processes do not.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class ChildProcess(Generic[T]):
    """Work that was begun."""

    def __init__(self, receiver: Connection) -> None:
        self._receiver = receiver

    def result(self) -> T:
        """Wait for what the work returns, or raise what it raised.

        Where it ended the module (`fail_json` prints the result and exits), so does this.
        """
        try:
            returned, raised, trace, printed = pickle.loads(self._receiver.recv_bytes())
        except EOFError:
            raise RuntimeError("the process that read AWS's side ended without a result; was it killed?") from None
        sys.stdout.write(printed)
        if raised is not None:
            raise raised from (RuntimeError(f"in the process beside:\n{trace}") if trace else None)
        found: T = returned
        return found


@contextmanager
def run_in_child(work: Callable[[], T]) -> Iterator[ChildProcess[T]]:
    """Begin `work` in a forked process, which is ended with the block if it has not ended before.

    What it returns or raises is pickled; what it changes in memory is lost. To be called where no other thread runs.
    """
    forking = multiprocessing.get_context("fork")
    receiver, sender = forking.Pipe(duplex=False)
    process = forking.Process(target=_work, args=(work, sender), daemon=True)
    process.start()
    sender.close()  # the child has its own: without it, its end is the end of the file
    try:
        yield ChildProcess(receiver)
    finally:
        receiver.close()
        process.terminate()
        process.join()


def _work(work: Callable[[], Any], sender: Connection) -> None:
    returned: Any = None
    raised: BaseException | None = None
    trace = ""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            returned = work()
        except SystemExit as error:
            raised = error
        except Exception as error:
            raised, trace = error, traceback.format_exc()
    with contextlib.suppress(BrokenPipeError):  # the parent does not wait any more
        sender.send_bytes(pickle.dumps((returned, raised, trace, printed.getvalue())))
