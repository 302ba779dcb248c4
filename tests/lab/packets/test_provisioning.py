# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that was built in one scenario is handed over to another one."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable

import pytest

from lab.packets import provisioning
from lab.process import LabError


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> Callable[[str], None]:
    """From now on the files of a scenario are in a folder of their own."""

    def enter(name: str) -> None:
        monkeypatch.setattr(provisioning, "FOLDER", tmp_path / name)
        monkeypatch.setattr(provisioning, "DATABASE", tmp_path / name / "server.sqlite")

    return enter


def test_what_both_stand_ins_hold_is_handed_over(scenario: Callable[[str], None], tmp_path: pathlib.Path) -> None:
    # A file in place of the pipe, so that nobody has to wait for anybody.
    pipe = tmp_path / "pipe"
    scenario("one")
    with provisioning.seeded() as (server, aws):
        server.control("POST", "move", {"bond": 17, "aggregator": "agg3"})
        aws.control("POST", "quotas", {"elastic_ips": 7})
        states = server.state(), aws.state(), aws.control("GET", "quotas")
        provisioning.give(os.open(pipe, os.O_CREAT | os.O_WRONLY), server, aws)
    scenario("other")
    with provisioning.taken(os.open(pipe, os.O_RDONLY)) as (server, aws):
        assert (server.state(), aws.state(), aws.control("GET", "quotas")) == states


@pytest.mark.parametrize("given", [b"", (100).to_bytes(8, "big") + b"too little"])
def test_a_network_that_was_not_built_is_none(scenario: Callable[[str], None], given: bytes) -> None:
    scenario("other")
    there, back = os.pipe()
    os.write(back, given)
    os.close(back)
    with pytest.raises(LabError, match="has not built it"), provisioning.taken(there):
        pass
