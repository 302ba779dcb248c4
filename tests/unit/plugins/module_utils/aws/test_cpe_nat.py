# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New entries, and entries that are there already: the exact calls, in order."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import run
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.request import CpeNatError
from ansible_collections.bonded.internet.plugins.module_utils._aws.executor import ApplyError
from ansible_collections.bonded.internet.plugins.module_utils._model.addresses import choose_private_address
from tests.unit.plugins.module_utils.aws.conftest import Clock, entry, options
from tests.unit.plugins.module_utils.aws.fake_ec2 import FakeEc2, client_error

OURS = [{"Name": "tag:bonded.internet/network", "Values": ["prod"]}]
OF_KEY = {"Name": "tag:bonded.internet/key", "Values": ["cpe-nat/bond-17"]}


def listing(name: str, value: str, page: int = 1000) -> dict[str, Any]:
    """Return the parameters of a listing that one filter narrows."""
    return {"Filters": [{"Name": name, "Values": [value]}], "MaxResults": page}


def test_first_run_makes_exactly_these_calls_in_this_order(ec2: FakeEc2) -> None:
    result = run(ec2, options(entry("bond-17", private_ip="10.0.1.40", pool="ipv4pool-ec2-0123456789abcdef0")), False)

    assert ec2.calls == [
        ("describe_addresses", {"Filters": OURS}),
        ("describe_network_interfaces", listing("network-interface-id", "eni-a1")),
        ("describe_network_interfaces", listing("subnet-id", "subnet-a")),
        ("describe_subnets", listing("subnet-id", "subnet-a")),
        ("describe_instances", listing("instance-id", "i-a1")),
        ("describe_instance_types", listing("instance-type", "t3.medium", page=100)),
        (
            "allocate_address",
            {
                "Domain": "vpc",
                "PublicIpv4Pool": "ipv4pool-ec2-0123456789abcdef0",
                "TagSpecifications": [
                    {
                        "ResourceType": "elastic-ip",
                        "Tags": [
                            {"Key": "bonded.internet/interface", "Value": "eni-a1"},
                            {"Key": "bonded.internet/key", "Value": "cpe-nat/bond-17"},
                            {"Key": "bonded.internet/network", "Value": "prod"},
                            {"Key": "bonded.internet/private_ip", "Value": "10.0.1.40"},
                        ],
                    }
                ],
            },
        ),
        ("describe_addresses", {"Filters": [OF_KEY, *OURS]}),
        (
            "assign_private_ip_addresses",
            {"NetworkInterfaceId": "eni-a1", "PrivateIpAddresses": ["10.0.1.40"], "AllowReassignment": False},
        ),
        (
            "associate_address",
            {
                "AllocationId": "eipalloc-1",
                "NetworkInterfaceId": "eni-a1",
                "PrivateIpAddress": "10.0.1.40",
                "AllowReassociation": False,
            },
        ),
    ]
    assert result["changed"] is True
    assert result["objects"] == [
        {
            "name": "bond-17",
            "key": "bond-17",
            "kind": "cpe_nat_eip",
            "interface_id": "eni-a1",
            "private_ip": "10.0.1.40",
            "public_ip": "198.51.100.1",
            "allocation_id": "eipalloc-1",
            "changed": True,
            "action": "create",
        }
    ]
    assert [(item["before"], item["after"]["private_ip"]) for item in result["diff"]] == [({}, "10.0.1.40")]


def test_second_run_makes_two_calls_however_many_entries(ec2: FakeEc2) -> None:
    wanted = options(*(entry(f"bond-{number}", "eni-b") for number in range(5)))
    run(ec2, wanted, False)
    ec2.calls.clear()

    result = run(ec2, wanted, False)

    assert ec2.methods == ["describe_addresses", "describe_network_interfaces"]
    assert result["changed"] is False
    assert {item["action"] for item in result["objects"]} == {"none"}
    assert result["diff"] == []


def test_one_assigning_call_for_each_interface(ec2: FakeEc2) -> None:
    run(ec2, options(entry("x", "eni-a1"), entry("y", "eni-a1"), entry("z", "eni-a2")), False)

    assigned = [params for method, params in ec2.writes if method == "assign_private_ip_addresses"]
    assert sorted((call["NetworkInterfaceId"], len(call["PrivateIpAddresses"])) for call in assigned) == [
        ("eni-a1", 2),
        ("eni-a2", 1),
    ]
    assert len({ec2.by_key(key)["PrivateIpAddress"] for key in "xyz"}) == 3


