# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command: ``python -m lab.bondingadmin --port 8601 --db FILE --seed FILE``."""

from __future__ import annotations

import argparse
import pathlib
import ssl
import sys
import tempfile
from collections.abc import Sequence

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
    from lab.kit.request_log import RequestLog
    from lab.kit.server import Server

    from . import database, seed
    from .api import Api
    from .control import control_of

    try:
        content = seed.read(given.seed)
        context = None
        if given.tls_cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(given.tls_cert, given.tls_key)
        server = Server("127.0.0.1", given.port, context)
        server.submit(lambda: database.prepare(content))
        api = Api(server.url, RequestLog(given.log), server.submit)
    except (seed.SeedError, database.DatabaseError, OSError) as error:
        print(f"bondingadmin: {error}", file=sys.stderr)
        return 1
    server.application, server.control = api.response, control_of(api, content)
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
