# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin on the stand-ins: its output, its requests, its end where a side refuses, and site.yml by it."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import shutil
import subprocess
import sys
from collections import Counter

from lab.demo.playbook import environment
from lab.process import ROOT
from tests.playbooks.running import INVENTORY, Site, in_one_line

LIVE = ROOT / "inventories" / "demo-live"
GOLDEN = pathlib.Path(__file__).with_name("live_inventory.txt")


def both_ends(site: Site) -> dict[str, str]:
    return {"BONDING_API_URL": site.server.url, "AWS_URL": site.cloud.url}


def ansible_inventory(
    site: Site, tmp_path: pathlib.Path, *arguments: str | pathlib.Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run ansible-inventory on both stand-ins, whose logs then hold its requests."""
    site.server.clear_log()
    site.cloud.clear_log()
    return subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "ansible-inventory"), *map(str, arguments)],
        env=environment(tmp_path / "events", tmp_path, {**both_ends(site), **variables}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_graph_of_the_demo_by_lists_alone(empty: Site, tmp_path: pathlib.Path) -> None:
    source = tmp_path / "demo.bonding.yml"  # without the group variables beside it
    shutil.copy(LIVE / source.name, source)
    done = ansible_inventory(empty, tmp_path, "-i", source, "--graph", "--vars", AWS_REGION="", AWS_PROFILE="")
    assert done.returncode == 0, done.stderr
    assert re.sub("sg-[0-9a-f]{17}", "sg-00000000000000000", done.stdout) == GOLDEN.read_text(encoding="utf-8")
    assert done.stderr == ""
    asked = Counter(f"{entry['method']} {entry['path'].rpartition('/v4/')[2]}" for entry in empty.server.log())
    assert asked == {"GET aggregators/": 1, "GET bonds/": 1, "GET routing_groups/": 1}
    assert Counter(entry["action"] for entry in empty.cloud.log()) == {"DescribeInstances": 1}


def test_source_that_fails_ends_the_program_whatever_other_sources_have(empty: Site, tmp_path: pathlib.Path) -> None:
    empty.cloud.faults([{"action": "DescribeInstances", "code": "RequestExpired"}])
    done = ansible_inventory(
        empty,
        tmp_path,
        "-i",
        INVENTORY,
        "-i",
        LIVE / "demo.bonding.yml",
        "--list",
        BONDING_API_TOKEN="wrong",
    )
    assert done.returncode == 1
    assert done.stdout == ""
    said = in_one_line(done.stderr)
    assert "The inventory cannot be made, 2 problems. No host was added. 1. Wrong API token: " in said
    assert "2. AWS, region eu-central-1: EC2 call DescribeInstances failed: RequestExpired: " in said
    assert "Log in again, and give the new session token; or set this machine's clock." in said
    assert "demo-password" not in said


def test_site_on_the_built_demo_plans_nothing(built: Site) -> None:
    live = dataclasses.replace(built, inventory=LIVE, environment=both_ends(built))
    outcome = live.run("site")
    assert outcome.code == 0, outcome.output
    assert outcome.plan["plan"] == []
    assert outcome.writes == []
    assert outcome.changed == 0
