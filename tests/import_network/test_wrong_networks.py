# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that are partly wrong: imported with a difference that is kept, or not placed with the reason.

Each row spoils one thing of a network of four aggregators that was built right. No row ends with an error, and with no
inventory a run does more than adopt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import Joined
from ansible_collections.bonded.internet.plugins.module_utils._model.state import ElasticIp, Route
from ansible_collections.bonded.internet.plugins.module_utils._objects import Object
from ansible_collections.bonded.internet.plugins.module_utils._recognition.assembly import options_of
from ansible_collections.bonded.internet.plugins.module_utils._recognition.report import report_of
from tests.import_network.world import imported, joined, judge, stripped, unmanaged
from tests.pairs.applying import applied
from tests.pairs.base import GIVEN_VPC, base
from tests.pairs.planning import ALL, plan
from tests.pairs.state import State

GATEWAY = {
    "aggregator": "agg1",
    "networks": ["172.16.0.0/14"],
    "egress": "none",
    "subnet_id": "subnet-given-a",
    "interface": "ens6",
}
SPACE = {
    "key": "space1",
    "private_wan": "managed_mesh",
    "vxlan": {"subnet": "10.254.0.0/20"},
    "vpc": {"id": GIVEN_VPC},
    "gateways": [GATEWAY],
}
ENTRY = {"bond": "17", "interface": "eth2", "connected_ip": "192.168.17.1/24", "nat_ip": "192.168.17.10"}
MESH = "mesh10000011"
ALL_PIECES = {"private_wan space1", "mesh space1", "gateway space1/agg1", "entry bond-17"}


def network() -> State:
    """Return the network as a person has built it, without a defect."""
    world = base()
    inventory = {"aggregators": world.hosts, "spaces": [SPACE], "cpe_nat_ips": [ENTRY], "bgp": None}
    planned = plan(world.state, inventory, **ALL)
    assert planned.problems == []
    return stripped(applied(world.state, planned))


def change(state: State, parent: str, key: str, **fields: Any) -> None:
    """Change fields of an object on the management server."""
    obj = next(one for one in state.objects.values() if (one.parent, one.key) == (parent, key))
    state.objects[obj.identity] = replace(obj, data={**obj.data, **fields})


def put(state: State, kind: str, parent: str, key: str, **data: Any) -> None:
    """Add an object on the management server."""
    obj = Object(kind, parent, key, data)
    state.objects[obj.identity] = obj


def take(state: State, parent: str, key: str) -> None:
    """Delete an object on the management server."""
    state.objects = {i: one for i, one in state.objects.items() if (one.parent, one.key) != (parent, key)}


def tunnel(state: State, number: int) -> Object:
    return next(o for o in state.objects.values() if (o.parent, o.key) == (f"aggregators/{number}", MESH))


def an_endpoint_is_missing(state: State) -> None:
    change(state, "aggregators/7", MESH, endpoints=tunnel(state, 7).data["endpoints"][1:])


def two_vnis(state: State) -> None:
    change(state, "aggregators/17", MESH, vni=999)


def two_meshes_of_one_size(state: State) -> None:
    for number in (17, 22):
        change(state, f"aggregators/{number}", MESH, vni=999)


def an_mtu_is_not_set(state: State) -> None:
    change(state, "aggregators/7", MESH, mtu=None)


def babel_exports_everything(state: State) -> None:
    change(state, "aggregators/7", "babel-11", export_ipv4={"mode": "all", "filter": None})
    take(state, "aggregators/7", "export-11")


def a_protocol_is_missing(state: State) -> None:
    take(state, "aggregators/7", "babel-11")


def an_endpoint_is_nobodys(state: State) -> None:
    endpoints = [*tunnel(state, 7).data["endpoints"], {"ip": "10.9.9.9", "vni": 10000011}]
    change(state, "aggregators/7", MESH, endpoints=endpoints)


