# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of .ci/run, once it has found a Python: `python -m tools.ci`.

`make packets` where network namespaces are allowed, on the default line `make lint` without its sanity stage and the
tests that run once, on the oldest and the newest line the other tests and `make sanity`. All of it runs side by side,
the longest first; packets goes before the rest, since it measures. Each command's output is printed in one piece when
it has ended. A line whose Python is not there is named; with CI=true that is a failure. The last line is the total over
all lines, as pytest writes it. With CI=true, as root and where there is apt-get, the Debian packages that packets and
hosts need are installed first.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lab.hosts import __main__ as hosts
from lab.packets import namespace_sandbox
from tools.lines import ROOT, Line, find_python, read_lines
from tools.lint import STAGES

SUMMARY = re.compile(r"^=+ (?P<counts>.*\d+ (?:passed|failed|errors?).*) in [\d.]+s.* =+$", re.MULTILINE)
ONCE = (
    "tests/playbooks/ways",
    "tests/playbooks/roles",
    "tests/lab",
    "tests/emulator",
    "tests/mutations",
    "tests/packets",
    "tests/faults",
    "tests/awx",
    "tests/awx_programs",
    "tests/changes",
    "tests/pairs",
    "tests/import_network",
    "tests/playbooks/modules",
    "tests/habits",
    "tests/house",
)
"""Folders of tests that need not run on every line: the repository's rules and tools, the stand-ins' own rules, the
engines on the emulator of EC2, spoilt answers and inventories, each module and role by itself (together they are in the
playbooks, which every line runs), faults, the habits of another server, AWX, the table of changes, and the long ways
from one network to another.
"""
HOSTS = "tests/hosts"
"""Folder of the tests that have a command of their own, because they need root or a user namespace."""
EDA = "tests/eda"
"""Folder of the tests that have a command of their own, because they need an environment with ansible-rulebook."""
JAVA = {"java": "openjdk-17-jre-headless"}
"""Debian package of the program without which the tests of `make eda` by ansible-rulebook itself are skipped."""
LONG = {
    "tests/hosts/test_site.py": "it takes three to five minutes; `make hosts` runs it",
    "tests/hosts/test_gateway_alone.py": "it takes a minute; `make hosts` runs it",
    "tests/hosts/test_example.py": "it takes half a minute; `make hosts` runs it",
    "tests/hosts/test_firewall.py": "it takes a minute and a half; `make hosts` runs it",
    "tests/hosts/test_follow.py": "it takes minutes; `make hosts` runs it",
    "tests/hosts/test_attach.py": "it takes a minute; `make hosts` runs it",
    "tests/packets/test_same_networks.py": "it takes a minute; `make test TESTS=tests/packets` runs it",
    "tests/awx_programs/test_execution_environment.py": "it takes ansible-builder; `make awx` runs it",
    "tests/awx_programs/test_galaxy_importer.py": "it takes galaxy-importer; `make awx` runs it",
    "tests/awx_programs/test_navigator.py": "it takes ansible-navigator; `make awx` runs it",
    "tests/awx_programs/test_awx_setup.py": "it takes a minute and a half, and awx.awx; `make awx` runs it",
    "tests/eda/test_follow.py": "it takes a minute; `make eda` runs it",
    "tests/eda/test_evacuate.py": "it takes a minute; `make eda` runs it",
    "tests/eda/test_mass_move.py": "it takes half a minute; `make eda` runs it",
    "tests/eda/test_outage.py": "it measures, on an idle machine; `make eda` runs it",
    "tests/browser/test_report.py": "it takes Chromium; `make browser` runs it",
    "tests/playbooks/ways/test_live_inventory_size.py": "it measures, on an idle machine; `make test` runs it",
    "tests/playbooks/roles/test_egress.py": "it takes four minutes; `make test` runs it",
    "tests/playbooks/ways/test_direct.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/ways/test_lost_aggregator.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_connected_ips.py": "its rules are in tests/unit; `make test` runs it",
    "tests/playbooks/ways/test_bgp_password.py": "it takes a quarter of a minute; `make test` runs it",
    "tests/playbooks/ways/test_lost_answers.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/ways/test_adopted.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_audit_rows.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_duplicates.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_replaced_instance.py": "it takes a minute and a half; `make test` runs it",
    "tests/playbooks/ways/test_standby.py": "it takes two minutes; `make test` runs it",
    "tests/playbooks/ways/test_follow_beside.py": "it takes a minute and a half; `make test` runs it",
    "tests/playbooks/ways/test_follow_table.py": "it takes ten minutes; `make test` runs it",
    "tests/playbooks/ways/test_follow_another_vpc.py": "it takes four minutes; `make test` runs it",
    "tests/playbooks/ways/test_tutorial.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/roles/test_own_nat_gateway.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/roles/test_pwan_gateway.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/ways/test_report.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_slices.py": "it takes a minute and a half; `make test` runs it",
    "tests/playbooks/ways/test_records.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_moved_gateway.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_clicked.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_changes.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_approval.py": "it takes half a minute; `make test` runs it",
    "tests/playbooks/ways/test_follow_many.py": "it measures, on an idle machine; `make test` runs it",
    "tests/playbooks/ways/test_right_by_right.py": "it takes four minutes; `make test` runs it",
    "tests/playbooks/ways/test_egress.py": "it takes two minutes; `make test` runs it",
    "tests/playbooks/ways/test_egress_only.py": "it takes two minutes; `make test` runs it",
    "tests/playbooks/ways/test_ipv6.py": "it takes a minute and a half; `make test` runs it",
    "tests/playbooks/ways/test_company_tags.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/ways/test_public_addresses.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/ways/test_pages.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/ways/test_races.py": "it takes a minute; `make test` runs it",
    "tests/playbooks/ways/test_server_rights.py": "it takes a minute and a half; `make test` runs it",
    "tests/playbooks/ways/test_renamed_server.py": "it takes a minute and a half; `make test` runs it",
    "tests/lab/aws/test_amazon_modules.py": "it takes half a minute; `make test` runs it",
    "tests/lab/bondingadmin/test_each_renamed.py": "it takes a minute; `make test` runs it",
    "tests/habits/test_site.py": "it takes two minutes; `make test` runs it",
    "tests/golden/test_golden.py": "it takes three minutes; `make test` runs it",
    "tests/import_network/test_many_networks.py": "it takes a minute and a half; `make test` runs it",
    "tests/import_network/test_clicked_names.py": "it takes half a minute; `make test` runs it",
    "tests/import_network/test_nat_gateway.py": "it takes a minute; `make test` runs it",
    "tests/import_network/test_by_playbooks.py": "it takes six minutes; `make test` runs it",
    "tests/pairs/test_killed_playbooks.py": "it takes two minutes; `make test` runs it",
    "tests/packets/test_wrong_default.py": "test_egress_only.py has the same mutant as a check; `make test` runs it",
}
"""Tests that .ci/run leaves out, and why: run them before a release. Those of hosts are for each change of
roles/aggregator_host and roles/pwan_gateway; over the hosts of the first one the packet lab runs site.yml too. That of
packets is for each change of `_design/checks/shared_subnets`, that of the egress of a role for each of NAT gateways of
pwan_gateway. Those of rights are for each change of the rights, whose names tests/playbooks/modules/test_rights.py
judges one by one. Those of renamings and of habits are for each change of the table of resources and of how the
collection speaks with the server; test_renamed.py judges all names at once, test_habits.py the engines. The last one is
for each change of lab/packets/ipv6.py. Those of awx_programs are for each change of what AWX is given, that of eda for
each of the event source's times. The others are for each change of the phases, which tests/changes and tests/pairs
judge in memory, and of what two runs do at once, which tests/emulator/test_two_runs.py judges in each interleaving; of
duplicates, adopted VPCs, direct BGP and lost answers, which tests/unit, tests/changes and tests/faults judge one by
one. Those of clicked networks and of an operator's NAT gateway are for each change of adoption and import, which
tests/unit and the networks in memory judge. That of an audit's rows is for each change of `_design/audit`:
test_audit_table.py plants all of them at once. That of the tutorial is for each change of what a run prints, that of
role pwan_gateway alone for each of the role, which every run of site.yml uses, that of the report for each of its
playbook. Those of slices, records and approvals are for each change of `_plan/waiting`, `_plan/approval` and of the
record, whose functions tests/unit judges; that of many moves measures. That of amazon.aws is for each change of
lab/aws, whose rules the rest of tests/lab judges."""
SECONDS: dict[str, int] = {
    "packets": 359,
    "tests playbooks ways": 245,
    "py313-core221 tests": 190,
    "py311-core218 tests": 188,
    "tests playbooks modules": 176,
    "py313-core221 sanity": 140,
    "hosts": 131,
    "lint": 126,
    "tests lab": 100,
    "tests playbooks roles": 66,
    "eda": 66,
    "tests house": 61,
    "tests faults": 60,
    "tests import_network": 60,
    "tests pairs": 55,
    "py311-core218 sanity": 51,
    "tests mutations": 45,
    "tests awx_programs": 43,
    "tests emulator": 37,
    "tests habits": 17,
    "tests packets": 16,
    "tests changes": 16,
    "tests awx": 16,
}
"""Seconds of a processor that each job takes; a job that is not named starts first.

Measured on 2026-11-29 by whole runs on two cores. The summary prints them all: bring them up to date from there.
"""
BACKGROUND = 10
"""Niceness of all jobs but packets, which judges how long packets stay away."""
COUNT = re.compile(r"(\d+) (passed|failed|error|skipped|xfailed|xpassed)")
LOGS = ROOT / ".cache" / "ci"
MAKE = ("make", "--no-print-directory", f"PYTHON={sys.executable}")


