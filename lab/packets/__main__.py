# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.packets``: run the demonstration's network on kernels and routing daemons, and let packets decide."""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from lab.process import LabError, Running, stand_ins

from . import expected, namespace_sandbox, provisioning, scenarios
from .checks import adoption, by_rulebook, everyday, failover, transit_moves
from .gates import Gates
from .lab import Lab
from .live_changes import everyday as everyday_network
from .live_changes import failover as failover_network
from .live_changes import unbuilt
from .netns import KernelError
from .report import Check, Result, cpu_seconds, run, say, show


class Failover(Protocol):
    """Module of checks that make their network themselves."""

    TITLE: str

    def checks(self, lab: Lab) -> Iterator[Check]:
        """Yield the checks in order."""


CANNOT = 2
"""The exit code where the lab cannot be run at all."""


def prove(server: Running, aws: Running, parts: Sequence[str], wanted: expected.Wanted) -> list[Result]:
    """Run the checks of these parts on what the stand-ins hold, and add a failed result for each that did not run."""
    lab = Lab(server, aws)
    results: list[Result] = []
    try:
        seconds = lab.sync()
        say(f"  {lab.size()} in {seconds:.1f} s")
        for title in parts:
            ran = run(title, scenarios.PARTS[title](lab))
            absent = expected.judged(title, ran, wanted)
            for result in absent:
                show(result)
            results += [*ran, *absent]
    finally:
        lab.close()
    return results


def one_scenario(name: str, wanted: Sequence[str], taken: int | None, given: Sequence[int]) -> list[Result]:
    """Build it, give its network to other scenarios, and run its parts: those that are wanted, or all."""
    titles = [title for title in scenarios.SCENARIOS[name].parts if not wanted or title in wanted]
    say(f"\nThe scenario '{name}'\n")
    began, results = time.monotonic(), list[Result]()
    with scenarios.network(name, taken) as (server, aws):
        for descriptor in given:
            provisioning.give(descriptor, server, aws)
        if titles:
            results = prove(server, aws, titles, scenarios.SCENARIOS[name].wanted())
    say(f"\n  The scenario '{name}': {time.monotonic() - began:.0f} s, {cpu_seconds():.0f} s of a processor")
    return results


def seeds(folder: pathlib.Path, wanted: Sequence[str]) -> list[Result]:
    """The parts on a network that both stand-ins hold from the beginning."""
    with stand_ins(folder) as (server, aws):
        return prove(server, aws, wanted or list(scenarios.PARTS), expected.of_states(server.state(), aws.state()))


def changes(names: Sequence[str]) -> list[Result]:
    """Run the everyday changes of these names, or all, and print the table of what each of them lost."""
    rows: list[str] = []
    with unbuilt(everyday_network.everyday_seeds()) as (server, aws):
        # The role sets the ways back of moved bonds.
        lab = Lab(server, aws, returns=False)
        try:
            lab.sync()
            with Gates(lab.urls(), lab.sync, lambda: everyday_network.forget_flows(lab)) as gates:
                results = run(everyday.TITLE, everyday.checks(lab, gates, names, rows))
        finally:
            lab.close()
    say("\n".join(["", *rows]))
    return results


FAILOVERS: dict[str, Failover] = {"dies": failover, "bgp": transit_moves, "rulebook": by_rulebook}
"""The parts of --failover by their names."""
SHORT = ("dies", "bgp")
"""The parts that run where none is named: the one by the rulebook wants Java, and waits for its intervals."""


def failovers(names: Sequence[str]) -> list[Result]:
    """Run the checks of docs/failover.md, each part on a network that it makes itself."""
    results: list[Result] = []
    for part in [FAILOVERS[name] for name in names or SHORT]:
        with failover_network.unbuilt() as (server, aws):
            lab = Lab(server, aws, returns=False)
            try:
                lab.sync()
                results += run(part.TITLE, part.checks(lab), chained=True)
            finally:
                lab.close()
        say(f"  load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    return results


def adoptions() -> list[Result]:
    """Run the checks of docs/import.md on a network that is clicked, not built."""
    with unbuilt() as (server, aws):
        lab = Lab(server, aws, returns=False)
        try:
            lab.sync()
            return run(adoption.TITLE, adoption.checks(lab), chained=True)
        finally:
            lab.close()


def total(results: Sequence[Result], broken: Sequence[str], seconds: float) -> int:
    """Say how it ended; returns the exit code."""
    failed = [result.name for result in results if not result.passed]
    if failed or broken or not results:
        named = [*failed, *(f"the scenario '{name}' did not come to its end" for name in broken)]
        say(f"\npackets: FAILED, {len(failed)} of {len(results)} checks: {'; '.join(named)}")
        return 1
    say(f"\npackets: OK, {len(results)} checks, {seconds:.0f} s")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.packets", description="The packet lab; see docs/packets.md.")
    parser.add_argument(
        "--seeds", type=pathlib.Path, help="a folder with bondingadmin.yml and aws.yml that hold a network: no site.yml"
    )
    parser.add_argument(
        "--part", action="append", choices=list(scenarios.PARTS), default=[], help="only this part of the checks"
    )
    parser.add_argument(
        "--changes",
        nargs="*",
        choices=everyday.NAMES,
        metavar="NAME",
        help=f"only the everyday changes, all or those named: {', '.join(everyday.NAMES)}",
    )
    parser.add_argument(
        "--failover",
        nargs="*",
        choices=list(FAILOVERS),
        metavar="NAME",
        help=f"only what docs/failover.md promises, {' and '.join(SHORT)} or those named: {', '.join(FAILOVERS)}",
    )
    parser.add_argument("--adoption", action="store_true", help="only the import of a network that was clicked")
    parser.add_argument("--scenario", choices=list(scenarios.SCENARIOS), help=argparse.SUPPRESS)
    parser.add_argument("--tell", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--take", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--give", type=int, action="append", default=[], help=argparse.SUPPRESS)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """0 if all checks passed, 1 if one did not, 2 if the lab cannot be run here."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(given)
    began = time.monotonic()
    reason = "" if namespace_sandbox.inside() else namespace_sandbox.refused()
    if reason:
        say(reason)
        return CANNOT
    alone = options.seeds or options.adoption or options.failover is not None or options.changes is not None
    if not namespace_sandbox.inside() and alone:
        return namespace_sandbox.enter(given)
    try:
        if options.changes is not None:
            return total(changes(options.changes), (), time.monotonic() - began)
        if options.failover is not None:
            return total(failovers(options.failover), (), time.monotonic() - began)
        if options.adoption:
            return total(adoptions(), (), time.monotonic() - began)
        if options.seeds:
            return total(seeds(options.seeds, options.part), (), time.monotonic() - began)
        if options.scenario:
            scenarios.tell(options.tell, one_scenario(options.scenario, options.part, options.take, options.give))
            return 0
    except (LabError, KernelError) as error:
        say(f"\n{error}\n\npackets: FAILED, {str(error).splitlines()[0]}")
        return 1
    names = scenarios.with_parts(options.part)
    say("bonded.internet, the packet lab: what site.yml leaves on the stand-ins, carried out by kernels and BIRD")
    say(f"Side by side, each printed when it has ended: {', '.join(names)}")
    results, broken = scenarios.side_by_side(names, given)
    return total(results, broken, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
