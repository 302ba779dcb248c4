# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live network changes: in no prefix of the log has an aggregator less than before, until the removals begin."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.playbooks.right_by_right import ASK, NAMED, POLICIES, READING
from tests.playbooks.rights import only
from tests.playbooks.running import Json, Outcome, Site, aws_writes, demo_hosts, server_writes

MOVING = {"AssignPrivateIpAddresses", "AssociateAddress", "CreateTags", "DeleteTags", "UnassignPrivateIpAddresses"}
"""Requests to AWS that move Elastic IPs."""
PARTS = {"endpoints", "addresses", "routes", "interfaces", "areas"}
"""Fields that are lists of what carries traffic."""


@pytest.fixture
def live(empty: Site, variables: Json) -> tuple[Site, Json, Json]:
    """The meshes and BGP on two of the three aggregators, without anything on AWS."""
    hosts = demo_hosts()
    del variables["bonding_cpe_nat_ips"]
    for space in variables["bonding_spaces"]:
        space.pop("vpc", None)
        space.pop("gateways", None)
    # bonds are where the two are
    for bond in empty.server.state()["bonds"]:
        if "agg3" in (bond["aggregator"], bond["secondary_aggregator"], bond["current_aggregator"]):
            empty.server.control("POST", "move", {"bond": bond["id"], "aggregator": "agg1"})
    return empty, hosts, variables


def carried(aggregator: Json) -> set[tuple[Any, ...]]:
    """Return the parts of an aggregator that carry traffic: objects, endpoints, addresses, peers, patterns, routes."""
    found: set[tuple[Any, ...]] = set()
    for group in ("interfaces", "protocols"):
        for item in aggregator[group]:
            found.add((item["name"],))
            found |= {(item["name"], "endpoint", e["ip"], e["vni"]) for e in item.get("endpoints") or ()}
            found |= {(item["name"], "address", a) for a in item.get("addresses") or ()}
            found |= {(item["name"], "route", r["network"]) for r in item.get("routes") or ()}
            entries = list(item.get("interfaces") or ())
            for area in item.get("areas") or ():
                entries += area["interfaces"]
            found |= {(item["name"], "pattern", p) for e in entries for p in e["patterns"]}
    return found


def replay(state: Json, log: list[Json]) -> list[dict[str, set[tuple[Any, ...]]]]:
    """Return the parts that carry traffic on each aggregator after each write of the log."""
    state = copy.deepcopy(state)
    owners = {aggregator["id"]: aggregator for aggregator in state["aggregators"]}
    snapshots = [{a["name"]: carried(a) for a in owners.values()}]
    made = {"interfaces": "type", "protocols": "protocol"}
    for entry in server_writes(log):
        path = entry["path"].removeprefix("/api/v4/").strip("/").split("/")
        if path[0] != "aggregators":
            continue
        group = next((g for g in made if path[2].endswith(g)), path[2])
        items, body = owners[int(path[1])][group], dict(entry["body"] or {})
        if "addresses" in body:
            body["addresses"] = [a["address"] if isinstance(a, dict) else a for a in body["addresses"]]
        kind = {made[group]: path[2].split("_")[0]} if group in made else {}
        if entry["method"] == "POST":
            items.append({**body, **kind})
        else:
            # the log has ids, and what this run made has none in it: by then nothing of it is written again
            (found,) = [i for i in items if i.get("id") == int(path[3]) and kind.items() <= i.items()]
            if entry["method"] == "DELETE":
                items.remove(found)
            else:
                found.update(body)
        snapshots.append({a["name"]: carried(a) for a in owners.values()})
    return snapshots


def assert_nothing_is_lost_before_the_removals(before: Json, outcome: Outcome) -> None:
    assert outcome.code == 0, outcome.output
    assert outcome.writes
    snapshots = replay(before, outcome.server)
    items = [i for i in outcome.plan["plan"] if i["system"] == "server" and i["parent"].startswith("aggregators/")]
    disruptive = {i["key"] for i in items if i["disruptive"]}
    kept = sum(item["phase"] != "remove" for item in items)
    assert len(snapshots) == len(items) + 1
    for number, snapshot in enumerate(snapshots[: kept + 1]):
        for name, had in snapshots[0].items():
            lost = {part for part in had - snapshot[name] if part[0] not in disruptive}
            assert not lost, (number, name, lost)


