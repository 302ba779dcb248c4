# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.bench.minimum LOG URL``: the requests of a log again, from one process on connections kept open.

What no program can do without. It compares nothing, plans nothing, and looks at answers only for their status.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import pathlib
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .networks import PASSWORD, USER

WRITING = ("POST", "PATCH", "PUT", "DELETE")


def replay(log: list[dict[str, Any]], url: str, parallel: int) -> list[str]:
    """Send the requests, `parallel` at a time within a wave; the answers that were no success, as text."""
    address = urllib.parse.urlsplit(url).netloc
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json", "Accept": "application/json"}
    failures: list[str] = []

    own = threading.local()

    def connect() -> None:
        own.connection = http.client.HTTPConnection(address)

    def send(entry: dict[str, Any]) -> None:
        body = json.dumps(entry["body"]) if entry["method"] in WRITING else None
        target = entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
        own.connection.request(entry["method"], target, body, headers)
        answer = own.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            failures.append(f"{entry['method']} {target}: {answer.status} {text[:200]!r}")

    for wave in waves(log):
        with ThreadPoolExecutor(min(parallel, len(wave)), initializer=connect) as pool:
            list(pool.map(send, wave))
    return failures


def waves(log: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Split a log into waves that may be sent in parallel: reads, then writes of interfaces, then all other writes."""
    reads = [entry for entry in log if entry["method"] not in WRITING]
    writes = [entry for entry in log if entry["method"] in WRITING]
    interfaces = [entry for entry in writes if "_interfaces/" in entry["path"]]
    others = [entry for entry in writes if "_interfaces/" not in entry["path"]]
    return [wave for wave in (reads, interfaces, others) if wave]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.bench.minimum", description="Replay a request log.")
    parser.add_argument("log", type=pathlib.Path, help="the server's log as JSON")
    parser.add_argument("url", help="where the server listens")
    parser.add_argument("--parallel", type=int, default=1)
    arguments = parser.parse_args()
    log = json.loads(arguments.log.read_text(encoding="utf-8"))
    began = time.monotonic()
    failures = replay(log, arguments.url, arguments.parallel)
    print(f"{len(log)} requests in {time.monotonic() - began:.3f} s")
    for failure in failures[:5]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