def test_check_mode_writes_nothing_and_predicts_what_the_real_run_takes(ec2: FakeEc2) -> None:
    wanted = options(entry("bond-17"), entry("bond-18"))

    predicted = run(ec2, wanted, True)
    assert ec2.writes == []
    real = run(ec2, wanted, False)

    assert [item["private_ip"] for item in predicted["objects"]] == [item["private_ip"] for item in real["objects"]]
    assert predicted["objects"][0]["private_ip"] == choose_private_address(
        "bond-17", "10.0.1.0/24", {"10.0.1.10", "10.0.1.20", "10.0.1.77"}
    )
    assert [(item["public_ip"], item["action"]) for item in predicted["objects"]] == [(None, "create")] * 2


def test_no_address_is_taken_out_of_a_reservation(ec2: FakeEc2) -> None:
    ec2.reserved["subnet-a"] = ["10.0.1.0/25", "10.0.1.128/26", "2001:db8::/80"]
    run(ec2, options(entry("x"), entry("y"), entry("z", private_ip="10.0.1.40")), False)
    assert ec2.methods.count("get_subnet_cidr_reservations") == 1
    reads = [params for method, params in ec2.calls if method == "get_subnet_cidr_reservations"]
    assert reads == [{"SubnetId": "subnet-a", "MaxResults": 1000}]
    taken = {key: ec2.by_key(key)["PrivateIpAddress"] for key in "xyz"}
    # The address that the operator gives may have been reserved for that.
    assert taken.pop("z") == "10.0.1.40"
    assert all(ip_address(address) in ip_network("10.0.1.192/26") for address in taken.values()), taken


def test_a_subnet_that_is_reserved_as_a_whole(ec2: FakeEc2) -> None:
    ec2.reserved["subnet-a"] = ["10.0.1.0/24"]
    with pytest.raises(CpeNatError, match="no address of subnet subnet-a .* is free"):
        run(ec2, options(entry("x")), False)
    assert ec2.writes == []


def test_an_address_that_is_lost_to_another_run_is_replaced_by_none_of_a_reservation(ec2: FakeEc2) -> None:
    preferred = "10.0.1.50"

    def taken_meanwhile(method: str, count: int) -> None:
        if method == "assign_private_ip_addresses" and count == 1:
            ec2.add_secondary("eni-a2", preferred)
            ec2.reserved["subnet-a"] = ["10.0.1.0/25", "10.0.1.128/26"]

    ec2.before = taken_meanwhile
    run(ec2, options(entry("x", preferred_private_ip=preferred)), False)
    assert ip_address(ec2.by_key("x")["PrivateIpAddress"]) in ip_network("10.0.1.192/26")


def test_a_preferred_address_is_taken_if_free_else_another(ec2: FakeEc2) -> None:
    result = run(
        ec2,
        options(
            entry("free", preferred_private_ip="10.0.1.50"),
            entry("used", preferred_private_ip="10.0.1.77"),
            entry("outside", preferred_private_ip="10.9.9.9"),
        ),
        False,
    )

    free, used, outside = (item["private_ip"] for item in result["objects"])
    assert free == "10.0.1.50"
    assert used not in ("10.0.1.77", "10.0.1.50")
    assert outside.startswith("10.0.1.")


def test_a_fixed_address_comes_before_a_preferred_one(ec2: FakeEc2) -> None:
    result = run(
        ec2,
        options(entry("chosen", preferred_private_ip="10.0.1.50"), entry("fixed", private_ip="10.0.1.50")),
        False,
    )

    chosen, fixed = (item["private_ip"] for item in result["objects"])
    assert (fixed, chosen != fixed) == ("10.0.1.50", True)


def test_the_primary_address_and_things_of_others_stay_as_they_are(ec2: FakeEc2) -> None:
    before = ec2.interfaces["eni-a1"]["PrivateIpAddresses"][:2]
    run(ec2, options(entry("bond-17"), entry("bond-18")), False)
    run(ec2, options(prune=True, max_deletions=2, release=True), False)

    assert ec2.interfaces["eni-a1"]["PrivateIpAddresses"] == before
    assert list(ec2.addresses) == ["eipalloc-foreign"]
    assert "AssociationId" not in ec2.addresses["eipalloc-foreign"]


