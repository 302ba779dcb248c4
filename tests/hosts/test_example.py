# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's example of role aggregator_host installs on a host what it promises."""

from __future__ import annotations

import pathlib

import yaml

from lab.demo.playbook import run_playbook
from tests.playbooks.roles.examples import example

from .conftest import ENVIRONMENT, Aggregator


def test_the_example_translates_and_forwards(aggregator: Aggregator, tmp_path: pathlib.Path) -> None:
    host, play = aggregator.host, example("aggregator_host", tmp_path)
    outcome = run_playbook(play, inventory=aggregator.inventory, env=ENVIRONMENT)
    assert outcome.rc == 0, outcome.stdout
    table = host.run("nft", "list", "table", "inet", "bonded_prod").stdout
    translated = [line.strip() for line in table.splitlines() if "masquerade" in line or "dnat" in line]
    assert any('"gw11"' in line and "masquerade" in line for line in translated), table
    assert any("8080" in line and "dnat" in line and "192.0.2.10:80" in line for line in translated), table
    assert all(f'"{device}"' in table for device in ("tun17", "tun20", "vx10000011"))
    (installed,) = yaml.safe_load(host.path("/etc/bonded-internet/prod.json").read_text())["masquerade"]
    assert (installed["space"], installed["zone"], installed["subnet"]) == ("acme", 11, "198.51.100.0/24")
    again = run_playbook(play, inventory=aggregator.inventory, env=ENVIRONMENT)
    assert (again.rc, again.changed) == (0, 0), again.stdout

    assert aggregator.role(network="prod", state="absent").rc == 0
    assert "bonded_prod" not in host.run("nft", "list", "tables").stdout
    assert list(host.path("/etc/bonded-internet").iterdir()) == []
