# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway moves to another aggregator of its zone, in one run."""

from __future__ import annotations

import copy

from tests.playbooks.running import Json, Site, demo_hosts

SPACE: Json = {
    "key": "acme",
    "private_wan": "managed_mesh",
    "vpc": {"cidr": "10.101.0.0/16"},
    "gateways": [{"aggregator": "agg1", "networks": ["172.16.0.0/12"], "interface": "ens6"}],
}


def test_a_gateway_moves_and_leaves_one_interface(empty: Site) -> None:
    wanted: Json = {"bonding_bgp": None, "bonding_cpe_nat_ips": [], "bonding_spaces": [SPACE]}
    assert empty.run("site", extra=wanted).code == 0
    moved = copy.deepcopy(wanted)
    moved["bonding_spaces"][0]["gateways"][0]["aggregator"] = "agg3"
    switches = {"bonding_prune": True, "bonding_allow_disruption": True}
    outcome = empty.run("site", extra=moved | switches)
    assert outcome.code == 0, outcome.output
    ((key, interface),) = empty.ours("network_interfaces").items()
    assert key == "gateway/acme/agg3"
    assert interface["attachment"]["instance_id"] == demo_hosts()["agg3"]["aws_instance_id"]
    assert [entry["action"] for entry in outcome.aws].count("CreateNetworkInterface") == 1
    routes = [route for table in empty.cloud.state()["route_tables"] for route in table["routes"]]
    leading = [route["target"] for route in routes if route["destination"] == "172.16.0.0/12"]
    assert leading == [interface["id"]] * 2  # the VPC's main table and the gateway's
    again = empty.run("site", extra=moved | switches)
    assert (again.code, again.writes) == (0, [])
