# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten random networks by ansible-playbook: built by site.yml, stripped, imported, adopted, and equal but for tags."""

from __future__ import annotations

import pathlib
import random
from collections.abc import Iterator

import pytest

from tests.import_network.playbooks import build, judge, maker_of, strip
from tests.pairs.playbooks import QUOTAS, Ground
from tests.pairs.pure import Judged
from tests.playbooks.running import Json, Site, started

NETWORKS = 10


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("networks")) as found:
        yield found


def accepted(number: int, site: Site) -> Json:
    """Return the first random inventory of a hundred seeds that a plan accepts, on stand-ins that hold the seeds."""
    for seed in range(100 * number, 100 * number + 100):
        site.reset()
        site.cloud.control("POST", "quotas", QUOTAS)
        inventory = maker_of(random.Random(seed)).inventory()
        if not Ground(site, Judged()).problems(inventory):
            return inventory
    raise AssertionError("no inventory was accepted")


@pytest.mark.parametrize("number", range(NETWORKS))
def test_a_random_network_is_adopted_without_a_change(number: int, site: Site, tmp_path: pathlib.Path) -> None:
    inventory = accepted(number, site)
    outcome = build(site, inventory)
    assert outcome.code == 0, outcome.problems
    strip(site)
    assert judge(site, tmp_path / "inventory") == []
