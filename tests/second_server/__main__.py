# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the second server: `python -m tests.second_server --seed seed.json [--port 0] [--without HABIT ...]`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
import time
from pathlib import Path

from .habits import HABITS
from .server import Server


def _end_with(parent: int) -> None:
    """End as told to once the process that started this one is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.second_server")
    parser.add_argument("--seed", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--without", action="append", default=[], choices=sorted(HABITS), help="a habit to leave off")
    given = parser.parse_args()
    seed = json.loads(given.seed.read_text(encoding="utf-8"))
    server = Server(seed, frozenset(HABITS) - frozenset(given.without), given.port)
    print(f"listening on {server.url}", flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: threading.Thread(target=server.shutdown).start())
    if "LAB_PARENT" in os.environ:  # by which tests say who has started it
        threading.Thread(target=_end_with, args=(int(os.environ["LAB_PARENT"]),), daemon=True).start()
    server.serve_forever(poll_interval=0.05)
    server.server_close()


if __name__ == "__main__":
    main()
