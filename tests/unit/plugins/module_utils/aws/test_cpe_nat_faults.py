# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that dies after any of its writes is completed by the next one; unclear answers are looked into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.cpe_nat.module import run
from ansible_collections.bonded.internet.plugins.module_utils._aws.executor import ApplyError
from tests.unit.plugins.module_utils.aws.conftest import Clock, entry, options
from tests.unit.plugins.module_utils.aws.fake_ec2 import FakeEc2, Killed, client_error, lost_answer

Scenario = tuple[list[dict[str, Any]], dict[str, Any]]

START = options(entry("bond-17", private_ip="10.0.1.40"), entry("bond-18"), entry("bond-19", "eni-b"))

SCENARIOS: dict[str, Scenario] = {
    "new": ([], START),
    "adopt": ([], options(entry("bond-17", public_ip="203.0.113.9"), entry("bond-18"))),
    "move inside a subnet": ([START], options(entry("bond-17", "eni-a2"), allow_moves=True)),
    "move across subnets": ([START], options(entry("bond-18", "eni-b"), allow_moves=True)),
    "another private address": ([START], options(entry("bond-17", private_ip="10.0.1.60"), allow_moves=True)),
    "retire": ([START], options({"key": "bond-17"}, {"key": "bond-19"}, state="absent")),
    "release": ([START], options({"key": "bond-17"}, {"key": "bond-18"}, state="absent", release=True)),
    "prune": ([START], options(entry("bond-18"), entry("new"), prune=True, max_deletions=2)),
    "take again": (
        [START, options({"key": "bond-17"}, {"key": "bond-18"}, state="absent")],
        options(entry("bond-17", "eni-a2"), entry("bond-18")),
    ),
    "move and new together": (
        [START],
        options(entry("bond-17", "eni-b"), entry("bond-18", "eni-a2"), entry("new"), allow_moves=True),
    ),
}


def account(make: Callable[[], FakeEc2], scenario: str) -> FakeEc2:
    """A fresh account with what happened before."""
    fake = make()
    for wanted in SCENARIOS[scenario][0]:
        run(fake, wanted, False, parallel=1)
    fake.calls.clear()
    return fake


def die_at(fake: FakeEc2, write: int, answered: bool) -> None:
    """Let the program die at the write of that number, from now on: before it takes effect, or just after it."""
    count = 0

    def before(method: str, _count: int) -> None:
        nonlocal count
        count += not method.startswith(("describe_", "get_"))
        if count > write or (count == write and not answered):
            raise Killed

    def after(_method: str, _count: int) -> None:
        if count >= write:
            raise Killed

    fake.before, fake.after = before, after


def run_killed(fake: FakeEc2, wanted: dict[str, Any], write: int, answered: bool = True) -> None:
    """One run that dies at the write of that number."""
    die_at(fake, write, answered)
    with pytest.raises(Killed):
        run(fake, wanted, False, parallel=1)
    fake.before = fake.after = None


@pytest.fixture
def make(ec2: FakeEc2) -> Callable[[], FakeEc2]:
    """Copies of the account, so that one test can begin anew."""

    def copy_of() -> FakeEc2:
        fake = FakeEc2()
        fake.subnets.update(ec2.subnets)
        for name, interface in ec2.interfaces.items():
            fake.interfaces[name] = {
                **interface,
                "PrivateIpAddresses": [dict(item) for item in interface["PrivateIpAddresses"]],
            }
        fake.instances.update(ec2.instances)
        fake.limits["t3.medium"] = 15
        fake.add_address("eipalloc-foreign", "203.0.113.9")
        return fake

    return copy_of


