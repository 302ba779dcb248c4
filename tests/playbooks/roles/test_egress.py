# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles pwan_vpc and pwan_gateway with a NAT gateway, by themselves: with no plan, so in all steps at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playbooks.comparing import comparable
from tests.playbooks.running import Site

from .running import Role

ZONE = "eu-central-1a"
VPC: dict[str, Any] = {
    "network": "demo",
    "space": "acme",
    "cidr": "10.101.0.0/16",
    "subnets": [{"zone": ZONE, "cidr": "10.101.0.0/24"}],
    "public_subnets": [{"zone": ZONE, "cidr": "10.101.255.240/28"}],
    "default_route": False,
}
GATEWAY: dict[str, Any] = {
    "network": "demo",
    "space": "acme",
    "aggregator": 7,
    "instance_id": "i-0d00000000000a901",
    "manage_host": False,
    "gateway": {"egress": "nat_gateway", "interface": "ens6", "networks": ["172.16.0.0/12"]},
}


@pytest.fixture(scope="session")
def with_a_vpc(stand_ins: Site) -> str:
    """The name of the state in which the role pwan_vpc has made the VPC, in one run."""
    stand_ins.reset()
    outcome = Role(stand_ins, "pwan_vpc")("present", VPC)
    assert outcome.code == 0, outcome.output
    stand_ins.save("with-a-vpc")
    return "with-a-vpc"


@pytest.fixture
def gateway(empty: Site) -> Role:
    return Role(empty, "pwan_gateway")


@pytest.fixture
def vpc(empty: Site) -> Role:
    return Role(empty, "pwan_vpc")


def routes(site: Site, key: str) -> dict[str, str]:
    """The routes of a table of ours by destination."""
    return {route["destination"]: route["target"] for route in site.ours("route_tables")[key]["routes"]}


def alive(site: Site) -> list[dict[str, Any]]:
    return [nat for nat in site.cloud.state()["nat_gateways"] if nat["state"] == "available"]


def test_a_nat_gateway_is_made_given_up_made_again_and_taken_down(
    with_a_vpc: str, empty: Site, gateway: Role, vpc: Role
) -> None:
    before = comparable(empty.cloud.state())
    empty.load(with_a_vpc)
    outer = empty.ours("internet_gateways")["igw/acme"]["id"]
    local = {"10.101.0.0/16": "local"}
    assert routes(empty, "rtb/acme") == local
    assert routes(empty, f"natgw-rtb/acme/{ZONE}") == {**local, "0.0.0.0/0": outer}

    gateway.unchanged("present", GATEWAY, ["--check"])
    gateway.changes("present", GATEWAY)
    interface = empty.ours("network_interfaces")["gateway/acme/agg1"]
    assert interface["source_dest_check"] is False
    (nat,) = alive(empty)
    (address,) = empty.ours("addresses").values()
    assert (address["tags"]["bonded.internet/key"], address["id"]) == ("natgw-ip/acme/agg1", nat["allocation_id"])
    to_gateway = {**local, "172.16.0.0/12": interface["id"]}
    assert routes(empty, "rtb/acme") == {**to_gateway, "0.0.0.0/0": nat["id"]}
    assert routes(empty, f"natgw-rtb/acme/{ZONE}") == {**to_gateway, "0.0.0.0/0": outer}

    # Without translation: the new address, the route in one call, and only then the NAT gateway and its address.
    # (The same by phases, and back: tests/playbooks/ways/test_egress.py.)
    assert gateway("present", {**GATEWAY, "gateway": {**GATEWAY["gateway"], "egress": "none"}}).code == 0
    assert empty.writes() == ["AllocateAddress", "AssociateAddress", "ReplaceRoute", "DeleteNatGateway", "CreateTags"]
    assert alive(empty) == []
    assert routes(empty, "rtb/acme") == {**to_gateway, "0.0.0.0/0": outer}
    kept = empty.ours("addresses")["natgw-ip/acme/agg1"]
    assert kept["tags"]["bonded.internet/retired"] == "true"

    # And back, with the same public address.
    assert gateway("present", {**GATEWAY, "release": True}).code == 0
    actions = empty.writes()
    assert actions == ["DeleteTags", "CreateNatGateway", "ReplaceRoute", "DisassociateAddress", "ReleaseAddress"]
    (nat,) = alive(empty)
    assert nat["public_ip"] == kept["public_ip"]

    assert gateway("absent", {**GATEWAY, "release": True}).code == 0
    actions = empty.writes()
    assert actions.index("ReplaceRoute") < actions.index("DeleteNatGateway") < actions.index("ReleaseAddress")
    assert routes(empty, "rtb/acme") == {**local, "0.0.0.0/0": outer}
    gateway.unchanged("absent", GATEWAY)
    given_up = {**VPC, "public_subnets": [], "absent_public_zones": [ZONE], "default_route": True}
    vpc.changes("present", given_up)
    assert [key for kind in ("subnets", "route_tables") for key in empty.ours(kind) if "natgw" in key] == []
    assert vpc("absent", VPC).code == 0
    assert comparable(empty.cloud.state()) == before


