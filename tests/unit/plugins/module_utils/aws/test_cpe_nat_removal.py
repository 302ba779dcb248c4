# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries that go away: kept or released, asked for, bounded, and nothing of others with them."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import run
from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.request import CpeNatError
from ansible_collections.bonded.internet.plugins.module_utils._aws.executor import ApplyError
from tests.unit.plugins.module_utils.aws.conftest import Clock, entry, options
from tests.unit.plugins.module_utils.aws.fake_ec2 import FakeEc2, client_error


@pytest.fixture
def settled(ec2: FakeEc2) -> FakeEc2:
    """bond-17 and bond-18 on eni-a1, bond-19 on eni-b."""
    run(
        ec2,
        options(
            entry("bond-17", private_ip="10.0.1.40"),
            entry("bond-18", private_ip="10.0.1.41"),
            entry("bond-19", "eni-b", private_ip="10.0.2.40"),
        ),
        False,
        parallel=1,
    )
    ec2.calls.clear()
    return ec2


def absent(*keys: str, **others: object) -> dict[str, object]:
    return options(*({"key": key} for key in keys), state="absent", **others)


def test_absent_keeps_the_elastic_ip_and_unassigns_only_our_address(settled: FakeEc2) -> None:
    result = run(settled, absent("bond-17", "bond-18"), False, parallel=1)

    assert settled.calls == [
        ("describe_addresses", {"Filters": [{"Name": "tag:bonded.internet/network", "Values": ["prod"]}]}),
        (
            "describe_network_interfaces",
            {"Filters": [{"Name": "network-interface-id", "Values": ["eni-a1"]}], "MaxResults": 1000},
        ),
        ("disassociate_address", {"AssociationId": "eipassoc-1"}),
        ("disassociate_address", {"AssociationId": "eipassoc-2"}),
        (
            "unassign_private_ip_addresses",
            {"NetworkInterfaceId": "eni-a1", "PrivateIpAddresses": ["10.0.1.40", "10.0.1.41"]},
        ),
        (
            "create_tags",
            {
                "Resources": ["eipalloc-1", "eipalloc-2"],
                "Tags": [{"Key": "bonded.internet/retired", "Value": "true"}],
            },
        ),
    ]
    assert [(item["key"], item["action"], item["public_ip"], item["private_ip"]) for item in result["objects"]] == [
        ("bond-17", "retire", "198.51.100.1", "10.0.1.40"),
        ("bond-18", "retire", "198.51.100.2", "10.0.1.41"),
    ]
    assert result["diff"][0]["before"]["retired"] is False
    assert result["diff"][0]["after"]["retired"] is True
    assert settled.private_ips("eni-a1") == ["10.0.1.10", "10.0.1.77"]


def test_absent_twice_changes_nothing(settled: FakeEc2) -> None:
    run(settled, absent("bond-17"), False)
    settled.calls.clear()

    result = run(settled, absent("bond-17", "never-was"), False)

    assert settled.methods == ["describe_addresses"]
    assert [item["action"] for item in result["objects"]] == ["none", "none"]
    assert result["changed"] is False


def test_a_retired_elastic_ip_is_taken_again_by_the_same_key(settled: FakeEc2) -> None:
    run(settled, absent("bond-17"), False)
    settled.calls.clear()

    result = run(settled, options(entry("bond-17", "eni-a2", private_ip="10.0.1.60")), False)

    assert [method for method, _params in settled.writes] == [
        "create_tags",
        "delete_tags",
        "assign_private_ip_addresses",
        "associate_address",
    ]
    assert result["objects"][0]["public_ip"] == "198.51.100.1"
    assert result["objects"][0]["action"] == "update"
    assert "bonded.internet/retired" not in settled.tags("eipalloc-1")
    assert run(settled, options(entry("bond-17", "eni-a2")), False)["changed"] is False


def test_a_retired_elastic_ip_names_no_private_address(settled: FakeEc2) -> None:
    run(settled, absent("bond-17"), False)
    settled.add_secondary("eni-a1", "10.0.1.40")

    run(settled, absent("bond-17", release=True), False)

    assert "10.0.1.40" in settled.private_ips("eni-a1")
    assert "eipalloc-1" not in settled.addresses


