# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries that go elsewhere: only when told, and nothing is left behind."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import run
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.request import CpeNatError
from tests.unit.plugins.module_utils.aws.conftest import entry, options
from tests.unit.plugins.module_utils.aws.fake_ec2 import FakeEc2


@pytest.fixture
def settled(ec2: FakeEc2) -> FakeEc2:
    """bond-17 at 10.0.1.40 on eni-a1."""
    run(ec2, options(entry("bond-17", private_ip="10.0.1.40")), False)
    ec2.calls.clear()
    return ec2


def test_a_move_is_refused_unless_allowed(settled: FakeEc2) -> None:
    with pytest.raises(CpeNatError) as refused:
        run(settled, options(entry("bond-17", "eni-a2"), entry("new", "eni-a2")), False)

    assert refused.value.problems == [
        "entry bond-17: its Elastic IP 198.51.100.1 (eipalloc-1) is at 10.0.1.40 on eni-a1, wanted is a private address"
        " on eni-a2: allow_moves is false"
    ]
    assert settled.writes == []


def test_in_one_subnet_the_private_address_comes_along(settled: FakeEc2) -> None:
    result = run(settled, options(entry("bond-17", "eni-a2"), allow_moves=True), False)

    assert [method for method, _params in settled.writes] == [
        "create_tags",
        "assign_private_ip_addresses",
        "delete_tags",
    ]
    assert settled.writes[1][1] == {
        "NetworkInterfaceId": "eni-a2",
        "PrivateIpAddresses": ["10.0.1.40"],
        "AllowReassignment": True,
    }
    assert (result["objects"][0]["action"], result["objects"][0]["private_ip"]) == ("move", "10.0.1.40")
    assert result["diff"][0]["before"]["interface_id"] == "eni-a1"
    assert result["diff"][0]["after"]["interface_id"] == "eni-a2"
    assert settled.private_ips("eni-a1") == ["10.0.1.10", "10.0.1.77"]
    address = settled.by_key("bond-17")
    assert (address["NetworkInterfaceId"], address["PrivateIpAddress"]) == ("eni-a2", "10.0.1.40")
    assert settled.tags("eipalloc-1") == {
        "bonded.internet/network": "prod",
        "bonded.internet/key": "cpe-nat/bond-17",
        "bonded.internet/interface": "eni-a2",
        "bonded.internet/private_ip": "10.0.1.40",
    }
    settled.calls.clear()
    assert run(settled, options(entry("bond-17", "eni-a2")), False)["changed"] is False


def test_an_elastic_ip_that_does_not_come_along_is_associated(settled: FakeEc2) -> None:
    def left_behind(method: str, count: int) -> None:
        if method == "assign_private_ip_addresses":
            address = settled.addresses["eipalloc-1"]
            for item in settled.interfaces["eni-a2"]["PrivateIpAddresses"]:
                item.pop("Association", None)
            for name in ("AssociationId", "NetworkInterfaceId", "PrivateIpAddress"):
                del address[name]

    settled.after = left_behind
    run(settled, options(entry("bond-17", "eni-a2"), allow_moves=True), False)

    assert settled.methods.count("associate_address") == 1
    assert settled.by_key("bond-17")["NetworkInterfaceId"] == "eni-a2"


@pytest.mark.parametrize("wanted", [entry("bond-17", "eni-b"), entry("bond-17", "eni-a1", private_ip="10.0.1.41")])
def test_otherwise_a_new_private_address_is_taken_and_the_old_one_goes(
    settled: FakeEc2, wanted: dict[str, str]
) -> None:
    run(settled, options(wanted, allow_moves=True), False)

    assert [method for method, _params in settled.writes] == [
        "create_tags",
        "assign_private_ip_addresses",
        "associate_address",
        "unassign_private_ip_addresses",
        "delete_tags",
    ]
    assert {"Key": "bonded.internet/moving_from", "Value": "eni-a1/10.0.1.40"} in settled.writes[0][1]["Tags"]
    assert settled.writes[2][1]["AllowReassociation"] is True
    assert settled.writes[3][1] == {"NetworkInterfaceId": "eni-a1", "PrivateIpAddresses": ["10.0.1.40"]}
    assert "bonded.internet/moving_from" not in settled.tags("eipalloc-1")
    assert settled.by_key("bond-17")["NetworkInterfaceId"] == wanted["interface_id"]
    assert run(settled, options(wanted), False)["changed"] is False


