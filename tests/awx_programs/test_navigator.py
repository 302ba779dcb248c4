# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-navigator with the playbook of the installed collection, without an execution environment."""

from __future__ import annotations

from pathlib import Path

from lab import fork_server
from lab.process import ROOT
from tests.awx_programs.programs import documented, program
from tests.playbooks.comparing import comparable
from tests.playbooks.running import Site, demo_hosts, started
from tests.slices.runs import mesh_variables


def test_the_documented_command_ends_as_ansible_playbook_does(tmp_path: Path) -> None:
    (command,) = (line for line in documented("ansible-navigator", "console").splitlines() if "navigator run" in line)
    before = set(ROOT.joinpath("playbooks").iterdir())
    with started(tmp_path) as stand_ins:
        addresses = {"bonding_api_url": stand_ins.server.url, "aws_endpoint_url": stand_ins.cloud.url}
        site = stand_ins.write_inventory("inventory", demo_hosts(), mesh_variables() | addresses)
        plain = site.run_as_it_is("site")
        assert plain.code == 0, plain.output
        assert plain.writes
        wanted = sides(site)
        site.reset()
        navigate(command, tmp_path)
        assert sides(site) == wanted
        site.server.clear_log()
        site.cloud.clear_log()
        output = navigate(command, tmp_path)
        assert "Nothing to do" in output
        assert site.writes() == []
    assert set(ROOT.joinpath("playbooks").iterdir()) == before


def navigate(command: str, folder: Path) -> str:
    """Run the command in a folder with an inventory; return its output."""
    environment = {**fork_server.environment(), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    return program(*command.split(), cwd=folder, environment=environment)


def sides(site: Site) -> tuple[object, object]:
    return comparable(site.server.state()), comparable(site.cloud.state())
