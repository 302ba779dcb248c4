# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's side of least rights: from a group that only looks, one permission more in each run."""

from __future__ import annotations

import fnmatch

import yaml

from tests.playbooks.right_by_right import walk_on_server
from tests.playbooks.running import DEMO, Json, Site, demo_hosts, demo_variables

MODES = "Set the private WAN modes of the spaces"
BONDS = "eip_cpe_nat: Configure the connected IPs and CPE NAT IPs of the bonds"
BONDS_GONE = "eip_cpe_nat: Delete the CPE NAT IPs and connected IPs of the bonds"
BETWEEN = "cpe_nat_bgp: Create or delete the BGP of the aggregator"
MESH = "pwan_mesh: Create or delete the direct mesh of the aggregator"

ADD = {
    "change_space": (MODES, "change spaces"),
    "add_connectedip": (BONDS, "add connected ips"),
    "add_cpenatip": (BONDS, "add cpe nat ips"),
    "add_interface": (BETWEEN, "add vxlan interfaces"),
    "add_filter": (BETWEEN, "add filters"),
    "add_protocol": (BETWEEN, "add bgp protocols"),
}
CHANGE = {
    "change_filter": (BETWEEN, "change filters"),
    "change_connectedip": (BONDS, "change connected ips"),
    "change_cpenatip": (BONDS, "change cpe nat ips"),
    "change_interface": (MESH, "change vxlan interfaces"),
    "change_protocol": (MESH, "change ospf protocols"),
}
DELETE = {
    "delete_protocol": (MESH, "delete ospf protocols"),
    "delete_interface": (MESH, "delete vxlan interfaces"),
    "delete_filter": (BETWEEN, "delete filters"),
    "delete_cpenatip": (BONDS_GONE, "delete cpe nat ips"),
    "delete_connectedip": (BONDS_GONE, "delete connected ips"),
    "change_space": (MODES, "change spaces"),
}
SURE = {"bonding_confirm_teardown": "demo", "bonding_release_elastic_ips": True}


def variables() -> Json:
    """A direct mesh with OSPF, BGP between the aggregators, one public address; no VPC."""
    found = demo_variables()
    initech = found["bonding_spaces"][-1]
    del initech["vpc"], initech["gateways"]
    return found | {"bonding_spaces": [initech], "bonding_cpe_nat_ips": found["bonding_cpe_nat_ips"][:1]}


def spoil(site: Site) -> None:
    """Change one object of each kind by hand."""
    aggregator, bond = site.aggregator("agg1"), site.bond(17)

    def number(things: list[Json], **of: str) -> int:
        (found,) = [one["id"] for one in things if of.items() <= one.items()]
        return int(found)

    filters, protocols, interfaces = (aggregator[kind] for kind in ("filters", "protocols", "interfaces"))
    mine = number(bond["connected_ips"], ip="192.168.17.1/24")
    other = f"/api/v4/bonds/17/interfaces/{number(bond['interfaces'], name='eth1')}/"
    changes: Json = {
        f"aggregators/7/filters/{number(filters, name='demo_export_0')}/": {"body": "reject;"},
        f"aggregators/7/vxlan_interfaces/{number(interfaces, name='vx10000013')}/": {"enabled": False},
        f"aggregators/7/ospf_protocols/{number(protocols, name='demo_ospf_13')}/": {"enabled": False},
        f"bonds/17/connected_ips/{mine}/": {"interface": other},
        f"bonds/17/cpe_nat_ips/{number(bond['cpe_nat_ips'])}/": {"nat_ip": "192.168.17.11"},
    }
    for path, body in changes.items():
        site.as_administrator("PATCH", path, body)


def test_made_mended_and_taken_down_with_one_permission_more_at_a_time(empty: Site) -> None:
    before = plain(empty)
    site = empty.write_inventory("server", demo_hosts(), variables())
    walk_on_server(site, lambda: site.run("site"), ADD)
    again = site.run("site")
    assert (again.code, again.changed, again.writes) == (0, 0, []), again.output
    whole = plain(site)

    spoil(site)
    assert plain(site) != whole
    walk_on_server(site, lambda: site.run("site", extra={"bonding_allow_disruption": True}), CHANGE)
    assert plain(site) == whole

    walk_on_server(site, lambda: site.run("teardown", extra={**SURE, "bonding_teardown_private_wan": True}), DELETE)
    assert plain(site) == before


def plain(site: Site) -> Json:
    """The state of what playbooks change, without the ids that the server chooses, and users."""

    def without_ids(value: object) -> object:
        if isinstance(value, dict):
            return {name: without_ids(inner) for name, inner in value.items() if name not in ("id", "private_wan_mode")}
        return sorted(map(without_ids, value), key=str) if isinstance(value, list) else value

    state = site.server.state()
    return {name: without_ids(state[name]) for name in ("spaces", "aggregators", "bonds")}


def test_each_permission_of_the_demos_group_is_in_a_table() -> None:
    """But for looking: without that the server shows no objects at all."""
    seed = yaml.safe_load((DEMO / "bondingadmin.yml").read_text(encoding="utf-8"))
    (patterns,) = [one["permissions"] for one in seed["users"] if one["email"] == "automation@example.com"]
    patterns.remove("view_*")
    walked = {permission for table in (ADD, CHANGE, DELETE) for permission in table}
    kinds = ("space", "connectedip", "cpenatip", "interface", "protocol", "filter")
    every = {f"{verb}_{kind}" for verb in ("add", "change", "delete") for kind in kinds}
    assert walked == {one for one in every for pattern in patterns if fnmatch.fnmatch(one, pattern)}
