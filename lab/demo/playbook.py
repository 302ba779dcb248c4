# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a playbook as a user does, with nothing of the user's own Ansible and AWS settings around it.

outcome = run_playbook("site.yml", extra={"bonding_api_url": server.url}, options=["--check", "--diff"])
outcome.rc, outcome.stats["agg1"].changed, outcome.plan, outcome.stdout
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab import fork_server

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PLAYBOOKS = ROOT / "playbooks"
INVENTORY = ROOT / "inventories" / "demo"
_RECAP = re.compile(r"^(\S+)\s+: ((?:\w+=\d+\s*)+)$", re.MULTILINE)


@dataclass(frozen=True)
class Stats:
    """One host's line of the recap."""

    ok: int = 0
    changed: int = 0
    unreachable: int = 0
    failed: int = 0
    skipped: int = 0
    rescued: int = 0
    ignored: int = 0


@dataclass(frozen=True)
class Outcome:
    """Result of a run. `events`: each task result, see lab/demo/callback/lab_events.py."""

    rc: int
    stdout: str
    seconds: float
    stats: dict[str, Stats] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """Return the number of changed results on all hosts."""
        return sum(stats.changed for stats in self.stats.values())

    @property
    def preflight(self) -> dict[str, Any]:
        """Return the result of network_plan; empty if the module did not run."""
        found: dict[str, Any] = next((event["result"] for event in self.events if "result" in event), {})
        return found

    @property
    def plan(self) -> list[dict[str, Any]]:
        """The items of the plan."""
        return list(self.preflight.get("plan") or [])

    @property
    def failures(self) -> list[str]:
        """The messages of the results that failed, and of the items of loops, each once."""
        failed = ("failed", "item failed")
        return list(dict.fromkeys(str(event["msg"]) for event in self.events if event["outcome"] in failed))


def environment(events: pathlib.Path, home: pathlib.Path, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables for ansible-playbook: those of this process without any that would change what is run."""
    ours = ("ANSIBLE_", "AWS_", "BONDING_", "BOTO_", "EC2_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {
        **kept,
        "LC_ALL": "C.UTF-8",
        # The stand-ins are on this machine: by no proxy.
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).parent / "callback"),
        "ANSIBLE_COLLECTIONS_PATH": sysconfig.get_path("purelib"),
        "ANSIBLE_CONFIG": str(home / "ansible.cfg"),
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_NOCOWS": "1",
        "ANSIBLE_REMOTE_TEMP": str(home / "tmp"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "LAB_EVENTS": str(events),
        **(env or {}),
    }


def command(
    playbook: str | os.PathLike[str],
    *,
    inventory: str | os.PathLike[str] = INVENTORY,
    extra: Mapping[str, Any] | None = None,
    options: Sequence[str] = (),
) -> list[str]:
    """The command line; `playbook` is a file of playbooks/, a path, or a name such as bonded.internet.site."""
    named = PLAYBOOKS / playbook
    return [
        str(pathlib.Path(sys.executable).parent / "ansible-playbook"),
        "-i",
        os.fspath(inventory),
        str(named) if named.is_file() else os.fspath(playbook),
        *(["-e", json.dumps(dict(extra))] if extra else []),
        *options,
    ]


def run_playbook(
    playbook: str | os.PathLike[str],
    *,
    inventory: str | os.PathLike[str] = INVENTORY,
    extra: Mapping[str, Any] | None = None,
    options: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] = ROOT,
    on_line: Callable[[str], None] | None = None,
    warmed: bool = False,
) -> Outcome:
    """Run it to its end, whatever comes of it.

    :param on_line: is given each line of output as it comes
    :param warmed: whether Ansible and modules on this machine are forked from a Python that has imported boto3
        (lab/fork_server)
    """
    if warmed:
        given = dict(env or {})
        env = {**given, **fork_server.environment(given.get("ANSIBLE_CONNECTION_PLUGINS", ""))}
    with tempfile.TemporaryDirectory(prefix="bonded-") as folder:
        home = pathlib.Path(folder)
        events = home / "events.jsonl"
        # An empty one, or that of the current folder or the user would be read.
        (home / "ansible.cfg").touch()
        words = command(playbook, inventory=inventory, extra=extra, options=options)
        began = time.monotonic()
        process = subprocess.Popen(
            [*fork_server.CLIENT, *words] if warmed else words,
            cwd=cwd,
            env=environment(events, home, env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        lines = []
        with process:
            for line in process.stdout:
                lines.append(line)
                if on_line is not None:
                    on_line(line.rstrip("\n"))
        seconds = time.monotonic() - began
        stdout = "".join(lines)
        found = [json.loads(line) for line in events.read_text().splitlines()] if events.exists() else []
        return Outcome(process.returncode, stdout, seconds, _stats(stdout), found)


def _stats(stdout: str) -> dict[str, Stats]:
    recap = stdout.rpartition("PLAY RECAP")[2]
    return {
        host: Stats(**{name: int(number) for name, number in (pair.split("=") for pair in numbers.split())})
        for host, numbers in _RECAP.findall(recap)
    }
