# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""aggregator_network: order and number of requests, the four states, pruning and its bounds, failures half-way."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.modules.aggregator_network import main
from tests.unit.plugins.api_objects import (
    aggregator,
    ethernet,
    protocol,
    routing_filter,
    space,
    space_url,
    vlan,
    vxlan,
)
from tests.unit.plugins.scripted import API, Step, delete, get, lost, patch, post, run_module

ON = "aggregators/7/"
AGGREGATOR = get(ON, aggregator(7, "agg1"))
SPACES = get("spaces/", [space("acme")])

VX = {"name": "vx1", "type": "vxlan", "space": "acme", "vni": 11, "addresses": ["192.0.2.7/28"]}
VX_BODY = {"name": "vx1", "space": space_url("acme"), "addresses": [{"address": "192.0.2.7/28"}], "vni": 11}
VX_MADE = vxlan(41, "vx1", 11, addresses=["192.0.2.7/28"])
FILTER = {"name": "f1", "family": "ipv4", "body": "accept;"}
FILTER_MADE = routing_filter(51, "f1")
BABEL = {
    "name": "b1",
    "protocol": "babel",
    "space": "acme",
    "interfaces": [{"patterns": ["vx1"]}],
    "export_ipv4": {"mode": "filter", "filter": "f1"},
}
BABEL_ENTRY = {"patterns": ["vx1"], "type": "auto", "rxcost": None, "hello_interval": None, "update_interval": None}
BABEL_SLOT = {"mode": "filter", "filter": f"{API}{ON}filters/51/"}
BABEL_BODY = {"name": "b1", "space": space_url("acme"), "export_ipv4": BABEL_SLOT, "interfaces": [BABEL_ENTRY]}
BABEL_MADE = protocol("babel", 61, "b1", space=space_url("acme"), interfaces=[BABEL_ENTRY], export_ipv4=BABEL_SLOT)
WANTED: dict[str, Any] = {
    "aggregator": 7,
    "interfaces": [VX],
    "protocols": [BABEL],
    "filters": [FILTER],
    "parallel": 1,
}


def reads(interfaces: list[Any], filters: list[Any], protocols: list[Any]) -> list[Step]:
    return [get(f"{ON}interfaces/", interfaces), get(f"{ON}filters/", filters), get(f"{ON}protocols/", protocols)]


def actions(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(item["kind"], item["name"], item["action"]) for item in result["objects"]]


WRITES = [
    post(f"{ON}vxlan_interfaces/", VX_BODY, VX_MADE),
    post(f"{ON}filters/", FILTER, FILTER_MADE),
    post(f"{ON}babel_protocols/", BABEL_BODY, BABEL_MADE),
]


def test_interface_then_filter_then_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, *reads([], [], []), AGGREGATOR, SPACES, *WRITES)
    assert result["changed"]
    assert actions(result) == [
        ("vxlan_interface", "vx1", "create"),
        ("babel_protocol", "b1", "create"),
        ("filter", "f1", "create"),
    ]
    assert "diff" not in result


def test_check_mode_writes_nothing_and_foretells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [*reads([], [], []), AGGREGATOR, SPACES]
    foretold = run_module(monkeypatch, main, WANTED, *steps, check=True, diff=True)
    done = run_module(monkeypatch, main, WANTED, *steps, *WRITES, diff=True)
    assert foretold["objects"] == done["objects"]
    assert foretold["diff"] == done["diff"]
    assert [item["before"] for item in done["diff"]] == [{}, {}, {}]


def test_a_second_run_takes_three_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, *reads([VX_MADE], [FILTER_MADE], [BABEL_MADE]))
    assert not result["changed"]
    assert {action for _kind, _name, action in actions(result)} == {"none"}


def test_only_the_given_sections_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "filters": [FILTER]}
    assert not run_module(monkeypatch, main, arguments, get(f"{ON}filters/", [FILTER_MADE]))["changed"]


def test_merged_leaves_the_rest_of_an_object_and_other_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [{**VX_MADE, "mtu": 1500, "enabled": False}, vxlan(42, "vx2", 12)]
    arguments = {"aggregator": 7, "interfaces": [VX]}
    assert not run_module(monkeypatch, main, arguments, get(f"{ON}interfaces/", found))["changed"]


