# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact of a run: its addresses, and its bound."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.checks.kept_addresses import KeptAddress
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import DesiredHost, DesiredNetwork
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import PlannedChange
from ansible_collections.bonded.internet.plugins.module_utils._model.state import (
    Aggregator,
    Cloud,
    ElasticIp,
    Instance,
    Server,
)
from ansible_collections.bonded.internet.plugins.module_utils._plan.approval.artifact import addresses_of, result_of

DIGEST = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
COUNTS = {"add": 3000, "switch": 0, "remove": 0}
LARGEST = 32_000


def planned(drift: list[dict[str, Any]]) -> dict[str, Any]:
    return {"digest": DIGEST, "counts": COUNTS, "drift": drift}


@pytest.mark.parametrize("name", ["bond", "Königsallee 1\u202e\x1b[31m"])
def test_artifact_of_500_entries_is_bounded_and_counts_what_it_left_out(name: str) -> None:
    first = ipaddress.IPv4Address("198.51.100.0")
    addresses = {f"cpe-nat/{name}-{number}": str(first + number) for number in range(500)}
    lines = [
        f"add: create server cpe_nat_ip bonds/{bond}/{kind} {name} on agg{bond} #0123abcd"
        for bond in range(500)
        for kind in range(6)
    ]
    drift = [{"kind": "bond_moved", "bond": number, "text": f"{name} is on agg2"} for number in range(500)]
    found = result_of(planned(drift), "demo", "present", addresses, lines)
    assert len(json.dumps(found)) < LARGEST
    assert found["counts"] == COUNTS
    for part, whole in (("addresses", 500), ("drift", 500), ("lines", 3000)):
        assert found[part], part
        assert len(found[part]) + found["left_out"][part] == whole
    assert found["lines"] == lines[: len(found["lines"])]
    assert "\x1b" not in json.loads(json.dumps(found["drift"]))[0]["text"]


def test_items_leave_their_room_to_addresses() -> None:
    addresses = {f"cpe-nat/bond-{number}": f"198.51.100.{number}" for number in range(500)}
    found = result_of(planned([]), "demo", "followed", addresses, [])
    assert found["addresses"] == addresses
    assert found["state"] == "followed"
    assert found["left_out"] == {"addresses": 0, "drift": 0, "lines": 0}


def elastic_ip(key: str, address: str, network: str = "demo") -> ElasticIp:
    tags = {"bonded.internet/network": network, "bonded.internet/key": key}
    return ElasticIp(f"eipalloc-{address}", address, tags)


def test_addresses_are_those_that_stay_and_each_aggregators_own() -> None:
    hosts = (
        DesiredHost("one", "agg1", instance_id="i-1"),
        DesiredHost("two", "12"),
        DesiredHost("three", "agg3", instance_id="i-3"),
    )
    instances = {
        name: Instance(name, "t3.large", "eu-central-1a", "vpc-1", "subnet-1", "eni-1", "10.0.0.1", public_ip=address)
        for name, address in (("i-1", "203.0.113.1"), ("i-3", None))
    }
    aggregators = [Aggregator(7, "agg1", "203.0.113.99"), Aggregator(12, "agg2", "203.0.113.2")]
    cloud = Cloud(
        instances=instances,
        addresses=[
            elastic_ip("cpe-nat/bond-17", "198.51.100.17"),
            elastic_ip("cpe-nat/bond-18", "198.51.100.18"),
            elastic_ip("cpe-nat/bond-19", "198.51.100.19"),
            elastic_ip("cpe-nat/bond-20", "198.51.100.20", network="other"),
        ],
    )
    released = PlannedChange(
        "aws",
        "delete",
        "elastic_ip",
        "",
        "cpe-nat/bond-18",
        {"public_ip": "198.51.100.18"},
        None,
        "remove",
        None,
        "cpe_nat",
    )
    kept = KeptAddress("198.51.100.19", "eipalloc-19", "cpe-nat/bond-19", adopted=False, usd_per_month=3.65)
    server = Server(aggregators={one.id: one for one in aggregators})
    assert addresses_of(DesiredNetwork("demo", hosts), [released], [kept], server, cloud) == {
        "cpe-nat/bond-17": "198.51.100.17",
        "aggregator/one": "203.0.113.1",
        "aggregator/two": "203.0.113.2",
    }
