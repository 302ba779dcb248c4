# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built collection, installed into an empty folder, does the work from a user's own playbook of three lines."""

from __future__ import annotations

import filecmp
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


def three_lines() -> str:
    """Return the playbook of a user's own folder, as README has it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```yaml\n *(---\n *- name: .*?\n *ansible.builtin.import_playbook: .*?\n) *```", text)
    return textwrap.dedent(f"   {found}")


def test_site_runs_from_the_installed_artefact(empty: Site, tmp_path: pathlib.Path) -> None:
    with fresh_copy() as copy:
        galaxy("build", "--output-path", str(tmp_path), cwd=copy)
    (artefact,) = tmp_path.glob("*.tar.gz")
    installed = tmp_path / "installed"
    galaxy("install", str(artefact), "-p", str(installed), "--offline", "--force", cwd=tmp_path)
    where = {"bonding_api_url": empty.server.url, "aws_endpoint_url": empty.cloud.url}
    (tmp_path / "site.yml").write_text(three_lines(), encoding="utf-8")
    outcome = run_playbook(
        tmp_path / "site.yml",
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
    # what README copies of the installed collection is there, and is what the checkout has
    (place,) = re.findall(r"cp -r ~/.ansible/collections/(\S+) inventory", (ROOT / "README.md").read_text())
    assert filecmp.dircmp(installed / place, ROOT / "inventories" / "example").diff_files == []
    assert (installed / place / "group_vars" / "aggregators.yml").is_file()
