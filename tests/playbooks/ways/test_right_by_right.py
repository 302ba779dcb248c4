# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM policies of docs/ suffice, no action of them is idle, and each one that is missing is named by a step.

Built and taken down with one right more in each run, in four minutes, so that .ci/run leaves it to `make test`; IPv6
and security groups are in test_ipv6.py and test_direct.py.
"""

from __future__ import annotations

from tests.playbooks.comparing import comparable
from tests.playbooks.right_by_right import walk
from tests.playbooks.running import Json, Outcome, Site, aws_writes, demo_hosts, demo_variables

from . import missing_rights as tables

HOSTS = {"agg1": demo_hosts()["agg1"]}
SURE = {"bonding_confirm_teardown": "demo"}
WHOLE = SURE | {"bonding_release_elastic_ips": True, "bonding_teardown_private_wan": True}


def variables(**entry: str) -> Json:
    """One space with a NAT gateway, and one public address; all on one aggregator."""
    found = demo_variables()
    acme = found["bonding_spaces"][0]
    del acme["vxlan"], acme["gateways"][0]["port_forwards"]
    acme["gateways"][0]["egress"] = "nat_gateway"
    del found["bonding_bgp"]
    return found | {"bonding_spaces": [acme], "bonding_cpe_nat_ips": [found["bonding_cpe_nat_ips"][0] | entry]}


def writes(outcomes: list[Outcome]) -> set[str]:
    return {entry["action"] for outcome in outcomes for entry in aws_writes(outcome.aws)}


def test_built_and_taken_down_with_one_right_more_at_a_time(empty: Site) -> None:
    seed = comparable(empty.cloud.state())
    site = empty.write_inventory("one", HOSTS, variables())
    last = walk(site, tables.BUILD, "site")
    assert {i["key"] for i in last.plan["plan"] if i["system"] == "aws"} >= {"natgw/acme/agg1"}  # it went on from there
    # with just these rights: nothing more is wanted, and a look at it writes nothing
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output

    # the address: kept, taken back, named, and without a name again
    walk(site, tables.RETIRE, "teardown", "--tags", "cpe_nat", extra=SURE)
    assert site.ours("addresses")["cpe-nat/bond-17"]["network_interface_id"] is None
    walk(site, tables.TAKE_BACK, "site", "--tags", "cpe_nat", given=tables.BUILD)
    assert site.ours("addresses")["cpe-nat/bond-17"]["network_interface_id"] == "eni-0d00000000000a901"
    for name, table in (("mail.example.com", tables.NAMES), ("", tables.NO_NAMES)):
        site = empty.write_inventory("one", HOSTS, variables(reverse_dns=name))
        walk(site, table, "site", "--tags", "cpe_nat")
        assert (site.ours("addresses")["cpe-nat/bond-17"]["reverse_dns"] or "").rstrip(".") == name

    off = tables.RETIRE.keys() - {"CreateTags"}
    gone = walk(site, tables.TAKE_DOWN, "teardown", extra=WHOLE, given=off)
    assert "DeleteVpc" in writes([gone])
    assert comparable(site.cloud.state()) == seed