@dataclass(frozen=True)
class Outcome:
    """Result of a command, and the tests that it counted."""

    title: str
    passed: bool
    seconds: float
    cpu: float
    """Seconds of a processor, of the command and of all its processes that were waited for."""
    counts: Counter[str]


@dataclass(frozen=True)
class Job:
    """Part of .ci/run: a title, and the function that runs it."""

    title: str
    start: Callable[[Runner], None]


class Runner:
    """Runs commands, printing each one's output whole."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.not_run: dict[str, str] = {}
        self.not_installed = ""
        """Reason why the Debian packages could not be installed; empty if they could, or if that was not tried."""
        self._printing = threading.Lock()

    def say(self, text: str) -> None:
        with self._printing:
            print(text, flush=True)

    def leave_out(self, title: str, reason: str) -> None:
        """Something that cannot be run here, and why."""
        self.not_run[title] = reason
        self.say(f"-- {title}: NOT RUN: {reason}")

    def run(self, title: str, *command: str, counts_tests: bool = False, niceness: int = BACKGROUND) -> None:
        """Run one command. One that should count tests and counts none has failed."""
        log = LOGS / f"{title.replace(' ', '-')}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        self.say(f"-- {title}: {' '.join(command)}  (as it runs: {log.relative_to(ROOT)})")
        start = time.monotonic()
        with open(log, "w", encoding="utf-8") as output:
            child = subprocess.Popen(["nice", "-n", str(niceness), *command], stdout=output, stderr=subprocess.STDOUT)
            # wait4 and not wait: the usage of this child alone, while others run.
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = code = os.waitstatus_to_exitcode(status)
        text = log.read_text(encoding="utf-8", errors="replace")
        counts = test_counts(text) if counts_tests else Counter()
        passed = code == 0 and (not counts_tests or counts["passed"] > 0)
        outcome = Outcome(title, passed, time.monotonic() - start, usage.ru_utime + usage.ru_stime, counts)
        with self._printing:
            self.outcomes.append(outcome)
            print(f"{text.rstrip()}\n-- {title}: {verdict(outcome)}", flush=True)


def verdict(outcome: Outcome) -> str:
    return f"{'ok' if outcome.passed else 'FAILED'} ({outcome.seconds:.0f} s, {outcome.cpu:.0f} s of a processor)"


def test_counts(output: str) -> Counter[str]:
    """The numbers of pytest's summary lines in an output: {"passed": 12, "failed": 1}. Errors count as failed."""
    counts: Counter[str] = Counter()
    for summary in SUMMARY.finditer(output):
        for number, what in COUNT.findall(summary["counts"]):
            counts["failed" if what == "error" else what] += int(number)
    return counts


