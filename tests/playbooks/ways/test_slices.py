# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slices of a run, by hosts and by parts, end as one run does: judged by both sides' state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.comparing import comparable
from tests.playbooks.running import Json, Site, demo_hosts


def sides(site: Site) -> tuple[Any, Any]:
    return comparable(site.server.state()), comparable(site.cloud.state())


@pytest.fixture
def whole(network: Site) -> tuple[Any, Any]:
    """Both sides after one full run."""
    return sides(network)


def test_one_host_and_then_the_others_end_as_one_run(network: Site, whole: tuple[Any, Any], variables: Json) -> None:
    """The first run has a limit, the second the inventory of a slice: its hosts and all group variables."""
    hosts = demo_hosts()
    variables["bonding_members"] = [
        {"name": name, "instance_id": own["aws_instance_id"]} for name, own in hosts.items()
    ]
    of_slice = {name: hosts[name] for name in ("agg1", "agg2")}
    network.reset()
    outcome = network.run("site", "--limit", "agg3")
    assert outcome.code == 0, outcome.output
    outcome = network.write_inventory("slice", of_slice, variables).run("site")
    assert outcome.code == 0, outcome.output
    assert "has 2 of the 3 aggregators that bonding_members declares, and not agg3:" in outcome.output
    assert sides(network) == whole
    assert network.run("site").writes == []


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
