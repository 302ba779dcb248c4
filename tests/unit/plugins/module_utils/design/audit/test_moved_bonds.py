# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of bonds that are on another aggregator than their address."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.audit.sentences import find_drift
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DesiredNetwork

from ..test_relocation import built, entry, move

FOLLOWS = "bonded.internet.follow_bonds moves the address to the bond."


@pytest.mark.parametrize(
    ("more", "remedy"),
    [({}, FOLLOWS), ({"pinned": True}, f"The entry is pinned. Leave pinned out of it, and {FOLLOWS}")],
)
def test_the_remedy_of_a_moved_bond_is_a_command_that_moves_its_address(more: dict[str, bool], remedy: str) -> None:
    world = built()
    move(world, 1007)
    world.plan(cpe_nat_ips=[entry(**more)])
    (finding,) = find_drift(world.report.drift, DesiredNetwork("prod", ()))
    assert (finding.kind, finding.severity, finding.remedy) == ("bond_moved", "error", remedy)
