# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judgement bites: a plan that says too little, does too much or does it too early is found by its row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design import server_objects
from ansible_collections.bonded.internet.plugins.module_utils._design.gateway import routes as gateway_routes
from ansible_collections.bonded.internet.plugins.module_utils._design.vpc import vpcs as vpc
from ansible_collections.bonded.internet.plugins.module_utils._model.phases import PHASES, Phase
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from tools.change_table import Row, read_table

from .judge import judge
from .keys import changes_of, keys

ROWS = {row.name: row for section in read_table() for row in section.rows}
ROUTE_GONE = ROWS["bonding_spaces[].gateways[].networks: changed (one left out)"]
MESH_MOVES = ROWS["bonding_spaces[].vxlan.subnet: moved to another subnet"]
MESH_GROWS = ROWS["bonding_spaces[].vxlan: set"]
NO_ROOM = ROWS["bonding_spaces[].vpc.subnets[].zone: moved to another zone"]
KEPT = ROWS["bonding_spaces: emptied"]


def at_once(_found: Object | None, wanted: Object, _grow: bool = True) -> dict[Phase, Object]:
    """Stages of somebody who has not heard of traffic."""
    return dict.fromkeys(PHASES, wanted)


def test_a_route_that_goes_unmarked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_routes, "_is_idle", lambda *_args: True)
    found = judge(ROUTE_GONE)
    assert found[0].endswith("changes, and nothing is refused")
    assert "not marked: delete route: what the VPC of space acme has for 192.168.64.0/18" in found
    assert "lost without a mark: route 192.168.64.0/18" in found


def test_an_address_that_goes_in_another_phase_than_its_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_objects, "stage", at_once)
    assert "lost without a mark: vxlan_interface vx10000011" in judge(MESH_MOVES)


def test_a_mistake_that_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vpc, "_check_subnets", lambda *_args: None)
    assert judge(NO_ROOM) == [
        "accepted with 2 changes",
        "no problem says: overlaps subnet/acme/eu-central-1a",
    ]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (replace(MESH_GROWS, expect="interrupts"), "changes, and nothing is refused"),
        (replace(MESH_GROWS, expect="kept"), "the plan has create vxlan_interface vx10000011"),
        (replace(MESH_GROWS, after={}), "nothing to do: the change is ignored"),
        (replace(MESH_GROWS, goes=("route 10.0.0.0/8",)), "not lost: route 10.0.0.0/8"),
        (replace(KEPT, kept="is gone"), "no warning says: is gone"),
        (replace(KEPT, switches={"bonding_prune_elastic_ips": True}), "no line wants bonding_prune_elastic_ips"),
        (replace(KEPT, expect="live"), "nothing to do: the change is ignored"),
        (replace(NO_ROOM, refused=("overlaps", "snow")), "no problem says: snow"),
        (replace(NO_ROOM, refused=("snow",)), "problem: space acme, vpc.subnets: 10.101.8.0/24 in eu-central-1b"),
        (replace(ROUTE_GONE, goes=()), "lost without a mark: static_protocol prod_gateway_11"),
        (replace(ROUTE_GONE, marks={}), "marked: delete route: what the VPC of space acme has for 192.168.64.0/18"),
        (replace(ROUTE_GONE, expect="how"), "problem: delete route 192.168.64.0/18 on agg1 interrupts"),
    ],
)
def test_a_row_that_is_wrong(row: Row, found: str) -> None:
    assert found in "\n".join(judge(row))


def test_each_option_of_an_entry_is_a_key_and_wants_its_rows() -> None:
    assert {"bonding_spaces[].gateways[].port_forwards[].to_port", "bonding_bgp.asn", "aws_region"} <= set(keys())
    assert changes_of("bonding_spaces[].gateways[].incoming") == {"set", "changed", "emptied", "taken out"}
    assert changes_of("bonding_cpe_nat_ips[].nat_ip") == {"changed", "taken out"}
    assert changes_of("bonding_spaces[].vpc.ipv6") == {"set", "taken out"}
