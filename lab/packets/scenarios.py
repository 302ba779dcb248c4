# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab's scenarios: in each a network that is built in one way, and the parts of the checks that are proved on it.

Each is a process with stand-ins and namespaces of its own (`sandbox`), so they run side by side and never meet.
A new one is an entry of SCENARIOS.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from . import expected, live_changes, namespace_sandbox, provisioning, titles
from .checks import (
    bond_failover,
    cpe_nat,
    direct,
    disruptive_changes,
    egress_only,
    firewall,
    gateways,
    host_config,
    mutations,
    neighbours,
    private_wan,
    security_groups,
    traffic,
)
from .lab import Lab
from .provisioning import StandIns
from .report import Check, Result, say

Part = Callable[[Lab], Iterator[Check]]


@dataclass(frozen=True)
class Scenario:
    """Scenario of the packet lab: the network to build, and the checks on it, in this order.

    :param parts: by their titles, each of which is there once in all scenarios.
    :param build: gives both stand-ins once they hold the network, and ends them. It runs in the scenario's own process.
    :param wanted: gives the checks that must be there, of the parts whose checks follow from the network.
    :param of: the scenario whose network this one takes over as soon as it is built, instead of building one.
    """

    parts: Mapping[str, Part]
    build: Callable[[], contextlib.AbstractContextManager[StandIns]] | None = None
    wanted: Callable[[], expected.Wanted] = dict
    of: str = ""


SCENARIOS: dict[str, Scenario] = {
    "demonstration": Scenario(
        {
            titles.ADDRESSES: cpe_nat.checks,
            titles.NEIGHBOURS: neighbours.checks,
            "Bonds that move": bond_failover.checks,
            titles.WAN: private_wan.checks,
            "Customers apart": private_wan.customers,
            titles.GATEWAYS: gateways.checks,
        },
        build=provisioning.demonstration,
        wanted=provisioning.wanted,
    ),
    "own side": Scenario(
        {
            "Runs under traffic": traffic.checks,
            "The aggregators' own side": host_config.checks,
        },
        of="demonstration",
    ),
    "changes": Scenario({"Changes under traffic": disruptive_changes.checks}, build=live_changes.unbuilt),
    "ways out": Scenario({"Egress under traffic": security_groups.ways_out}, build=live_changes.unbuilt),
    "direct": Scenario(
        {"Bonds that move, direct BGP": direct.checks, "IPv6 beside a NAT gateway": egress_only.checks},
        build=provisioning.direct,
    ),
    "firewall": Scenario({"The vendor's firewall": firewall.checks}, of="demonstration"),
    "mutants": Scenario({"One rule broken at a time": mutations.checks}, of="demonstration"),
}
PARTS: dict[str, Part] = {title: part for scenario in SCENARIOS.values() for title, part in scenario.parts.items()}
"""All of them by their titles."""


def with_parts(wanted: Sequence[str]) -> list[str]:
    """The scenarios in which one of these parts is (all if none is named), and those whose network they take over."""
    found = [name for name, scenario in SCENARIOS.items() if not wanted or set(wanted) & set(scenario.parts)]
    return [name for name in SCENARIOS if name in found or any(SCENARIOS[other].of == name for other in found)]


def network(name: str, taken: int | None) -> contextlib.AbstractContextManager[StandIns]:
    """The network of a scenario, in its own process; `taken`: where it comes from, if another scenario builds it."""
    build = SCENARIOS[name].build
    if build is not None:
        return build()
    if taken is None:
        raise ValueError(f"the scenario '{name}' builds nothing, and is given nothing")
    return provisioning.taken(taken)


def side_by_side(names: Sequence[str], arguments: Sequence[str]) -> tuple[list[Result], list[str]]:
    """Run each of these scenarios in a process of its own, with these further arguments of the program.

    What a scenario says is printed whole when it has ended. Returns the results of all checks, and the scenarios that
    ended before all of theirs were tried.
    """
    # Started by this thread: they end with the thread that has started them.
    started = _start_all(names, arguments)
    signal.signal(signal.SIGTERM, lambda *_: _end(started))
    printing = threading.Lock()
    waiting = [threading.Thread(target=_wait, args=(process, printing)) for process, _told in started.values()]
    try:
        for thread in waiting:
            thread.start()
        for thread in waiting:
            thread.join()
    except KeyboardInterrupt:
        _end(started)
        raise
    results: list[Result] = []
    broken = []
    for name, (process, told) in started.items():
        with open(told, encoding="utf-8") as file:
            file.seek(0)
            text = file.read()
        results += [Result(**one) for one in json.loads(text or "[]")]
        if process.returncode or not text:
            broken.append(name)
    return results, broken


def tell(descriptor: int, results: Sequence[Result]) -> None:
    """Leave the results to who has started this scenario."""
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(result) for result in results], file)


def _start_all(names: Sequence[str], arguments: Sequence[str]) -> dict[str, tuple[subprocess.Popen[str], int]]:
    """For each scenario its process, and the file in which it leaves its results."""
    pipes = {name: os.pipe() for name in names if SCENARIOS[name].of}
    started = {}
    for name in names:
        # A file without a name: nothing is left of it, however this ends.
        told = os.memfd_create(name)
        given = [pipes[other][1] for other in pipes if SCENARIOS[other].of == name]
        taken = [pipes[name][0]] if name in pipes else []
        words = [sys.executable, "-m", "lab.packets", "--scenario", name, "--tell", str(told)]
        for option, descriptors in (("--give", given), ("--take", taken)):
            words += [word for descriptor in descriptors for word in (option, str(descriptor))]
        started[name] = (namespace_sandbox.start([*words, *arguments], [told, *given, *taken]), told)
    # Whoever reads has to see the end when the only writer has ended.
    for ends in pipes.values():
        for descriptor in ends:
            os.close(descriptor)
    return started


def _wait(process: subprocess.Popen[str], printing: threading.Lock) -> None:
    said, _nothing = process.communicate()
    with printing:
        say(said.rstrip("\n"))


def _end(started: Mapping[str, tuple[subprocess.Popen[str], int]]) -> None:
    for process, _told in started.values():
        process.kill()
