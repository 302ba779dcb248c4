# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each run that writes leaves one record: finished, or unfinished with the phase in which it ended."""

from __future__ import annotations

import json
import pathlib
import stat
from typing import Any

import pytest

from tests.playbooks.running import Json, Outcome, Site

from .results import secrets


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    found = tmp_path / "records"
    found.mkdir()
    return found


def run(site: Site, folder: pathlib.Path, *arguments: str, **extra: Any) -> tuple[Outcome, list[Json]]:
    """Run a playbook, site.yml if none is named, with records; return those that it has left, and delete them."""
    playbook = arguments[0] if arguments and not arguments[0].startswith("-") else "site"
    options = [one for one in arguments if one != playbook]
    outcome = site.run(playbook, *options, extra={"bonding_record_directory": str(folder), **extra})
    texts = []
    for path in sorted(folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        texts.append(path.read_text(encoding="utf-8"))
        path.unlink()
    assert not [secret for secret in secrets() if any(secret in text for text in texts)]
    return outcome, [json.loads(text) for text in texts]


def turn_off(site: Site, space: str) -> None:
    site.as_administrator("PATCH", f"spaces/{space}/", {"private_wan_enabled": False})


def test_a_run_that_writes_leaves_a_record_and_no_other_run_does(network: Site, folder: pathlib.Path) -> None:
    turn_off(network, "initech")
    checked, records = run(network, folder, "--check")
    assert (checked.code, records) == (0, []), checked.output
    verified, records = run(network, folder, "--tags", "verify")
    assert verified.code != 0
    assert records == []

    outcome, records = run(network, folder, "--tags", "private_wan")
    assert outcome.code == 0, outcome.output
    (record,) = records
    assert (record["result"], record["phase"]) == ("finished", None)
    assert record["started"] <= record["ended"]
    assert record["playbook"].endswith("site.yml")
    assert record["user"]
    assert (record["network"], record["digest"]) == ("demo", outcome.plan["digest"])
    assert (record["counts"], record["lines"]) == (outcome.plan["counts"], outcome.plan["text"])
    assert record["lines"][0] == "add     update space initech"

    again, records = run(network, folder)
    assert (again.code, again.writes, records) == (0, [], []), again.output


def test_a_run_that_fails_leaves_the_phase_in_which_it_ended(network: Site, folder: pathlib.Path) -> None:
    turn_off(network, "initech")
    network.server.faults([{"method": "PATCH", "path": "spaces/", "status": 500, "count": None}])
    outcome, records = run(network, folder)
    assert outcome.code != 0
    (record,) = records
    assert (record["result"], record["phase"], record["ended"]) == ("unfinished", "add", None)
    assert record["digest"] == outcome.plan["digest"]
    network.server.faults([])

    # A teardown begins with the last phase, since it adds nothing.
    network.server.faults([{"method": "DELETE", "status": 500, "count": None}])
    outcome, records = run(network, folder, "teardown", bonding_confirm_teardown="demo")
    assert outcome.code != 0
    (record,) = records
    assert (record["result"], record["phase"]) == ("unfinished", "remove")
    network.server.faults([])
    outcome, records = run(network, folder, "teardown", bonding_confirm_teardown="demo")
    assert outcome.code == 0, outcome.output
    assert [one["result"] for one in records] == ["finished"]


def test_a_folder_that_is_absent_is_refused_before_anything_is_asked(network: Site, tmp_path: pathlib.Path) -> None:
    absent = tmp_path / "absent"
    outcome = network.run("site", extra={"bonding_record_directory": str(absent)})
    assert outcome.code != 0
    assert f"bonding_record_directory: the records of runs cannot be written (got {absent}" in outcome.problems
    assert (outcome.server, outcome.aws) == ([], [])
