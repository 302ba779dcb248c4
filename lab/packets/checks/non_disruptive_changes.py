# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of a live network that take nothing from anybody: runs of site.yml, and not one datagram is lost in them."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path as File
from typing import Any

from lab.demo.playbook import Outcome, command, environment

from ..lab import until
from ..live_changes import ENVIRONMENT, FOURTH, Intent
from ..probes import Path
from ..report import Check, Failed, need
from .cpe_nat import both_ways
from .traffic import DEADLINE, all_answer, answers, nothing_lost, paths, space_path, watched

SWITCH = "PLAY [Switch the network]"
"""Line that ansible-playbook prints after the add phase and its settling."""
BABEL_SPACE = {"key": "initech", "private_wan": "unmanaged", "vxlan": {"subnet": "10.254.32.0/24"}}


def checks(intent: Intent) -> Iterator[Check]:
    """In order: each goes on from what the one before has left."""
    yield Check("the first run: the aggregators' own addresses lose nothing", lambda: first(intent))
    yield Check("a new space", lambda: _new_space(intent))
    yield Check("a fourth aggregator joins, and carries a bond", lambda: _joins(intent))
    yield Check("it leaves again", lambda: _leaves(intent))
    yield Check("a new tunnel subnet; the hosts themselves are asked to settle", lambda: _subnet(intent))
    yield Check("the same, killed after the add phase; the next run completes it", lambda: _killed(intent))


def unharmed(intent: Intent, change: Callable[[], Outcome], all_paths: list[Path] | None = None) -> tuple[Outcome, str]:
    """Run under traffic on all paths; return the outcome, also as text. Raises Failed if one datagram was lost."""
    outcome, traffic = watched(intent.lab, change, all_paths)
    sent = nothing_lost(traffic)
    return outcome, f"{succeeded(outcome)}: {sent}"


def succeeded(outcome: Outcome) -> str:
    """Return a sentence about the run: its changes and seconds. Raises Failed if it failed or changed nothing."""
    need(outcome.rc == 0, f"the run failed: {outcome.failures or outcome.stdout[-800:]}")
    need(outcome.plan, "the run had nothing to do")
    return f"{len(outcome.plan)} changes in {outcome.seconds:.0f} s"


def first(intent: Intent) -> str:
    """The network is made while the aggregators have nothing but their own addresses."""
    _outcome, did = unharmed(intent, lambda: intent.run(bonding_manage_hosts=False, bonding_converge_seconds=0))
    all_answer(paths(intent.lab), "it is made, but these do not answer")
    return did


def _new_space(intent: Intent) -> str:
    intent.variables["bonding_spaces"].append(dict(BABEL_SPACE))
    _outcome, did = unharmed(intent, lambda: intent.run(bonding_manage_hosts=False))
    path = space_path(intent.lab, "initech")
    seconds = until(partial(answers, path), DEADLINE)
    need(seconds is not None, f"{path.name} does not work {DEADLINE:g} s after the run")
    return f"{did}; {path.name} works"


def _joins(intent: Intent) -> str:
    intent.hosts.append(FOURTH)
    _outcome, did = unharmed(intent, lambda: intent.run(bonding_manage_hosts=False))
    host, home = intent.lab.host(17, cpe_nat=True), "agg1"
    intent.lab.move(17, FOURTH)
    try:
        seconds = both_ways(intent.lab, host, DEADLINE)
        path = space_path(intent.lab, host.space)
        need(until(partial(answers, path), DEADLINE) is not None, f"{path.name} does not work by {FOURTH}")
    finally:
        intent.lab.move(17, home)
    both_ways(intent.lab, host, DEADLINE)
    return f"{did}; {host.bond} moves to it, and its public address answers after {seconds:.1f} s"


def _leaves(intent: Intent) -> str:
    intent.hosts.remove(FOURTH)
    leaving = {"bonding_manage_hosts": False, "bonding_decommissioned": [FOURTH], "bonding_max_deletions": 100}
    _outcome, did = unharmed(intent, lambda: intent.run(**leaving))
    left = next(one for one in intent.lab.server.aggregators() if one["name"] == FOURTH)
    need(not left["interfaces"] + left["protocols"] + left["filters"], f"{FOURTH} has something left")
    return did


def _subnet(intent: Intent) -> str:
    """Only this part, since on the hosts nothing is to be installed: the settle phase is what is looked at."""
    intent.space("globex")["vxlan"]["subnet"] = "10.254.48.0/24"
    outcome, did = unharmed(intent, lambda: intent.run("--tags", "private_wan", bonding_allow_disruption=True))
    asked = [event for event in outcome.events if event["task"].startswith("Wait until the aggregator has")]
    need(asked, "no host was asked whether it has settled")
    return f"{did}; {len(asked)} answers of hosts"


def _killed(intent: Intent) -> str:
    intent.space("acme")["vxlan"]["subnet"] = "10.254.64.0/24"
    extra = {"bonding_manage_hosts": False, "bonding_allow_disruption": True}

    def both() -> Outcome:
        killed(intent, SWITCH, **extra)
        return intent.run(**extra)

    outcome, did = unharmed(intent, both)
    phases = {item["phase"] for item in outcome.plan}
    need("add" not in phases, f"the run that was killed had not done its add phase: {phases}")
    return f"after the kill {did}; phases: {', '.join(sorted(phases))}"


def killed(intent: Intent, line: str, **extra: Any) -> None:
    """site.yml, whose process is killed (SIGKILL) as soon as it prints a line that begins so."""
    with tempfile.TemporaryDirectory(prefix="bonded-") as folder:
        home = File(folder)
        (home / "ansible.cfg").touch()
        words = command("site.yml", inventory=intent.write(), extra=extra)
        variables = environment(home / "events.jsonl", home, ENVIRONMENT)
        pipe, errors = subprocess.PIPE, subprocess.STDOUT
        with subprocess.Popen(words, env=variables, stdout=pipe, stderr=errors, text=True) as process:
            assert process.stdout is not None
            seen = False
            for printed in process.stdout:
                if printed.startswith(line) and not seen:
                    seen = True
                    process.send_signal(signal.SIGKILL)
    if not seen:
        raise Failed(f"the run ended with {process.returncode} before '{line}' was printed")