def _gateway_interface(state: State) -> str:
    return next(number for number, one in state.cloud.interfaces.items() if one.vpc_id == GIVEN_VPC)


def a_route_to_a_detached_interface(state: State) -> None:
    number = _gateway_interface(state)
    state.cloud.interfaces[number] = replace(state.cloud.interfaces[number], instance_id=None)
    for name, table in state.cloud.route_tables.items():
        routes = tuple(replace(r, state="blackhole") if r.target == number else r for r in table.routes)
        state.cloud.route_tables[name] = replace(table, routes=routes)


def tables_that_differ(state: State) -> None:
    table = state.cloud.route_tables["rtb-given"]
    routes = (*table.routes, Route("172.20.0.0/16", _gateway_interface(state)))
    state.cloud.route_tables["rtb-given"] = replace(table, routes=routes)


def a_check_that_is_on(state: State) -> None:
    number = _gateway_interface(state)
    state.cloud.interfaces[number] = replace(state.cloud.interfaces[number], source_dest_check=True)


def _address(state: State) -> ElasticIp:
    return next(one for one in state.cloud.addresses if one.private_ip and one.interface_id == "eni-agg1")


def a_pair_of_which_one_is_enabled(state: State) -> None:
    _pair(state, enabled=False)


def a_pair_of_which_both_are_enabled(state: State) -> None:
    _pair(state, enabled=True)


def _pair(state: State, enabled: bool) -> None:
    address = _address(state).private_ip or ""
    put(state, "connected_ip", "bonds/20", "192.168.17.1/24", interface="eth2", ip="192.168.17.1/24")
    put(state, "cpe_nat_ip", "bonds/20", address, ip=address, nat_ip="192.168.17.10", enabled=enabled)


def an_address_that_no_bond_names(state: State) -> None:
    found = _address(state)
    other = ElasticIp("eipalloc-other", "198.51.100.7", {}, "eni-agg1", "10.1.0.99")
    state.cloud.addresses.append(other)
    owner = state.cloud.instances["i-agg1"]
    state.cloud.instances["i-agg1"] = replace(owner, addresses=(*owner.addresses, "10.1.0.99"))
    assert found.private_ip != "10.1.0.99"


def an_instance_without_an_aggregator(state: State) -> None:
    found = state.cloud.instances["i-agg1"]
    other = replace(found, id="i-web", interface_id="eni-web", private_ip="10.1.0.200", addresses=("10.1.0.200",))
    state.cloud.instances["i-web"] = other


def a_region_apart(found: Joined) -> None:
    instance = found.instances[17]
    assert instance is not None
    found.instances[17] = replace(instance, region="eu-west-1")


def an_aggregator_without_an_instance(found: Joined) -> None:
    found.instances[17] = None


@dataclass(frozen=True)
class Row:
    """A defect, the pieces that are not placed for it, and words of the report."""

    spoil: Callable[[Any], None]
    lost: frozenset[str] = frozenset()
    drift: str = ""
    left: str = ""
    of_join: bool = False


ROWS = (
    Row(an_endpoint_is_missing, drift="endpoints: lacks ip 10."),
    Row(two_vnis, drift="vni: is 999, the collection's is 10000011"),
    Row(two_meshes_of_one_size, frozenset({"mesh space1"}), left="no VNI is that of most members"),
    Row(an_mtu_is_not_set, drift="mtu: is not set"),
    Row(babel_exports_everything, drift="export_ipv4: is mode all"),
    Row(a_protocol_is_missing, drift="it does not exist; the collection would create it"),
    Row(an_endpoint_is_nobodys, frozenset({"mesh space1"}), left="10.9.9.9: is the private address of no host"),
    Row(
        a_route_to_a_detached_interface,
        frozenset({"gateway space1/agg1"}),
        left="has its address, and it is attached to no instance",
    ),
    Row(tables_that_differ, frozenset({"gateway space1/agg1"}), left="the route tables lead different networks to it"),
    Row(a_check_that_is_on, drift="source_dest_check: is True, the collection's is False"),
    Row(a_pair_of_which_one_is_enabled),
    Row(a_pair_of_which_both_are_enabled, frozenset({"entry bond-17"}), left="2 bonds have it, 2 of them enabled"),
    Row(an_address_that_no_bond_names, left="no bond has 10.1.0.99 of agg1 as its CPE NAT IP"),
    Row(an_instance_without_an_aggregator, left="no aggregator has its address"),
    Row(an_aggregator_without_an_instance, of_join=True),
    Row(a_region_apart, frozenset({"gateway space1/agg1"}), left="aws_region differs", of_join=True),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.spoil.__name__)