def test_replaced_sets_what_is_not_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [{**VX_MADE, "mtu": 1500, "enabled": False, "endpoints": [{"ip": "198.51.100.9", "vni": 11}]}]
    step = patch(
        f"{ON}vxlan_interfaces/41/",
        {"space": None, "enabled": True, "mtu": None, "endpoints": []},
        {**VX_MADE, "space": None},
    )
    entry = {name: value for name, value in VX.items() if name != "space"}
    arguments = {"aggregator": 7, "interfaces": [entry], "state": "replaced"}
    result = run_module(monkeypatch, main, arguments, get(f"{ON}interfaces/", found), step)
    assert actions(result) == [("vxlan_interface", "vx1", "update")]


def test_replaced_keeps_what_has_no_default(monkeypatch: pytest.MonkeyPatch) -> None:
    found = protocol("bgp", 62, "peer", hold_time=240, keepalive_time=3)
    arguments = {"aggregator": 7, "protocols": [{"name": "peer", "protocol": "bgp"}], "state": "replaced"}
    assert not run_module(monkeypatch, main, arguments, get(f"{ON}protocols/", [found]))["changed"]


def test_overridden_removes_what_is_owned_after_all_else_protocol_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = reads(
        [VX_MADE, vxlan(42, "vx2", 12), vlan(43, "vx3.5"), ethernet(1, "eth1"), vxlan(44, "Vx4", 14)],
        [FILTER_MADE, routing_filter(52, "f2"), routing_filter(53, "other")],
        [BABEL_MADE, protocol("bgp", 62, "b2")],
    )
    arguments = {**WANTED, "state": "overridden", "owned": ["vx*", "[bf][0-9]"]}
    steps = [
        delete(f"{ON}bgp_protocols/62/"),
        delete(f"{ON}filters/52/"),
        delete(f"{ON}vxlan_interfaces/42/"),
    ]
    result = run_module(monkeypatch, main, arguments, *found, *steps)
    assert actions(result)[3:] == [
        ("bgp_protocol", "b2", "delete"),
        ("filter", "f2", "delete"),
        ("vxlan_interface", "vx2", "delete"),
    ]


def test_overridden_leaves_sections_that_are_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "filters": [], "state": "overridden", "owned": ["*"]}
    step = delete(f"{ON}filters/51/")
    result = run_module(monkeypatch, main, arguments, get(f"{ON}filters/", [FILTER_MADE]), step)
    assert actions(result) == [("filter", "f1", "delete")]


def test_too_many_removals_remove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = get(f"{ON}filters/", [routing_filter(number, f"f{number}") for number in range(11)])
    arguments = {"aggregator": 7, "filters": [], "state": "overridden", "owned": ["*"]}
    result = run_module(monkeypatch, main, arguments, found)
    assert "11 objects would be removed, more than max_deletions (10): filter 'f0' of aggregator 7" in result["msg"]


def test_deleted_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {
        "aggregator": 7,
        "state": "deleted",
        "interfaces": [{"name": "vx1"}, {"name": "gone", "type": "vxlan"}],
        "protocols": [{"name": "b1", "protocol": "babel"}],
    }
    found = [get(f"{ON}interfaces/", [VX_MADE]), get(f"{ON}protocols/", [BABEL_MADE])]
    filters = get(f"{ON}filters/", [FILTER_MADE])
    steps = [delete(f"{ON}babel_protocols/61/"), delete(f"{ON}vxlan_interfaces/41/")]
    result = run_module(monkeypatch, main, arguments, *found, filters, *steps)
    assert actions(result) == [
        ("vxlan_interface", "vx1", "delete"),
        ("vxlan_interface", "gone", "none"),
        ("babel_protocol", "b1", "delete"),
    ]


def test_deleted_without_names_removes_all_that_is_owned(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "state": "deleted", "owned": ["vx*", "b?", "f?"]}
    found = reads([VX_MADE, ethernet(1, "eth1")], [FILTER_MADE], [BABEL_MADE])
    steps = [delete(f"{ON}babel_protocols/61/"), delete(f"{ON}filters/51/"), delete(f"{ON}vxlan_interfaces/41/")]
    assert len(run_module(monkeypatch, main, arguments, *found, *steps)["objects"]) == 3
    again = run_module(monkeypatch, main, arguments, *reads([ethernet(1, "eth1")], [], []))
    assert (again["changed"], again["objects"]) == (False, [])


