# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact numbers of a run's requests, writes and tasks. Seconds are measured by `make bench`."""

from __future__ import annotations

import json
import pathlib
from collections import Counter
from collections.abc import Iterator

import pytest

from lab.bench.networks import PASSWORD, USER, make_network
from lab.process import stand_ins
from tests.playbooks.running import Outcome, Site

AGGREGATORS, SPACES = 3, 4
READS = 3 + 4 * AGGREGATORS
OBJECTS = 2 * AGGREGATORS * SPACES
TASKS = 10
"""Of a run with nothing to do: the guard against an empty group, the inventory, the plan, the end of each of the four
plays that change something, the two looks at the aggregators themselves, left out here, and the result."""


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Unmanaged spaces with an interface and a protocol on each aggregator, built by one run that is kept."""
    network = make_network(tmp_path_factory.mktemp("mesh"), AGGREGATORS, SPACES)
    with stand_ins(network.folder) as (server, cloud):
        yield Site(server, cloud, network.folder, network.inventory, f"{USER}:{PASSWORD}")


@pytest.fixture(scope="module")
def made(mesh: Site) -> Outcome:
    outcome = mesh.run("private_wan")
    assert outcome.code == 0, outcome.output
    mesh.save("made")
    return outcome


def asked(outcome: Outcome) -> Counter[str]:
    assert outcome.code == 0, outcome.output
    assert outcome.aws == []
    return Counter(entry["method"] for entry in outcome.server)


def tasks(outcome: Outcome) -> list[str]:
    return [line for line in outcome.output.splitlines() if line.startswith("TASK [")]


def test_from_nothing_each_object_is_one_write_and_nothing_is_read_twice(made: Outcome) -> None:
    # the list of spaces is read once more, by the one task that sets their modes
    assert asked(made) == {"GET": READS + 1, "POST": OBJECTS, "PATCH": SPACES}
    assert len([event for event in made.run.events if event["action"] == "bonded.internet.aggregator_network"]) == (
        AGGREGATORS
    )
    # and no task that all hosts skip: the steps of the phase are looped over, one for the modes and one for the meshes
    assert len(tasks(made)) == TASKS + 6


def test_a_run_with_nothing_to_do_is_three_lists_and_four_requests_an_aggregator(mesh: Site, made: Outcome) -> None:
    mesh.load("made")
    outcome = mesh.run("private_wan")
    assert asked(outcome) == {"GET": READS}
    assert len(tasks(outcome)) == TASKS
    check = mesh.run("private_wan", "--check")
    assert asked(check) == {"GET": READS}
    assert len(tasks(check)) == TASKS


@pytest.mark.parametrize("count", [1, 5])
def test_what_changed_costs_itself(mesh: Site, made: Outcome, count: int) -> None:
    mesh.load("made")
    interfaces = [(a["id"], i) for a in mesh.server.state()["aggregators"] for i in a["interfaces"]]
    for number, interface in interfaces[:count]:
        path = f"aggregators/{number}/vxlan_interfaces/{interface['id']}/"
        mesh.as_administrator("PATCH", path, {"endpoints": interface["endpoints"][1:]})
    outcome = mesh.run("private_wan")
    assert asked(outcome) == {"GET": READS, "PATCH": count}
    sent = [json.dumps(entry["body"], sort_keys=True) for entry in outcome.server if entry["method"] == "PATCH"]
    assert all(list(json.loads(body)) == ["endpoints"] for body in sent)


def test_an_address_is_one_allocation_and_one_association(tmp_path: pathlib.Path) -> None:
    count = 6
    network = make_network(tmp_path, 1, 0, addresses=count)
    with stand_ins(network.folder) as (server, cloud):
        site = Site(server, cloud, network.folder, network.inventory)
        outcome = site.run("cpe_nat")
        assert outcome.code == 0, outcome.output
        made = Counter(entry["action"] for entry in outcome.aws)
        assert made["AllocateAddress"] == made["AssociateAddress"] == count
        assert made["AssignPrivateIpAddresses"] == 1
        again = site.run("cpe_nat")
        assert Counter(entry["action"] for entry in again.aws) == {
            "DescribeInstances": 1,
            "DescribeAddresses": 1,
            "DescribeSubnets": 1,
        }
        assert Counter(entry["method"] for entry in again.server) == {"GET": 3 + 3 + 3 * count}
