# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An aggregator with a CPE NAT IP gets an Elastic IP of its own in two runs, and has it after a stop and start."""

from __future__ import annotations

from tests.playbooks.right_by_right import POLICIES
from tests.playbooks.running import Json, Site, demo_hosts

AGG2 = "i-0d00000000000a902"
KEY = "public-ip/agg2"


def public(site: Site) -> str | None:
    """The public address of agg2."""
    found: str | None = next(one["public_ip"] for one in site.cloud.state()["instances"] if one["id"] == AGG2)
    return found


def test_an_aggregators_own_address_survives_a_stop(empty: Site, variables: Json) -> None:
    entry = next(one for one in variables["bonding_cpe_nat_ips"] if one["bond"] == "acme-hamburg")
    given = {"bonding_spaces": [], "bonding_bgp": None, "bonding_cpe_nat_ips": [entry | {"aggregator": "agg2"}]}
    given = variables | given | {"bonding_keep_public_address": True}
    site = empty.write_inventory("keeping", demo_hosts(), given)
    site.grant(POLICIES)
    first = site.run("site", extra={"bonding_allow_disruption": True})
    assert first.code == 0, first.output
    assert public(site) == "203.0.113.12"
    new = site.ours("addresses")[KEY]
    assert (new["network_interface_id"], new["tags"]["Name"]) == (None, "demo-agg2")

    waits = site.run("site")
    assert (waits.code, waits.writes) == (0, []), waits.output
    assert f"Admit {new['public_ip']} wherever 203.0.113.12 is admitted" in waits.said
    second = site.run("site", extra={"bonding_allow_disruption": True})
    assert second.code == 0, second.output
    assert len(second.writes) == 1 and "AssociateAddress" in second.writes[0], second.writes
    assert public(site) == new["public_ip"]

    for action in ("stop_instances", "start_instances"):
        getattr(site.ec2(), action)(InstanceIds=[AGG2])
    assert public(site) == new["public_ip"]
    again = site.run("site", extra={"bonding_allow_disruption": True})
    assert (again.code, again.writes) == (0, []), again.output
    torn = site.run("teardown", extra={"bonding_confirm_teardown": "demo", "bonding_release_elastic_ips": True})
    assert torn.code == 0, torn.output
    assert public(site) == new["public_ip"]
    assert list(site.ours("addresses")) == [KEY]
