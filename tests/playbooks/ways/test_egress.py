# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway's way out, from each choice to each other one: as planned, in the order of the phases, nothing left over.

The aggregator's own side of it is in tests/hosts/test_egress.py.
"""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._plan.planner import PlanError
from tests.playbooks.comparing import comparable
from tests.playbooks.planning import plan
from tests.playbooks.running import Json, Outcome, Site, aws_writes, demo_hosts
from tests.playbooks.site.wire import aws_items

ALLOWED = {"bonding_allow_disruption": True, "bonding_prune_elastic_ips": True}


def done_as_planned(outcome: Outcome, before: Json, after: Json) -> list[str]:
    """Require that AWS was asked for just what the plan says, phase by phase; the actions in their order."""
    assert outcome.code == 0, outcome.output
    planned = [item for item in outcome.plan["plan"] if item["system"] == "aws"]
    found = [what for what, _after in aws_items(outcome.aws, after, before)]
    for phase in ("add", "switch", "remove"):
        wanted = [item for item in planned if item["phase"] == phase]
        made, found = found[: len(wanted)], found[len(wanted) :]
        identities = [tuple(item[name] for name in ("system", "verb", "kind", "parent", "key")) for item in wanted]
        assert sorted(made) == sorted(identities), phase
    assert found == []
    return [entry["action"] for entry in aws_writes(outcome.aws)]


NAT = ["DeleteNatGateway", "ReleaseAddress", "DeleteSubnet", "DeleteRouteTable"]
OFF, ON = "check off", "check on"
CHANGES = {
    # from, to: what AWS is asked for, in this order. The check goes off first and on last, a route is replaced
    ("nat_gateway", "none"): ["AllocateAddress", "AssociateAddress", "ReplaceRoute", *NAT],
    ("none", "masquerade"): ["DeleteRoute", "DeleteRoute", ON],
    ("masquerade", "nat_gateway"): [
        *("CreateSubnet", "CreateRouteTable", "CreateRoute", "AssociateRouteTable"),
        *(OFF, "CreateRoute", "CreateRoute", "CreateRoute", "AllocateAddress", "CreateNatGateway"),
        *("ReplaceRoute", "DisassociateAddress", "ReleaseAddress"),
    ],
    ("nat_gateway", "masquerade"): [
        *("AllocateAddress", "AssociateAddress", "ReplaceRoute"),
        *("DeleteRoute", "DeleteRoute", "DeleteRoute", *NAT[:2], ON, *NAT[2:]),
    ],
    ("masquerade", "none"): [OFF, "CreateRoute", "CreateRoute"],
    ("none", "nat_gateway"): [
        *("CreateSubnet", "CreateRouteTable", "CreateRoute", "AssociateRouteTable"),
        *("CreateRoute", "AllocateAddress", "CreateNatGateway"),
        *("ReplaceRoute", "DisassociateAddress", "ReleaseAddress"),
    ],
}


def named(log: list[Json]) -> list[str]:
    """The writing actions; of a source/destination check what it becomes."""
    words = {"false": OFF, "true": ON}
    return [
        words.get(entry["params"].get("SourceDestCheck.Value", ""), str(entry["action"])) for entry in aws_writes(log)
    ]


def test_each_way_out_becomes_each_other_one_when_told_and_leaves_nothing_over(network: Site, variables: Json) -> None:
    """A round trip. `masquerade` is without routes of the VPC, so with its check on: the most that can change."""
    whole = comparable(network.cloud.state())
    (gateway,) = variables["bonding_spaces"][-1]["gateways"]
    for (now, then), actions in CHANGES.items():
        gateway.update(egress=then, vpc_routes=then != "masquerade")
        before = network.cloud.state()
        if now == "nat_gateway":
            with pytest.raises(PlanError) as refused:
                plan(network, variables)
            assert "on agg3 interrupts: the connections through the NAT gateway natgw/initech/agg3:" in str(
                refused.value
            )
        outcome = network.write_inventory("egress", demo_hosts(), variables).run("site", extra=ALLOWED)
        after = network.cloud.state()
        done_as_planned(outcome, before, after)
        assert named(outcome.aws) == actions, (now, then)
        assert ("egress: none (space initech, gateway on agg3)" in outcome.said) == (then == "none")
        assert left_over(network, then) == []
        again = plan(network, variables, prune_addresses=True)
        assert (again["plan"], aws_writes(network.cloud.log())) == ([], []), (now, then)
    assert comparable(network.cloud.state()) == whole


def left_over(site: Site, egress: str) -> list[str]:
    """Return the AWS objects that are wrong for this egress: left over, missing, or with the wrong value."""
    interface = site.ours("network_interfaces")["gateway/initech/agg3"]
    (table,) = [one for key, one in site.ours("route_tables").items() if key == "rtb/initech"]
    target = {route["destination"]: route["target"] for route in table["routes"]}["0.0.0.0/0"]
    nats = [nat for nat in site.cloud.state()["nat_gateways"] if nat["state"] != "deleted"]
    to_it = [
        one["id"]
        for one in site.cloud.state()["route_tables"]
        if any(route["target"] == interface["id"] for route in one["routes"])
    ]
    wrong = []
    natgw = sorted(
        key for kind in ("subnets", "route_tables", "addresses") for key in site.ours(kind) if "natgw" in key
    )
    with_nat = ["natgw-ip/initech/agg3", "natgw-rtb/initech/eu-central-1a", "natgw-subnet/initech/eu-central-1a"]
    if natgw != (with_nat if egress == "nat_gateway" else []):
        wrong.append(f"tagged: {natgw}")
    if ("gateway-ip/initech/agg3" in site.ours("addresses")) == (egress == "nat_gateway"):
        wrong.append("the interface's Elastic IP")
    if target != (nats[0]["id"] if egress == "nat_gateway" else site.ours("internet_gateways")["igw/initech"]["id"]):
        wrong.append(f"the default route leads to {target}")
    if interface["source_dest_check"] != (egress == "masquerade"):
        wrong.append(f"the check is {interface['source_dest_check']}")
    if len(to_it) != {"nat_gateway": 3, "none": 2, "masquerade": 0}[egress]:
        wrong.append(f"routes to it in {to_it}")
    return wrong
