# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the stand-ins come to hold a network: as the seeds do, by site.yml, or as a copy of another world's."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Iterator

from lab.demo.playbook import Outcome, run_playbook
from lab.process import LabError, Running

from . import seed
from .network import FOLDER
from .report import say

StandIns = tuple[Running, Running]
"""The management server's and AWS's, which run."""
DATABASE = FOLDER / "server.sqlite"
COPY = "built"
_LENGTH = 8


@contextlib.contextmanager
def seeded() -> Iterator[StandIns]:
    """The demonstration's stand-ins, before any run."""
    server_seed, aws_seed = _seeds()
    with _server(server_seed) as server, _aws(aws_seed) as aws:
        yield server, aws


@contextlib.contextmanager
def demonstration() -> Iterator[StandIns]:
    """What the demonstration's site.yml makes. Raises LabError with its last lines if it fails."""
    with seeded() as (server, aws):
        where = {"bonding_api_url": server.url, "aws_endpoint_url": aws.url}
        made(run_playbook("site.yml", extra=where, warmed=True))
        yield server, aws


def made(outcome: Outcome) -> None:
    """Say how long the run took that makes a world's network. Raises LabError with its last lines if it failed."""
    if outcome.rc:
        tail = "\n".join(outcome.stdout.splitlines()[-30:])
        raise LabError(f"site.yml ended with exit code {outcome.rc}\n{tail}")
    say(f"  site.yml made the network in {outcome.seconds:.1f} s")


def give(descriptor: int, server: Running, aws: Running) -> None:
    """Write what both stand-ins hold to a pipe that `taken` reads in another world, and close it."""
    aws.save(COPY)
    with open(descriptor, "wb") as pipe:
        for path in (DATABASE, FOLDER / COPY):
            content = path.read_bytes()
            pipe.write(len(content).to_bytes(_LENGTH, "big") + content)


@contextlib.contextmanager
def taken(descriptor: int) -> Iterator[StandIns]:
    """Stand-ins that hold what another world gives, once it has. Raises LabError if it gives nothing."""
    server_seed, aws_seed = _seeds()
    with _aws(aws_seed) as aws, open(descriptor, "rb") as pipe:
        for path in (DATABASE, FOLDER / COPY):
            length = int.from_bytes(pipe.read(_LENGTH), "big")
            content = pipe.read(length)
            if not length or len(content) < length:
                raise LabError("the world whose network this one takes over has not built it")
            path.write_bytes(content)
        aws.load(COPY)
        with _server(server_seed) as server:
            yield server, aws


def _seeds() -> tuple[pathlib.Path, pathlib.Path]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    return seed.write(FOLDER)


def _server(given: os.PathLike[str]) -> Running:
    return Running("lab.bondingadmin", "--seed", given, "--db", DATABASE)


def _aws(given: os.PathLike[str]) -> Running:
    return Running("lab.aws", "--seed", given, "--copies", FOLDER)
