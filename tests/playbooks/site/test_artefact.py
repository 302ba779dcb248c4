# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built collection, installed into an empty folder, does the work from the folder that it makes for a user."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import textwrap

from lab.demo.playbook import run_playbook
from lab.process import ROOT
from tests.playbooks.running import Site
from tests.playbooks.trees import differing
from tools.fresh_copy import fresh_copy

README = (ROOT / "README.md").read_text(encoding="utf-8")


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
    found = {"ANSIBLE_COLLECTIONS_PATH": f"{installed}:{sysconfig.get_path('purelib')}", "PWD": str(tmp_path)}
    made = run_playbook("bonded.internet.init", inventory="localhost,", extra={"dest": "network"}, env=found)
    assert made.rc == 0, made.stdout
    # the folder that init makes of the installed collection is what the checkout has, and has README's three lines
    network = tmp_path / "network"
    assert differing(network, ROOT / "examples" / "site-repository") == []
    (lines,) = re.findall(r"```yaml\n( *---\n *- name: .*?import_playbook: .*?\n) *```", README, re.DOTALL)
    assert (network / "site.yml").read_text(encoding="utf-8") == textwrap.dedent(lines)
    where = {"bonding_api_url": empty.server.url, "aws_endpoint_url": empty.cloud.url}
    outcome = run_playbook(
        network / "site.yml",
        inventory=empty.inventory,
        extra=where,
        options=["-vvv", "--tags", "cpe_nat"],
        env=found,
        cwd=network,
    )
    assert outcome.rc == 0, outcome.stdout
    # what ran is what was installed, and nothing of the checkout
    ours = [line for line in outcome.stdout.splitlines() if "Using module file" in line and "bonded/internet" in line]
    assert ours
    assert all(str(installed) in line for line in ours), ours
    assert len(empty.cloud.state()["addresses"]) == 9
