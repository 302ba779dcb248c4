# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that cannot change where the object exists, as both sides show it: refused, and nothing is written."""

from __future__ import annotations

from copy import deepcopy

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from tests.playbooks.planning import plan
from tests.playbooks.running import Json, Site, aws_writes, server_writes


def refused(site: Site, given: Json) -> str:
    """Return the problems of a refused plan, which writes nothing."""
    with pytest.raises(PlanError) as error:
        plan(site, given)
    assert (aws_writes(site.cloud.log()), server_writes(site.server.log())) == ([], [])
    return str(error.value)


def test_what_cannot_change_is_refused_by_name(network: Site, variables: Json) -> None:
    first = variables["bonding_cpe_nat_ips"][0]
    pool = deepcopy(variables)
    pool["bonding_cpe_nat_ips"][0] = {**first, "pool": "ipv4pool-ec2-0123456789abcdef0"}
    text = refused(network, pool)
    assert "pool is not that of its address (got ipv4pool-ec2-0123456789abcdef0, expected amazon" in text

    bond = deepcopy(variables)
    other = variables["bonding_cpe_nat_ips"][1]["bond"]
    named = {**first, "name": first.get("name") or f"bond-{first['bond']}", "bond": other}
    bond["bonding_cpe_nat_ips"][0] = named
    text = refused(network, bond)
    assert f"leads to bond {first['bond']}" in text
    assert f"expected {first['bond']})" in text

    assert "a network cannot be renamed" in refused(network, variables | {"bonding_network": "other"}).lower()
