# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.demo``: build the demonstration's network on the two stand-ins, and prove it."""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import shlex
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

import yaml

from lab.process import LabError, Running, stand_ins

from . import assertions, summary
from .playbook import INVENTORY, ROOT, Outcome, command, run_playbook
from .report import untrue

AWAY = "bond-19"
"""The entry that names agg1, while its bond is on agg2: BGP hands its traffic on, until something moves the address."""
SEEDS = pathlib.Path(__file__).parent
REPORT = ROOT / "build" / "demo" / "report.html"


class DemoError(Exception):
    """The demonstration did not show what it should; the text says what was wanted and what was found."""


def say(text: str = "") -> None:
    """Print at once, so that a reader (or a log) sees the progress."""
    print(text, flush=True)


class Progress:
    """Turns Ansible's output into one line for each task that changed something."""

    def __init__(self, verbose: bool, warned: set[str]) -> None:
        self._verbose, self._warned = verbose, warned
        self._began = time.monotonic()
        self._task = ""
        self._hosts: list[str] = []

    def line(self, line: str) -> None:
        """The next line of ansible-playbook."""
        if self._verbose:
            say(f"  | {line}")
        elif line.startswith(("TASK [", "PLAY RECAP")):
            self._flush()
            self._task = line.removeprefix("TASK [").rpartition("]")[0].removeprefix("bonded.internet.")
        elif line.startswith("changed: ["):
            self._hosts.append(line.removeprefix("changed: [").split("]")[0].split(" ")[0])
        elif line.startswith(("fatal:", "failed:", "[ERROR]", "ERROR!")):
            say(f"  {line}")
        elif "WARNING]" in line and line not in self._warned:
            self._warned.add(line)
            say(f"  {line}")

    def _flush(self) -> None:
        if self._hosts:
            counts = [f"{host} x{self._hosts.count(host)}" for host in sorted(set(self._hosts))]
            say(f"  {time.monotonic() - self._began:5.1f} s  {self._task:<88} {', '.join(counts).replace(' x1', '')}")
        self._hosts = []