def test_what_the_information_module_returns_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A VLAN interface may be given as it is."""
    entry: dict[str, Any] = {
        "name": "eth1.5",
        "type": "vlan",
        "space": None,
        "enabled": True,
        "mtu": None,
        "addresses": [],
    }
    arguments = {"aggregator": 7, "interfaces": [{**entry, "parent": "eth1", "vlan_id": 5}]}
    found = get(f"{ON}interfaces/", [ethernet(1, "eth1"), vlan(2, "eth1.5")])
    assert not run_module(monkeypatch, main, arguments, found)["changed"]


@pytest.mark.parametrize(
    ("arguments", "steps", "text"),
    [
        ({"interfaces": [{"name": "x", "vni": 5}]}, [], "interface 'x' of aggregator 7: type is None; give one of"),
        (
            {"interfaces": [VX, {**VX, "vni": 12}]},
            [get(f"{ON}interfaces/", [])],
            "'vx1' of aggregator 7 is given twice",
        ),
        (
            {"interfaces": [VX, {"name": "vx1", "type": "ethernet"}]},
            [get(f"{ON}interfaces/", [])],
            "Ethernet interface 'vx1' of aggregator 7 is given twice",
        ),
        ({"interfaces": [{**VX, "accept_ra": True}]}, [], "accept_ra is not a field of its kind, VXLAN interface"),
        (
            {"interfaces": [{"name": "eth1.5", "type": "vlan", "vlan_id": 6}]},
            [get(f"{ON}interfaces/", [ethernet(1, "eth1"), vlan(2, "eth1.5")])],
            "VLAN interfaces are read and kept, never written; this would need: update of vlan_id",
        ),
        (
            {"interfaces": [{"name": "eth1.5", "type": "vlan"}], "state": "deleted"},
            [get(f"{ON}interfaces/", [ethernet(1, "eth1"), vlan(2, "eth1.5")])],
            "VLAN interfaces are read and kept, never written; this would need: delete",
        ),
        (
            {"interfaces": [{"name": "eth1", "type": "vxlan"}], "state": "deleted"},
            [get(f"{ON}interfaces/", [ethernet(1, "eth1")])],
            "is not deleted: that name belongs to another kind (got Ethernet interface",
        ),
        (
            {"interfaces": [{**VX, "addresses": ["203.0.113.7/24"]}]},
            [get(f"{ON}interfaces/", []), AGGREGATOR],
            "203.0.113.7/24 is the aggregator's own address",
        ),
        ({"filters": [], "state": "overridden"}, [get(f"{ON}filters/", [])], "owned is empty"),
        ({"state": "deleted"}, reads([], [], []), "owned is empty"),
        (
            {"protocols": [BABEL], "interfaces": [VX]},
            [get(f"{ON}interfaces/", []), get(f"{ON}protocols/", []), AGGREGATOR, SPACES, get(f"{ON}filters/", [])],
            "Babel protocol 'b1' of aggregator 7: export_ipv4: There is no filter 'f1'",
        ),
    ],
)
def test_refused_before_any_change(
    monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any], steps: list[Step], text: str
) -> None:
    result = run_module(monkeypatch, main, {"aggregator": 7, **arguments}, *steps)
    assert result["failed"]
    assert text in result["msg"]
    assert "Nothing was changed" in result["msg"]


def test_a_name_of_another_program_is_changed_where_it_is_and_never_created(monkeypatch: pytest.MonkeyPatch) -> None:
    """BIRD takes no hyphen in a name that we would give; the server has one."""
    wanted = {"aggregator": 7, "protocols": [{"name": "babel-acme", "protocol": "babel", "enabled": False}]}
    there = protocol("babel", 61, "babel-acme")
    changed = patch(f"{ON}babel_protocols/61/", {"enabled": False}, {**there, "enabled": False})
    result = run_module(monkeypatch, main, wanted, get(f"{ON}protocols/", [there]), changed)
    assert actions(result) == [("babel_protocol", "babel-acme", "update")]
    refused = run_module(monkeypatch, main, wanted, get(f"{ON}protocols/", []))
    assert "Babel protocol 'babel-acme' of aggregator 7: name: not a name that BIRD accepts" in refused["msg"]
    assert refused["msg"].endswith("Nothing was changed.")


def test_a_failure_half_way_says_what_was_done_and_what_not(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [WRITES[0], post(f"{ON}filters/", FILTER, {"body": ["Syntax error."]}, 400)]
    result = run_module(monkeypatch, main, WANTED, *reads([], [], []), AGGREGATOR, SPACES, *steps)
    assert result["failed"]
    assert result["changed"]
    assert "create filter 'f1' of aggregator 7 failed" in result["msg"]
    assert "Done before: create VXLAN interface 'vx1' of aggregator 7." in result["msg"]
    assert "Not tried: create Babel protocol 'b1' of aggregator 7." in result["msg"]
    assert actions(result) == [("vxlan_interface", "vx1", "create")]
    assert result["failure"]["fields"] == {"body": ["Syntax error."]}


def test_the_next_run_completes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [*reads([VX_MADE], [], []), SPACES, *WRITES[1:]]
    result = run_module(monkeypatch, main, WANTED, *steps)
    assert [action for _kind, _name, action in actions(result)] == ["none", "create", "create"]


def test_a_lost_answer_to_a_deletion_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "state": "deleted", "filters": [{"name": "f1"}]}
    steps = [lost("DELETE", f"{ON}filters/51/"), delete(f"{ON}filters/51/", 404)]
    result = run_module(monkeypatch, main, arguments, get(f"{ON}filters/", [FILTER_MADE]), *steps)
    assert actions(result) == [("filter", "f1", "delete")]


KNOWN: dict[str, Any] = {
    "ip": "203.0.113.11",
    "ipv6": None,
    "spaces": ["acme"],
    "objects": [{"kind": "filter", "name": "f1", "id": 51, "object": FILTER}],
}


def test_what_is_known_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the aggregator nor its sections nor the spaces; the filter that exists is named by its id."""
    result = run_module(monkeypatch, main, {**WANTED, "known": KNOWN}, WRITES[0], WRITES[2])
    assert actions(result) == [
        ("vxlan_interface", "vx1", "create"),
        ("babel_protocol", "b1", "create"),
        ("filter", "f1", "none"),
    ]


