# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A smaller network for the long ways: all parts, one VPC, one gateway, four addresses, three aggregators."""

from __future__ import annotations

import pytest

from tests.playbooks.rights import policy
from tests.playbooks.running import Json, Outcome, Site, demo_hosts

from .following import small_network


@pytest.fixture
def variables() -> Json:
    """A managed mesh without a VPC, and the unmanaged space with its gateway on agg3; to be changed by a test."""
    return small_network()


@pytest.fixture
def unbuilt(empty: Site, variables: Json) -> Site:
    """The small network's inventory, and nothing of it is there yet."""
    return empty.write_inventory("small", demo_hosts(), variables)


SAVED = "small"
POLICIES = [policy("read"), policy("change")]


@pytest.fixture
def network(unbuilt: Site, built_once: dict[str, Outcome]) -> Site:
    """The small network is there, as one full run left it, which had no more rights than docs/ gives."""
    if SAVED not in built_once:
        unbuilt.grant(POLICIES)
        outcome = unbuilt.run("site")
        assert outcome.code == 0, outcome.output
        unbuilt.cloud.control("DELETE", "policies")
        unbuilt.save(SAVED)
        built_once[SAVED] = outcome
    unbuilt.load(SAVED)
    return unbuilt


@pytest.fixture(scope="session")
def built_once() -> dict[str, Outcome]:
    """The run that built the network, under the name by which the network is saved, once it is."""
    return {}
