# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-rulebook with a rulebook of the collection beside the lab, from the environment of `make eda`."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping

from lab.process import ROOT

from .lab import Lab, until
from .report import Failed, need

PROGRAM = ROOT / ".venvs" / "eda" / "bin" / "ansible-rulebook"
BASELINE = 90.0
"""Seconds until the event source has read the bonds of each aggregator; Java starts before that."""


def missing() -> str:
    """Return why ansible-rulebook cannot run here; empty if it can."""
    if not PROGRAM.exists():
        return "the part by the rulebook wants the environment of `make eda`: python3 -m tools.eda_env makes it"
    if not shutil.which("java"):
        return "the part by the rulebook wants Java: apt-get install openjdk-17-jre-headless"
    return ""


@contextlib.contextmanager
def running(
    rulebook: str, lab: Lab, inventory: pathlib.Path, environment: Mapping[str, str], **variables: int | list[int]
) -> Iterator[pathlib.Path]:
    """Run a rulebook on the lab's stand-ins with these variables, and go on once it has its baseline.

    Yields the file with its output.
    """
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "variables.yml").write_text(json.dumps(variables))
    (folder / "ansible.cfg").touch()
    (collections,) = (ROOT / ".venvs" / "eda" / "lib").glob("python3*/site-packages")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "BONDING_", "EDA_"))}
    own = {
        "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "BONDING_API_URL": lab.server_stand_in.url,
        "BONDING_API_USERNAME": "admin@example.com",
        "BONDING_API_PASSWORD": "demo-admin-password",
    }
    words = ("--rulebook", f"bonded.internet.{rulebook}", "--shutdown-delay", "1", "-e", "variables.yml")
    lab.server_stand_in.clear_log()
    log = folder / "output"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [PROGRAM, *words, "-i", inventory],
            cwd=folder,
            env={**kept, **own, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        try:
            if until(lambda: process.poll() is not None or _has_baseline(lab), BASELINE, 0.2) is None:
                raise Failed(f"the event source does not read the bonds: {log.read_text()[-800:]}")
            yield log
            need(process.poll() is None, f"ansible-rulebook has ended: {log.read_text()[-800:]}")
        finally:
            process.terminate()
            process.wait(20)


def _has_baseline(lab: Lab) -> bool:
    paths = {f"/api/v4/aggregators/{one['id']}/bonds_current/" for one in lab.server_stand_in.state()["aggregators"]}
    return paths <= {one["path"] for one in lab.server_stand_in.log()}
