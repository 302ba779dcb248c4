# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VPC of others is only used, beside one of ours with IPv6: built, unchanged, changed, and as if never been."""

from __future__ import annotations

import ipaddress

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from tests.playbooks.comparing import comparable
from tests.playbooks.planning import plan
from tests.playbooks.rights import policy
from tests.playbooks.running import Json, Site, aws_writes, demo_hosts, demo_variables

HOSTS = {"agg1": demo_hosts()["agg1"]}
LANS = "172.16.0.0/12"


@pytest.fixture
def adopted(empty: Site) -> Json:
    """A VPC with a subnet in agg1's zone, and a table with routes, as somebody else has it: the ids."""
    ec2, vpc = empty.ec2(), {}
    vpc["vpc"] = ec2.create_vpc(CidrBlock="10.66.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_subnet(VpcId=vpc["vpc"], CidrBlock="10.66.1.0/24", AvailabilityZone="eu-central-1a")
    vpc["subnet"] = made["Subnet"]["SubnetId"]
    vpc["igw"] = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=vpc["igw"], VpcId=vpc["vpc"])
    vpc["table"] = ec2.create_route_table(VpcId=vpc["vpc"])["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=vpc["table"], SubnetId=vpc["subnet"])
    for destination in ("0.0.0.0/0", "172.31.0.0/16"):  # the second inside of the gateway's networks
        ec2.create_route(RouteTableId=vpc["table"], DestinationCidrBlock=destination, GatewayId=vpc["igw"])
    return vpc


def variables(ids: Json) -> Json:
    found = demo_variables()
    acme, globex, _initech = found["bonding_spaces"]
    acme |= {
        "vpc": {"id": ids["vpc"]},
        "gateways": [
            {
                "aggregator": "agg1",
                "subnet_id": ids["subnet"],
                "networks": [LANS],
                "egress": "none",
                "interface": "ens6",
                "route_tables": [ids["table"]],
            }
        ],
    }
    for space in (acme, globex):
        del space["vxlan"]
    del found["bonding_cpe_nat_ips"], found["bonding_bgp"]
    return found | {"bonding_spaces": [acme, globex]}


def routes(site: Site, number: str) -> dict[str, str]:
    (table,) = [one for one in site.cloud.state()["route_tables"] if one["id"] == number]
    return {route["destination"]: route["target"] for route in table["routes"] if route["target"] != "local"}


def static(site: Site, name: str) -> dict[str, tuple[str, str | None]]:
    (found,) = [one for one in site.aggregator("agg1")["protocols"] if one["name"] == name]
    return {route["network"]: (route["destination"], route["address"]) for route in found["routes"]}


def unchanged(site: Site, given: Json) -> None:
    again = plan(site, given, HOSTS)
    assert (again["plan"], aws_writes(site.cloud.log())) == ([], [])


def test_an_adopted_vpc_and_one_with_ipv6(empty: Site, adopted: Json) -> None:
    given = variables(adopted)
    before, foreign = comparable(empty.cloud.state()), routes(empty, adopted["table"])
    site = empty.write_inventory("adopted", HOSTS, given)
    site.grant([policy("read"), policy("change")])
    made = site.run("site")
    assert made.code == 0, made.output
    interfaces = site.ours("network_interfaces")
    acme = interfaces["gateway/acme/agg1"]
    assert (acme["subnet_id"], acme["source_dest_check"]) == (adopted["subnet"], False)
    assert routes(site, adopted["table"]) == {**foreign, LANS: acme["id"]}
    assert static(site, "demo_gateway_11") == {
        "0.0.0.0/0": ("gateway", "10.66.1.1"),
        LANS: ("unreachable", None),
        "172.31.0.0/16": ("gateway", "10.66.1.1"),  # what the VPC leads elsewhere still goes there
    }
    judge_ipv6(site, interfaces["gateway/globex/agg1"])
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output

    # without routes of the VPC: they go first, the check comes on last; nothing else of the VPC's is touched
    (gateway,) = given["bonding_spaces"][0]["gateways"]
    gateway.update(egress="masquerade", vpc_routes=False)
    del gateway["route_tables"]
    site = site.write_inventory("adopted", HOSTS, given)
    refused = site.run("site")
    assert "interrupts: what the VPC of space acme has for 172.16.0.0/12" in refused.problems
    assert refused.writes == []
    changed = site.run("site", extra={"bonding_allow_disruption": True})
    assert changed.code == 0, changed.output
    assert [entry["action"] for entry in aws_writes(changed.aws)] == ["DeleteRoute", "ModifyNetworkInterfaceAttribute"]
    assert routes(site, adopted["table"]) == foreign
    assert site.ours("network_interfaces")["gateway/acme/agg1"]["source_dest_check"] is True
    assert static(site, "demo_gateway_11") == {"0.0.0.0/0": ("gateway", "10.66.1.1")}
    unchanged(site, given)

    gone = site.run("teardown", extra={"bonding_confirm_teardown": "demo", "bonding_release_elastic_ips": True})
    assert gone.code == 0, gone.output
    assert comparable(site.cloud.state()) == before


def judge_ipv6(site: Site, interface: Json) -> None:
    """Blocks, the interface's own address with a whole subnet, router advertisements, the way out."""
    vpc, (subnet, *_more) = (
        site.ours("vpcs")["vpc/globex"],
        [one for key, one in site.ours("subnets").items() if key.startswith("subnet/globex/")],
    )
    (block,), (inner,), (address,) = vpc["ipv6_cidrs"], subnet["ipv6_cidrs"], interface["ipv6_addresses"]
    assert (ipaddress.IPv6Network(block).prefixlen, ipaddress.IPv6Network(inner).prefixlen) == (56, 64)
    assert ipaddress.IPv6Address(address) in ipaddress.IPv6Network(inner)
    (device,) = [one for one in site.aggregator("agg1")["interfaces"] if one["space"] == "globex"]
    assert device["addresses"] == [f"{interface['private_ip']}/24", f"{address}/64"]
    assert device["accept_ra"] is True
    outer = site.ours("internet_gateways")["igw/globex"]["id"]
    table = site.ours("route_tables")["rtb/globex"]["id"]
    assert {d: t for d, t in routes(site, table).items() if d in ("0.0.0.0/0", "::/0")} == {
        "0.0.0.0/0": outer,
        "::/0": outer,
    }


def test_a_gateway_behind_the_operators_own_nat_gateway(empty: Site, adopted: Json) -> None:
    """No Elastic IP and no NAT gateway are made; a teardown leaves the operator's as they were."""
    ec2 = empty.ec2()
    public = ec2.create_subnet(VpcId=adopted["vpc"], CidrBlock="10.66.2.0/28", AvailabilityZone="eu-central-1a")
    subnet = public["Subnet"]["SubnetId"]
    outer = ec2.create_route_table(VpcId=adopted["vpc"])["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=outer, SubnetId=subnet)
    ec2.create_route(RouteTableId=outer, DestinationCidrBlock="0.0.0.0/0", GatewayId=adopted["igw"])
    given = variables(adopted)
    acme = given["bonding_spaces"][0]
    given["bonding_spaces"] = [acme]
    acme["gateways"][0].update(egress="nat_gateway", route_tables=[adopted["table"]])

    def refused() -> str:
        with pytest.raises(PlanError) as error:
            plan(empty, given, HOSTS)
        assert aws_writes(empty.cloud.log()) == []
        return str(error.value)

    assert "leads 0.0.0.0/0 to no NAT gateway (got igw-" in refused()
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig={"Delay": 1})
    ec2.replace_route(RouteTableId=adopted["table"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    empty.cloud.clear_log()
    assert f"{outer} has to lead them on to the gateway" in refused()
    acme["gateways"][0]["route_tables"].append(outer)
    before = empty.cloud.state()

    site = empty.write_inventory("behind", HOSTS, given)
    site.grant([policy("read"), policy("change")])
    made = site.run("site")
    assert made.code == 0, made.output
    actions = {entry["action"] for entry in aws_writes(made.aws)}
    assert not {"AllocateAddress", "AssociateAddress", "CreateNatGateway", "ReplaceRoute"} & actions
    interface = site.ours("network_interfaces")["gateway/acme/agg1"]["id"]
    assert routes(site, adopted["table"])[LANS] == routes(site, outer)[LANS] == interface
    assert routes(site, adopted["table"])["0.0.0.0/0"] == nat
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output

    gone = site.run("teardown", extra={"bonding_confirm_teardown": "demo"})
    assert gone.code == 0, gone.output
    assert comparable(site.cloud.state()) == comparable(before)