def if_possible(door: str, refused: Callable[[], str], *tests: str, niceness: int = BACKGROUND) -> Job:
    """Return a job that runs a command which needs network namespaces, or leaves it out with the reason."""

    def start(runner: Runner) -> None:
        reason = refused()
        if reason:
            runner.leave_out(door, "; ".join(filter(None, [reason, runner.not_installed])))
        else:
            words = (f"TESTS={' '.join(tests)}",) if tests else ()
            runner.run(door, *MAKE, door, *words, counts_tests=bool(tests), niceness=niceness)

    return Job(door, start)


def job(title: str, *words: str, counts_tests: bool = False) -> Job:
    """Return a job that runs one target of the Makefile."""
    return Job(title, lambda runner: runner.run(title, *MAKE, *words, counts_tests=counts_tests))


def jobs(there: list[Line]) -> list[Job]:
    """Return all jobs, the longest first."""

    def tests(line: Line) -> Job:
        words = (f"LINE={line.name}", "test", f"TESTS={' '.join(line_tests())}", "PYTEST_ARGS=")
        return job(f"{line.name} tests", *words, counts_tests=True)

    def without_long(folder: str) -> str:
        return f"PYTEST_ARGS={' '.join(f'--ignore={path}' for path in LONG if path.startswith(f'{folder}/'))}"

    def once(folder: str) -> Job:
        words = ("test", f"TESTS={folder}", without_long(folder))
        return job(folder.replace("/", " "), *words, counts_tests=True)

    def sanity(line: Line) -> Job:
        # pylint takes as long as all others together, and finds the same on every line.
        options = () if line == there[-1] else ("SANITY=--skip-test pylint",)
        return job(f"{line.name} sanity", f"LINE={line.name}", "sanity", *options)

    # Each line has a sanity run of its own.
    stages = f"STAGES={' '.join(stage for stage in STAGES if stage != 'sanity')}"
    found = [
        if_possible("packets", namespace_sandbox.refused, niceness=0),
        if_possible("hosts", hosts.refused, *host_tests()),
        job("lint", "lint", stages),
        job("eda", "eda", without_long(EDA), counts_tests=True),
        *map(tests, there),
        *map(sanity, there),
        *map(once, ONCE),
    ]
    return sorted(found, key=lambda job: SECONDS.get(job.title, math.inf), reverse=True)


