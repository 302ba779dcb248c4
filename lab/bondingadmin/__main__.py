# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command: ``python -m lab.bondingadmin --port 8601 --db FILE --seed FILE``."""

from __future__ import annotations

import argparse
import concurrent.futures
import gc
import pathlib
import signal
import ssl
import sys
import tempfile
import threading
from collections.abc import Sequence

from lab.parent import end_with_parent

from .settings import configure


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.bondingadmin", description="The management server's stand-in.")
    parser.add_argument("--port", type=int, default=8601, help="TCP port on 127.0.0.1; 0: any free one (%(default)s)")
    parser.add_argument("--db", type=pathlib.Path, help="SQLite file, kept if it is there (a temporary one)")
    parser.add_argument("--seed", type=pathlib.Path, required=True, help="YAML file: what exists at first")
    parser.add_argument("--log", type=pathlib.Path, help="append each request to this file, as a line of JSON")
    parser.add_argument("--tls-cert", type=pathlib.Path, help="certificate in PEM form: serve HTTPS")
    parser.add_argument("--tls-key", type=pathlib.Path, help="its key")
    given = parser.parse_args(argv)
    if bool(given.tls_cert) != bool(given.tls_key):
        parser.error("--tls-cert and --tls-key go together")
    return given


def main(argv: Sequence[str] | None = None) -> int:
    given = arguments(argv)
    with tempfile.TemporaryDirectory(prefix="bondingadmin-") as folder:
        configure(str(given.db or pathlib.Path(folder, "server.sqlite")))
        return serve(given)


def serve(given: argparse.Namespace) -> int:
    # Django must know its settings before its models can be imported.
    from django.core.handlers.wsgi import WSGIHandler

    from . import database, seed
    from .control import Control
    from .faults import Faults
    from .log import Log
    from .server import Server

    worker = concurrent.futures.ThreadPoolExecutor(1, "worker")
    try:
        content = seed.read(given.seed)
        worker.submit(database.prepare, content).result()
        server = Server(given.port, Log(given.log), Faults(), worker)
        if given.tls_cert:
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.context.load_cert_chain(given.tls_cert, given.tls_key)
    except (seed.SeedError, database.DatabaseError, OSError) as error:
        print(f"bondingadmin: {error}", file=sys.stderr)
        worker.shutdown()
        return 1
    server.app = WSGIHandler()
    server.control = Control(content, server.log, server.faults, server.submit)
    server.control.rename = server.use

    def stop(number: int, frame: object) -> None:
        # Not from this thread: it is the one that serves.
        threading.Thread(target=server.shutdown).start()

    # What is loaded now stays: the collector need not look at it again.
    gc.freeze()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    end_with_parent()
    print(f"listening on {server.url}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.drain()
    server.server_close()
    worker.shutdown()
    server.log.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
