# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX hands them to ansible-runner: a private data directory for each, run by the program itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import fork_server
from lab.process import ROOT

PROJECT = ROOT / "examples" / "site-repository"
COMMAND = "command"
"""File of the artifacts in which ansible-runner itself writes the environment of the job; AWX masks and deletes it."""

Json = dict[str, Any]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

SETTINGS = {
    "ANSIBLE_FORCE_COLOR": "True",
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
}
"""Environment that AWX gives each job (awx/main/tasks/jobs.py)."""


@dataclass(frozen=True)
class Job:
    """Result of one job, with everything that it left."""

    code: int
    output: str
    artifacts: Path
    events: list[Json]

    def lines(self) -> list[str]:
        """Return what each event displays, without colours."""
        return [_COLOUR.sub("", event["stdout"]) for event in self.events if event["stdout"]]

    def results(self, kind: str, task: str = "") -> list[Json]:
        """Return the results of the events of a kind, such as runner_on_ok, of one task if it is named."""
        data = (event["event_data"] for event in self.events if event["event"] == kind)
        return [one["res"] for one in data if not task or one["task"] == task]

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the text of each artifact, and the output of the program."""
        yield "output", self.output
        for path in sorted(self.artifacts.rglob("*")):
            if path.is_file() and path != self.artifacts / COMMAND:
                yield str(path.relative_to(self.artifacts)), path.read_text(encoding="utf-8")


def run_job(folder: Path, inventory: Json, environment: Mapping[str, str], *, cmdline: str = "") -> Job:
    """Run site.yml of the site repository as a job.

    :param folder: the private data directory, which must not be there
    :param inventory: groups, as an inventory script prints them
    :param environment: variables that the credentials inject
    :param cmdline: more options of ansible-playbook
    """
    for name in ("env", "inventory", "project"):
        (folder / name).mkdir(parents=True)
    shutil.copy(PROJECT / "site.yml", folder / "project")
    (folder / "env" / "envvars").write_text(json.dumps({**SETTINGS, **environment}), encoding="utf-8")
    extra = {f"{prefix}_job_template_name": "Bonding: apply" for prefix in ("awx", "tower")}
    (folder / "env" / "extravars").write_text(json.dumps(extra), encoding="utf-8")
    script = folder / "inventory" / "hosts"
    script.write_text(f"#! /usr/bin/env python3\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
    script.chmod(0o700)
    artifacts = folder / "artifacts" / "job"
    command = [str(Path(sys.executable).parent / "ansible-runner"), "run", str(folder), "-p", "site.yml", "-i", "job"]
    done = subprocess.run(
        [*command, *([f"--cmdline={cmdline}"] if cmdline else [])],
        cwd=folder,
        env=_clean(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    assert artifacts.is_dir(), done.stdout
    found = [json.loads(path.read_text(encoding="utf-8")) for path in (artifacts / "job_events").glob("*.json")]
    return Job(done.returncode, done.stdout, artifacts, sorted(found, key=lambda event: int(event["counter"])))


def _clean(folder: Path) -> dict[str, str]:
    """Return the environment of ansible-runner, with nothing of the caller's Ansible and credentials."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "BONDING_", "AWS_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    proxies = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    return {**kept, **proxies, **fork_server.environment(), "PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
