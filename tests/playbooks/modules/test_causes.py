# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mistake about a host is one problem, however much of the built network hangs on the host."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from tests.playbooks.faults import Fault
from tests.playbooks.planning import plan
from tests.playbooks.running import Site

NO_NAME = (
    "agg2: bonding_aggregator: the server has no aggregator named 'agg9' (it has: agg1, agg2, agg3).",
    "aggregator agg2 (id 12): no host of the inventory is this aggregator, which has objects of the network demo "
    "(demo_babel_11, demo_babel_12, demo_bgp_1007, and {more} more; hosts: agg1, agg2, agg3). Correct the hosts that "
    "are named above; if it is none of them, add its host to the inventory.",
)
NO_ID = (
    "agg2: AWS has no instance i-0123456789abcdef0 in the region eu-central-1. Correct aws_instance_id, or aws_region."
)
# the slip -> what it makes of agg2 (None: no host; of all hosts where it is the region), the problems, those left out
SLIPS: dict[str, tuple[dict[str, Any] | None, tuple[str, ...]]] = {
    "the host is missing": (
        None,
        (
            "aggregator agg2 (id 12): no host of the inventory is this aggregator, which has objects of the network "
            "demo (demo_babel_11, demo_babel_12, demo_bgp_1007, and {more} more; hosts: agg1, agg3). A mesh is not "
            "made smaller by an inventory that lost a host: add the host again, or declare it in bonding_members if "
            "this run has a part of the hosts (a slice, a disabled host). How an aggregator is taken out for good is "
            'in docs/how-to.md, "Take an aggregator out".',
        ),
    ),
    "its name is misspelt": ({"bonding_aggregator": "agg9"}, NO_NAME),
    "name and instance": (
        {"bonding_aggregator": "agg9", "aws_instance_id": "i-0123456789abcdef0"},
        (NO_ID, *NO_NAME),
    ),
}


def refused(fault: Fault) -> PlanError:
    with pytest.raises(PlanError) as caught:
        plan(fault.site, fault.variables, fault.hosts)
    assert "bonding_decommissioned" not in str(caught.value)  # which would take a living aggregator down
    return caught.value


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_about_a_host_is_one_problem(built: Site, slip: str) -> None:
    given, expected = SLIPS[slip]
    fault = Fault(built)
    if given is None:
        del fault.hosts["agg2"]
    else:
        fault.hosts["agg2"] = {**fault.hosts["agg2"], **given}
    error = refused(fault)
    more = next((text.split("and ")[1].split(" more")[0] for text in error.problems if " more; hosts" in text), "")
    assert error.problems == [text.format(more=more) for text in expected]
    assert "more problems may only follow from these: the next run names what is left of them." in str(error)


def test_a_wrong_region_is_one_problem(built: Site) -> None:
    fault = Fault(built)
    fault.variables["aws_region"] = "us-east-1"
    assert refused(fault).problems == [
        "aws_region: AWS has none of the instances in the region us-east-1 (agg1: i-0d00000000000a901, agg2: "
        "i-0d00000000000a902, agg3: i-0d00000000000a903). Correct aws_region, or use credentials of the account that "
        "has them."
    ]


def test_a_mistake_of_its_own_is_named_beside_that_of_the_host(built: Site) -> None:
    """A mistake that does not follow from the host is not left out: the first run names each."""
    fault = Fault(built)
    del fault.hosts["agg2"]
    fault.variables["bonding_spaces"][0]["gateways"][0]["aggregator"] = "agg7"
    fault.variables["bonding_cpe_nat_ips"][0]["bond"] = "no-such-bond"
    problems = refused(fault).problems
    assert [text.split(":")[0] for text in problems] == [
        "aggregator agg2 (id 12)",
        "CPE NAT entry of bond no-such-bond",
        "space acme, gateway on agg7",
    ]
