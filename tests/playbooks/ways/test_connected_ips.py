# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bond's own network is only used by its public address, and is there as before when the address has gone."""

from __future__ import annotations

from tests.playbooks.right_by_right import POLICIES
from tests.playbooks.running import Json, Site, demo_hosts


def connected(site: Site) -> dict[int, list[Json]]:
    """The connected IPs of each bond."""
    return {bond["id"]: bond["connected_ips"] for bond in site.server.state()["bonds"]}


def test_a_network_that_was_there_is_there_afterwards(empty: Site, variables: Json) -> None:
    first, second = variables["bonding_cpe_nat_ips"][:2]
    number = first["bond"]
    listed = empty.bond(number)["interfaces"]
    (interface,) = [one["id"] for one in listed if one["name"] == first["interface"]]
    url = f"{empty.server.url}/api/v4/bonds/{number}/interfaces/{interface}/"
    own = {"interface": url, "ip": first["connected_ip"], "enabled": True, "include_private_wan": True}
    empty.as_administrator("POST", f"bonds/{number}/connected_ips/", own)
    before = connected(empty)

    given = variables | {"bonding_spaces": [], "bonding_bgp": None, "bonding_cpe_nat_ips": [first, second]}
    site = empty.write_inventory("connected", demo_hosts(), given)
    site.grant(POLICIES)
    built = site.run("site")
    assert built.code == 0, built.output
    assert connected(site) != before

    pruned = site.write_inventory("pruned", demo_hosts(), given | {"bonding_cpe_nat_ips": []})
    gone = pruned.run("site", extra={"bonding_prune_elastic_ips": True})
    assert gone.code == 0, gone.output
    assert connected(site) == before
    again = pruned.run("site", extra={"bonding_prune_elastic_ips": True})
    assert (again.code, again.writes) == (0, []), again.output
