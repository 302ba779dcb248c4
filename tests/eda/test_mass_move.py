# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty bonds with public addresses move at once: the rulebook leaves them to a person, and goes on."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from lab import fork_server
from lab.bench.networks import PASSWORD, USER, make_network
from lab.process import Running
from tests.playbooks.running import Site
from tests.playbooks.ways.following import must_pass

from .followed import FAST
from .rulebooks import missing_java, rulebook, wait_for_baseline

MISSING = missing_java()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
BONDS = 50
TARGETS = ("agg1", "agg2")
QUIET = 5.0
"""Seconds in which a playbook that the rulebook starts would have read something."""
LOGIN = {"BONDING_API_TOKEN": "", "BONDING_API_USERNAME": USER, "BONDING_API_PASSWORD": PASSWORD}


def owners(site: Site) -> Counter[str]:
    """Return the number of the network's addresses on each network interface."""
    return Counter(one["network_interface_id"] for one in site.ours("addresses", "bench").values())


def test_fifty_bonds_wait_for_a_person_and_one_more_does_not(tmp_path: Path) -> None:
    """No playbook is started: neither side is asked for anything but the source's own reads."""
    network = make_network(tmp_path, 3, 1, addresses=BONDS)
    with (
        Running("lab.bondingadmin", "--db", tmp_path / "server.db", "--seed", tmp_path / "bondingadmin.yml") as server,
        Running("lab.aws", "--seed", tmp_path / "aws.yml") as cloud,
    ):
        where = f"bonding_api_url: {server.url}\naws_endpoint_url: {cloud.url}\n"
        (network.inventory / "group_vars" / "all.yml").write_text(where, encoding="utf-8")
        site = Site(server, cloud, tmp_path, network.inventory, f"{USER}:{PASSWORD}")
        must_pass(site.run("site"))
        (before,) = owners(site)
        fast = {
            "bonding_follow_interval": FAST.interval,
            "bonding_follow_bonds_interval": FAST.bonds_interval,
            "bonding_follow_after": FAST.after,
        }
        environment, folder = {**LOGIN, **fork_server.environment()}, tmp_path / "rulebook"
        folder.mkdir()
        server.clear_log()
        with rulebook("follow_bonds", folder, server.url, fast, environment, network.inventory) as running:
            wait_for_baseline(server, running)
            cloud.clear_log()
            for bond in range(1, BONDS + 1):
                server.control("POST", "move", {"bond": bond, "aggregator": TARGETS[bond % 2]})
            running.says(f"No address was moved: {BONDS} bonds have moved, more than max_moves (20).")
            time.sleep(QUIET)
            assert running.runs() == 0, running.output()
            assert cloud.log() == []
            assert owners(site) == {before: BONDS}
            must_pass(site.run("follow_bonds", extra={"bonding_follow_max": BONDS}))
            assert sorted(owners(site).values()) == [BONDS // 2, BONDS // 2]
            server.control("POST", "move", {"bond": 1, "aggregator": "agg0"})
            running.wait(running.runs)
            assert "failed=1" not in running.output()
            assert sorted(owners(site).values()) == [1, BONDS // 2 - 1, BONDS // 2]