def test_what_was_moved_by_hand_to_the_wanted_place_is_only_retagged(settled: FakeEc2) -> None:
    settled.assign_private_ip_addresses(
        NetworkInterfaceId="eni-a2", PrivateIpAddresses=["10.0.1.40"], AllowReassignment=True
    )
    settled.calls.clear()

    result = run(settled, options(entry("bond-17", "eni-a2")), False)

    assert [method for method, _params in settled.writes] == ["create_tags"]
    assert result["objects"][0]["action"] == "update"
    assert settled.tags("eipalloc-1")["bonded.internet/interface"] == "eni-a2"


def test_check_mode_of_a_move_predicts_the_address(settled: FakeEc2) -> None:
    wanted = options(entry("bond-17", "eni-b"), allow_moves=True)
    predicted = run(settled, wanted, True)
    assert settled.writes == []
    assert predicted["objects"] == run(settled, wanted, False)["objects"]


def test_a_foreign_private_address_under_our_elastic_ip_does_not_move(settled: FakeEc2) -> None:
    settled.associate_address(
        AllocationId="eipalloc-1", NetworkInterfaceId="eni-a1", PrivateIpAddress="10.0.1.77", AllowReassociation=True
    )

    result = run(settled, options(entry("bond-17", "eni-a2"), allow_moves=True), False)

    assert settled.private_ips("eni-a1") == ["10.0.1.10", "10.0.1.77"]
    taken = settled.by_key("bond-17")["PrivateIpAddress"]
    assert taken == result["objects"][0]["private_ip"]
    assert taken != "10.0.1.77"


@pytest.mark.parametrize("still_there", [True, False], ids=["the interface is there", "the interface is gone"])
def test_an_address_that_is_nowhere_goes_to_another_instance_with_its_private_address(
    settled: FakeEc2, still_there: bool
) -> None:
    settled.disassociate_address(AssociationId=settled.by_key("bond-17")["AssociationId"])
    if not still_there:
        del settled.interfaces["eni-a1"]
    settled.calls.clear()
    wanted = entry("bond-17", "eni-a2", preferred_private_ip="10.0.1.40")
    result = run(settled, options(wanted, allow_moves=True), False)
    assert result["objects"][0]["private_ip"] == "10.0.1.40"
    address = settled.by_key("bond-17")
    assert (address["NetworkInterfaceId"], address["PrivateIpAddress"]) == ("eni-a2", "10.0.1.40")
    assert run(settled, options(wanted), False)["changed"] is False


def test_addresses_of_one_pair_of_interfaces_are_tagged_and_assigned_together(ec2: FakeEc2) -> None:
    """Tags of a move say the same of each of them, so that a failover of many costs two calls."""
    keys = ("bond-17", "bond-18", "bond-19")
    run(ec2, options(*(entry(key, "eni-a1") for key in keys)), False)
    ec2.calls.clear()
    moved = [entry(key, "eni-a2", followed_from="agg1") for key in keys]
    run(ec2, options(*moved, allow_moves=True), False)
    assert [method for method, _params in ec2.writes] == ["create_tags", "assign_private_ip_addresses", "delete_tags"]
    assert ec2.writes[0][1] == {
        "Resources": sorted(ec2.by_key(key)["AllocationId"] for key in keys),
        "Tags": [
            {"Key": "bonded.internet/followed_from", "Value": "agg1"},
            {"Key": "bonded.internet/interface", "Value": "eni-a2"},
            {"Key": "bonded.internet/moving_from", "Value": "eni-a1"},
        ],
    }
    ec2.calls.clear()
    assert run(ec2, options(*moved), False)["changed"] is False
    assert ec2.writes == []


def test_an_address_that_is_back_has_an_empty_tag(settled: FakeEc2) -> None:
    run(settled, options(entry("bond-17", "eni-a2", followed_from="agg1"), allow_moves=True), False)
    run(settled, options(entry("bond-17", "eni-a1", followed_from=""), allow_moves=True), False)
    assert settled.tags("eipalloc-1")["bonded.internet/followed_from"] == ""
    settled.calls.clear()
    assert run(settled, options(entry("bond-17", "eni-a1")), False)["changed"] is False
