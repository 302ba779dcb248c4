# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start of network_plan: imports without which Ansible's process and the reading of AWS do, and when AWS is read."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DesiredNetwork
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Account
from ansible_collections.bonded.internet.plugins.module_utils._plan.aws_reader import CloudReader
from ansible_collections.bonded.internet.plugins.module_utils._plan.inputs import start_reading

PLUGINS = "ansible_collections.bonded.internet.plugins"
UTILS = f"{PLUGINS}.module_utils"


def imported_with(name: str) -> set[str]:
    """All modules that a new Python has imported after it has imported this one of the collection."""
    program = f"import sys, {PLUGINS}.{name}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_action_plugin_is_imported_without_its_module() -> None:
    found = imported_with("action.network_plan")
    assert f"{PLUGINS}.plugin_utils._in_controller" in found
    assert not {name for name in found if name.startswith((f"{UTILS}.", f"{PLUGINS}.modules", "botocore", "requests"))}


def test_what_reading_aws_needs_not_is_imported_while_it_is_read() -> None:
    found = imported_with("modules.network_plan")
    assert f"{UTILS}._plan.aws_reader" in found
    later = (
        "_plan.planner",
        "_plan.results",
        "_client",
        "_reconcile",
        "_resources",
        "_design.planner",
        "_design.vpc.vpcs",
    )
    assert not {name for name in found if name.startswith(tuple(f"{UTILS}.{one}" for one in later))}
    assert "requests" not in found


def params(**more: Any) -> dict[str, Any]:
    host = {"host": "agg1", "aggregator": "7"}
    return {"network": "prod", "aggregators": [host], "spaces": [], "cpe_nat_ips": [], **more}


def spaces() -> list[dict[str, Any]]:
    return [{"key": "acme", "private_wan": "managed_mesh", "vpc": {"cidr": "10.101.0.0/16"}}]


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's side is who read it: the only account's region is the number of the process."""

    def read(self: CloudReader, _intent: DesiredNetwork) -> None:
        self.cloud.accounts["by"] = Account(region=str(os.getpid()))

    monkeypatch.setattr(CloudReader, "read_network", read)


def no_client(_region: str | None, _service: str) -> Any:
    raise AssertionError("nobody asks here")


@pytest.mark.parametrize("forked", [False, True])
def test_aws_is_read_by_another_process_or_when_it_is_wanted(forked: bool) -> None:
    with start_reading(params(spaces=spaces()), no_client, forked=forked) as begun:
        assert (begun.desired.network, begun.report.problems) == ("prod", [])
        assert begun.cloud_side.cloud.accounts == {}
        begun.read()
        assert (begun.cloud_side.cloud.accounts["by"].region == str(os.getpid())) is not forked


def test_what_needs_nothing_of_aws_does_not_read_it() -> None:
    with start_reading(params(), no_client, forked=True) as begun:
        begun.read()
        assert begun.cloud_side.cloud.accounts == {}


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
    with start_reading(params(aggregators=hosts, spaces=spaces()), client_of) as begun:
        assert [host.region for host in begun.desired.hosts] == expected


def test_where_no_host_names_a_region_nobody_asks_for_the_default_one() -> None:
    hosts = [{"host": f"agg{n}", "aggregator": str(n)} for n in range(2)]
    with start_reading(params(aggregators=hosts, spaces=spaces()), no_client) as begun:
        assert [host.region for host in begun.desired.hosts] == [None, None]
