# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway with a standby: built ready to go, taken over when its aggregator is evacuated, and given back."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.recording import prefixes
from tests.playbooks.comparing import comparable
from tests.playbooks.rights import policy
from tests.playbooks.running import Json, Outcome, Site, aws_writes, demo_hosts, server_writes

NETWORK = "172.16.0.0/12"
FALLBACK = "if net.len > 0 then preference = 1;\naccept;"
STANDBY = "preference = 1;\naccept;"


def variables(egress: str, standby: str | None = "agg3") -> Json:
    """Return the variables of a space with one gateway on agg1."""
    gateway = {"aggregator": "agg1", "networks": [NETWORK], "interface": "ens6", "egress": egress}
    space = {
        "key": "acme",
        "private_wan": "managed_mesh",
        "vpc": {"cidr": "10.101.0.0/16"},
        "gateways": [{**gateway, **({"standby": standby} if standby else {})}],
    }
    return {"bonding_bgp": None, "bonding_cpe_nat_ips": [], "bonding_spaces": [space]}


def run(site: Site, playbook: str, given: Json, **more: str) -> Outcome:
    site.grant([policy("read"), policy("change")])
    outcome = site.run(playbook, extra={**given, **more})
    assert outcome.code == 0, outcome.output
    return outcome


def interface(site: Site, host: str) -> Json:
    """Return the network interface of the gateway on a host."""
    return site.ours("network_interfaces")[f"gateway/acme/{host}"]


def routes_to(site: Site, target: str) -> int:
    """Return the number of route tables that lead the private WAN to an interface."""
    tables = site.cloud.state()["route_tables"]
    return sum((one["destination"], one["target"]) == (NETWORK, target) for table in tables for one in table["routes"])


def body(site: Site, host: str) -> str:
    """Return the body of the gateway's import filter on a host."""
    (found,) = [one for one in site.aggregator(host)["filters"] if one["name"] == "demo_gateway_import_11"]
    return str(found["body"])


def check_roles(site: Site, active: str, standby: str, egress: str) -> None:
    """The active interface has the address and the routes; the standby's default counts only without another one."""
    if egress == "masquerade":
        (address,) = [one for key, one in site.ours("addresses").items() if key.startswith("gateway-ip/acme/")]
        assert address["tags"]["bonded.internet/key"] == "gateway-ip/acme/agg1"
        assert address["network_interface_id"] == interface(site, active)["id"]
    assert routes_to(site, interface(site, active)["id"]) == (2 if egress == "masquerade" else 3)
    assert routes_to(site, interface(site, standby)["id"]) == 0
    assert (body(site, active), body(site, standby)) == (FALLBACK, STANDBY)
    for host in (active, standby):
        assert interface(site, host)["attachment"]["instance_id"] == demo_hosts()[host]["aws_instance_id"]
        assert interface(site, host)["source_dest_check"] is False
        (static,) = [one for one in site.aggregator(host)["protocols"] if one["name"] == "demo_gateway_11"]
        assert "0.0.0.0/0" in [route["network"] for route in static["routes"]]


@pytest.mark.parametrize("egress", ["masquerade", "nat_gateway"])
def test_the_standby_takes_over_and_gives_back(empty: Site, egress: str) -> None:
    given = variables(egress)
    run(empty, "site", given)
    check_roles(empty, "agg1", "agg3", egress)
    assert run(empty, "site", given).writes == []
    empty.ec2().stop_instances(InstanceIds=[demo_hosts()["agg1"]["aws_instance_id"]])
    checked = empty.run("evacuate", "--check", extra={**given, "bonding_evacuate": "agg1"})
    assert (checked.code, checked.writes) == (0, [])
    outcome = run(empty, "evacuate", given, bonding_evacuate="agg1")
    check_roles(empty, "agg3", "agg1", egress)
    actions = Counter(one["action"] for one in aws_writes(outcome.aws))
    assert actions == ({"AssociateAddress": 1, "ReplaceRoute": 2} if egress == "masquerade" else {"ReplaceRoute": 3})
    assert len(server_writes(outcome.server)) == 2  # a filter on each of the two
    assert run(empty, "evacuate", given, bonding_evacuate="agg1").writes == []
    whole = run(empty, "site", given)
    assert whole.writes == []
    assert "its standby agg3 has taken its place" in whole.said
    empty.ec2().start_instances(InstanceIds=[demo_hosts()["agg1"]["aws_instance_id"]])
    run(empty, "evacuate", given, bonding_restore="agg1")
    check_roles(empty, "agg1", "agg3", egress)
    assert run(empty, "site", given).writes == []


