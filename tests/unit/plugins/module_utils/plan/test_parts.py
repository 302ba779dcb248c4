# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part that builds on another one, or takes away what the other one still uses, is refused alone."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import (
    PARTS,
    DesiredNetwork,
    Report,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import Design, Placement, Scope
from ansible_collections.bonded.internet.plugins.module_utils._objects import Change
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import _judge

SUBNET = "natgw-subnet/acme/eu-central-1a"
REFUSAL = (
    f"The subnets {SUBNET} would be deleted with the NAT gateways natgw/acme/agg1 still in them: run the part "
    "gateways too."
)


@pytest.mark.parametrize(("parts", "problems"), [(("private_wan",), [REFUSAL]), (PARTS, []), (("gateways",), [])])
def test_a_public_subnet_goes_with_its_nat_gateway_or_not_at_all(parts: tuple[str, ...], problems: list[str]) -> None:
    design = Design()
    design.aws(Change("delete", "nat_gateway", SUBNET, "natgw/acme/agg1"), Placement("remove", "gateways", "agg1"))
    design.aws(Change("delete", "subnet", "vpc/acme", SUBNET), Placement("remove", "private_wan"))
    scope = Scope(hosts={"agg1"}, parts=parts, limited=False, absent=False)
    kept = [item for item in design.items if scope.reason(item) is None]
    left = [item for item in design.items if scope.reason(item) is not None]
    report = Report()
    _judge(kept, left, scope, DesiredNetwork(network="prod", hosts=()), {}, report)
    assert report.problems == problems
