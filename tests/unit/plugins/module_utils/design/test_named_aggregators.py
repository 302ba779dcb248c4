# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of a relocation that are named by their aggregators."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.relocation import with_hosts_of_aggregators
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import (
    DesiredHost,
    DesiredNetwork,
    Relocation,
)

from .world import small_world


@pytest.mark.parametrize(
    ("named", "host_of"),
    [("site-a", "site-a"), ("7", "site-a"), ("agg1", "site-a"), ("12", "agg2"), ("nobody", "nobody"), ("99", "99")],
)
def test_a_relocation_names_a_host_by_its_aggregator_too(named: str, host_of: str) -> None:
    """An event of ansible-rulebook has the aggregator's id. What nothing is, is left for the refusal that names it."""
    world = small_world()
    hosts = (DesiredHost("site-a", aggregator="agg1"), DesiredHost("agg2", aggregator="agg2"))
    for option in ("evacuate", "to", "restore"):
        given: dict[str, Any] = {option: named}
        expected: dict[str, Any] = {option: host_of}
        desired = DesiredNetwork("prod", hosts=hosts, relocation=Relocation(**given))
        found = with_hosts_of_aggregators(desired, world.server).relocation
        assert found == Relocation(**expected)


def test_a_hosts_own_name_counts_before_that_of_an_aggregator() -> None:
    world = small_world()
    hosts = (DesiredHost("agg2", aggregator="agg1"), DesiredHost("agg1", aggregator="agg2"))
    desired = DesiredNetwork("prod", hosts=hosts, relocation=Relocation(evacuate="agg1"))
    assert with_hosts_of_aggregators(desired, world.server).relocation == Relocation(evacuate="agg1")
