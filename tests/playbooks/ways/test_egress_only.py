# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 beside a NAT gateway: an egress-only internet gateway, created once, with its route, and deleted with both."""

from __future__ import annotations

from tests.playbooks.comparing import comparable
from tests.playbooks.right_by_right import walk
from tests.playbooks.running import Json, Site, aws_writes, demo_hosts, demo_variables

from . import missing_rights as tables
from .test_egress import ALLOWED, done_as_planned

HOSTS = {"agg1": demo_hosts()["agg1"]}
RIGHTS = {*tables.BUILD, *tables.TAKE_DOWN, *tables.RETIRE, *tables.IPV6}
GONE = {"bonding_confirm_teardown": "demo", "bonding_release_elastic_ips": True, "bonding_teardown_private_wan": True}


def variables(egress: str) -> Json:
    """globex alone, whose VPC has IPv6."""
    found = demo_variables()
    globex = found["bonding_spaces"][1]
    del globex["vxlan"], found["bonding_bgp"], found["bonding_cpe_nat_ips"]
    globex["gateways"][0]["egress"] = egress
    return found | {"bonding_spaces": [globex]}


def out(site: Site) -> tuple[str, str]:
    """Return the target and state of the IPv6 default route."""
    (route,) = [one for one in site.ours("route_tables")["rtb/globex"]["routes"] if one["destination"] == "::/0"]
    return route["target"], route["state"]


def test_created_from_nothing_once_and_deleted_with_its_vpc(empty: Site) -> None:
    seed, before = comparable(empty.cloud.state()), empty.cloud.state()
    site = empty.write_inventory("nat", HOSTS, variables("nat_gateway"))
    foretold = site.run("site", "--check")
    assert (foretold.code, foretold.writes, site.cloud.state()) == (0, [], before), foretold.output
    actions = done_as_planned(site.run("site"), before, site.cloud.state())
    assert actions.index("CreateEgressOnlyInternetGateway") < actions.index("CreateNatGateway")
    made = site.ours("egress_only_internet_gateways")["eigw/globex"]
    assert out(site) == (made["id"], "active")
    assert made["vpc_id"] == site.ours("vpcs")["vpc/globex"]["id"]
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output
    gone = site.run("teardown", extra=GONE)
    assert gone.code == 0, gone.output
    assert "DeleteEgressOnlyInternetGateway" in [entry["action"] for entry in aws_writes(gone.aws)]
    assert comparable(site.cloud.state()) == seed


def test_it_comes_and_goes_with_the_nat_gateway_by_one_right_each(empty: Site) -> None:
    site = empty.write_inventory("none", HOSTS, variables("none"))
    assert site.run("site").code == 0
    outer = site.ours("internet_gateways")["igw/globex"]["id"]
    assert out(site) == (outer, "active")
    site = empty.write_inventory("nat", HOSTS, variables("nat_gateway"))
    walk(site, tables.EGRESS_ONLY, "site", extra=ALLOWED, given=RIGHTS)
    assert out(site) == (site.ours("egress_only_internet_gateways")["eigw/globex"]["id"], "active")
    site = empty.write_inventory("back", HOSTS, variables("none"))
    walk(site, tables.NO_EGRESS_ONLY, "site", extra=ALLOWED, given=RIGHTS)
    assert out(site) == (outer, "active")
    assert site.ours("egress_only_internet_gateways") == {}
