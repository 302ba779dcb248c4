# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three pairs of whole runs at once; thirty are `make races`, every interleaving of our engines is a unit test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lab.races.__main__ import line
from lab.races.pairs import Network, Start, network


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("races")) as made:
        yield made


@pytest.mark.parametrize(("start", "offset"), [("nothing", 0.0), ("nothing", 2.0), ("built", 1.0)])
def test_nothing_is_there_twice_and_the_next_run_finishes(pairs: Network, start: Start, offset: float) -> None:
    pair = pairs.pair(start, offset)
    assert pair.good, line(0, pair)
