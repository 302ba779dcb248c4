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
    "a misspelt word for true": (
        {"bonding_import_overwrite": "yess"},
        "bonding_import_overwrite: got 'yess', expected true or false. Nothing was changed.",
    ),
    "a misspelt word for false, and a dictionary that is a text": (
        {"bonding_api_validate_certs": "flase", "bonding_import_instances": "agg1"},
        "bonding_import_instances: got 'agg1', expected a dictionary. "
        "bonding_api_validate_certs: got 'flase', expected true or false. Nothing was changed.",
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


def test_a_misspelt_word_for_true_is_refused_beside_files_of_an_import(site: Site, tmp_path: pathlib.Path) -> None:
    (tmp_path / "hosts.yml").write_text("kept", encoding="utf-8")
    outcome = import_network(site, tmp_path, bonding_import_overwrite="yess")
    assert outcome.code == 2
    assert "bonding_import_overwrite: got 'yess', expected true or false." in outcome.problems
    assert (outcome.server, outcome.aws) == ([], [])
    assert (tmp_path / "hosts.yml").read_text(encoding="utf-8") == "kept"


def test_other_files_of_an_inventory_in_the_folder_are_named(site: Site, tmp_path: pathlib.Path) -> None:
    for name in ("hosts.ini", "old.yml", "notes.md", ".hidden.yml", "group_vars/all.yml", "group_vars/all.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    outcome = import_network(site, tmp_path)
    assert outcome.code == 0, outcome.problems
    said = (
        f"{tmp_path}: has other files of an inventory (got group_vars/all.yml, hosts.ini, old.yml; expected none). "
        "Ansible merges them with the imported files. They were not changed. Move them elsewhere, or import into a new "
        "folder."
    )
    assert said in outcome.said
    again = import_network(site, tmp_path, bonding_import_overwrite="yes")
    assert (again.code, again.changed) == (0, 0)
    assert said in again.said


def test_a_folder_without_a_name_is_refused(site: Site) -> None:
    outcome = import_network(site, pathlib.Path(" "))
    assert outcome.code == 2
    assert (
        "bonding_import_directory: missing (expected the folder of the inventory). Nothing was written." in outcome.said
    )
    assert (outcome.server, outcome.aws) == ([], [])


@pytest.mark.parametrize("below", ["", "inventory"])
def test_a_file_in_the_place_of_the_folder_is_named(below: str, site: Site, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept", encoding="utf-8")
    outcome = import_network(site, file / below if below else file)
    assert outcome.code == 2
    said = f"bonding_import_directory: {file} is not a folder (expected a folder, or none yet). Nothing was"
    assert said in outcome.said
    assert (outcome.server, outcome.aws, file.read_text(encoding="utf-8")) == ([], [], "kept")
