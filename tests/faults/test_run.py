# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of site.yml that is asked for everything: what it evaluates and shows, and each state that it goes through.

The stand-ins hold texts of an attacker where others may write, and the run says all that it can (-vvvv --diff).
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults import foreign
from tests.faults.attack import Trap, Watched, answering, answers, listening, plant, secrets, told
from tests.faults.cells import spread
from tests.faults.recording import Recording, recorded, small
from tests.faults.world import World

PREFIXES = 6
WORLDS = 50


@dataclass(frozen=True)
class Attacked:
    """The run, what it was to fall into, and the command lines that were seen meanwhile."""

    world: World
    recording: Recording
    trap: Trap
    lines: set[str]


@pytest.fixture(scope="module")
def attacked(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    world.quiet()
    world.site.reset()
    with listening() as listener:
        trap = Trap(tmp_path_factory.mktemp("trap") / "marker", listener)
        plant(world, trap)
        with Watched() as watched:
            recording = recorded(world, small(), "-vvvv", "--diff")
        yield Attacked(world, recording, trap, watched.lines)
    world.site.server.end_history()
    world.site.cloud.end_history()


def test_nothing_that_others_wrote_is_evaluated(attacked: Attacked) -> None:
    recording = attacked.recording
    recording.prefixes[-1].load(attacked.world)
    assert attacked.trap.sprung(attacked.world.site, recording.outcome.output) == []
    assert attacked.trap.texts["an expression"] in str(attacked.world.site.server.state()["bonds"])


def test_no_secret_is_shown(attacked: Attacked) -> None:
    assert len(attacked.recording.outcome.output.splitlines()) > 1000
    assert any("ansible-playbook" in line for line in attacked.lines)
    assert told(attacked.recording.outcome, attacked.lines, secrets()) == []


def test_a_problem_that_names_what_others_wrote_evaluates_nothing(attacked: Attacked) -> None:
    network = small()
    for bond in range(17, 29):
        entry = {"interface": "eth7", "connected_ip": f"192.168.{bond}.1/24", "nat_ip": f"192.168.{bond}.9"}
        network.variables["bonding_cpe_nat_ips"].append({"bond": bond, "name": f"more-{bond}", **entry})
    network.variables["bonding_api_token"] = token = "S3cr3tT0ken"
    site = network.site(attacked.world)
    refused = site.run("site", "--check", "-vvv")
    assert refused.code != 0 and "Wrong API token" in refused.problems, refused.output
    assert told(refused, set(), {**secrets(), "the token": token}) == []
    del network.variables["bonding_api_token"]
    outcome = network.site(attacked.world).run("site", "--check")
    assert "has no interface 'eth7'" in outcome.problems, outcome.output
    assert attacked.trap.sprung(attacked.world.site, outcome.output) == []
    assert outcome.writes == []


def test_nothing_that_a_host_answers_is_evaluated(attacked: Attacked, tmp_path: pathlib.Path) -> None:
    network = small()
    for host, answer in answers(attacked.trap.texts).items():
        python = answering(tmp_path, host, answer)
        own = {"bonding_manage_hosts": True, "ansible_connection": "local", "ansible_python_interpreter": python}
        network.hosts[host] |= own
    outcome = network.site(attacked.world).run("site", "--check", "-vvv")
    assert outcome.code != 0 and "agg1" in outcome.problems, outcome.output
    assert attacked.trap.sprung(attacked.world.site, outcome.output) == []
    assert outcome.writes == []


def test_the_run_can_be_killed_anywhere(attacked: Attacked) -> None:
    for cell in spread(attacked.recording.cells(), PREFIXES):
        cell.check(attacked.world)


def test_objects_of_others_change_no_removal(attacked: Attacked) -> None:
    attacked.recording.prefixes[-1].load(attacked.world)
    found = foreign.removals(attacked.world, attacked.recording.network)
    for cell in foreign.cells(found, WORLDS):
        cell.check(attacked.world)
