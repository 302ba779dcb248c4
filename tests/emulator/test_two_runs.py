# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at once, every interleaving with one switch: one run up to its k-th request, the other whole, the one on.

Each engine on the stand-in, which holds the k-th request. Both runs end well, nothing is there twice, and a third run
changes nothing. Whole runs, at random moments, are `make races`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws import creation as once
from ansible_collections.bonded.internet.plugins.module_utils._aws import owned
from ansible_collections.bonded.internet.plugins.module_utils._aws.client import ec2_client
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat import module as cpe_nat
from ansible_collections.bonded.internet.plugins.module_utils._aws.resources import security_group as security
from lab.process import Running
from tests.unit.plugins.module_utils.aws.conftest import entry, options

from .conftest import A1, Module
from .test_owned import KINDS, WANTED

Run = Callable[[Any], dict[str, Any]]
MOST_REQUESTS = 40
GROUP = "sg/aggregators/vpc-00000001"
RULES = [
    {"protocol": "udp", "from_port": 4789, "to_port": 4789, "source": "self"},
    {"protocol": "icmp", "from_port": 3, "to_port": 4, "source": "0.0.0.0/0"},
]
SECURED: dict[str, Any] = {
    "network": "prod",
    "groups": [{"key": GROUP, "vpc_id": "vpc-00000001", "rules": RULES}],
    "interfaces": [{"interface_id": A1, "groups": [GROUP], "source_dest_check": False}],
}
ROUTE = {
    "route_table_id": "rtb-00000002",
    "destination": "172.16.0.0/12",
    "network_interface_id": "eni-000000c1",
    "state": "present",
}


def of_kind(kind: str) -> Run:
    given = {"kind": kind, "network": "prod", **WANTED[kind]}
    return lambda client: owned.run(client, given, False)


RUNS: dict[str, Run] = {
    **{kind: of_kind(kind) for kind in KINDS},
    "addresses": lambda client: cpe_nat.run(client, options(entry("bond-17", A1), entry("bond-18", A1)), False, 1),
    "security": lambda client: security.apply_changes(client, SECURED, False),
}


@pytest.fixture
def clients(aws: Running) -> Iterator[tuple[Any, Any]]:
    """Of two runs on the same account."""
    made = ec2_client(Module(aws.url)), ec2_client(Module(aws.url))
    yield made
    for client in made:
        client.close()


def interleaved(aws: Running, run: Run, clients: tuple[Any, Any], number: int, skipped: int) -> bool:
    """Hold the first run at the request with this number, from 0, let the second one run; False without such a request.

    So many of the stand-in's ids are skipped in between, so that either run's are the smaller ones now and then. Raises
    what either of the runs raises.
    """
    aws.faults([{"action": ".*", "kind": "hold", "after": number}])
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run, clients[0])
        while not wait([first], 0.005).done and not aws.control("GET", "held"):
            continue
        held = not first.done()
        aws.control("DELETE", "faults")
        try:
            if held:
                for _number in range(skipped):
                    clients[1].create_route_table(VpcId="vpc-00000001")
                run(clients[1])
        finally:
            aws.control("POST", "release")
        first.result(timeout=60)
    return held


def keys(aws: Running) -> Counter[str]:
    """Return the number of objects of each key."""
    listed = [one for found in aws.state().values() if isinstance(found, list) for one in found]
    tags = [one.get("tags") or {} for one in listed]
    return Counter(found["bonded.internet/key"] for found in tags if "bonded.internet/key" in found)


@pytest.mark.parametrize("skipped", [0, 1])
@pytest.mark.parametrize("name", RUNS)
def test_every_moment_of_the_switch(aws: Running, clients: tuple[Any, Any], name: str, skipped: int) -> None:
    run = RUNS[name]
    moments = 0
    for number in range(MOST_REQUESTS):
        aws.reset()
        if not interleaved(aws, run, clients, number, skipped):
            break
        moments += 1
        doubled = {key: count for key, count in keys(aws).items() if count > 1}
        assert doubled == {}, f"switched at request {number}"
        assert run(clients[0])["changed"] is False
    assert moments >= 3


def test_the_one_that_is_in_use_stays(aws: Running, clients: tuple[Any, Any]) -> None:
    """The first run looked before the second one's object was there, and has gone on with its own one."""
    smaller = set()
    for skipped in range(5):
        aws.reset()
        first = of_kind("vpc")(clients[0])["id"]
        clients[0].create_subnet(VpcId=first, CidrBlock="10.102.1.0/24")
        for _number in range(skipped):  # the stand-in's ids are the same after each reset
            clients[1].create_route_table(VpcId=first)
        tags = clients[1].describe_vpcs(VpcIds=[first])["Vpcs"][0]["Tags"]
        given = [{"ResourceType": "vpc", "Tags": tags}]
        second = clients[1].create_vpc(CidrBlock="10.102.0.0/16", TagSpecifications=given)["Vpc"]["VpcId"]
        smaller.add(second < first)
        stays = once.settle(clients[1], owned.KINDS["vpc"], "prod", {"vpc/acme": second})["vpc/acme"]
        assert stays["VpcId"] == first
        assert keys(aws)["vpc/acme"] == 1
    assert smaller == {True, False}
