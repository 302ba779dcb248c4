# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.packets``: run the demonstration's network on kernels and routing daemons, and let packets decide."""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import sys
import time
from collections.abc import Iterator

from lab.demo.playbook import run_playbook
from lab.process import LabError, Running

from . import sandbox, seed
from .checks import cpe_nat, gateways, moves, mutants, own_side, private_wan, traffic
from .kernel import KernelError
from .network import FOLDER, Lab
from .report import Result, run, say

PARTS = {
    "Public addresses": cpe_nat.checks,
    "Bonds that move": moves.checks,
    "Private WAN": private_wan.checks,
    "Customers apart": private_wan.customers,
    "Gateways": gateways.checks,
    "Runs under traffic": traffic.checks,
    "One rule broken at a time": mutants.checks,
    "The aggregators' own side": own_side.checks,
}
CANNOT = 2
"""The exit code where the lab cannot be run at all."""


def attached(program: str, url: str) -> Running:
    """A stand-in that runs already."""
    found = Running(program)
    found.url = url
    return found


@contextlib.contextmanager
def stand_ins(server_seed: pathlib.Path, aws_seed: pathlib.Path) -> Iterator[tuple[Running, Running]]:
    """Both of them, with what there is before the first run."""
    with (
        Running("lab.bondingadmin", "--seed", server_seed) as server,
        Running("lab.aws", "--seed", aws_seed) as aws,
    ):
        yield server, aws


def build(server: Running, aws: Running) -> None:
    """The demonstration's site.yml. Raises LabError with its last lines if it fails."""
    outcome = run_playbook("site.yml", extra={"bonding_api_url": server.url, "aws_endpoint_url": aws.url})
    if outcome.rc:
        tail = "\n".join(outcome.stdout.splitlines()[-30:])
        raise LabError(f"site.yml ended with exit code {outcome.rc}\n{tail}")
    say(f"  site.yml made the network in {outcome.seconds:.1f} s")


def prove(server: Running, aws: Running, parts: list[str]) -> list[Result]:
    """The checks of these parts (default: all) on what the stand-ins hold."""
    lab = Lab(server, aws)
    try:
        seconds = lab.sync()
        say(f"  {lab.size()} in {seconds:.1f} s")
        results: list[Result] = []
        for title, checks in PARTS.items():
            if not parts or title in parts:
                results += run(title, checks(lab))
        return results
    finally:
        lab.close()


def main(arguments: list[str] | None = None) -> int:
    """0 if all checks passed, 1 if one did not, 2 if the lab cannot be run here."""
    parser = argparse.ArgumentParser(prog="python -m lab.packets", description="The packet lab; see docs/packets.md.")
    parser.add_argument("--server", help="URL of a management server's stand-in that runs already")
    parser.add_argument("--aws", help="URL of AWS's stand-in, likewise")
    parser.add_argument(
        "--seeds", type=pathlib.Path, help="a folder with bondingadmin.yml and aws.yml that hold a network: no site.yml"
    )
    parser.add_argument("--part", action="append", choices=list(PARTS), default=[], help="only this part of the checks")
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    began = time.monotonic()
    if not sandbox.inside():
        reason = sandbox.refused()
        if reason:
            say(reason)
            return CANNOT
        return sandbox.enter(given)
    say("bonded.internet, the packet lab: what site.yml leaves on the stand-ins, carried out by kernels and BIRD\n")
    try:
        if options.server and options.aws:
            results = prove(
                attached("lab.bondingadmin", options.server), attached("lab.aws", options.aws), options.part
            )
        elif options.seeds:
            with stand_ins(options.seeds / "bondingadmin.yml", options.seeds / "aws.yml") as (server, aws):
                results = prove(server, aws, options.part)
        else:
            FOLDER.mkdir(parents=True, exist_ok=True)
            with stand_ins(*seed.write(FOLDER)) as (server, aws):
                build(server, aws)
                results = prove(server, aws, options.part)
    except (LabError, KernelError) as error:
        say(f"\n{error}\n\npackets: FAILED, {str(error).splitlines()[0]}")
        return 1
    failed = [result.name for result in results if not result.passed]
    seconds = time.monotonic() - began
    if failed or not results:
        say(f"\npackets: FAILED, {len(failed)} of {len(results)} checks: {'; '.join(failed)}")
        return 1
    say(f"\npackets: OK, {len(results)} checks, {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