def install(packages: Sequence[str]) -> str:
    """Install Debian packages on a machine that is CI's own; returns why it did not work, empty if it did or was not
    tried: nobody else's machine gets packages from here.
    """
    if not packages or os.environ.get("CI") != "true" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return ""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *words], env=quiet, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            return f"apt-get {' '.join(words)}: {said[-1] if said else f'exit code {done.returncode}'}"
    return ""


def host_tests() -> list[str]:
    """The tests on hosts in namespaces, but for the long ones."""
    found = (str(path.relative_to(ROOT)) for path in (ROOT / HOSTS).glob("test_*.py"))
    return sorted(path for path in found if path not in LONG)


def line_tests() -> list[str]:
    """The folders of tests that are run on every line: all but those that judge the checkout and its stand-ins."""
    files = (path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
    folders = {str(path.parent) for path in files if str(path) not in LONG}
    others = (*ONCE, HOSTS, EDA)
    return sorted(folder for folder in folders if not any(f"{folder}/".startswith(f"{once}/") for once in others))


def total(outcomes: list[Outcome]) -> str:
    """One line in pytest's words. There is always a number of passed and of failed ones."""
    counts: Counter[str] = sum((outcome.counts for outcome in outcomes), Counter())
    more = [f"{counts[what]} {what}" for what in ("skipped", "xfailed", "xpassed") if counts[what]]
    return ", ".join([f"{counts['passed']} passed", f"{counts['failed']} failed", *more])


def main() -> int:
    start = time.monotonic()
    lines = read_lines()
    wanted = [lines[0], lines[-1]]
    there = [line for line in wanted if find_python(line.python_version)]
    missing = [line for line in wanted if line not in there]
    complete = not missing or os.environ.get("CI") != "true"
    runner = Runner()
    for path, reason in LONG.items():
        runner.leave_out(path, reason)
    runner.not_installed = install(namespace_sandbox.missing({**namespace_sandbox.PACKAGES, **hosts.PACKAGES}))
    # By itself: where it cannot be installed, the tests that need it are skipped.
    install(namespace_sandbox.missing(JAVA))
    # Four on two cores: hosts and packets wait much, for routing to converge; each waits for a stand-in to start.
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(job.start, runner) for job in jobs(there)]:
            future.result()
    print("-- summary")
    for outcome in runner.outcomes:
        print(f"{outcome.title}: {verdict(outcome)}")
    for title, reason in runner.not_run.items():
        print(f"{title}: NOT RUN, {reason}")
    for line in missing:
        print(
            f"{line.name}: NOT RUN, there is no Python {line.python_version}{'' if complete else ' (CI=true wants it)'}"
        )
    print(f"ran: {', '.join(line.name for line in there) or 'no line'}; {time.monotonic() - start:.0f} s in all")
    print(total(runner.outcomes))
    return 0 if there and complete and all(outcome.passed for outcome in runner.outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
