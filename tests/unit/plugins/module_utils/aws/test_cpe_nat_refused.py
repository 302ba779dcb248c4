# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals of CPE NAT addresses: before the first change, and all problems at once."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import run
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.request import CpeNatError
from tests.unit.plugins.module_utils.aws.conftest import entry, options
from tests.unit.plugins.module_utils.aws.fake_ec2 import FakeEc2


def problems(ec2: FakeEc2, wanted: dict[str, Any]) -> list[str]:
    with pytest.raises(CpeNatError) as refused:
        run(ec2, wanted, False)
    assert ec2.writes == []
    return refused.value.problems


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (entry("x", "eni-unknown"), "entry x: interface_id eni-unknown is not a network interface of this account"),
        (entry("x", private_ip="10.0.1.10"), "entry x: private_ip 10.0.1.10 is the primary address of eni-a1"),
        (entry("x", private_ip="10.0.1.20"), "entry x: private_ip 10.0.1.20 is already used by interface eni-a2"),
        (
            entry("x", private_ip="10.0.1.77"),
            "entry x: private_ip 10.0.1.77 is on eni-a1 already, but no Elastic IP of this network names it",
        ),
        (
            entry("x", private_ip="10.0.2.40"),
            "entry x: private_ip 10.0.2.40 lies outside of the interface's subnet 10.0.1.0/24",
        ),
        (
            entry("x", private_ip="10.0.1.3"),
            "entry x: private_ip 10.0.1.3 is reserved by AWS in 10.0.1.0/24 (the first four",
        ),
        (entry("x", private_ip="10.0.1.255"), "entry x: private_ip 10.0.1.255 is reserved by AWS"),
        (
            entry("x", public_ip="203.0.113.200"),
            "entry x: public_ip 203.0.113.200 is not an Elastic IP of this account",
        ),
        (entry("x", public_ip="203.0.113.11"), "(eipalloc-stage) belongs to the network 'stage'"),
        (
            entry("x", public_ip="203.0.113.12"),
            "entry x: public_ip 203.0.113.12 (eipalloc-gateway) is in use in this network, for something else than CPE",
        ),
        (entry("x", public_ip="203.0.113.13"), "(eipalloc-used) is associated, at 10.0.2.99 on eni-b; disassociate it"),
        (entry("", "eni-a1"), "entry '': wanted a key of letters"),
        (entry("x", ""), "entry x: interface_id is ''; wanted a network interface's id (eni-...), or instance"),
        (
            entry("x", "", instance_id="i-none"),
            "entry x: instance_id i-none is not an instance of this account and region",
        ),
        (entry("x", instance_id="i-a1"), "entry x: instance_id and interface_id are both given; wanted one of them"),
        (
            entry("x", private_ip="10.0.1.40/24"),
            "entry x: private_ip is '10.0.1.40/24'; wanted an IPv4 address without",
        ),
    ],
)
def test_each_has_its_text(ec2: FakeEc2, wanted: dict[str, Any], text: str) -> None:
    ec2.add_address("eipalloc-stage", "203.0.113.11", {"bonded.internet/network": "stage"})
    ec2.add_address(
        "eipalloc-gateway",
        "203.0.113.12",
        {"bonded.internet/network": "prod", "bonded.internet/key": "gateway-ip/acme/agg1"},
    )
    ec2.add_address("eipalloc-used", "203.0.113.13")
    ec2.add_secondary("eni-b", "10.0.2.99")
    ec2.associate_address(
        AllocationId="eipalloc-used",
        NetworkInterfaceId="eni-b",
        PrivateIpAddress="10.0.2.99",
        AllowReassociation=False,
    )
    ec2.calls.clear()

    found = problems(ec2, options(wanted))

    assert len(found) == 1
    assert text in found[0]


def test_all_problems_of_a_call_are_reported_together(ec2: FakeEc2) -> None:
    with pytest.raises(CpeNatError) as refused:
        run(
            ec2,
            options(
                entry("a", "eni-unknown"),
                entry("b", private_ip="10.0.1.3"),
                entry("c"),
                entry("d", private_ip="10.0.9.9"),
            ),
            False,
        )
    assert [text.split(":")[0] for text in refused.value.problems] == ["entry a", "entry b", "entry d"]
    assert str(refused.value).startswith("3 problems, nothing was changed: entry a: ")
    assert ec2.writes == []


