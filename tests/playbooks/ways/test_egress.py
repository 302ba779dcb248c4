# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway's way out changes and back: in the plan's words, in the order of the phases, with nothing left over."""

from __future__ import annotations

from tests.playbooks.comparing import comparable
from tests.playbooks.running import Json, Outcome, Site, aws_writes, demo_hosts
from tests.playbooks.site.wire import aws_items

ALLOWED = {"bonding_allow_disruption": True, "eip_cpe_nat_prune": True}


def done_as_planned(outcome: Outcome, before: Json, after: Json) -> list[str]:
    """Require that AWS was asked for just what the plan says, phase by phase; the actions in their order."""
    assert outcome.code == 0, outcome.output
    assert not [entry for entry in outcome.server if entry["method"] in ("PATCH", "PUT", "DELETE")]
    planned = [item for item in outcome.plan["plan"] if item["system"] == "aws"]
    found = [what for what, _after in aws_items(outcome.aws, after, before)]
    phases = [item["phase"] for item in planned]
    for phase in ("add", "switch", "remove"):
        wanted = [item for item in planned if item["phase"] == phase]
        made, found = found[: len(wanted)], found[len(wanted) :]
        identities = [tuple(item[name] for name in ("system", "verb", "kind", "parent", "key")) for item in wanted]
        assert sorted(made) == sorted(identities), phase
    assert found == []
    assert phases.count("switch") == 1
    return [entry["action"] for entry in aws_writes(outcome.aws)]


def test_a_way_out_changes_only_when_told_and_leaves_nothing_over(network: Site, variables: Json) -> None:
    whole = comparable(network.cloud.state())
    (gateway,) = variables["bonding_spaces"][-1]["gateways"]
    gateway["egress"] = "none"
    site = network.write_inventory("egress", demo_hosts(), variables)
    refused = site.run("site")
    assert refused.writes == []
    assert (
        "update route 0.0.0.0/0 on agg3 interrupts: the connections through the NAT gateway natgw/initech/agg3: hosts "
        "on the Internet are not reached any more. Say bonding_allow_disruption: true to let it."
    ) in refused.problems

    before = network.cloud.state()
    outcome = site.run("site", extra=ALLOWED)
    actions = done_as_planned(outcome, before, network.cloud.state())
    assert actions == [
        *("AllocateAddress", "AssociateAddress"),
        "ReplaceRoute",
        *("DeleteNatGateway", "ReleaseAddress", "DeleteSubnet", "DeleteRouteTable"),
    ]
    assert "egress: none (space initech, gateway on agg3)" in outcome.said
    state = network.cloud.state()
    assert [nat["state"] for nat in state["nat_gateways"]] == ["deleted"]
    assert [key for kind in ("subnets", "route_tables", "addresses") for key in site.ours(kind) if "natgw" in key] == []
    routes = {r["destination"]: r["target"] for r in site.ours("route_tables")["rtb/initech"]["routes"]}
    assert routes["0.0.0.0/0"] == site.ours("internet_gateways")["igw/initech"]["id"]
    assert site.run("site").writes == []

    gateway["egress"] = "nat_gateway"
    site = network.write_inventory("egress", demo_hosts(), variables)
    before = network.cloud.state()
    actions = done_as_planned(site.run("site", extra=ALLOWED), before, network.cloud.state())
    assert actions.count("ReplaceRoute") == 1
    assert actions.index("CreateNatGateway") < actions.index("ReplaceRoute")
    assert actions[actions.index("ReplaceRoute") + 1 :] == ["DisassociateAddress", "ReleaseAddress"]
    assert comparable(network.cloud.state()) == whole
    assert site.run("site").writes == []
