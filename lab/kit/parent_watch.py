# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in that a program has started ends with that program, also if that was killed and could not stop it."""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "LAB_PARENT"
SECONDS = 0.5


def end_with_parent() -> None:
    """From now on look whether the process that `VARIABLE` names is still the parent; if not, end as told to.

    Without the variable nothing is watched: somebody's shell may end before the stand-in.
    """
    parent = os.environ.get(VARIABLE)
    if parent is not None:
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
