# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small network of the playbook tests on both stand-ins, and the rulebook that runs the playbook follow_bonds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from extensions.eda.plugins.event_source.bonds import Settings
from lab import fork_server
from tests.playbooks.running import Json, Site, demo_hosts, started
from tests.playbooks.ways.follow_table import Row
from tests.playbooks.ways.following import must_pass, small_network

from .rulebooks import Rulebook, rulebook, wait_for_baseline

FAST = Settings(interval=0.5, bonds_interval=0.5, after=0)
SAVED = "small"
"""Name by which both stand-ins keep the small network."""
VIEWER = {
    "BONDING_API_TOKEN": "",
    "BONDING_API_USERNAME": "viewer@example.com",
    "BONDING_API_PASSWORD": "viewer-password",
}
"""Login of the event source; the playbook has the inventory's."""


@contextlib.contextmanager
def built_network(scratch: Path) -> Iterator[Site]:
    """Start both stand-ins with the small network, whose inventory names them."""
    with started(scratch) as both:
        site = both.write_inventory("small", demo_hosts(), variables_of(both))
        must_pass(site.run("site"))
        site.save(SAVED)
        yield site


def variables_of(site: Site) -> Json:
    """Return the small network's variables, with the addresses of the stand-ins."""
    return {**small_network(), "bonding_api_url": site.server.url, "aws_endpoint_url": site.cloud.url}


@contextlib.contextmanager
def following(site: Site, folder: Path, row: Row, warmed: bool = True) -> Iterator[Rulebook]:
    """Run the rulebook, and go on once it has its baseline."""
    most = row.run[1].get("bonding_follow_max")
    variables = {
        "bonding_follow_interval": FAST.interval,
        "bonding_follow_bonds_interval": FAST.bonds_interval,
        "bonding_follow_after": FAST.after,
        **({"bonding_follow_max": most} if most else {}),
    }
    environment = {**VIEWER, **(fork_server.environment() if warmed else {})}
    site.server.clear_log()
    with rulebook("follow_bonds", folder, site.server.url, variables, environment, site.inventory) as running:
        wait_for_baseline(site.server, running)
        yield running
