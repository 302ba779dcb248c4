# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slices of a run, by hosts and by parts, end as one run does: judged by both sides' state."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.waiting import awaited_by
from tests.playbooks.comparing import comparable
from tests.playbooks.planning import network_plan
from tests.playbooks.running import Json, Site, demo_hosts
from tests.slices.runs import members_of, sliced

MOST_REQUESTS = 60


def sides(site: Site) -> tuple[Any, Any]:
    return comparable(site.server.state()), comparable(site.cloud.state())


@pytest.fixture
def whole(network: Site) -> tuple[Any, Any]:
    """Both sides after one full run."""
    return sides(network)


def test_one_host_and_then_the_others_end_as_one_run(network: Site, whole: tuple[Any, Any], variables: Json) -> None:
    """The first run has a limit, the second the inventory of a slice: its hosts and all group variables."""
    hosts = demo_hosts()
    variables["bonding_members"] = members_of(hosts)
    of_slice = {name: hosts[name] for name in ("agg1", "agg2")}
    network.reset()
    outcome = network.run("site", "--limit", "agg3")
    assert outcome.code == 0, outcome.output
    outcome = network.write_inventory("slice", of_slice, variables).run("site")
    assert outcome.code == 0, outcome.output
    assert "has 2 of the 3 aggregators that bonding_members declares, and not agg3:" in outcome.output
    assert sides(network) == whole
    assert network.run("site").writes == []


SHARED = ("vpcs", "subnets", "route_tables", "internet_gateways", "security_groups")
"""Kinds of EC2's objects that belong to no aggregator."""


def planned(site: Site, variables: Json) -> tuple[list[str], list[tuple[str, ...]]]:
    """Plan the slice with agg3, whose gateway is in a VPC that the slice with agg1 creates.

    Return the shared objects that it waits for, and what it changes itself.
    """
    made = network_plan(site, variables, play=["agg3"], shared_by="agg1")
    assert {item.host for item in made.plan.items} == {"agg3"}
    return awaited_by(made), [(item.verb, item.kind, item.parent, item.key) for item in made.plan.items]


@pytest.fixture
def moments(unbuilt: Site, variables: Json) -> Iterator[list[tuple[str, str]]]:
    """Names of both sides' states, one for each moment of the run of the slice with agg1, as (server, AWS)."""
    inventory = variables | {"bonding_members": members_of(demo_hosts())}
    sides = (unbuilt.server, unbuilt.cloud)
    for side in sides:
        side.begin_history()
    outcome = unbuilt.write_inventory("owner", {"agg1": demo_hosts()["agg1"]}, inventory).run("site")
    assert outcome.code == 0, outcome.output
    writes = sorted((one["t"], number, one["n"]) for number, side in enumerate(sides) for one in side.history())
    last = [0, 0]
    found = [("write-0", "write-0")]
    for _time, number, copy in writes:
        last[number] = copy
        found.append((f"write-{last[0]}", f"write-{last[1]}"))
    yield found
    for side in sides:
        side.end_history()


def waits_for_ec2_only(site: Site, variables: Json, server: str, complete: str) -> bool:
    """Return True if the slice waits for nothing of the server, as that is at a moment."""
    load(site, (server, complete))
    return planned(site, variables)[0] == []


def load(site: Site, moment: tuple[str, str]) -> None:
    site.server.load(moment[0])
    site.cloud.load(moment[1])


def shared(site: Site) -> Any:
    found = comparable(site.cloud.state())
    return {kind: found[kind] for kind in SHARED}


def test_a_slice_waits_at_every_moment_until_the_shared_objects_are_complete(
    unbuilt: Site, variables: Json, moments: list[tuple[str, str]]
) -> None:
    load(unbuilt, moments[-1])
    complete, (nothing, own) = shared(unbuilt), planned(unbuilt, variables)
    assert nothing == []
    before: list[str] | None = None
    for moment in moments:
        load(unbuilt, moment)
        awaited, items = planned(unbuilt, variables)
        assert items
        assert before is None or set(awaited) <= set(before), moment
        assert awaited or (shared(unbuilt), items) == (complete, own), moment
        before = awaited
        if not awaited:
            break
    assert moment != moments[0]