def test_a_free_elastic_ip_of_the_account_is_adopted(ec2: FakeEc2) -> None:
    result = run(ec2, options(entry("bond-17", public_ip="203.0.113.9", private_ip="10.0.1.40")), False)

    assert [method for method, _params in ec2.writes] == [
        "create_tags",
        "assign_private_ip_addresses",
        "associate_address",
    ]
    assert result["objects"][0]["action"] == "create"
    assert ec2.tags("eipalloc-foreign") == {
        "bonded.internet/network": "prod",
        "bonded.internet/key": "cpe-nat/bond-17",
        "bonded.internet/interface": "eni-a1",
        "bonded.internet/private_ip": "10.0.1.40",
        "bonded.internet/adopted": "true",
    }
    ec2.calls.clear()
    assert run(ec2, options(entry("bond-17", public_ip="203.0.113.9")), False)["changed"] is False
    assert ec2.methods == ["describe_addresses", "describe_network_interfaces"]


def test_the_connected_ip_that_is_made_for_an_entry_is_in_its_tag_from_the_beginning(ec2: FakeEc2) -> None:
    given = entry("bond-17", private_ip="10.0.1.40", made_connected_ip="17 192.168.17.1/24")
    run(ec2, options(given), False)
    assert ec2.tags("eipalloc-1")["bonded.internet/connected_ip"] == "17 192.168.17.1/24"
    assert run(ec2, options(given), False)["changed"] is False
    assert run(ec2, options(entry("bond-17", private_ip="10.0.1.40")), False)["changed"] is False  # left alone

    ec2.calls.clear()
    assert run(ec2, options({**given, "made_connected_ip": ""}), False)["changed"] is True
    assert [method for method, _params in ec2.writes] == ["create_tags"]
    assert ec2.tags("eipalloc-1")["bonded.internet/connected_ip"] == ""


def test_an_entry_in_a_network_that_was_there_has_no_such_tag(ec2: FakeEc2) -> None:
    run(ec2, options(entry("bond-17", private_ip="10.0.1.40", made_connected_ip="")), False)
    assert "bonded.internet/connected_ip" not in ec2.tags("eipalloc-1")


def test_an_address_taken_meanwhile_is_chosen_again_and_the_elastic_ip_retagged(ec2: FakeEc2) -> None:
    first = choose_private_address("bond-17", "10.0.1.0/24", {"10.0.1.10", "10.0.1.20", "10.0.1.77"})
    assert first is not None

    def someone_else(method: str, count: int) -> None:
        if (method, count) == ("assign_private_ip_addresses", 1):
            assert first is not None
            ec2.add_secondary("eni-a2", first)

    ec2.before = someone_else
    result = run(ec2, options(entry("bond-17"), entry("other")), False)

    taken = result["objects"][0]["private_ip"]
    assert taken != first
    address = ec2.by_key("bond-17")
    assert (address["PrivateIpAddress"], ec2.tags(address["AllocationId"])["bonded.internet/private_ip"]) == (
        taken,
        taken,
    )
    assert ec2.methods.count("allocate_address") == 2
    assert ec2.methods.count("create_tags") == 1


def test_two_addresses_chosen_again_are_not_the_same(ec2: FakeEc2) -> None:
    used = {"10.0.1.10", "10.0.1.20", "10.0.1.77"}
    first = choose_private_address("x", "10.0.1.0/24", used)
    twin = next(key for key in map(str, range(10_000)) if choose_private_address(key, "10.0.1.0/24", used) == first)

    def someone_else(method: str, count: int) -> None:
        if (method, count) == ("assign_private_ip_addresses", 1):
            for private_ip in ec2.calls[-1][1]["PrivateIpAddresses"]:
                ec2.add_secondary("eni-a2", private_ip)

    ec2.before = someone_else
    run(ec2, options(entry("x"), entry(twin)), False)

    assert ec2.by_key("x")["PrivateIpAddress"] != ec2.by_key(twin)["PrivateIpAddress"]
    assert ec2.methods.count("assign_private_ip_addresses") == 2