def test_a_network_that_is_partly_wrong_is_imported_with_a_difference_or_a_reason(row: Row) -> None:
    state = network()
    found = joined(state)
    row.spoil(found if row.of_join else state)
    live, findings, fit = imported(state, joined=found)
    pieces = {f"{piece.kind} {piece.key}" for piece in fit.pieces}
    assert pieces == ALL_PIECES - row.lost
    drift = [one.text for one in fit.drift]
    assert len(set(fit.drift)) == len(fit.drift)
    left = [one.reason for one in findings.not_placed]
    assert not row.drift or [text for text in drift if text.startswith(row.drift)], drift
    assert not row.left or [text for text in left if row.left in text], left
    assert judge(state, live, fit).broken == []


def test_a_second_import_after_the_adoption_names_the_same_objects() -> None:
    state = network()
    live, _findings, first = imported(state)
    options = unmanaged(options_of(live, first.pieces, first.deviations))
    end = applied(state, plan(state, options, adopt=True))
    _live, _findings, second = imported(end)
    assert options_of(live, second.pieces, second.deviations) == options_of(live, first.pieces, first.deviations)


def test_a_name_that_ansible_would_evaluate_gets_into_no_file() -> None:
    state = network()
    template = "{{ lookup('pipe', 'id') }}"
    obj = next(one for one in state.objects.values() if (one.parent, one.key) == ("aggregators/7", "babel-11"))
    take(state, obj.parent, obj.key)
    put(state, obj.kind, obj.parent, template, **{**obj.data, "name": template})
    live, findings, fit = imported(state)
    assert {f"{piece.kind} {piece.key}" for piece in fit.pieces} == ALL_PIECES - {"mesh space1"}
    assert [one.reason for one in findings.not_placed if "templates" in one.reason]
    text = report_of("demo", live.hosts, (), fit.drift, findings.not_placed)
    assert "lookup" in text
    assert "{{" not in text


def test_bgp_by_private_addresses_keeps_a_check_that_is_on() -> None:
    world = base(flat=True)
    inventory = {"aggregators": world.hosts, "spaces": [], "cpe_nat_ips": [], "bgp": {"asn": 64512, "mode": "direct"}}
    state = stripped(applied(world.state, plan(world.state, inventory, **ALL)))
    state.cloud.instances["i-agg1"] = replace(state.cloud.instances["i-agg1"], source_dest_check=True)
    live, _findings, fit = imported(state)
    assert [piece.options for piece in fit.pieces] == [{"asn": 64512, "mode": "direct"}]
    assert fit.deviations["agg1"]["eni-agg1"] == {"keep": ["source_dest_check"]}
    assert judge(state, live, fit).broken == []


def test_a_network_without_a_defect_is_imported_whole() -> None:
    state = network()
    live, findings, fit = imported(state)
    assert {f"{piece.kind} {piece.key}" for piece in fit.pieces} == ALL_PIECES
    assert fit.drift == []
    assert judge(state, live, fit).broken == []
    subjects = [one.object for one in findings.not_placed]
    assert [text for text in subjects if not text.startswith("Elastic IP 203.0.113.")] == []