def test_a_run_that_was_killed_is_completed_with_no_second_nat_gateway(
    with_a_vpc: str, empty: Site, gateway: Role
) -> None:
    """Killed while AWS makes the NAT gateway, and again while it deletes it: the answer is lost, the thing is done."""
    empty.load(with_a_vpc)
    empty.cloud.faults([{"action": "CreateNatGateway", "kind": "lost", "count": None}])
    assert gateway("present", GATEWAY).code != 0
    (made,) = alive(empty)
    assert "0.0.0.0/0" not in routes(empty, "rtb/acme")
    empty.cloud.faults([])
    assert gateway("present", GATEWAY).code == 0
    assert [nat["id"] for nat in alive(empty)] == [made["id"]]
    assert routes(empty, "rtb/acme")["0.0.0.0/0"] == made["id"]
    assert list(empty.ours("addresses")) == ["natgw-ip/acme/agg1"]

    empty.cloud.faults([{"action": "ReleaseAddress", "code": "UnauthorizedOperation", "count": None}])
    assert gateway("absent", {**GATEWAY, "release": True}).code != 0
    assert alive(empty) == []
    empty.cloud.faults([])
    assert gateway("absent", {**GATEWAY, "release": True}).code == 0
    assert empty.ours("addresses") == {}
    assert empty.ours("network_interfaces") == {}


def test_a_nat_gateway_that_fails_ends_the_run_and_is_made_again(with_a_vpc: str, empty: Site, gateway: Role) -> None:
    """The VPC has lost its internet gateway: EC2 makes a NAT gateway, and then says why it has failed."""
    empty.load(with_a_vpc)
    outer = empty.ours("internet_gateways")["igw/acme"]
    place = {"InternetGatewayId": outer["id"], "VpcId": outer["vpc_id"]}
    empty.ec2().detach_internet_gateway(**place)
    failed = gateway("present", GATEWAY)
    assert failed.code != 0
    (nat,) = empty.cloud.state()["nat_gateways"]
    assert f"NAT gateway {nat['id']} has the wrong state (got failed, expected available)" in failed.problems
    reason = f"EC2 says Gateway.NotAttached: Network {outer['vpc_id']} has no Internet gateway attached"
    assert reason in failed.problems
    asked = [entry for entry in failed.aws if entry["action"] == "DescribeNatGateways" and entry["params"]]
    assert len(asked) < 5, asked
    assert "0.0.0.0/0" not in routes(empty, "rtb/acme")
    (address,) = empty.ours("addresses").values()

    empty.ec2().attach_internet_gateway(**place)
    again = gateway("present", GATEWAY)
    assert again.code == 0, again.output
    on_aws = [action for action in empty.writes() if " " not in action]
    assert on_aws == ["DeleteNatGateway", "CreateNatGateway", "CreateRoute"]
    (alive_now,) = alive(empty)
    assert (alive_now["public_ip"], routes(empty, "rtb/acme")["0.0.0.0/0"]) == (address["public_ip"], alive_now["id"])
    assert {one["id"]: one["state"] for one in empty.cloud.state()["nat_gateways"]}[nat["id"]] == "deleted"