def test_an_address_promised_to_an_unfinished_entry_is_not_given_away(ec2: FakeEc2) -> None:
    ec2.add_address(
        "eipalloc-promised",
        "203.0.113.30",
        {
            "bonded.internet/network": "prod",
            "bonded.internet/key": "cpe-nat/unfinished",
            "bonded.internet/interface": "eni-a2",
            "bonded.internet/private_ip": "10.0.1.50",
        },
    )
    result = run(ec2, options(entry("x", preferred_private_ip="10.0.1.50")), False)
    assert result["objects"][0]["private_ip"] != "10.0.1.50"
    with pytest.raises(CpeNatError, match=r"private_ip 10\.0\.1\.50 is already used by entry unfinished"):
        run(ec2, options(entry("y", private_ip="10.0.1.50")), False)


def test_a_fixed_address_taken_meanwhile_is_an_error(ec2: FakeEc2) -> None:
    def someone_else(method: str, count: int) -> None:
        if (method, count) == ("assign_private_ip_addresses", 1):
            ec2.add_secondary("eni-a2", "10.0.1.40")

    ec2.before = someone_else
    with pytest.raises(ApplyError) as failure:
        run(ec2, options(entry("bond-17", private_ip="10.0.1.40")), False)

    assert str(failure.value) == (
        "EC2 call AssignPrivateIpAddresses for 10.0.1.40 on eni-a1 failed: InvalidParameterValue: [10.0.1.40] is"
        " assigned, but move is not allowed. Done before: entry bond-17: allocated 198.51.100.1 (eipalloc-1). Run again"
        " to finish."
    )


def test_the_quota_is_reported_with_what_was_done_and_the_next_run_goes_on(ec2: FakeEc2) -> None:
    ec2.quota = 2
    wanted = options(entry("bond-17"), entry("bond-18"), entry("bond-19"))
    with pytest.raises(ApplyError) as failure:
        run(ec2, wanted, False, parallel=1)

    assert "The maximum number of addresses has been reached." in str(failure.value)
    assert "quota 'EC2-VPC Elastic IPs'" in str(failure.value)
    assert failure.value.done == ["entry bond-17: allocated 198.51.100.1 (eipalloc-1)"]
    ec2.quota = 99
    run(ec2, wanted, False)
    assert ec2.methods.count("allocate_address") == 5
    assert len(ec2.addresses) == 4


def test_reverse_dns_is_set_compared_and_removed(ec2: FakeEc2) -> None:
    run(ec2, options(entry("bond-17", reverse_dns="Mail.example.com.")), False)
    assert ec2.ptr == {"eipalloc-1": "mail.example.com"}
    assert ec2.methods[-1] == "modify_address_attribute"
    ec2.calls.clear()

    assert run(ec2, options(entry("bond-17", reverse_dns="mail.example.com")), False)["changed"] is False
    assert ec2.methods == ["describe_addresses", "describe_network_interfaces", "describe_addresses_attribute"]
    assert run(ec2, options(entry("bond-17")), False)["changed"] is False

    assert run(ec2, options(entry("bond-17", reverse_dns="")), False)["objects"][0]["action"] == "update"
    assert ec2.ptr == {}


def test_new_things_that_are_not_known_yet_are_waited_for(ec2: FakeEc2, clock: Clock) -> None:
    def not_yet(method: str, count: int) -> None:
        if method == "associate_address" and count <= 3:
            raise client_error("InvalidAllocationID.NotFound", "does not exist")
        if method == "associate_address" and count <= 5:
            raise client_error("InvalidParameterValue", "not assigned")

    ec2.before = not_yet
    assert run(ec2, options(entry("bond-17")), False)["changed"] is True
    assert ec2.methods.count("associate_address") == 6
    assert 0 < clock.monotonic() < 30


def test_waiting_for_new_things_ends(ec2: FakeEc2, clock: Clock) -> None:
    def never(method: str, count: int) -> None:
        if method == "associate_address":
            raise client_error("InvalidAllocationID.NotFound", "does not exist")

    ec2.before = never
    with pytest.raises(ApplyError, match=r"InvalidAllocationID\.NotFound"):
        run(ec2, options(entry("bond-17")), False)
    assert 30 <= clock.monotonic() < 45


def test_an_entry_may_name_the_instance(ec2: FakeEc2) -> None:
    result = run(ec2, options(entry("bond-1", "", instance_id="i-b")), False)
    assert [item["interface_id"] for item in result["objects"]] == ["eni-b"]
    assert not run(ec2, options(entry("bond-1", "", instance_id="i-b")), False)["changed"]