def test_a_plan_that_reads_old_and_new_state_waits_or_is_right(
    unbuilt: Site, variables: Json, moments: list[tuple[str, str]]
) -> None:
    """The first requests of the plan to EC2 find nothing, the others all that the other slice has created meanwhile.

    The plan reads the server first: that has the spaces' modes already, for which the slice would wait in any case.
    """
    load(unbuilt, moments[-1])
    _nothing, own = planned(unbuilt, variables)
    modes = next(server for server, _cloud in moments if waits_for_ec2_only(unbuilt, variables, server, moments[-1][1]))
    answers = set()
    for number in range(MOST_REQUESTS):
        load(unbuilt, (modes, moments[0][1]))
        unbuilt.cloud.faults([{"action": ".*", "kind": "hold", "after": number, "count": None}])
        with ThreadPoolExecutor(1) as pool:
            plan = pool.submit(planned, unbuilt, variables)
            while not plan.done() and not unbuilt.cloud.control("GET", "held"):
                time.sleep(0.01)  # the emulator tells of held requests only when it is asked
            held = not plan.done()
            unbuilt.cloud.load(moments[-1][1])
            unbuilt.cloud.faults([])
            unbuilt.cloud.control("POST", "release")
            awaited, items = plan.result(timeout=60)
        assert awaited or items == own, number
        answers.add(bool(awaited))
        if not held:
            break
    assert answers == {True, False}


def test_slices_at_once_end_as_one_run(unbuilt: Site, variables: Json, whole: tuple[Any, Any]) -> None:
    """The slice that owns the shared objects starts last, so that both others have to wait for it."""
    variables["bonding_members"] = members_of(demo_hosts())
    unbuilt.reset()
    parts = [
        unbuilt.write_inventory(f"part{number}", part, variables) for number, part in enumerate(sliced(demo_hosts(), 3))
    ]
    with ThreadPoolExecutor(len(parts)) as pool:
        others = [pool.submit(part.run, "site") for part in parts[1:]]
        deadline = time.monotonic() + 60
        while [one["action"] for one in unbuilt.cloud.log()].count("DescribeInstances") < len(others):
            assert time.monotonic() < deadline, "the other slices did not plan"
            time.sleep(0.05)
        outcomes = [parts[0].run("site"), *(other.result() for other in others)]
    assert [outcome.code for outcome in outcomes] == [0, 0, 0], [outcome.problems for outcome in outcomes]
    assert sides(unbuilt) == whole
    assert unbuilt.run("site").writes == []


def test_parts_one_after_the_other_end_as_one_run_even_if_one_was_killed(network: Site, whole: tuple[Any, Any]) -> None:
    """AWS fails for good in the middle of the first part; when it works again, the next run ends as if nothing was."""
    network.reset()
    network.cloud.faults([{"action": "AssociateAddress", "code": "InternalError", "count": None}])
    broken = network.run("site", "--tags", "cpe_nat")
    assert broken.code != 0
    allocated = [entry["action"] for entry in broken.aws].count("AllocateAddress")
    network.cloud.faults([])
    for arguments in (("site", "--tags", "cpe_nat"), ("private_wan",), ("site", "--tags", "gateways")):
        outcome = network.run(*arguments)
        assert outcome.code == 0, outcome.output
        assert outcome.writes
        allocated += [entry["action"] for entry in outcome.aws].count("AllocateAddress")
    assert sides(network) == whole
    assert allocated == 5


def test_gateways_before_their_vpc_are_refused(empty: Site) -> None:
    outcome = empty.run("gateways")
    assert outcome.code != 0
    assert "run the part private_wan first" in outcome.problems
    assert outcome.writes == []
