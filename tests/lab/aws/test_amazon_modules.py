# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""amazon.aws's own modules against the stand-in: they make what they should, and nothing more in a second run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from .conftest import Lab

PLAYBOOK = Path(__file__).with_name("network.yml")
# Beside the interpreter: a checkout is found by no other ansible.
ANSIBLE = Path(sys.executable).with_name("ansible-playbook")
READING = ("Describe", "Get", "List")


def play(lab: Lab) -> tuple[int, list[str]]:
    """Run the playbook; returns how many tasks changed something, and the writing actions."""
    lab.server.clear_log()
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": lab.server.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
    }
    ended = subprocess.run(
        [ANSIBLE, "-i", "localhost,", "-c", "local", "-e", f"ansible_python_interpreter={sys.executable}", PLAYBOOK],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    recap = re.search(r"changed=(\d+)", ended.stdout)
    assert recap is not None
    assert [one for one in lab.server.log() if one["error"]] == []
    return int(recap[1]), [one["action"] for one in lab.server.log() if not one["action"].startswith(READING)]


def test_amazon_aws_twice(lab: Lab) -> None:
    changed, actions = play(lab)
    assert (changed, "AssociateAddress" in actions) == (8, True)
    state = lab.server.state()
    address = next(one for one in state["addresses"] if one["tags"] == {"key": "gateway"})
    assert (address["private_ip"], address["instance_id"]) == ("10.101.1.77", "i-0a000001")
    table = next(one for one in state["route_tables"] if one["tags"].get("Name") == "acme")
    assert {(one["destination"], one["state"]) for one in table["routes"]} >= {
        ("0.0.0.0/0", "active"),
        ("172.16.0.0/12", "active"),
    }
    assert play(lab) == (0, [])
    assert lab.server.state() == state
