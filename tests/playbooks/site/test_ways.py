# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slices of a run (hosts, parts), what is refused, and the way back: judged by both sides' state and logs."""

from __future__ import annotations

import copy
import pathlib
from typing import Any

import pytest

from lab.process import Running
from tests.certificates import self_signed

from .running import DEMO, Json, Outcome, Site, aws_writes, comparable, demo_hosts, demo_variables
from .test_rights import named


def sides(site: Site) -> tuple[Any, Any]:
    return comparable(site.server.state()), comparable(site.cloud.state())


@pytest.fixture
def built_sides(built: Site) -> tuple[Any, Any]:
    return sides(built)


def test_one_host_and_then_the_others_end_as_one_run(stand_ins: Site, built_sides: tuple[Any, Any]) -> None:
    stand_ins.reset()
    for limit in ("agg3", "agg1:agg2"):
        outcome = stand_ins.run("site", "--limit", limit)
        assert outcome.code == 0, outcome.output
    assert sides(stand_ins) == built_sides
    assert stand_ins.run("site").writes == []


def test_parts_one_after_the_other_end_as_one_run_even_if_one_was_killed(
    stand_ins: Site, built_sides: tuple[Any, Any]
) -> None:
    """AWS fails for good in the middle of the first part; when it works again, the next run ends as if nothing was."""
    stand_ins.reset()
    stand_ins.cloud.faults([{"action": "AssociateAddress", "code": "InternalError", "count": None}])
    broken = stand_ins.run("site", "--tags", "cpe_nat")
    assert broken.code != 0
    allocated = [entry["action"] for entry in broken.aws].count("AllocateAddress")
    stand_ins.cloud.faults([])
    for arguments in (("site", "--tags", "cpe_nat"), ("private_wan",), ("site", "--tags", "gateways")):
        outcome = stand_ins.run(*arguments)
        assert outcome.code == 0, outcome.output
        assert outcome.writes
        allocated += [entry["action"] for entry in outcome.aws].count("AllocateAddress")
    assert sides(stand_ins) == built_sides
    assert allocated == 10


def test_gateways_before_their_vpc_are_refused(empty: Site) -> None:
    outcome = empty.run("gateways")
    assert outcome.code != 0
    assert "run the part private_wan first" in outcome.problems
    assert outcome.writes == []


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


def test_a_teardown_removes_what_is_ours_and_nothing_else(built: Site) -> None:
    built.reset()
    before = foreign(built)
    built.load("built")
    refused = built.run("teardown")
    assert refused.code != 0
    assert refused.writes == []
    assert "confirm_teardown=demo" in refused.problems
    outcome = built.run("teardown", extra={"confirm_teardown": "demo"})
    assert outcome.code == 0, outcome.output
    assert foreign(built) == before
    looks = named("To look: the plan, check mode, an unchanged run")
    assert {entry["action"] for entry in aws_writes(outcome.aws)} == named("To take down") - {"ReleaseAddress"}
    assert {e["action"] for e in outcome.aws} <= looks | named("To take down") | {
        "DescribeVpcAttribute",
        "DescribeTags",
    }
    kept = [a for a in built.cloud.state()["addresses"] if a["tags"].get("bonded.internet/network") == "demo"]
    assert len(kept) == 10
    assert {a["tags"]["bonded.internet/retired"] for a in kept} == {"true"}
    assert {a["private_ip"] for a in kept} == {None}
    assert "space acme: its private WAN stays in mode managed_mesh" in outcome.said
    again = built.run("teardown", extra={"confirm_teardown": "demo"})
    assert again.code == 0, again.output
    assert again.writes == []
    # the addresses come back: the same public ones for the same entries
    public = {a["tags"]["bonded.internet/key"]: a["public_ip"] for a in kept}
    back = built.run("site", "--tags", "cpe_nat")
    assert back.code == 0, back.output
    state = built.cloud.state()
    ours = [a for a in state["addresses"] if a["tags"].get("bonded.internet/key", "").startswith("cpe-nat/")]
    assert {a["tags"]["bonded.internet/key"]: a["public_ip"] for a in ours}.items() <= public.items()
    assert all(a["private_ip"] for a in ours)
    assert built.run("site", "--tags", "cpe_nat").writes == []


def test_a_teardown_of_what_the_server_has_forgotten_releases_all_if_told(built: Site, stand_ins: Site) -> None:
    """A space and an aggregator are gone from the server; both sides end as the seeds had them."""
    built.reset()
    clean = comparable(built.cloud.state())
    built.load("built")
    forget(built)
    outcome = built.run(
        "teardown",
        extra={"confirm_teardown": "demo", "release_addresses": True, "teardown_private_wan": True},
    )
    assert outcome.code == 0, outcome.output
    assert comparable(built.cloud.state()) == clean
    server = built.server.state()
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


