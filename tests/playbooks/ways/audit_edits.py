# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences planted in the inventory and on hosts, beside those of audit_plants.py on AWS and the server."""

from __future__ import annotations

from tests.playbooks.running import Json

from .audit_plants import Ground

HOOLI: Json = {
    "space": "hooli",
    "zone": 99,
    "device": "gw99",
    "subnet": "10.99.0.0/24",
    "untranslated": [],
    "ipv6": False,
    "incoming": [],
    "port_forwards": [],
}
"""A host's rule for a space that no inventory names."""


def entry_goes(ground: Ground) -> None:
    ground.variables["bonding_cpe_nat_ips"].pop()


def space_goes(ground: Ground) -> None:
    ground.variables["bonding_spaces"].pop()


def gateway_goes(ground: Ground) -> None:
    del ground.variables["bonding_spaces"][0]["gateways"]


def groups_wanted(ground: Ground) -> None:
    ground.variables["bonding_security_groups"] = True


def other_subnet(ground: Ground) -> None:
    ground.variables["bonding_spaces"][0]["vxlan"]["subnet"] = "10.254.64.0/20"


def wrong_bond(ground: Ground) -> None:
    ground.variables["bonding_cpe_nat_ips"][4]["bond"] = "acme-hanover"


def silent(ground: Ground) -> None:
    ground.hosts["agg2"] = {"unreachable": "no route to host"}


def rule_goes(side: Json) -> None:
    side["masquerade"] = [one for one in side["masquerade"] if one["space"] != "acme"]


def rule_differs(side: Json) -> None:
    next(one for one in side["masquerade"] if one["space"] == "globex")["incoming"] = []


def rule_of_old(side: Json) -> None:
    side["masquerade"].append(HOOLI)


def way_back_goes(side: Json) -> None:
    side["return_routes"].pop()


def way_back_differs(side: Json) -> None:
    side["return_routes"][0]["via"] = "10.253.3.3"


def way_back_of_old(side: Json) -> None:
    side["return_routes"].append({**side["return_routes"][0], "address": "192.168.250.10"})


def name_missing(ground: Ground) -> None:
    ground.hosts["agg1"]["programs"]["nft"] = False
