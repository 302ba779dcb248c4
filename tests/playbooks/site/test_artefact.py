# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built collection, installed into an empty folder, does the work by its name."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import sysconfig

from lab.demo.playbook import run_playbook
from tests.playbooks.running import Site
from tools.fresh_copy import fresh_copy


def galaxy(*arguments: str, cwd: pathlib.Path) -> None:
    program = pathlib.Path(sys.executable).parent / "ansible-galaxy"
    done = subprocess.run(
        [program, "collection", *arguments],
        cwd=cwd,
        env={**os.environ, "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_site_runs_from_the_installed_artefact(empty: Site, tmp_path: pathlib.Path) -> None:
    with fresh_copy() as copy:
        galaxy("build", "--output-path", str(tmp_path), cwd=copy)
    (artefact,) = tmp_path.glob("*.tar.gz")
    installed = tmp_path / "installed"
    galaxy("install", str(artefact), "-p", str(installed), "--offline", "--force", cwd=tmp_path)
    where = {"bonding_api_url": empty.server.url, "aws_endpoint_url": empty.cloud.url}
    outcome = run_playbook(
        "bonded.internet.site",
        inventory=empty.inventory,
        extra=where,
        options=["-vvv", "--tags", "cpe_nat"],
        env={"ANSIBLE_COLLECTIONS_PATH": f"{installed}:{sysconfig.get_path('purelib')}"},
        cwd=tmp_path,
    )
    assert outcome.rc == 0, outcome.stdout
    # what ran is what was installed, and nothing of the checkout
    ours = [line for line in outcome.stdout.splitlines() if "Using module file" in line and "bonded/internet" in line]
    assert ours
    assert all(str(installed) in line for line in ours), ours
    assert len(empty.cloud.state()["addresses"]) == 9