class Demo:
    """The two stand-ins, and what is shown on them."""

    def __init__(self, server: Running, aws: Running, verbose: bool) -> None:
        self._server, self._aws, self._verbose = server, aws, verbose
        self._network = yaml.safe_load((INVENTORY / "group_vars" / "aggregators.yml").read_text())["bonding_network"]
        self._times: list[tuple[str, float]] = []
        self._warned: set[str] = set()
        self.planned: list[dict[str, Any]] = []
        self.written = 0

    def extra(self) -> dict[str, str]:
        """Return the variables that direct a playbook to the two stand-ins of this demonstration."""
        return {"bonding_api_url": self._server.url, "aws_endpoint_url": self._aws.url}

    def run(self, title: str, playbook: str, *options: str) -> Outcome:
        """Run a playbook; afterwards the logs hold its requests only. Raises DemoError if it fails."""
        number = len(self._times) + 1
        shown = command(playbook, options=options)
        shown[0], shown[2] = "ansible-playbook", str(INVENTORY.relative_to(ROOT))
        shown[3] = str(pathlib.Path(shown[3]).relative_to(ROOT))
        say(f"\n{number}. {title}\n   $ {shlex.join(shown)}\n")
        self._server.clear_log()
        self._aws.clear_log()
        progress = Progress(self._verbose, self._warned)
        outcome = run_playbook(playbook, extra=self.extra(), options=options, on_line=progress.line)
        self._times.append((title, outcome.seconds))
        if outcome.rc:
            tail = "\n".join(f"  | {line}" for line in outcome.stdout.splitlines()[-30:])
            raise DemoError(f"{playbook} ended with exit code {outcome.rc}\n\n  Its last lines:\n{tail}")
        return outcome

    def writes(self) -> list[str]:
        """The writing requests of the last run, on both sides."""
        return assertions.writes(self._server.log()) + assertions.writes(self._aws.log())

    def show_plan(self) -> None:
        """From an empty account: everything that would be done, and not one write."""
        outcome = self.run("What would be done", "site.yml", "--check", "--diff")
        self.planned = outcome.plan
        if not self.planned:
            raise DemoError("the plan is empty, though nothing is built yet")
        for line in summary.plan_lines(self.planned):
            say(line)
        say("\n  The whole diff is what Ansible prints for each of them; one of them (all: --verbose):\n")
        for line in summary.example(outcome.stdout, "vxlan_interface"):
            say(line)
        self._no_writes("the run in check mode")
        say(f"\n  {len(self.planned)} changes planned in {outcome.seconds:.1f} s; no writing request to either side.")

    def build(self) -> None:
        """The same, really."""
        server, aws = self._server.state(), self._aws.state()
        outcome = self.run("Doing it", "site.yml")
        requests = {"the server": assertions.writes(self._server.log()), "AWS": assertions.writes(self._aws.log())}
        self.written = sum(map(len, requests.values()))
        if not self.written:
            raise DemoError("nothing was written, though everything was to be built")
        counts = " and ".join(f"{len(found)} to {side}" for side, found in requests.items())
        say(f"\n  Done in {outcome.seconds:.1f} s, with {counts} as writing requests.")
        self._show_built()
        problems = assertions.touched(aws, self._aws.state(), self._network)
        problems += assertions.missing(server, self._server.state())
        if problems:
            raise DemoError("what belongs to others was touched: " + "; ".join(problems))
        addresses = ", ".join(f"{one['tags']['Name']} {one['public_ip']}" for one in self._aws.state()["instances"])
        say(f"\n  As before: the aggregators' own public addresses ({addresses}), and every object of others.")

    def _show_built(self) -> None:
        built = summary.Built(self._network, self._server.state(), self._aws.state())
        for title, lines in (
            ("Public addresses for single bonds (CPE NAT IPs)", built.public_addresses()),
            ("Direct VXLAN meshes (tunnel addresses; an endpoint for every other member)", built.meshes()),
            ("VPCs and gateways of the private WAN", built.vpcs()),
        ):
            say(f"\n  {title}\n")
            for line in lines:
                say(line)

    def again(self) -> None:
        """A second run has nothing to do, and does nothing."""
        before = self._server.state(), self._aws.state()
        outcome = self.run("Again, with nothing left to do", "site.yml")
        if outcome.changed or outcome.plan:
            raise DemoError(f"the second run reports changed={outcome.changed} and plans {len(outcome.plan)} changes")
        self._no_writes("the second run")
        if (self._server.state(), self._aws.state()) != before:
            raise DemoError("the second run left another state on the stand-ins without a writing request")
        reads = len(self._server.log()), len(self._aws.log())
        say(
            f"  changed=0 in {outcome.seconds:.1f} s; {reads[0]} reads on the server, {reads[1]} on AWS, not one "
            "write; the state of both is as before."
        )

    def follow(self) -> None:
        """A bond moves, an aggregator hangs and comes back; each time the public addresses go where the bonds are."""
        self._move({20: "agg1"})
        self._relocate(
            "A bond moves to agg1: its public address follows", "follow_bonds.yml", bonding_follow_bonds=[20]
        )
        self._server.control("POST", "status", {"aggregator": "agg1", "status": "down"})
        self._move({17: "agg2", 20: "agg3", 24: "agg2"})
        self._relocate("agg1 hangs: its public addresses leave it", "evacuate.yml", bonding_evacuate="agg1")
        self._server.control("POST", "status", {"aggregator": "agg1", "status": "up"})
        self._move({17: "agg1", 24: "agg1"})
        self._relocate("agg1 is back: its public addresses come back", "evacuate.yml", bonding_restore="agg1")

    def _move(self, places: Mapping[int, str]) -> None:
        """Let bonds be on other aggregators, as after a failover of the management server."""
        for bond, aggregator in places.items():
            self._server.control("POST", "move", {"bond": bond, "aggregator": aggregator})

    def _relocate(self, title: str, playbook: str, **variables: Any) -> None:
        """Run a playbook that moves addresses, and require that each one is where its bond is."""
        outcome = self.run(title, playbook, "-e", json.dumps(variables))
        built = summary.Built(self._network, self._server.state(), self._aws.state())
        away = [place for place in built.places() if place.owner != place.bond_is_on and place.entry != AWAY]
        if away or not outcome.plan:
            raise DemoError(
                f"{playbook} left public addresses where their bonds are not: {away or 'nothing was moved'}"
            )
        for line in built.public_addresses():
            say(line)
        requests = len(self.writes())
        say(f"\n  {len(outcome.plan)} changes in {outcome.seconds:.1f} s, with {requests} writing requests.")

    def report(self, path: pathlib.Path) -> None:
        """Write the network as one page, and require that it says what the two stand-ins hold."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.run("What there is now, as a page", "report.yml", "-e", f"bonding_report_file={path}")
        self._no_writes("the report")
        problems = untrue(path, summary.Built(self._network, self._server.state(), self._aws.state()))
        if problems:
            raise DemoError(f"the report is not true: {'; '.join(problems)}")
        say(f"  The report is in {path}: open it in a browser. As Markdown, Mermaid and CSV it is beside that file.")

    def _no_writes(self, what: str) -> None:
        found = self.writes()
        if found:
            raise DemoError(f"{what} wrote, which it must not: {', '.join(found[:10])}")

    def show_times(self) -> None:
        """The time of each phase."""
        say("\nTime\n")
        for title, seconds in self._times:
            say(f"  {seconds:6.1f} s  {title}")

    def summary(self) -> str:
        """The counts of the last line."""
        aws = self._aws.state()
        ours = [one for one in aws["addresses"] if one["tags"].get(assertions.TAG_NETWORK) == self._network]
        return (
            f"{len(self.planned)} changes planned, made by {self.written} writing requests, {len(ours)} Elastic IPs; "
            "second run changed=0 and 0 writes, nothing of others touched; addresses followed a bond, and left an "
            "aggregator that hung; the report says where everything is"
        )


def keep(demo: Demo) -> None:
    """Leave the stand-ins running until a signal."""
    extra = " ".join(f"-e {name}={value}" for name, value in demo.extra().items())
    say(f"\nThe stand-ins keep running. Try, for example, in {ROOT}:\n")
    tries = ("site.yml", "--check --diff"), ("report.yml", ""), ("teardown.yml", "-e bonding_confirm_teardown=demo")
    for playbook, more in tries:
        say(f"  .venv/bin/ansible-playbook -i inventories/demo playbooks/{playbook} {extra} {more}".rstrip())
    say("\nCtrl-C ends them.")
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def main(arguments: list[str] | None = None) -> int:
    """Show everything; 0 if all of it is as it should be."""
    parser = argparse.ArgumentParser(
        prog="python -m lab.demo", description="From an empty account to a working network, on two stand-ins."
    )
    parser.add_argument("--keep", action="store_true", help="leave the stand-ins running at the end, until Ctrl-C")
    parser.add_argument("--verbose", action="store_true", help="show all that Ansible prints")
    parser.add_argument(
        "--server-port", type=int, default=0, help="port of the management server (default: a free one)"
    )
    parser.add_argument("--aws-port", type=int, default=0, help="port of AWS (default: a free one)")
    parser.add_argument("--report", type=pathlib.Path, default=REPORT, help="file of the report (default: %(default)s)")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    say("bonded.internet, the demonstration: inventories/demo, three aggregators on AWS, three spaces, twelve bonds\n")
    try:
        server_port, aws_port = ("--port", str(options.server_port)), ("--port", str(options.aws_port))
        with stand_ins(SEEDS, server=server_port, aws=aws_port) as (server, aws):
            say(f"  management server (stand-in)  {server.url}")
            say(f"  AWS (stand-in)                {aws.url}")
            say(f"  started in {time.monotonic() - began:.1f} s")
            demo = Demo(server, aws, options.verbose)
            demo.show_plan()
            demo.build()
            demo.again()
            demo.follow()
            demo.report(options.report.resolve())
            demo.show_times()
            if options.keep:
                keep(demo)
            last = f"demo: OK, {demo.summary()}, {time.monotonic() - began:.0f} s"
    except (DemoError, LabError) as error:
        say(f"\n{error}")
        say(f"\ndemo: FAILED, {str(error).splitlines()[0]}")
        return 1
    except KeyboardInterrupt:
        say("\ndemo: FAILED, interrupted")
        return 130
    say(f"\n{last}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