def test_a_member_joins_a_subnet_changes_a_space_comes_and_a_member_leaves(live: tuple[Site, Json, Json]) -> None:
    stand_ins, hosts, variables = live
    spaces = variables["bonding_spaces"]
    variables["bonding_spaces"] = spaces[:1]
    # agg3 is nobody's primary or secondary aggregator in this network
    for space in spaces:
        space["vxlan"]["aggregators"] = ["agg1", "agg2"]
    site = stand_ins.write_inventory("live", {h: hosts[h] for h in ("agg1", "agg2")}, variables)
    free_of_agg3(stand_ins)
    first = site.run("site")
    assert first.code == 0, first.output

    def change(**more: Any) -> None:
        before = stand_ins.server.state()
        outcome = site.run("site", extra=more)
        assert_nothing_is_lost_before_the_removals(before, outcome)
        assert site.run("site", extra=more).writes == []

    for space in spaces:
        space["vxlan"]["aggregators"] = ["all"]
    site = stand_ins.write_inventory("live", hosts, variables)
    change()
    spaces[0]["vxlan"]["subnet"] = "10.254.64.0/20"
    site = stand_ins.write_inventory("live", hosts, variables)
    refused = site.run("site")
    assert refused.writes == []
    assert "interrupts" in refused.problems
    change(bonding_allow_disruption=True)
    variables["bonding_spaces"] = spaces
    site = stand_ins.write_inventory("live", hosts, variables)
    change()
    gone = site.write_inventory("less", {h: hosts[h] for h in ("agg1", "agg2")}, variables)
    assert "agg3 (id 1007)" in gone.run("site").problems
    change(bonding_decommissioned=["agg3"], bonding_max_deletions=100)
    (left,) = [a for a in stand_ins.server.state()["aggregators"] if a["name"] == "agg3"]
    assert (left["interfaces"], left["protocols"], left["filters"]) == ([], [], [])


def free_of_agg3(site: Site) -> None:
    """No bond names agg3, as before a new aggregator is put into service."""
    for bond in site.server.state()["bonds"]:
        others: Json = {}
        if bond["aggregator"] == "agg3":
            others = {"aggregator": f"{site.server.url}/api/v4/aggregators/7/", "secondary_aggregator": None}
        if bond["secondary_aggregator"] == "agg3":
            others["secondary_aggregator"] = None
        if others:
            site.as_administrator("PATCH", f"bonds/{bond['id']}/", others)


def test_addresses_move_only_when_told_and_keep_their_public_side(network: Site, variables: Json) -> None:
    """One inside its subnet, one into another, and an edited destination; the bonds follow."""
    hosts = demo_hosts()
    entries = variables["bonding_cpe_nat_ips"]
    entries[0]["aggregator"] = "agg3"  # bond 17, from agg1: the same subnet
    entries[1]["aggregator"] = "agg1"  # bond 18, from agg2: another subnet
    entries[3]["nat_ip"] = "192.168.20.77"  # bond 20
    site = network.write_inventory("moved", hosts, variables)
    public = {a["tags"].get("bonded.internet/key"): a["public_ip"] for a in network.cloud.state()["addresses"]}
    refused = site.run("site")
    assert refused.writes == []
    assert refused.problems.count("Say bonding_allow_disruption: true to let it.") >= 3
    leave = {"bonding_allow_disruption": True, "bonding_check_rights": True}
    site.grant([*only(POLICIES, READING), ASK])
    unable = site.run("site", extra=leave)
    assert set(NAMED.findall(unable.problems)) == MOVING, unable.problems
    site.grant([*only(POLICIES, {*READING, *MOVING}), ASK])  # with just these rights
    moved = site.run("site", extra=leave)
    assert moved.code == 0, moved.output
    assert {entry["action"] for entry in aws_writes(moved.aws)} == MOVING
    cloud, server = network.cloud.state(), network.server.state()
    addresses = {a["tags"].get("bonded.internet/key"): a for a in cloud["addresses"]}
    assert {key: a["public_ip"] for key, a in addresses.items()} == public
    where = {"cpe-nat/bond-17": "eni-0d00000000000a903", "cpe-nat/bond-18": "eni-0d00000000000a901"}
    nats = {(b["id"], n["nat_ip"]): n["ip"] for b in server["bonds"] for n in b["cpe_nat_ips"]}
    for key, interface in where.items():
        assert addresses[key]["network_interface_id"] == interface
    assert nats[17, "192.168.17.10"] == addresses["cpe-nat/bond-17"]["private_ip"]
    assert nats[18, "192.168.18.10"] == addresses["cpe-nat/bond-18"]["private_ip"]
    assert (20, "192.168.20.10") not in nats
    assert nats[20, "192.168.20.77"] == addresses["cpe-nat/bond-20"]["private_ip"]
    assert len(nats) == 5
    assigned = [p["private_ip"] for i in cloud["network_interfaces"] for p in i["addresses"]]
    assert len(assigned) == len(set(assigned))
    assert site.run("site", extra={"bonding_allow_disruption": True}).writes == []