def test_options_are_checked_without_a_call(ec2: FakeEc2) -> None:
    found = problems(
        ec2,
        options(
            entry("x", private_ip="10.0.1.40"),
            entry("x", private_ip="10.0.1.40"),
            network="Prod",
            prune=True,
            max_deletions=-1,
        ),
    )
    assert found == [
        "network is 'Prod'; wanted a small letter, then at most 15 small letters, digits or '_'",
        "max_deletions is -1; wanted 0 or more",
        "entry x: the key is given 2 times",
        "private_ip 10.0.1.40 is given for 2 entries",
    ]
    assert ec2.calls == []


@pytest.mark.parametrize(
    ("others", "text"),
    [
        ({"prune": True}, "prune is true without max_deletions"),
        ({"prune": True, "max_deletions": 1, "state": "absent"}, "prune is true with state absent"),
    ],
)
def test_prune_needs_a_bound_and_state_present(ec2: FakeEc2, others: dict[str, Any], text: str) -> None:
    assert text in problems(ec2, options(**others))[0]


def test_more_addresses_than_the_instance_type_holds(ec2: FakeEc2) -> None:
    found = problems(ec2, options(*(entry(f"bond-{number}") for number in range(5))))
    assert found == [
        "interface eni-a1 has 2 private addresses and shall get 5 more; an instance of type t3.medium can have 6 on one"
        " interface"
    ]


def test_a_full_subnet(ec2: FakeEc2) -> None:
    ec2.add_subnet("subnet-tiny", "10.0.3.0/28")
    ec2.add_interface("eni-tiny", "subnet-tiny", "10.0.3.4")
    for last in range(5, 15):
        ec2.add_secondary("eni-tiny", f"10.0.3.{last}")
    assert problems(ec2, options(entry("x", "eni-tiny"))) == [
        "entry x: no address of subnet subnet-tiny (10.0.3.0/28) is free"
    ]


def test_addresses_of_a_delegated_prefix_are_not_free(ec2: FakeEc2) -> None:
    ec2.interfaces["eni-a2"]["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.1.32/28"}]
    assert problems(ec2, options(entry("x", private_ip="10.0.1.40"))) == [
        "entry x: private_ip 10.0.1.40 is already used by interface eni-a2"
    ]


def test_a_foreign_elastic_ip_on_the_entrys_private_address(ec2: FakeEc2) -> None:
    run(ec2, options(entry("bond-17", private_ip="10.0.1.40")), False)
    ec2.disassociate_address(AssociationId="eipassoc-1")
    ec2.associate_address(
        AllocationId="eipalloc-foreign",
        NetworkInterfaceId="eni-a1",
        PrivateIpAddress="10.0.1.40",
        AllowReassociation=False,
    )
    ec2.calls.clear()

    assert problems(ec2, options(entry("bond-17"))) == [
        "entry bond-17: its private address 10.0.1.40 on eni-a1 carries 203.0.113.9, which is not its Elastic IP"
        " 198.51.100.1 (eipalloc-1); disassociate that one, or retire the entry"
    ]


def test_two_elastic_ips_with_one_key(ec2: FakeEc2) -> None:
    tags = {"bonded.internet/network": "prod", "bonded.internet/key": "cpe-nat/x"}
    ec2.add_address("eipalloc-8", "203.0.113.8", tags)
    ec2.add_address("eipalloc-7", "203.0.113.7", tags)
    assert problems(ec2, options(entry("x"))) == [
        "entry x: 2 Elastic IPs carry its key: 203.0.113.7 (eipalloc-7), 203.0.113.8 (eipalloc-8); retag or release all"
        " but one"
    ]


def test_another_public_ip_than_the_entry_has(ec2: FakeEc2) -> None:
    run(ec2, options(entry("x")), False)
    ec2.calls.clear()
    assert problems(ec2, options(entry("x", public_ip="203.0.113.9"))) == [
        "entry x: it has the Elastic IP 198.51.100.1 (eipalloc-1), public_ip is 203.0.113.9; retire it first"
    ]
