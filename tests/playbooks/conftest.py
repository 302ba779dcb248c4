# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pair of stand-ins for all playbook tests of a session, and what a full run leaves on them, kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .rights import policy
from .running import Json, Outcome, Site, started


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def first_run(stand_ins: Site) -> Outcome:
    """The demo's site.yml from an empty account, with just the rights of docs/; what it left is saved as "built"."""
    stand_ins.reset()
    stand_ins.grant([policy("read"), policy("change")])
    outcome = stand_ins.run("site", "--diff")  # so that the items of its plan have their details
    assert outcome.code == 0, outcome.output
    stand_ins.cloud.control("DELETE", "policies")
    stand_ins.save("built")
    return outcome


@pytest.fixture(scope="session")
def seeds(stand_ins: Site) -> tuple[Json, Json]:
    """The states of the server and of AWS before anything is built."""
    stand_ins.reset()
    return stand_ins.server.state(), stand_ins.cloud.state()


@pytest.fixture
def empty(stand_ins: Site) -> Site:
    """Nothing of the network is there yet."""
    stand_ins.reset()
    return stand_ins


@pytest.fixture
def built(stand_ins: Site, first_run: Outcome) -> Site:
    """The network is there, as the first run left it."""
    assert first_run.code == 0
    stand_ins.load("built")
    return stand_ins
