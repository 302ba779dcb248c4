# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default region of the network, by its name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report
from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import with_named_regions


def params(**more: Any) -> dict[str, Any]:
    host = {"host": "agg1", "aggregator": "7"}
    return {"network": "prod", "aggregators": [host], "spaces": [], "cpe_nat_ips": [], **more}


def spaces() -> list[dict[str, Any]]:
    return [{"key": "acme", "private_wan": "managed_mesh", "vpc": {"cidr": "10.101.0.0/16"}}]


def no_client(_region: str | None, _service: str) -> Any:
    raise AssertionError("nobody asks here")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["eu-west-1", None], ["eu-west-1", "eu-central-1"]),
        ([None, "eu-central-1"], ["eu-central-1", "eu-central-1"]),
        (["eu-west-1", "eu-central-1"], ["eu-west-1", "eu-central-1"]),
    ],
)
def test_the_default_region_counts_by_its_name_beside_others(given: list[str | None], expected: list[str]) -> None:
    """A host without one beside a host with the same was read twice; beside another one it passed the check."""

    def client_of(region: str | None, _service: str) -> Any:
        assert region is None
        return SimpleNamespace(meta=SimpleNamespace(region_name="eu-central-1"))

    hosts = [{"host": f"agg{n}", "aggregator": str(n), "region": region} for n, region in enumerate(given)]
    desired = read_desired_network(params(aggregators=hosts, spaces=spaces()), Report())
    assert [host.region for host in with_named_regions(desired, client_of).hosts] == expected


def test_where_no_host_names_a_region_nobody_asks_for_the_default_one() -> None:
    hosts = [{"host": f"agg{n}", "aggregator": str(n)} for n in range(2)]
    desired = read_desired_network(params(aggregators=hosts, spaces=spaces()), Report())
    assert [host.region for host in with_named_regions(desired, no_client).hosts] == [None, None]