@pytest.mark.parametrize("answered", [True, False], ids=["after the write", "before the write"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_any_write_and_run_again(make: Callable[[], FakeEc2], scenario: str, answered: bool) -> None:
    wanted = SCENARIOS[scenario][1]
    whole = account(make, scenario)
    run(whole, wanted, False, parallel=1)
    assert run(whole, wanted, False)["changed"] is False

    for write in range(1, len(whole.writes) + 1):
        fake = account(make, scenario)
        run_killed(fake, wanted, write, answered)
        run(fake, wanted, False, parallel=1)

        assert fake.picture() == whole.picture(), f"killed at write {write} of {whole.methods}"
        assert fake.serial == whole.serial, "an Elastic IP was allocated twice"
        assert run(fake, wanted, False)["changed"] is False


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_twice(make: Callable[[], FakeEc2], scenario: str) -> None:
    wanted = SCENARIOS[scenario][1]
    whole = account(make, scenario)
    run(whole, wanted, False, parallel=1)

    for first in range(1, len(whole.writes)):
        left = account(make, scenario)
        run_killed(left, wanted, first)
        done = len(left.writes)
        run(left, wanted, False, parallel=1)
        for second in range(1, len(left.writes) - done + 1):
            fake = account(make, scenario)
            run_killed(fake, wanted, first)
            run_killed(fake, wanted, second)
            run(fake, wanted, False, parallel=1)
            assert fake.picture() == whole.picture(), f"killed at write {first}, then {second}"
            assert fake.serial == whole.serial


@pytest.mark.parametrize("scenario", ["move inside a subnet", "move across subnets", "another private address"])
def test_killed_in_a_move_and_retired_instead(make: Callable[[], FakeEc2], scenario: str) -> None:
    """Nothing is left on any interface, whatever the move had reached."""
    start = account(make, scenario)
    writes = account(make, scenario)
    run(writes, SCENARIOS[scenario][1], False, parallel=1)
    gone = options(*({"key": item["key"]} for item in START["entries"]), state="absent", release=True)
    run(start, gone, False)
    clean = start.picture()

    for write in range(1, len(writes.writes) + 1):
        fake = account(make, scenario)
        run_killed(fake, SCENARIOS[scenario][1], write)
        run(fake, gone, False)
        assert fake.picture() == clean, f"killed at write {write} of {writes.methods}"


@pytest.mark.parametrize("done", [True, False], ids=["done, answer lost", "not done"])
def test_an_unclear_allocation_is_looked_for_before_another_one(ec2: FakeEc2, done: bool) -> None:
    def lose(method: str, count: int) -> None:
        if (method, count) == ("allocate_address", 1):
            raise lost_answer()

    if done:
        ec2.after = lose
    else:
        ec2.before = lose
    run(ec2, options(entry("bond-17")), False)

    assert ec2.methods.count("allocate_address") == (1 if done else 2)
    assert len(ec2.addresses) == 2
    assert ec2.by_key("bond-17")["NetworkInterfaceId"] == "eni-a1"


def test_an_allocation_that_is_seen_late_is_not_repeated(ec2: FakeEc2) -> None:
    """The listing does not show the address at once."""
    hidden: list[dict[str, Any]] = []

    def lose(method: str, count: int) -> None:
        if (method, count) == ("allocate_address", 1):
            hidden.append(ec2.addresses.pop("eipalloc-1"))
            raise lost_answer()

    def show(method: str, count: int) -> None:
        if (method, count) == ("describe_addresses", 4):
            ec2.addresses["eipalloc-1"] = hidden.pop()

    ec2.after, ec2.before = lose, show
    run(ec2, options(entry("bond-17")), False)

    assert ec2.methods.count("allocate_address") == 1
    assert ec2.by_key("bond-17")["NetworkInterfaceId"] == "eni-a1"


@pytest.mark.parametrize(
    "method",
    [
        "create_tags",
        "assign_private_ip_addresses",
        "associate_address",
        "unassign_private_ip_addresses",
        "delete_tags",
        "disassociate_address",
        "release_address",
    ],
)
def test_any_other_lost_answer_is_survived_in_the_same_run(make: Callable[[], FakeEc2], method: str) -> None:
    first = options(entry("bond-17"), entry("bond-18"))
    second = options(entry("bond-17", "eni-b"), allow_moves=True, prune=True, max_deletions=1, release=True)
    whole = make()
    run(whole, first, False, parallel=1)
    run(whole, second, False, parallel=1)

    fake = make()
    run(fake, first, False, parallel=1)
    before = fake.methods.count(method)

    def lose(name: str, count: int) -> None:
        if (name, count) == (method, before + 1):
            raise lost_answer()

    fake.after = lose
    run(fake, second, False, parallel=1)
    assert fake.methods.count(method) > before
    assert fake.picture() == whole.picture()


def test_an_assignment_without_an_answer_is_tried_again_after_pauses(ec2: FakeEc2, clock: Clock) -> None:
    def fail(method: str, count: int) -> None:
        if method == "assign_private_ip_addresses":
            raise client_error("InternalError", status=500)

    ec2.before = fail
    with pytest.raises(ApplyError, match="EC2 may have carried out that request"):
        run(ec2, options(entry("bond-17")), False)
    assert ec2.methods.count("assign_private_ip_addresses") == 5
    assert len(clock.slept) == 4
    assert [round(seconds / step) for seconds, step in zip(clock.slept, (0.25, 0.5, 1.0, 2.0), strict=True)] == [1] * 4


def test_throttling_is_waited_out_everywhere(ec2: FakeEc2, clock: Clock) -> None:
    def throttle(method: str, count: int) -> None:
        if count % 2:
            raise client_error("RequestLimitExceeded", "Request limit exceeded.", status=503)

    ec2.before = throttle
    run(ec2, options(entry("bond-17"), entry("bond-18")), False, parallel=1)
    ec2.before = None
    assert len(ec2.addresses) == 3
    assert run(ec2, options(entry("bond-17"), entry("bond-18")), False)["changed"] is False
    assert clock.slept


def test_one_failure_of_several_lets_the_others_finish_and_is_reported(ec2: FakeEc2) -> None:
    def refuse(method: str, count: int) -> None:
        if (method, count) == ("associate_address", 2):
            raise client_error("UnauthorizedOperation", "You are not authorized to perform this operation.", status=403)

    ec2.before = refuse
    with pytest.raises(ApplyError) as failure:
        run(ec2, options(entry("x"), entry("y"), entry("z")), False)

    assert len(failure.value.problems) == 1
    assert "the credentials lack the IAM right ec2:AssociateAddress." in failure.value.problems[0]
    assert sum("associated" in text for text in failure.value.done) == 2
    ec2.before = None
    run(ec2, options(entry("x"), entry("y"), entry("z")), False)
    assert len(ec2.addresses) == 4
