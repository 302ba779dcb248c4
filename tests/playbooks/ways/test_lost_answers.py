# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EC2 does what it is asked, and the answer is lost: the next run finishes, and nothing is there twice.

Each creating action of the policies loses one answer. Our own engines alone are in tests/unit/plugins/module_utils/aws.
"""

from __future__ import annotations

from collections import Counter

from tests.playbooks.planning import plan
from tests.playbooks.right_by_right import things
from tests.playbooks.rights import allowed, policy
from tests.playbooks.running import Json, Outcome, Site, demo_hosts, demo_variables

HOSTS = {"agg1": demo_hosts()["agg1"]}
VERBS = ("Allocate", "Assign", "Associate", "Attach", "Authorize", "Create")
BUILD = [
    *("CreateVpc", "CreateInternetGateway", "AttachInternetGateway", "CreateSubnet", "CreateRouteTable"),
    *("AssociateRouteTable", "CreateRoute", "AllocateAddress", "AssignPrivateIpAddresses", "AssociateAddress"),
    *("CreateNetworkInterface", "AttachNetworkInterface", "CreateNatGateway"),
    *("CreateSecurityGroup", "AuthorizeSecurityGroupIngress"),
]
IPV6 = ["AssociateVpcCidrBlock", "AssociateSubnetCidrBlock", "AssignIpv6Addresses"]
MOST_RUNS = 6
SECURED = {"bonding_security_groups": True}


def variables(space: int, ipv6: bool) -> Json:
    """A space with a VPC and a gateway: acme behind a NAT gateway, globex with masquerading; and a public address."""
    found = demo_variables()
    chosen = found["bonding_spaces"][space]
    chosen.pop("vxlan", None)
    gateway = chosen["gateways"][0]
    gateway.pop("port_forwards", None)
    gateway["egress"] = "masquerade" if space else "nat_gateway"
    chosen["vpc"]["ipv6"] = ipv6
    del found["bonding_bgp"]
    return found | {"bonding_spaces": [chosen], "bonding_cpe_nat_ips": found["bonding_cpe_nat_ips"][:1]}


def until_green(site: Site, lost: list[str]) -> list[Outcome]:
    """Run with the first answer to each of these actions lost, until a run succeeds."""
    site.cloud.faults([{"action": action, "kind": "lost"} for action in lost])
    outcomes = []
    for _number in range(MOST_RUNS):
        outcomes.append(site.run("site", extra=SECURED))
        if outcomes[-1].code == 0:
            break
    assert outcomes[-1].code == 0, outcomes[-1].output
    assert site.cloud.pending_faults() == []
    return outcomes


def keys(site: Site) -> Counter[str]:
    """Return the number of AWS objects of each kind and key."""
    return Counter(
        f"{kind} {one['tags']['bonded.internet/key']}"
        for kind, listed in site.cloud.state().items()
        if isinstance(listed, list)
        for one in listed
        if "bonded.internet/key" in (one.get("tags") or {})
    )


def test_each_answer_is_lost_once(empty: Site) -> None:
    foreign = things(empty.cloud.state())
    site = empty.write_inventory("lost", HOSTS, variables(0, ipv6=False))
    until_green(site, BUILD)
    doubled = {key: count for key, count in keys(site).items() if count > 1}
    assert doubled == {}
    made = things(site.cloud.state()) - foreign
    wanted = {"CreateVpc": 1, "CreateInternetGateway": 1, "AllocateAddress": 2, "CreateNatGateway": 1}
    assert {action: made[action] for action in wanted} == wanted
    assert plan(site, variables(0, ipv6=False), HOSTS, security_groups=True)["plan"] == []


def test_each_answer_about_ipv6_is_lost_once(empty: Site) -> None:
    old = empty.write_inventory("old", HOSTS, variables(1, ipv6=False))
    assert old.run("site", extra=SECURED).code == 0
    site = empty.write_inventory("new", HOSTS, variables(1, ipv6=True))
    until_green(site, IPV6)
    made = things(site.cloud.state())
    assert {action: made[action] for action in IPV6} == dict.fromkeys(IPV6, 1)
    assert plan(site, variables(1, ipv6=True), HOSTS, security_groups=True)["plan"] == []


def test_each_creating_action_of_the_policies_is_here() -> None:
    creating = {action for action in allowed([policy("change")]) if action.startswith(VERBS)}
    # CreateTags says the same when it is repeated; tests/emulator/test_owned.py loses the other answer
    assert {*BUILD, *IPV6} == creating - {"CreateTags", "CreateEgressOnlyInternetGateway"}