def test_places_in_the_tags_of_a_retired_elastic_ip_are_forgotten_when_it_is_taken_again(settled: FakeEc2) -> None:
    """A move that was retired half-way has left them; meanwhile the address is somebody else's."""
    run(settled, absent("bond-17"), False)
    left = [{"Key": "bonded.internet/moving_from", "Value": "eni-a1/10.0.1.77"}]
    settled.create_tags(Resources=["eipalloc-1"], Tags=left)

    run(settled, options(entry("bond-17", "eni-a2")), False)

    assert "10.0.1.77" in settled.private_ips("eni-a1")
    assert "bonded.internet/moving_from" not in settled.tags("eipalloc-1")
    assert run(settled, options(entry("bond-17", "eni-a2")), False)["changed"] is False


def test_release_gives_the_address_back_also_with_reverse_dns(settled: FakeEc2) -> None:
    settled.ptr["eipalloc-1"] = "mail.example.com"

    result = run(settled, absent("bond-17", release=True), False)

    assert [method for method, _params in settled.writes] == [
        "disassociate_address",
        "unassign_private_ip_addresses",
        "release_address",
        "reset_address_attribute",
        "release_address",
    ]
    assert result["objects"][0]["action"] == "release"
    assert sorted(settled.addresses) == ["eipalloc-2", "eipalloc-3", "eipalloc-foreign"]


def slow(settled: FakeEc2, looks: int) -> None:
    """Let the reverse DNS name that is reset be there for so many looks."""
    left = [looks]

    def keep(method: str, _count: int) -> None:
        if method == "reset_address_attribute":
            settled.ptr["eipalloc-1"] = "mail.example.com"
        elif method == "describe_addresses_attribute":
            left[0] -= 1
            if left[0] == 0:
                settled.ptr.pop("eipalloc-1", None)

    settled.ptr["eipalloc-1"] = "mail.example.com"
    settled.after = keep


def test_release_waits_until_the_reverse_dns_name_has_gone(settled: FakeEc2, clock: Clock) -> None:
    slow(settled, 4)
    run(settled, absent("bond-17", release=True), False)
    assert settled.methods.count("describe_addresses_attribute") == 5
    assert settled.methods.count("release_address") == 2
    assert "eipalloc-1" not in settled.addresses
    assert len(clock.slept) == 4


def test_a_reverse_dns_name_that_does_not_go_is_told(settled: FakeEc2, clock: Clock) -> None:
    slow(settled, 10_000)
    with pytest.raises(ApplyError, match="still shows the reverse DNS name of .* Run again in some minutes") as failed:
        run(settled, absent("bond-17", release=True), False)
    assert failed.value.changed is True
    assert 300 <= clock.monotonic() < 320
    # The next run goes on from there, once the name has gone.
    settled.after, settled.ptr = None, {}
    run(settled, absent("bond-17", release=True), False)
    assert "eipalloc-1" not in settled.addresses


def test_an_address_that_aws_has_locked_is_an_error(settled: FakeEc2) -> None:
    def locked(method: str, _count: int) -> None:
        if method == "release_address":
            raise client_error("InvalidAddress.Locked", "The address is locked.")

    settled.before = locked
    with pytest.raises(ApplyError, match="InvalidAddress.Locked: The address is locked"):
        run(settled, absent("bond-17", release=True), False)
    assert "reset_address_attribute" not in settled.methods


@pytest.mark.parametrize("how", [{"entries": [], "prune": True, "max_deletions": 4}, {"state": "absent"}])
def test_an_address_that_the_account_had_before_is_kept_where_others_are_released(
    settled: FakeEc2, how: dict[str, object]
) -> None:
    run(settled, options(entry("bond-9", public_ip="203.0.113.9", private_ip="10.0.1.49")), False)

    request = {**absent("bond-9", "bond-17", "bond-18", "bond-19", release=True), "state": "present", **how}
    result = run(settled, request, False)

    assert {item["key"]: item["action"] for item in result["objects"]} == {
        "bond-9": "retire",
        **dict.fromkeys(("bond-17", "bond-18", "bond-19"), "release"),
    }
    assert "AssociationId" not in settled.addresses["eipalloc-foreign"]
    assert sorted(settled.addresses) == ["eipalloc-foreign"]
    settled.calls.clear()
    assert run(settled, absent("bond-9", release=True), False)["changed"] is False
    assert settled.writes == []


