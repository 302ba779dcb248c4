# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of two objects of one key one stays: the rule, whichever id is the smaller one and whoever looks first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws import creation as once
from ansible_collections.bonded.internet.plugins.module_utils._aws import owned
from ansible_collections.bonded.internet.plugins.module_utils._aws.client import Ec2Error
from tests.unit.plugins.module_utils.aws.conftest import Clock
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error

KEY = "igw/acme"
GATEWAY = owned.KINDS["internet_gateway"]


class Client:
    """EC2 with internet gateways of one key; `then` happens before the look with the given number, from 1."""

    def __init__(self, *ids: str, used: str = "") -> None:
        self.there = {one: {"InternetGatewayId": one, "Attachments": [{}] if one == used else []} for one in ids}
        self.looks = 0
        self.then: dict[int, Callable[[], object]] = {}
        self.deleted: list[str] = []
        self.refusal = ""

    def describe_internet_gateways(self, Filters: list[Any], MaxResults: int) -> dict[str, Any]:
        self.looks += 1
        self.then.get(self.looks, lambda: None)()
        tags = [{"Key": "bonded.internet/key", "Value": KEY}]
        return {"InternetGateways": [{**one, "Tags": tags} for one in self.there.values()]}

    def delete_internet_gateway(self, InternetGatewayId: str) -> dict[str, Any]:
        if self.refusal:
            raise client_error(self.refusal)
        self.deleted.append(InternetGatewayId)
        del self.there[InternetGatewayId]
        return {}


def settle(client: Client, mine: str) -> str:
    return str(once.settle(client, GATEWAY, "prod", {KEY: mine})[KEY]["InternetGatewayId"])


def test_alone(clock: Clock) -> None:
    client = Client("igw-b")
    assert settle(client, "igw-b") == "igw-b"
    assert (client.looks, clock.slept, client.deleted) == (1, [], [])


def test_the_larger_id_gives_way_at_once(clock: Clock) -> None:
    client = Client("igw-a", "igw-b")
    assert settle(client, "igw-b") == "igw-a"
    assert (client.deleted, clock.slept) == (["igw-b"], [])


def test_the_smaller_id_waits_for_the_other_to_give_way(clock: Clock) -> None:
    client = Client("igw-a", "igw-b")
    client.then[4] = lambda: client.there.pop("igw-b")
    assert settle(client, "igw-a") == "igw-a"
    assert (client.deleted, len(clock.slept)) == ([], 3)


def test_the_smaller_id_gives_way_to_one_in_use() -> None:
    client = Client("igw-a", "igw-b", used="igw-b")
    assert settle(client, "igw-a") == "igw-b"
    assert client.deleted == ["igw-a"]


def test_the_smaller_id_gives_way_to_one_that_comes_into_use_while_it_waits(clock: Clock) -> None:
    client = Client("igw-a", "igw-b")
    client.then[3] = lambda: client.there["igw-b"].update(Attachments=[{}])
    assert settle(client, "igw-a") == "igw-b"
    assert (client.deleted, len(clock.slept)) == (["igw-a"], 2)


def test_the_smaller_id_gives_way_to_one_that_does_not_go(clock: Clock) -> None:
    """Its run may have looked before this one's object was there, and be slow; or it was killed."""
    client = Client("igw-a", "igw-b")
    assert settle(client, "igw-a") == "igw-b"
    assert client.deleted == ["igw-a"]
    assert sum(clock.slept) == once.GIVE_WAY_SECONDS


@pytest.mark.parametrize("mine", ["igw-a", "igw-b"])
def test_the_one_in_use_is_never_deleted(mine: str) -> None:
    """A third run has taken it up."""
    client = Client("igw-a", "igw-b", used=mine)
    assert settle(client, mine) == mine
    assert client.deleted == []


def test_one_that_is_taken_up_in_the_moment_of_its_deletion_stays() -> None:
    client = Client("igw-a", "igw-b")
    client.refusal = "DependencyViolation"
    client.then[2] = lambda: (client.there["igw-b"].update(Attachments=[{}]), client.there.pop("igw-a"))
    assert settle(client, "igw-b") == "igw-b"


def test_a_deletion_that_is_denied_is_said() -> None:
    client = Client("igw-a", "igw-b")
    client.refusal = "UnauthorizedOperation"
    with pytest.raises(Ec2Error, match="lack the IAM right ec2:DeleteInternetGateway"):
        settle(client, "igw-b")


def test_one_that_is_not_listed_yet_is_waited_for(clock: Clock) -> None:
    client = Client()
    client.then[3] = lambda: client.there.update(Client("igw-b").there)
    assert settle(client, "igw-b") == "igw-b"
    assert len(clock.slept) == 2


class OneAVpc:
    """EC2 that refuses a second egress-only internet gateway, with whatever code; the first shows at the given look."""

    def __init__(self, code: str, shows: int) -> None:
        self.code = code
        self.shows = shows
        self.created = self.looks = 0

    def create_egress_only_internet_gateway(self) -> dict[str, Any]:
        self.created += 1
        raise client_error(self.code)

    def look(self) -> list[str]:
        self.looks += 1
        return ["eigw-a"] if self.looks >= self.shows else []


def create_in_vpc(client: OneAVpc, one_a_vpc: bool) -> tuple[str, bool]:
    method = owned.KINDS["egress_only_internet_gateway"].create
    return once.create(client, once.Creation(method, "eigw/acme", (), one_a_vpc), client.look, lambda _answer: "")


@pytest.mark.parametrize("code", ["InvalidParameterValue", "Resource.AlreadyAssociated"])
def test_a_second_one_of_a_vpc_gives_way_to_the_first(code: str, clock: Clock) -> None:
    client = OneAVpc(code, shows=2)
    assert create_in_vpc(client, one_a_vpc=True) == ("eigw-a", False)
    assert (client.created, client.looks) == (1, 2)


@pytest.mark.parametrize(
    ("code", "one_a_vpc", "looks"),
    [("InvalidParameterValue", True, 5), ("InvalidParameterValue", False, 0), ("UnauthorizedOperation", True, 0)],
)
def test_a_refusal_that_is_of_no_other_run_is_said(code: str, one_a_vpc: bool, looks: int, clock: Clock) -> None:
    client = OneAVpc(code, shows=9)
    with pytest.raises(Ec2Error):
        create_in_vpc(client, one_a_vpc)
    assert (client.created, client.looks) == (1, looks)