def test_a_terminated_aggregator_gives_its_gateway_to_the_standby(empty: Site) -> None:
    given = variables("masquerade")
    run(empty, "site", given)
    empty.ec2().terminate_instances(InstanceIds=[demo_hosts()["agg1"]["aws_instance_id"]])
    run(empty, "evacuate", given, bonding_evacuate="agg1")
    (address,) = empty.ours("addresses").values()
    assert address["network_interface_id"] == interface(empty, "agg3")["id"]
    assert routes_to(empty, interface(empty, "agg3")["id"]) == 2
    assert body(empty, "agg3") == FALLBACK
    assert run(empty, "evacuate", given, bonding_evacuate="agg1").writes == []
    assert run(empty, "site", given).writes == []


def test_a_gateway_leaves_no_living_aggregator_for_a_dead_standby(empty: Site) -> None:
    """The standby hangs: EC2 says that it runs. An evacuation before maintenance would interrupt the space."""
    given = variables("masquerade")
    run(empty, "site", given)
    for host, status in (("agg1", "up"), ("agg3", "down")):
        empty.server.control("POST", "status", {"aggregator": host, "status": status})
    checked = empty.run("evacuate", "--check", extra={**given, "bonding_evacuate": "agg1"})
    outcome = run(empty, "evacuate", given, bonding_evacuate="agg1")
    for one in (checked, outcome):
        assert one.writes == []
        assert "stays on agg1, since agg3 is down, as the management server sees it, and agg1 is not." in one.said
    check_roles(empty, "agg1", "agg3", "masquerade")
    empty.server.control("POST", "status", {"aggregator": "agg1", "status": "down"})
    moved = run(empty, "evacuate", given, bonding_evacuate="agg1")
    assert "goes to agg3, which is down, as the management server sees it." in moved.said
    check_roles(empty, "agg3", "agg1", "masquerade")
    assert run(empty, "evacuate", given, bonding_evacuate="agg1").writes == []


def test_a_gateway_without_a_standby_stays_and_is_named(empty: Site) -> None:
    given = variables("masquerade", standby=None)
    run(empty, "site", given)
    outcome = run(empty, "evacuate", given, bonding_evacuate="agg1")
    assert outcome.writes == []
    assert "space acme, gateway on agg1: stays, since it has no standby" in outcome.said


def test_killed_at_each_write(empty: Site) -> None:
    """The same command ends in the same state, whichever write was the last one."""
    given, sides = variables("masquerade"), (empty.server, empty.cloud)
    run(empty, "site", given)
    for side in sides:
        side.begin_history()
    run(empty, "evacuate", given, bonding_evacuate="agg1")
    states = prefixes(empty.server.history(), empty.cloud.history())
    end = [comparable(side.state()) for side in sides]
    assert len(states) == 6  # one association, two routes and two filters after the first state
    for state in states[1:-1]:
        empty.server.load(f"write-{state.server}")
        empty.cloud.load(f"write-{state.cloud}")
        run(empty, "evacuate", given, bonding_evacuate="agg1")
        assert [comparable(side.state()) for side in sides] == end, state.last
    for side in sides:
        side.end_history()


def test_the_standby_in_use_is_not_taken_out(empty: Site) -> None:
    """Its interface has the Elastic IP of the gateway: one clear error, in place of a run that fails at EC2."""
    run(empty, "site", variables("masquerade"))
    run(empty, "evacuate", variables("masquerade"), bonding_evacuate="agg1")
    for standby, aggregator in ((None, "agg1"), ("agg2", "agg1"), (None, "agg3"), ("agg1", "agg3")):
        given = variables("masquerade", standby)
        given["bonding_spaces"][0]["gateways"][0]["aggregator"] = aggregator
        outcome = empty.run("site", extra={**given, "bonding_allow_disruption": True})
        assert (outcome.code, outcome.writes) == (2, []), outcome.output
        assert "its standby agg3 has taken the place of the gateway on agg1" in outcome.said


@pytest.mark.parametrize(("limit", "moves"), [("agg1", False), ("all:!agg1", True)])
def test_a_limit_leaves_out_all_of_a_move_or_nothing_of_it(empty: Site, limit: str, moves: bool) -> None:
    """A play without the dead aggregator moves its gateway all the same, its import filter too."""
    given = variables("masquerade")
    run(empty, "site", given)
    outcome = empty.run("evacuate", "--limit", limit, extra={**given, "bonding_evacuate": "agg1"})
    assert outcome.code == 0, outcome.output
    assert ("what would move is left for another run" in outcome.said) != moves
    assert bool(outcome.writes) == moves
    active, standby = ("agg3", "agg1") if moves else ("agg1", "agg3")
    check_roles(empty, active, standby, "masquerade")
    again = empty.run("evacuate", "--limit", limit, extra={**given, "bonding_evacuate": "agg1"})
    assert (again.code, again.writes) == (0, [])
