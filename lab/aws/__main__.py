# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.aws``: start the stand-in."""

from __future__ import annotations

import argparse
import sys
from importlib import metadata
from pathlib import Path

WANTED = "5.2.5"
"""The one version of moto that the rules are written for."""


class WrongMoto(Exception):
    """moto is missing or of another version; the text says which and what to install."""


def require_moto() -> None:
    """Raise WrongMoto unless exactly the pinned moto is installed: the rules reach into its internals."""
    try:
        found = metadata.version("moto")
    except metadata.PackageNotFoundError:
        found = None
    if found != WANTED:
        what = "moto is not installed" if found is None else f"moto {found} is installed"
        raise WrongMoto(f"lab.aws works with moto {WANTED} only, but {what}: pip install 'moto[ec2]=={WANTED}'")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lab.aws", description="A stand-in for AWS: EC2's networking, STS, IAM's simulation."
    )
    parser.add_argument("--port", type=int, default=5601, help="where to listen; 0: any free one (default: 5601)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--seed", type=Path, help="YAML file: what there is at the start and after each reset")
    parser.add_argument("--log", type=Path, help="file to append each API action to, as a JSON line")
    parser.add_argument("--copies", type=Path, help="folder that keeps saved copies for other runs; yours alone")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code."""
    options = _parse(arguments)
    try:
        require_moto()
    except WrongMoto as error:
        print(error, file=sys.stderr)
        return 2
    # Only now: these reach into moto, and would fail in unclear ways with another one.
    from lab.kit.request_log import RequestLog
    from lab.kit.server import Server

    from .api import Api
    from .control import control_of
    from .ec2.backend import install
    from .iam.authorizer import Authorizer
    from .seed import BadSeed, read_seed
    from .snapshots import Account

    install()
    try:
        seed = None if options.seed is None else read_seed(options.seed)
        account = Account(seed, options.copies)
    except BadSeed as error:
        print(error, file=sys.stderr)
        return 2
    server = Server(options.host, options.port)
    api = Api(account, RequestLog(options.log), Authorizer(() if seed is None else seed.access_keys), server.submit)
    server.application, server.control = api.response, control_of(api)
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
