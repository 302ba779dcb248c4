# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty bonds leave an aggregator at once: the requests of follow_bonds, and its time up to the last write."""

from __future__ import annotations

import os
import pathlib
import time
from collections import Counter

from lab.bench.networks import PASSWORD, USER, make_network
from lab.process import Running
from tests.playbooks.running import Json, Site, aws_writes, server_writes

BONDS = 50
TARGETS = ("agg1", "agg2")
SECONDS = 5.0
"""Bound of issue 18 for the time from the start of the playbook to its last write, on an idle machine."""


READS = 16
"""Listings of EC2 more than in an unchanged run: limits, used addresses, and the module's own; none for each bond."""


def reads(log: list[Json]) -> Counter[str]:
    """Return the number of reading requests by action or path."""
    written = [*aws_writes(log), *server_writes(log)]
    return Counter(str(one.get("action") or one.get("path")) for one in log if one not in written)


def test_fifty_bonds_of_one_subnet(tmp_path: pathlib.Path) -> None:
    network = make_network(tmp_path, 3, 1, addresses=BONDS)
    with (
        Running("lab.bondingadmin", "--db", tmp_path / "server.db", "--seed", tmp_path / "bondingadmin.yml") as server,
        Running("lab.aws", "--seed", tmp_path / "aws.yml") as cloud,
    ):
        site = Site(server, cloud, tmp_path, network.inventory, f"{USER}:{PASSWORD}")
        assert site.run("site").code == 0
        unchanged = site.run("site")
        assert (unchanged.code, unchanged.writes) == (0, []), unchanged.output
        for bond in range(1, BONDS + 1):
            server.control("POST", "move", {"bond": bond, "aggregator": TARGETS[bond % 2]})
        refused = site.run("follow_bonds")
        assert (refused.code, refused.writes) == (2, [])
        assert "say -e bonding_follow_max=50" in refused.said
        started = time.time()
        outcome = site.run("follow_bonds", extra={"bonding_follow_max": BONDS})
        assert outcome.code == 0, outcome.output
        actions = Counter(one["action"] for one in aws_writes(outcome.aws))
        assert actions == {"CreateTags": 2, "AssignPrivateIpAddresses": 2, "DeleteTags": 2}
        assert server_writes(outcome.server) == []
        more = reads(outcome.server) - reads(unchanged.server)
        assert more == {}, "the server is asked for nothing twice"
        assert (reads(outcome.aws) - reads(unchanged.aws)).total() <= READS
        took = max(one["t"] for one in aws_writes(outcome.aws)) - started
        # Other programs slow the run: the bound is that of an idle processor for each that wants one.
        waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
        assert took < SECONDS * max(1.0, waiting)
        owners = Counter(one["network_interface_id"] for one in site.ours("addresses", "bench").values())
        assert sorted(owners.values()) == [BONDS // 2, BONDS // 2]
        again = site.run("follow_bonds", extra={"bonding_follow_max": BONDS})
        assert (again.code, again.writes) == (0, [])
