# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of docs/how-to.md, "Change one object without a playbook", with the environment's credentials alone."""

from __future__ import annotations

import pathlib
import re
import shlex
import subprocess
import sys
import textwrap

import pytest

from lab.demo.playbook import environment
from lab.process import ROOT
from tests.playbooks.running import Site

BIN = pathlib.Path(sys.executable).parent
HOW_TO = ROOT / "docs" / "how-to.md"
LOGIN = {"BONDING_API_USERNAME": "automation@example.com", "BONDING_API_PASSWORD": "demo-password"}


def commands() -> dict[str, str]:
    """Return the commands of the page by their module."""
    section = HOW_TO.read_text(encoding="utf-8").split("## Change one object without a playbook\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    lines = textwrap.dedent(block).replace("\\\n", " ").splitlines()
    return {shlex.split(line)[3].rpartition(".")[2]: line for line in lines}


def ad_hoc(site: Site, folder: pathlib.Path, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the page on the stand-in of the management server."""
    site.server.clear_log()
    words = shlex.split(command)
    return subprocess.run(
        [str(BIN / words[0]), *words[1:]],
        env=environment(folder / "events", folder, {"BONDING_API_URL": site.server.url, **LOGIN, **variables}),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_interface_is_created_once_and_deleted(empty: Site, tmp_path: pathlib.Path) -> None:
    command = commands()["vxlan_interface"]
    before = empty.aggregator("agg1")
    checked = ad_hoc(empty, tmp_path, f"{command} --check")
    assert (checked.returncode, empty.writes()) == (0, []), checked.stdout + checked.stderr
    made = ad_hoc(empty, tmp_path, command)
    assert "CHANGED" in made.stdout, made.stdout + made.stderr
    (interface,) = [one for one in empty.aggregator("agg1")["interfaces"] if one["type"] == "vxlan"]
    assert (interface["name"], interface["vni"], interface["space"]) == ("vxlab", 4242, "acme")
    again = ad_hoc(empty, tmp_path, command)
    assert "SUCCESS" in again.stdout
    assert empty.writes() == []
    gone = ad_hoc(empty, tmp_path, re.sub(r"-a '.*'", "-a 'aggregator=agg1 name=vxlab state=absent'", command))
    assert "CHANGED" in gone.stdout
    assert empty.aggregator("agg1") == before


@pytest.mark.parametrize("module", ["aggregator_info", "bond_info", "space_info"])
def test_objects_are_shown(empty: Site, tmp_path: pathlib.Path, module: str) -> None:
    shown = ad_hoc(empty, tmp_path, commands()[module])
    assert "SUCCESS" in shown.stdout, shown.stdout + shown.stderr
    assert {"aggregator_info": "agg1", "bond_info": "acme-berlin", "space_info": "acme"}[module] in shown.stdout
    assert empty.writes() == []
    assert LOGIN["BONDING_API_PASSWORD"] not in shown.stdout + shown.stderr


def test_a_wrong_password_is_one_error(empty: Site, tmp_path: pathlib.Path) -> None:
    refused = ad_hoc(empty, tmp_path, commands()["space_info"], BONDING_API_PASSWORD="wrong")
    assert refused.returncode != 0
    assert "FAILED" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr
