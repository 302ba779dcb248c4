# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of aggregators that YAML reads as a switch or a number, or that no host of an inventory can have."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from lab.clicked import Operator, Wish, click
from tests.import_network.playbooks import judge, read
from tests.playbooks.running import Site, started

CASES = {
    "a switch and numbers": ({7: "no", 12: "0x10", 1007: "1e3"}, {"no", "0x10", "1e3"}),
    "no host names, and the id of another one": (
        {7: "agg 1", 12: "Köln", 1007: "7"},
        {"aggregator-7", "Köln", "7"},
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("names")) as found:
        click(Operator(found.ec2(), found.server.url, found.administrator), Wish())
        found.save("clicked")
        yield found


@pytest.mark.parametrize("case", CASES)
def test_a_network_with_such_names_is_adopted_without_a_change(case: str, site: Site, tmp_path: pathlib.Path) -> None:
    names, hosts = CASES[case]
    site.load("clicked")
    for number, name in names.items():
        site.as_administrator("PATCH", f"aggregators/{number}/", {"name": name})
    folder = tmp_path / "inventory"
    assert judge(site, folder) == []
    assert set(read(folder, "hosts.yml")["aggregators"]["hosts"]) == hosts
    (space,) = read(folder, "group_vars/aggregators/network.yml")["bonding_spaces"]
    assert [one["aggregator"] for one in space["gateways"]] and space["gateways"][0]["aggregator"] in hosts