def refused(site: Site, outcome: Outcome, *texts: str) -> None:
    assert outcome.code != 0, outcome.output
    assert outcome.writes == []
    for text in texts:
        assert text in outcome.problems, outcome.problems
    assert "Nothing was changed" in outcome.problems


def test_a_host_that_is_gone_from_the_inventory_is_refused_by_name(built: Site) -> None:
    hosts = demo_hosts()
    del hosts["agg2"]
    site = built.write_inventory("gone", hosts, demo_variables())
    refused(
        site, site.run("site"), "aggregator agg2 (id 12) has objects of the network demo", "bonding_leaving: [agg2]"
    )


def test_a_preflight_failure_on_one_host_changes_nothing_on_any(empty: Site) -> None:
    hosts = demo_hosts()
    hosts["agg3"]["aws_instance_id"] = "i-0000000000000dead"
    site = empty.write_inventory("typo", hosts, demo_variables())
    for limit in ([], ["--limit", "agg1"]):
        refused(site, site.run("site", *limit), "agg3: AWS has no instance i-0000000000000dead")


def test_all_the_errors_of_an_inventory_come_at_once_before_the_first_change(empty: Site) -> None:
    hosts, variables = copy.deepcopy(demo_hosts()), copy.deepcopy(demo_variables())
    hosts["agg2"]["bonding_aggregator"] = "agg22"
    hosts["agg3"]["bonding_vni_base"] = 5
    acme, globex, initech = variables["bonding_spaces"]
    acme["vxlan"]["vni"] = 10000012
    acme["gateways"][0]["interface"] = "ens5"
    globex["vxlan"]["subnet"] = "10.254.0.0/24"
    globex["vpc"]["cidr"] = "10.101.0.0/17"
    initech["private_wan"] = "private_wan_routers"
    initech["gateways"][0]["egress"] = "masquerade"
    variables["bonding_spaces"].append({"key": "hooli", "private_wan": "managed_mesh"})
    entries = variables["bonding_cpe_nat_ips"]
    entries[0]["nat_ip"] = "192.168.18.10"
    entries[2]["bond"] = "acme-hanover"
    entries[4]["private_ip"] = "10.1.0.1"
    entries[5]["interface"] = "eth7"
    site = empty.write_inventory("wrong", hosts, variables)
    refused(
        site,
        site.run("site"),
        "agg2: bonding_aggregator: the server has no aggregator named 'agg22'",
        "bonding_vni_base differs between agg1 and agg3",
        "the VNI 10000012 is also that of space acme",
        "interface 'ens5' is the aggregator's primary device",
        "the tunnel subnet 10.254.0.0/24 has no address for agg3 (1007)",
        "the VPC network 10.101.0.0/16 of space acme overlaps the VPC network 10.101.0.0/17 of space globex",
        "private_wan_routers does not work on AWS",
        "egress: masquerade is not there yet",
        "space hooli: the server has no space with this key",
        "nat_ip 192.168.18.10 lies outside of its connected network 192.168.17.0/24",
        "the server has no bond named 'acme-hanover'",
        "private_ip 10.1.0.1 is reserved by AWS",
        "the bonder of bond 21 has no interface 'eth7'",
    )


CONNECTIONS: dict[str, tuple[Json, str]] = {
    "a wrong password": ({"bonding_api_password": "wrong"}, "user"),
    "an unreachable server": ({"bonding_api_url": "http://127.0.0.1:9"}, "127.0.0.1:9"),
    "an unreachable AWS": ({"aws_endpoint_url": "http://127.0.0.1:9"}, "127.0.0.1:9"),
}


@pytest.mark.parametrize(("extra", "text"), CONNECTIONS.values(), ids=CONNECTIONS.keys())
def test_a_side_that_cannot_be_read_is_one_clear_error(empty: Site, extra: Json, text: str) -> None:
    outcome = empty.run("site", extra=extra)
    refused(empty, outcome, text)
    assert "Traceback" not in outcome.output


def test_an_untrusted_certificate_is_one_clear_error_and_a_ca_file_cures_it(
    empty: Site, tmp_path: pathlib.Path
) -> None:
    pem = self_signed(tmp_path)
    seed = DEMO / "bondingadmin.yml"
    with Running("lab.bondingadmin", "--seed", seed, "--tls-cert", pem, "--tls-key", pem) as server:
        secure = Site(server, empty.cloud, tmp_path)
        refused(secure, secure.run("site"), "certificate", "ca_path")
        assert secure.run("site", "--check", extra={"bonding_api_ca_path": str(pem)}).code == 0
