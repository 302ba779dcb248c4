# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs by site.yml, each killed at one write and finished by the same command; sixty are `make changes`.

They take some minutes, so that .ci/run leaves them to `make test`.
"""

from __future__ import annotations

import pathlib

import pytest

from tests.pairs.playbooks import judge_whole, whole_pair
from tests.playbooks.running import started

SEEDS = (1, 3)
"""Short pairs that the plan accepts, and with writes enough to be killed between two of them."""


FOUND = {700028: "a gateway loses its IPv6 and its networks: the role took the address off before its phase"}
"""Whole pairs that once broke a rule, with what was wrong. Each takes 40 seconds."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_change_is_finished_by_the_same_command(tmp_path: pathlib.Path, seed: int) -> None:
    with started(tmp_path) as site:
        judged = judge_whole(whole_pair(seed, short=True), site)
    assert (judged.refused, judged.broken) == ("", [])
    assert judged.steps > 2


@pytest.mark.parametrize("seed", FOUND)
def test_a_pair_that_once_broke_a_rule_holds(tmp_path: pathlib.Path, seed: int) -> None:
    with started(tmp_path) as site:
        judged = judge_whole(whole_pair(seed), site)
    assert (judged.refused, judged.broken) == ("", [])
    assert judged.steps > 2
