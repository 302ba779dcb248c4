# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests of the event source, as the seed has it at the begin of each, and one small network."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from lab.process import Running
from tests.playbooks.running import Site

from .followed import SAVED, built_network
from .running import SEED


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("BONDING_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Running]:
    with Running("lab.bondingadmin", "--seed", SEED) as running:
        yield running


@pytest.fixture
def server(simulator: Running) -> Running:
    simulator.reset()
    simulator.clear_log()
    return simulator


@pytest.fixture(scope="session")
def small_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with built_network(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def network(small_network: Site) -> Site:
    """The small network as its first run left it."""
    small_network.load(SAVED)
    return small_network
