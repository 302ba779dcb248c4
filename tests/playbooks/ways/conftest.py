# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A smaller network for the long ways: all parts, one VPC, one gateway, four addresses, three aggregators."""

from __future__ import annotations

import pytest

from tests.playbooks.running import Json, Site, demo_hosts, demo_variables


@pytest.fixture
def variables() -> Json:
    """A managed mesh without a VPC, and the unmanaged space with its gateway on agg3; to be changed by a test."""
    variables = demo_variables()
    acme, _globex, initech = variables["bonding_spaces"]
    for name in ("vpc", "gateways"):
        del acme[name]
    variables["bonding_spaces"] = [acme, initech]
    entries = variables["bonding_cpe_nat_ips"]
    variables["bonding_cpe_nat_ips"] = [entries[0], *entries[2:5]]
    return variables


@pytest.fixture
def unbuilt(empty: Site, variables: Json) -> Site:
    """The small network's inventory, and nothing of it is there yet."""
    return empty.write_inventory("small", demo_hosts(), variables)


SAVED = "small"


@pytest.fixture
def network(unbuilt: Site, built_once: list[str]) -> Site:
    """The small network is there, as one full run left it."""
    if not built_once:
        outcome = unbuilt.run("site")
        assert outcome.code == 0, outcome.output
        unbuilt.save(SAVED)
        built_once.append(SAVED)
    unbuilt.load(SAVED)
    return unbuilt


@pytest.fixture(scope="session")
def built_once() -> list[str]:
    """The name under which the built network is saved, once it is."""
    return []
