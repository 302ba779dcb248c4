# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-rulebook runs the playbook evacuate itself on both stand-ins, for an aggregator that is dead."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import fork_server
from tests.playbooks.running import Site, demo_hosts
from tests.playbooks.ways.following import check_bonds, must_pass, small_network, take
from tests.playbooks.ways.test_standby import check_roles, variables

from .followed import FAST, VIEWER
from .rulebooks import missing_java, rulebook, wait_for_baseline

MISSING = missing_java()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


def with_standby(network: Site) -> Site:
    """Build the small network with a gateway of acme on agg1, and its standby on agg3."""
    given = small_network()
    (space,) = variables("masquerade")["bonding_spaces"]
    space["gateways"][0]["interface"] = "ens7"  # initech's gateway on agg3 has ens6
    _acme, initech = given["bonding_spaces"]
    where = {"bonding_api_url": network.server.url, "aws_endpoint_url": network.cloud.url}
    site = network.write_inventory("standby", demo_hosts(), {**given, "bonding_spaces": [space, initech], **where})
    must_pass(site.run("site"))
    return site


def test_addresses_and_the_gateway_leave_a_dead_aggregator(network: Site, tmp_path: Path) -> None:
    site = with_standby(network)
    check_roles(site, "agg1", "agg3", "masquerade")
    on_first = [one["id"] for one in site.server.state()["bonds"] if one["current_aggregator"] == "agg1"]
    times = {"interval": FAST.interval, "bonds_interval": FAST.bonds_interval, "after": FAST.after}
    given = {**{f"bonding_follow_{name}": value for name, value in times.items()}, "bonding_dead_after": 5}
    environment = {**VIEWER, **fork_server.environment()}
    site.server.clear_log()
    with rulebook("evacuate", tmp_path, site.server.url, given, environment, site.inventory) as running:
        wait_for_baseline(site.server, running)
        take(site, ("stop", "agg1"))
        for bond in on_first:
            take(site, ("move", str(bond), "agg2"))
        site.server.control("POST", "status", {"aggregator": "agg1", "status": "down"})
        running.wait(lambda: running.runs() == 2)
        assert "failed=1" not in running.output(), running.output()
    check_roles(site, "agg3", "agg1", "masquerade")
    check_bonds(site)
    for playbook, extra in (("evacuate", {"bonding_evacuate": "agg1"}), ("follow_bonds", {}), ("site", {})):
        again = site.run(playbook, extra=extra)
        assert (again.code, again.writes) == (0, []), again.output
