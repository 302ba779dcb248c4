# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Overlapping networks are found in one pass, the same pairs as by comparing each with each."""

from __future__ import annotations

import ipaddress
import itertools
import random

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.checks.conflicts import overlapping


@pytest.mark.parametrize("seed", range(5))
def test_the_pairs_are_those_of_comparing_each_with_each(seed: int) -> None:
    chance = random.Random(seed)
    networks = [
        ipaddress.IPv4Network((chance.randrange(2**12) << 20, chance.randint(4, 28)), strict=False)
        for _number in range(60)
    ]
    expected = [
        (one, other)
        for one, other in itertools.combinations(range(len(networks)), 2)
        if networks[one].overlaps(networks[other])
    ]
    assert expected
    assert overlapping(networks) == expected


def test_neighbours_do_not_overlap_and_equals_do() -> None:
    names = ("10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24", "10.0.0.128/25")
    assert overlapping([ipaddress.IPv4Network(name) for name in names]) == [(1, 3)]
