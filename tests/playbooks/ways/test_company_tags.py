# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole network in an account that refuses every creation without the company's tag; then the tag changes."""

from __future__ import annotations

from tests.playbooks.company import DENIED
from tests.playbooks.right_by_right import POLICIES
from tests.playbooks.running import Json, Site, demo_hosts

KINDS = (
    *("addresses", "internet_gateways", "nat_gateways", "network_interfaces"),
    *("route_tables", "security_groups", "subnets", "vpcs"),
)


def ours(site: Site) -> dict[str, Json]:
    """The tags of the network's objects by their key."""
    return {key: one["tags"] for kind in KINDS for key, one in site.ours(kind).items()}


def test_everything_carries_the_companys_tag(empty: Site, variables: Json) -> None:
    _acme, initech = variables["bonding_spaces"]
    initech["tags"] = {"CostCenter": "42", "Owner": "initech"}
    given = variables | {"bonding_security_groups": True, "bonding_cpe_nat_ips": variables["bonding_cpe_nat_ips"][:1]}
    given |= {"bonding_cpe_nat_inbound": [{"protocol": "icmp"}], "bonding_bgp": None}
    site = empty.write_inventory("tagged", demo_hosts(), given | {"bonding_tags": {"CostCenter": 4711}})
    site.grant([*POLICIES, {"Version": "2012-10-17", "Statement": DENIED}])
    built = site.run("site")
    assert built.code == 0, built.output
    found = ours(site)
    assert {key.partition("/")[0] for key in found} == {
        *("cpe-nat", "gateway", "igw", "natgw", "natgw-ip", "natgw-rtb", "natgw-subnet", "rtb", "sg", "subnet", "vpc")
    }
    wanted = {key: "42" if "/initech" in key else "4711" for key in found}
    assert {key: tags.get("CostCenter") for key, tags in found.items()} == wanted
    again = site.run("site")
    assert (again.code, again.writes) == (0, []), again.output

    initech["tags"] = {"CostCenter": "43"}
    site = empty.write_inventory("tagged", demo_hosts(), given | {"bonding_tags": {"CostCenter": "4711"}})
    changed = site.run("site")
    assert changed.code == 0, changed.output
    assert changed.writes and [line for line in changed.writes if "CreateTags" not in line] == []
    found = {key: tags for key, tags in ours(site).items() if "/initech" in key}
    assert {tags["CostCenter"] for tags in found.values()} == {"43"}
    assert {tags["Owner"] for tags in found.values()} == {"initech"}  # nothing is taken off
    again = site.run("site")
    assert (again.code, again.writes) == (0, []), again.output
