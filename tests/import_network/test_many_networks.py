# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hundreds of random networks in memory; test_random_networks.py has some of them in each run of CI."""

from __future__ import annotations

import pytest

from tests.import_network.world import random_network, spoilt_network

NETWORKS, IN_A_TEST, FIRST = 300, 25, 1000


@pytest.mark.parametrize("first", range(FIRST, FIRST + NETWORKS, IN_A_TEST))
def test_a_random_network_is_adopted_without_a_change(first: int) -> None:
    judged = {seed: random_network(seed) for seed in range(first, first + IN_A_TEST)}
    assert {seed: one.broken for seed, one in judged.items() if one.broken} == {}
    assert sum(one.placed for one in judged.values()) > IN_A_TEST * 3


@pytest.mark.parametrize("first", range(FIRST, FIRST + NETWORKS, IN_A_TEST))
def test_a_network_that_is_spoilt_at_random_is_imported_without_an_error(first: int) -> None:
    judged = {seed: spoilt_network(seed) for seed in range(first, first + IN_A_TEST)}
    assert {seed: one.broken for seed, one in judged.items() if one.broken} == {}
    assert sum(one.placed for one in judged.values()) > IN_A_TEST
