# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each scenario ends as its golden files say; `python -m tests.golden` rewrites them, and the diff is the review."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.playbooks.running import Site, started

from .files import FILES, golden
from .record import record
from .scenarios import SCENARIOS

BUILD = SCENARIOS["build"]
CHANGES = [name for name in SCENARIOS if name != BUILD.name]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both stand-ins, with nothing of the demo built."""
    with started(tmp_path_factory.mktemp("golden")) as site:
        yield site


@pytest.fixture(scope="module")
def built(site: Site) -> dict[str, str]:
    """Build the demo, save it as "built", and return the texts of its files."""
    texts = record(site, BUILD)
    site.save("built")
    return texts


def test_every_scenario_has_its_files_and_every_folder_its_scenario() -> None:
    assert sorted(path.name for path in FILES.iterdir()) == sorted(SCENARIOS)


def test_the_demo_is_built_as_its_files_say(built: dict[str, str]) -> None:
    assert built == golden(BUILD.name)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_built_demo_ends_as_its_files_say(name: str, site: Site, built: dict[str, str]) -> None:
    assert built
    site.load("built")
    assert record(site, SCENARIOS[name]) == golden(name)
