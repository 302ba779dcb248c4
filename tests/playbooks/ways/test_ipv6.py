# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 for a space that lives: its VPC, its subnet, and its gateway's interface, which is older than the block."""

from __future__ import annotations

from tests.playbooks.comparing import comparable
from tests.playbooks.right_by_right import walk
from tests.playbooks.running import Json, Site, aws_writes, demo_hosts, demo_variables, server_writes
from tests.playbooks.site.wire import aws_items, server_items

from .missing_rights import IPV6
from .test_adopted import judge_ipv6

HOSTS = {"agg1": demo_hosts()["agg1"]}
INTERFACE = "gateway/globex/agg1"
MADE = [
    # what AWS is asked for, in this order, and what of the aggregator's own comes in the end
    *("AssociateVpcCidrBlock", "AssociateSubnetCidrBlock", "ModifySubnetAttribute", "CreateRoute"),
    "AssignIpv6Addresses",
]


def variables(ipv6: bool) -> Json:
    """globex alone: a VPC and a gateway that masquerades."""
    found = demo_variables()
    globex = found["bonding_spaces"][1]
    del globex["vxlan"], found["bonding_bgp"], found["bonding_cpe_nat_ips"]
    globex["vpc"]["ipv6"] = ipv6
    return found | {"bonding_spaces": [globex]}


def test_ipv6_is_turned_on_for_what_is_there_and_once(empty: Site) -> None:
    assert empty.write_inventory("old", HOSTS, variables(ipv6=False)).run("site").code == 0
    assert empty.ours("network_interfaces")[INTERFACE]["ipv6_addresses"] == []
    empty.save("old")
    site = empty.write_inventory("new", HOSTS, variables(ipv6=True))

    before = site.cloud.state(), site.server.state()
    foretold = site.run("site", "--check", "--diff")
    assert (foretold.code, foretold.writes) == (0, []), foretold.output
    assert (site.cloud.state(), site.server.state()) == before
    assert "IPv6 address" not in foretold.said  # no warning: the run does it

    made = site.run("site", "--diff")
    assert made.code == 0, made.output
    assert made.plan["plan"] == foretold.plan["plan"]
    assert [entry["action"] for entry in aws_writes(made.aws)] == MADE
    assert [entry["method"] for entry in server_writes(made.server)] == ["PATCH"]
    judge_ipv6(site, site.ours("network_interfaces")[INTERFACE])
    # as planned, both sides, all of it in the first phase
    identities = [what for what, _after in server_items(made.server, before[1], site.server.state())]
    identities += [what for what, _after in aws_items(made.aws, site.cloud.state(), before[0])]
    names = ("system", "verb", "kind", "parent", "key")
    assert sorted(identities) == sorted(tuple(item[name] for name in names) for item in made.plan["plan"])
    assert {item["phase"] for item in made.plan["plan"]} == {"add"}
    whole = comparable(site.cloud.state())
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output

    # an address that was taken away is all that is given again
    ec2, old = site.ec2(), site.ours("network_interfaces")[INTERFACE]
    ec2.unassign_ipv6_addresses(NetworkInterfaceId=old["id"], Ipv6Addresses=old["ipv6_addresses"])
    back = site.run("site", "--tags", "gateways")
    assert [entry["action"] for entry in aws_writes(back.aws)] == ["AssignIpv6Addresses"], back.output
    judge_ipv6(site, site.ours("network_interfaces")[INTERFACE])

    # and from the beginning, with one right more in each run
    site.load("old")
    walk(site, IPV6, "site")
    assert comparable(site.cloud.state()) == whole
