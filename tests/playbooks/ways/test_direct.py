# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct BGP and our security groups on the primary interfaces of others: made, unchanged, and as if never been."""

from __future__ import annotations

from collections import Counter

from tests.playbooks.comparing import comparable
from tests.playbooks.planning import plan
from tests.playbooks.right_by_right import POLICIES, walk
from tests.playbooks.running import Json, Outcome, Site, aws_writes, demo_hosts, demo_variables

from .missing_rights import GROUPS as GROUP_RIGHTS
from .missing_rights import LESS_OPEN, NO_GROUPS

HOSTS = ("agg1", "agg3")
"""Hosts in one subnet."""
GROUPS = {"sg/aggregators/vpc-0d000000000000001", "sg/cpe-nat/vpc-0d000000000000001", "sg/gateway/initech"}


def variables() -> Json:
    found = demo_variables()
    _acme, _globex, initech = found["bonding_spaces"]
    initech["gateways"][0] |= {"egress": "none", "networks": "auto"}
    initech["private_wan"] = "managed_mesh"  # one of its bonds is on agg2, which a direct mesh would have to reach
    del initech["vxlan"]
    found |= {
        "bonding_spaces": [initech],
        "bonding_cpe_nat_ips": found["bonding_cpe_nat_ips"][:1],
        "bonding_bgp": {"asn": 64512, "mode": "direct"},
        "bonding_security_groups": True,
        "bonding_managed_mesh_ports": ["udp/51820"],
    }
    return found


def interfaces(site: Site) -> dict[str, tuple[bool, list[str], Json]]:
    """Check, groups and tags of the aggregators' primary interfaces."""
    found = {one["id"]: one for one in site.cloud.state()["network_interfaces"]}
    numbers = [f"eni-0d00000000000a90{host[-1]}" for host in HOSTS]
    return {n: (found[n]["source_dest_check"], found[n]["security_group_ids"], found[n]["tags"]) for n in numbers}


def assert_each_change_of_groups_is_an_item(outcome: Outcome) -> None:
    asked = Counter(entry["action"] for entry in aws_writes(outcome.aws))
    items = Counter((item["verb"], item["kind"]) for item in outcome.plan["plan"])
    changed = items["delete", "group_attachment"] + items["update", "source_dest_check"]
    assert changed == asked["ModifyNetworkInterfaceAttribute"] > 0
    assert items["delete", "security_group"] == asked["DeleteSecurityGroup"] > 0
    assert items["delete", "security_group_rule"] == asked["RevokeSecurityGroupIngress"]


def test_direct_bgp_with_groups_and_back_to_what_was(empty: Site) -> None:
    hosts = {name: one for name, one in demo_hosts().items() if name in HOSTS}
    site = empty.write_inventory("direct", hosts, variables())
    site.grant(POLICIES)
    before = interfaces(site)
    made = site.run("site")
    assert made.code == 0, made.output
    now = interfaces(site)
    assert {check for check, _groups, _tags in now.values()} == {False}
    assert {tags["bonded.internet/source_dest_check"] for _check, _groups, tags in now.values()} == {"demo:true"}
    assert [len(groups) for _check, groups, _tags in now.values()] == [len(g) + 2 for _c, g, _t in before.values()]
    assert {one["protocol"] for one in site.aggregator("agg1")["protocols"]} >= {"bgp"}
    (gateway,) = [one for key, one in site.ours("network_interfaces").items() if key.startswith("gateway/")]
    assert len(gateway["security_group_ids"]) == 2
    assert {i["key"] for i in made.plan["plan"] if i["kind"] == "security_group"} == GROUPS
    assert "add     create security_group" in made.output
    assert "USD a month" in made.output
    unchanged = site.run("site")
    assert (unchanged.code, unchanged.writes) == (0, []), unchanged.output
    slipped = variables() | {"bonding_spaces": [], "bonding_cpe_nat_ips": [], "bonding_bgp": None}
    groups: Json = {"security_groups": True, "managed_mesh_ports": ["udp/51820"]}
    kept = plan(site, slipped, hosts, **groups)
    assert kept["plan"] == []
    assert {text.split(" (")[0] for text in kept["warnings"] if "is kept" in text.lower()} >= {
        "The Elastic IP 203.0.113.1",
        "The gateway gateway/initech/agg3",
    }
    gone = site.run("teardown", extra={"bonding_confirm_teardown": "demo", "bonding_release_elastic_ips": True})
    assert gone.code == 0, gone.output
    assert_each_change_of_groups_is_an_item(gone)
    assert interfaces(site) == before
    assert [site.ours(kind) for kind in ("vpcs", "network_interfaces", "addresses")] == [{}, {}, {}]


def test_groups_and_checks_with_one_right_more_at_a_time(empty: Site) -> None:
    """The same for the aggregators' group alone; then a port is closed, and all of it taken down."""
    hosts = {name: one for name, one in demo_hosts().items() if name in HOSTS}
    given = variables() | {"bonding_spaces": [], "bonding_cpe_nat_ips": []}
    seed, before = comparable(empty.cloud.state()), interfaces(empty)
    site = empty.write_inventory("rights", hosts, given)
    walk(site, GROUP_RIGHTS, "site")
    again = site.run("site")
    assert (again.code, again.writes) == (0, []), again.output
    group = site.ours("security_groups")["sg/aggregators/vpc-0d000000000000001"]
    assert {check for check, _groups, _tags in interfaces(site).values()} == {False}
    assert {rule["from_port"] for rule in group["ingress"]} == {3, 179, 3784, 4789, 51820}

    site = empty.write_inventory("rights", hosts, given | {"bonding_managed_mesh_ports": []})
    walk(site, LESS_OPEN, "site", extra={"bonding_allow_disruption": True})
    group = site.ours("security_groups")["sg/aggregators/vpc-0d000000000000001"]
    assert {rule["from_port"] for rule in group["ingress"]} == {3, 179, 3784, 4789}

    walk(site, NO_GROUPS, "teardown", extra={"bonding_confirm_teardown": "demo"})
    assert interfaces(site) == before
    assert comparable(site.cloud.state()) == seed