def test_one_that_was_adopted_before_there_was_a_tag_gets_it_or_is_named_by_its_entry(settled: FakeEc2) -> None:
    given = entry("bond-17", public_ip="198.51.100.1", private_ip="10.0.1.40")
    assert run(settled, options(given), False)["objects"][0]["action"] == "update"
    assert settled.tags("eipalloc-1")["bonded.internet/adopted"] == "true"
    assert run(settled, options(given), False)["changed"] is False
    named = options({"key": "bond-18", "public_ip": "198.51.100.2"}, state="absent", release=True)
    assert run(settled, named, False)["objects"][0]["action"] == "retire"


def test_prune_takes_what_is_not_listed(settled: FakeEc2) -> None:
    settled.add_address(
        "eipalloc-gateway",
        "203.0.113.10",
        {"bonded.internet/network": "prod", "bonded.internet/key": "gateway-ip/acme/agg1"},
    )
    settled.add_address(
        "eipalloc-stage",
        "203.0.113.11",
        {"bonded.internet/network": "stage", "bonded.internet/key": "cpe-nat/bond-1"},
    )
    result = run(settled, options(entry("bond-17"), prune=True, max_deletions=2), False)

    assert [(item["key"], item["action"]) for item in result["objects"]] == [
        ("bond-17", "none"),
        ("bond-18", "retire"),
        ("bond-19", "retire"),
    ]
    assert "bonded.internet/retired" not in settled.tags("eipalloc-gateway") | settled.tags("eipalloc-stage")


def test_without_prune_what_is_not_listed_stays(settled: FakeEc2) -> None:
    assert run(settled, options(entry("bond-17")), False)["changed"] is False
    assert settled.writes == []


@pytest.mark.parametrize(
    "wanted", [absent("bond-17", "bond-19", max_deletions=1), options(prune=True, max_deletions=2)]
)
def test_more_deletions_than_allowed_are_refused(settled: FakeEc2, wanted: dict[str, object]) -> None:
    with pytest.raises(CpeNatError, match=r"would remove [23] entries \(bond-17, .*max_deletions is [12]"):
        run(settled, wanted, False)
    assert settled.writes == []


def test_a_private_address_with_a_foreign_elastic_ip_is_left_with_a_warning(settled: FakeEc2) -> None:
    settled.disassociate_address(AssociationId="eipassoc-1")
    settled.associate_address(
        AllocationId="eipalloc-foreign",
        NetworkInterfaceId="eni-a1",
        PrivateIpAddress="10.0.1.40",
        AllowReassociation=False,
    )

    result = run(settled, absent("bond-17"), False)

    assert result["warnings"] == [
        "entry bond-17: 10.0.1.40 on eni-a1 carries 203.0.113.9, which is not its Elastic IP 198.51.100.1 (eipalloc-1);"
        " that private address is left as it is"
    ]
    assert settled.addresses["eipalloc-foreign"]["PrivateIpAddress"] == "10.0.1.40"
    assert settled.tags("eipalloc-1")["bonded.internet/retired"] == "true"


def test_an_elastic_ip_that_was_put_on_a_foreign_address_by_hand_leaves_that_address(settled: FakeEc2) -> None:
    settled.associate_address(
        AllocationId="eipalloc-1", NetworkInterfaceId="eni-a1", PrivateIpAddress="10.0.1.77", AllowReassociation=True
    )

    run(settled, absent("bond-17"), False)

    assert settled.private_ips("eni-a1") == ["10.0.1.10", "10.0.1.41", "10.0.1.77"]


def test_an_interface_that_is_gone_does_not_stop_the_removal(settled: FakeEc2) -> None:
    settled.disassociate_address(AssociationId="eipassoc-3")
    del settled.interfaces["eni-b"]

    result = run(settled, absent("bond-19"), False)

    assert result["objects"][0]["action"] == "retire"
    assert settled.methods[-1] == "create_tags"


def test_check_mode_of_a_removal_writes_nothing(settled: FakeEc2) -> None:
    result = run(settled, absent("bond-17", release=True), True)
    assert settled.writes == []
    assert (result["changed"], result["objects"][0]["action"]) == (True, "release")