def test_a_known_object_is_changed_and_deleted_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {"filters": [{"name": "f1", "body": "reject;"}], "aggregator": 7, "known": KNOWN}
    step = patch(f"{ON}filters/51/", {"body": "reject;"}, routing_filter(51, "f1", body="reject;"))
    assert run_module(monkeypatch, main, changed, step)["changed"]
    gone = {"filters": [{"name": "f1"}], "aggregator": 7, "known": KNOWN, "state": "deleted"}
    assert run_module(monkeypatch, main, gone, delete(f"{ON}filters/51/"))["changed"]


def test_the_aggregators_own_address_is_refused_from_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    interface = {**VX, "addresses": ["203.0.113.11/24"]}
    result = run_module(monkeypatch, main, {"aggregator": 7, "interfaces": [interface], "known": KNOWN})
    assert "is the aggregator's own address" in result["msg"]


@pytest.mark.parametrize(
    "more",
    [{"state": "overridden", "owned": ["*"], "filters": [FILTER]}, {"state": "deleted", "owned": ["*"], "filters": []}],
)
def test_a_part_is_not_enough_to_find_the_surplus(monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]) -> None:
    result = run_module(monkeypatch, main, {"aggregator": 7, "known": KNOWN, **more})
    assert "known goes with state merged, or deleted with names" in result["msg"]


def test_a_null_of_an_object_clears_and_what_it_does_not_name_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "interfaces": [{"name": "vx1", "type": "vxlan", "space": None}]}
    step = patch(f"{ON}vxlan_interfaces/41/", {"space": None}, {**VX_MADE, "space": None})
    result = run_module(monkeypatch, main, arguments, get(f"{ON}interfaces/", [VX_MADE]), step)
    assert actions(result) == [("vxlan_interface", "vx1", "update")]
