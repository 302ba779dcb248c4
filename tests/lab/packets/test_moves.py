# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts on bonds that move between living aggregators, and on addresses that a rulebook moves. No packet is sent."""

from __future__ import annotations

import pytest

from lab.packets.checks.by_rulebook import told
from lab.packets.checks.transit_moves import judged
from lab.packets.report import Failed

from .test_failover import traffic

ADDRESS, OWN = "globex-lyon's address", "agg2's own"


def test_what_a_moved_address_loses_is_told_in_milliseconds() -> None:
    found = [traffic(range(50, 75), name=ADDRESS), traffic(name=OWN)]
    assert judged(found, {"globex-lyon": 1.0}) == "globex-lyon's address lost 500 ms"
    assert judged([traffic(name=ADDRESS)], {}) == "nothing lost"


@pytest.mark.parametrize(
    ("name", "lost", "text"),
    [
        (ADDRESS, range(50, 101), "globex-lyon's address lost 1.02 s, at most 1.00 s may be"),
        (OWN, range(50, 51), "agg2's own lost 0.02 s, at most 0.00 s may be"),
    ],
)
def test_a_path_that_loses_more_than_its_seconds_fails(name: str, lost: range, text: str) -> None:
    with pytest.raises(Failed, match=text):
        judged([traffic(lost, name=name)], {"globex-lyon": 1.0})


def test_an_address_that_a_rulebook_moves_is_dead_until_its_event() -> None:
    assert told(traffic(range(50, 275), name=ADDRESS), 1.0, 0) == "globex-lyon's address was dead for 4.5 s"
    with pytest.raises(Failed, match="10 datagrams came back within 3 s"):
        told(traffic(range(50, 190), range(200, 275), name=ADDRESS), 0.99, 0)
    with pytest.raises(Failed, match="does not come back"):
        told(traffic(range(50, 600), name=ADDRESS), 0.99, 0)
