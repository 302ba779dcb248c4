# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slips of an operator on the command line of an import: one clear error, nothing asked and nothing written."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.import_network.playbooks import import_network
from tests.playbooks.running import Site, started

SLIPS: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt list of regions": (
        {"bonding_import_region": "eu-north-1"},
        "bonding_import_region: is no variable of an import; did you mean 'bonding_import_regions'? Nothing",
    ),
    "a misspelt switch": (
        {"bonding_import_overwrit": True},
        "bonding_import_overwrit: is no variable of an import; did you mean 'bonding_import_overwrite'? Nothing",
    ),
    "a misspelt way to join": (
        {"bonding_import_join": ["privat_ip"]},
        "join: got 'privat_ip', expected public_ip or tag:NAME. Nothing was changed.",
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("slips")) as found:
        yield found


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_refused_before_anything_is_asked(slip: str, site: Site, tmp_path: pathlib.Path) -> None:
    given, text = SLIPS[slip]
    outcome = import_network(site, tmp_path / "inventory", **given)
    assert outcome.code == 2
    assert text in outcome.problems
    assert (outcome.server, outcome.aws, list(tmp_path.iterdir())) == ([], [], [])


@pytest.mark.parametrize("below", ["", "inventory"])
def test_a_file_in_the_place_of_the_folder_is_named(below: str, site: Site, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept", encoding="utf-8")
    outcome = import_network(site, file / below if below else file)
    assert outcome.code == 2
    said = f"bonding_import_directory: {file} is not a folder (expected a folder, or none yet). Nothing was"
    assert said in outcome.said
    assert (outcome.server, outcome.aws, file.read_text(encoding="utf-8")) == ([], [], "kept")
