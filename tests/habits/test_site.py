# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`site.yml` of the demonstration on the second server, with all its habits: the first server's network, by state."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from lab.process import Running
from tests.playbooks.comparing import comparable
from tests.playbooks.running import Site, started

from .reading import Reader, read_plain

MODES = ("private_wan_enabled", "private_wan_mode")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both stand-ins with the demonstration's seeds."""
    with started(tmp_path_factory.mktemp("first")) as site:
        yield site


def test_site_builds_the_same_network_and_teardown_takes_it_down(
    first: Site, second: Running, tmp_path: pathlib.Path
) -> None:
    before = read_plain(second)
    assert Reader(first.server.url).network() == before
    site = Site(second, first.cloud, tmp_path)
    checked = site.run("site", "--check")
    assert (checked.code, checked.writes) == (0, []), checked.output
    built = site.run("site")
    assert built.code == 0, built.output
    network, cloud = read_plain(second), comparable(first.cloud.state())
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output
    gone = site.run("teardown", extra={"bonding_confirm_teardown": "demo"})
    assert gone.code == 0, gone.output
    left = read_plain(second)
    for key, space in before.items():
        if "private_wan_mode" in space:  # a space keeps its mode, and the plan says so
            left[key] |= {name: space[name] for name in MODES}
    assert left == before

    first.reset()
    theirs = first.run("site")
    assert theirs.code == 0, theirs.output
    assert network == Reader(first.server.url).network()
    assert cloud == comparable(first.cloud.state())
