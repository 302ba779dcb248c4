# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return routes on hosts while an address follows its bond, and while an aggregator hangs and is evacuated."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from lab.hosts import Host
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

from .conftest import ENVIRONMENT, PREFIX

TABLES = {"agg1": 10000007, "agg2": 10000012, "agg3": 10001007}
"""Routing table of the return routes to each owner."""


@pytest.fixture
def hosts(tmp_path: pathlib.Path) -> Iterator[dict[str, Host]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Host(name, tmp_path, f"{PREFIX}follow-{name}")) for name in demo_hosts()}


@pytest.fixture
def network(stand_ins: Site, hosts: dict[str, Host]) -> Site:
    """Return a network of one public address on agg1 and BGP by transit, and nothing else."""
    stand_ins.reset()
    return written(stand_ins, hosts, {})


def written(stand_ins: Site, hosts: dict[str, Host], options: Json, **more: object) -> Site:
    """Return the stand-ins with the network's inventory.

    :param options: more options of the entry of bond 17
    """
    variables: Json = demo_variables() | {"bonding_manage_hosts": True, "bonding_spaces": []}
    variables["bonding_cpe_nat_ips"] = [variables["bonding_cpe_nat_ips"][0] | options]
    given = {name: demo_hosts()[name] | host.variables() for name, host in hosts.items()}
    found = stand_ins.write_inventory("follow", given, variables | more)
    found.environment = ENVIRONMENT
    return found


def run(network: Site, playbook: str, **extra: str) -> Outcome:
    outcome = network.run(playbook, extra=extra)
    assert outcome.code == 0, outcome.output
    return outcome


def owners(network: Site, hosts: dict[str, Host]) -> dict[str, str]:
    """Return the owner to which each host leads what comes from the address, by its kernel."""
    address = network.ours("addresses")["cpe-nat/bond-17"]["private_ip"]
    rules = {name: host.run("ip", "-4", "rule").stdout for name, host in hosts.items()}
    return {
        name: owner
        for name, text in rules.items()
        for owner, table in TABLES.items()
        if f"from {address} lookup {table}" in text
    }


def test_return_routes_follow_an_address_and_a_hung_aggregator_gets_its_own_later(
    network: Site, hosts: dict[str, Host]
) -> None:
    run(network, "site")
    assert owners(network, hosts) == {"agg2": "agg1", "agg3": "agg1"}

    network.server.control("POST", "move", {"bond": 17, "aggregator": "agg3"})
    followed = run(network, "follow_bonds")
    assert owners(network, hosts) == {"agg1": "agg3", "agg2": "agg3"}
    assert "aggregator_host : Write the return routes" in followed.output
    again = run(network, "follow_bonds")
    assert (again.changed, again.writes) == (0, [])
    whole = run(network, "site")
    assert (whole.changed, whole.writes) == (0, []), whole.output

    hosts["agg3"].hang(True)
    network.server.control("POST", "move", {"bond": 17, "aggregator": "agg1"})
    run(network, "evacuate", bonding_evacuate="agg3")
    assert owners(network, hosts) == {"agg2": "agg1"}
    again = run(network, "evacuate", bonding_evacuate="agg3")
    assert (again.changed, again.writes) == (0, [])

    hosts["agg3"].hang(False)
    finished = run(network, "site")
    assert finished.writes == []
    assert [(item["host"], item["kind"]) for item in finished.plan["plan"]] == [("agg3", "return_route")]
    assert owners(network, hosts) == {"agg2": "agg1", "agg3": "agg1"}


def test_return_routes_of_a_bgp_that_the_inventory_has_lost(network: Site, hosts: dict[str, Host]) -> None:
    """A run that only moves addresses asks no host then, and moves none by which the bond's answers would be lost."""
    run(network, "site")
    network.server.control("POST", "move", {"bond": 17, "aggregator": "agg3"})
    without = written(network, hosts, {}, bonding_bgp=None)
    stays = run(without, "follow_bonds")
    assert stays.writes == []
    assert "bonding_bgp is not in the inventory. Give bonding_bgp again." in stays.said
    assert owners(network, hosts) == {"agg2": "agg1", "agg3": "agg1"}

    named = written(network, hosts, {"aggregator": "agg3"}, bonding_bgp=None)
    run(named, "site", bonding_allow_disruption="true")
    assert owners(network, hosts) == {"agg1": "agg3", "agg2": "agg3"}
    again = run(named, "site")
    assert (again.changed, again.writes) == (0, [])

    network.server.control("POST", "move", {"bond": 17, "aggregator": "agg1"})
    run(written(network, hosts, {}), "follow_bonds")
    assert owners(network, hosts) == {"agg2": "agg1", "agg3": "agg1"}
