# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs in memory: the rules of issue 14 after each step. `make changes` has thousands of them."""

from __future__ import annotations

import pytest

from tests.pairs.pure import judge, pair

PAIRS, IN_A_TEST = 200, 20
FIRST = 1400
"""The seeds begin here; those of `make changes` begin elsewhere."""
MOST_REFUSED = 7
"""So many pairs of a test may the plan refuse at most, or there would be too little to judge."""


@pytest.mark.parametrize("first", range(FIRST, FIRST + PAIRS, IN_A_TEST))
def test_each_pair_keeps_the_rules(first: int) -> None:
    judged = {seed: judge(pair(seed), stops=1) for seed in range(first, first + IN_A_TEST)}
    assert {seed: one.broken for seed, one in judged.items() if one.broken} == {}
    assert sum(bool(one.refused) for one in judged.values()) <= MOST_REFUSED
    assert sum(one.steps for one in judged.values()) > IN_A_TEST * 10
