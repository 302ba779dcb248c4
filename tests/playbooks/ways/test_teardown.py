# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The return route: what is ours goes, what is not stays. Judged by both sides' state and logs."""

from __future__ import annotations

from typing import Any

from tests.playbooks.comparing import comparable
from tests.playbooks.planning import plan
from tests.playbooks.rights import named
from tests.playbooks.running import Json, Site, aws_writes


def foreign(site: Site) -> tuple[Any, Any]:
    """Both sides without what may differ after a teardown that keeps the addresses and the modes."""
    server, cloud = site.server.state(), site.cloud.state()
    for space in server["spaces"]:
        space.pop("private_wan_enabled")
        space.pop("private_wan_mode")
    for aggregator in server["aggregators"]:
        for protocol in aggregator["protocols"]:
            protocol.pop("active")  # follows the mode of its space
    cloud["addresses"] = [a for a in cloud["addresses"] if "bonded.internet/network" not in a["tags"]]
    return comparable(server), comparable(cloud)


def test_a_teardown_removes_what_is_ours_and_nothing_else(network: Site, variables: Json) -> None:
    network.reset()
    before = foreign(network)
    network.load("small")
    refused = network.run("teardown")
    assert refused.code != 0
    assert refused.writes == []
    assert "bonding_confirm_teardown=demo" in refused.problems
    # EC2 deletes no VPC with what is somebody else's in it: nothing is begun.
    (vpc,) = network.ours("vpcs").values()
    guard = network.ec2().create_security_group(GroupName="guard", Description="of a service", VpcId=vpc["id"])[
        "GroupId"
    ]
    stopped = network.run("teardown", extra={"bonding_confirm_teardown": "demo"})
    assert (stopped.code, stopped.writes) == (2, [])
    assert (
        f"The VPC {vpc['id']} (vpc/initech) cannot be deleted, since security group {guard} (guard)" in stopped.problems
    )
    network.ec2().delete_security_group(GroupId=guard)
    outcome = network.run("teardown", extra={"bonding_confirm_teardown": "demo"})
    assert outcome.code == 0, outcome.output
    assert foreign(network) == before
    looks = named("To look: the plan, check mode, an unchanged run")
    assert {entry["action"] for entry in aws_writes(outcome.aws)} == named("To take down") - {
        *("ReleaseAddress", "DeleteEgressOnlyInternetGateway")  # no NAT gateway beside IPv6, so no such gateway
    }
    assert {e["action"] for e in outcome.aws} <= looks | named("To take down") | {
        "DescribeVpcAttribute",
        "DescribeTags",
    }
    kept = [a for a in network.cloud.state()["addresses"] if a["tags"].get("bonded.internet/network") == "demo"]
    assert len(kept) == 5
    assert {a["tags"]["bonded.internet/retired"] for a in kept} == {"true"}
    assert {a["private_ip"] for a in kept} == {None}
    assert "space acme: its private WAN stays in mode managed_mesh" in outcome.said
    again = network.run("teardown", extra={"bonding_confirm_teardown": "demo"})
    assert again.code == 0, again.output
    assert again.writes == []
    assert plan(network, variables)["kept_addresses"] == []  # each is wanted again
    listed = plan(network, variables | {"bonding_cpe_nat_ips": [], "bonding_spaces": []})["kept_addresses"]
    assert {one["key"]: one["usd_per_month"] for one in listed} == dict.fromkeys(
        (a["tags"]["bonded.internet/key"] for a in kept), 3.65
    )
    # the addresses come back: the same public ones for the same entries
    public = {a["tags"]["bonded.internet/key"]: a["public_ip"] for a in kept}
    back = network.run("site", "--tags", "cpe_nat")
    assert back.code == 0, back.output
    state = network.cloud.state()
    ours = [a for a in state["addresses"] if a["tags"].get("bonded.internet/key", "").startswith("cpe-nat/")]
    assert {a["tags"]["bonded.internet/key"]: a["public_ip"] for a in ours}.items() <= public.items()
    assert all(a["private_ip"] for a in ours)
    assert network.run("site", "--tags", "cpe_nat").writes == []


def test_a_teardown_of_what_the_server_has_forgotten_releases_all_if_told(network: Site) -> None:
    """A space and an aggregator are gone from the server; both sides end as the seeds had them."""
    network.reset()
    clean = comparable(network.cloud.state())
    network.load("small")
    forget(network)
    outcome = network.run(
        "teardown",
        extra={
            "bonding_confirm_teardown": "demo",
            "bonding_release_elastic_ips": True,
            "bonding_teardown_private_wan": True,
        },
    )
    assert outcome.code == 0, outcome.output
    assert comparable(network.cloud.state()) == clean
    server = network.server.state()
    assert {s["private_wan_enabled"] for s in server["spaces"]} == {False}
    names = [o["name"] for a in server["aggregators"] for g in ("interfaces", "protocols", "filters") for o in a[g]]
    assert not [name for name in names if name.startswith(("demo_", "vx1"))]


def forget(site: Site) -> None:
    """The space initech with its bonds, and the aggregator agg3, as an administrator deletes them on the server."""
    state = site.server.state()
    for bond in state["bonds"]:
        if bond["space"] == "initech":
            site.as_administrator("DELETE", f"bonds/{bond['id']}/")
        elif "agg3" in (bond["aggregator"], bond["secondary_aggregator"], bond["current_aggregator"]):
            url = f"{site.server.url}/api/v4/aggregators/7/"
            site.as_administrator("PATCH", f"bonds/{bond['id']}/", {"aggregator": url, "secondary_aggregator": None})
            site.server.control("POST", "move", {"bond": bond["id"], "aggregator": "agg1"})
    for aggregator in state["aggregators"]:
        for group, kind in (("protocols", "protocol"), ("interfaces", "type")):
            for item in aggregator[group]:
                if item["space"] == "initech" or aggregator["name"] == "agg3":
                    site.as_administrator(
                        "DELETE", f"aggregators/{aggregator['id']}/{item[kind]}_{group}/{item['id']}/"
                    )
    site.as_administrator("DELETE", "spaces/initech/")
    site.as_administrator("DELETE", "aggregators/1007/")
