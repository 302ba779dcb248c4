# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that were made by hand: under their own names, with fields and objects that no run changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.deviations import ObjectNames, object_names
from ansible_collections.bonded.internet.plugins.module_utils._design.host.firewall import routing
from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._design.roles.gateway_input import named_input
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import (
    Placement,
    PlannedChange,
    item_of,
)
from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import SecurityInterfaceInput
from ansible_collections.bonded.internet.plugins.module_utils._objects import Change, Object
from ansible_collections.bonded.internet.plugins.module_utils._plan.role_inputs import (
    AggregatorInput,
    HostInputs,
    MeshRemoval,
    Plan,
)
from ansible_collections.bonded.internet.plugins.module_utils._plan.server_names import with_server_names
from ansible_collections.bonded.internet.plugins.module_utils._reconcile import KnownObject, KnownObjects

from .egress_world import gateway, plain_world, space
from .world import HOSTS, World, acme, host, small_world

ALL = {"mode": "all", "filter": None}
VXLAN = {"interface": "vxacme", "vni": 100, "addresses": {"agg1": "10.254.0.1", "agg2": "10.254.0.2"}}
TWO: dict[str, Any] = {"aggregators": [host("agg1"), host("agg2")], "spaces": [acme(**VXLAN)]}
KEPT = ["import_ipv6", "export_ipv4", "interfaces"]
FOUND: dict[str, Any] = {
    "vxacme": {"keep": ["mtu"]},
    "prod_babel_11": {"name": "babel-acme", "keep": KEPT},
    "prod_export_11": {"absent": True},
}


@pytest.fixture
def world() -> World:
    """The mesh of acme as AN-001 has it clicked, on agg1 and agg2: Babel without filters, an MTU that is not set."""
    world = small_world()
    world.server.bonds.clear()
    data = {"key": "acme", "private_wan_enabled": True, "private_wan_mode": "managed_mesh"}
    world.objects["space", "", "acme"] = Object("space", "", "acme", data)
    for name, own, other in (("agg1", 1, "agg2"), ("agg2", 2, "agg1")):
        parent = f"aggregators/{HOSTS[name][0]}"
        endpoints = [{"ip": HOSTS[other][1], "vni": 100}]
        vxlan = {"name": "vxacme", "space": "acme", "enabled": True, "mtu": None, "vni": 100, "endpoints": endpoints}
        world.add_thing("vxlan_interface", parent, {**vxlan, "addresses": [f"10.254.0.{own}/20"]})
        babel = {"name": "babel-acme", "space": "acme", "enabled": True, "interfaces": [{"patterns": ["vxacme"]}]}
        add_by_hand(world, "babel_protocol", parent, babel | {"import_ipv4": ALL, "export_ipv4": ALL})
    return world


def add_by_hand(world: World, kind: str, parent: str, data: dict[str, Any]) -> None:
    """Add an object whose name no object of ours could have."""
    slots: dict[str, Any] = {"import_ipv6": ALL, "export_ipv6": {"mode": "none", "filter": None}}
    slots = {"protocol": kind.partition("_")[0], **slots} if "protocol" in kind else {}
    obj = Object(kind, parent, data["name"], {**slots, **data})
    world.objects[obj.identity] = obj
    world._follow(world.objects.values())


def deviations(**more: Any) -> dict[str, Any]:
    return {"agg1": {**FOUND, **more}, "agg2": FOUND}


def lines(items: list[PlannedChange]) -> list[str]:
    return [f"{item.phase} {item.verb} {item.key} on {item.host}: {sorted(item.after or {})}" for item in items]


def test_a_clicked_mesh_with_its_deviations_is_not_changed(world: World) -> None:
    items = world.plan(**TWO, deviations=deviations())
    assert (world.report.problems, items) == ([], [])


def test_a_kept_field_still_tells_what_runs_where(world: World) -> None:
    """`--tags verify` asks the hosts for neighbours by what the protocols name."""
    world.plan(**TWO, deviations=deviations())
    assert routing(world.design, "remove") == {("agg1", "vxacme"): "babel", ("agg2", "vxacme"): "babel"}


def test_each_deviation_is_a_line_of_drift(world: World) -> None:
    world.plan(**TWO, deviations=deviations())
    texts = [drift.text for drift in world.report.drift]
    assert len(texts) == 6
    assert texts[:3] == [
        "vxacme on agg1 keeps mtu as found (bonding_deviations)",
        "prod_babel_11 on agg1 is babel-acme on the management server and keeps import_ipv6, export_ipv4, interfaces "
        "as found (bonding_deviations)",
        "agg1 has no prod_export_11 (bonding_deviations)",
    ]


def test_without_deviations_the_hand_made_protocol_is_one_of_others(world: World) -> None:
    world.plan(**TWO)
    assert any("the Babel protocol babel-acme of space acme runs on vxacme" in one for one in world.report.problems)


def test_a_field_that_is_not_kept_any_more_is_changed_and_marked(world: World) -> None:
    given = deviations()
    given["agg1"] = {name: one for name, one in FOUND.items() if name != "vxacme"}
    (item,) = world.plan(**TWO, deviations=given)
    assert lines([item]) == ["switch update vxacme on agg1: ['mtu']"]
    assert item.disruptive


def test_a_filter_that_is_wanted_again_comes_with_its_protocol_on_that_host_alone(world: World) -> None:
    given = deviations(prod_babel_11={"name": "babel-acme", "keep": ["import_ipv6", "interfaces"]})
    del given["agg1"]["prod_export_11"]
    assert lines(world.plan(**TWO, deviations=given)) == [
        "add create prod_export_11 on agg1: ['body', 'family', 'name']",
        "switch update prod_babel_11 on agg1: ['export_ipv4']",
    ]


def test_pruning_deletes_the_object_under_its_own_name(world: World) -> None:
    steps = [
        step
        for step in world.steps(**{**TWO, "spaces": []}, prune=True, deviations=deviations())
        if step.item.kind == "babel_protocol"
    ]
    assert [(step.item.verb, step.item.key) for step in steps] == [("delete", "prod_babel_11")] * 2
    given = [AggregatorInput(7, protocols=[steps[0].obj.data])]
    named = with_server_names(_plan([], MeshRemoval(protocols_off=given)), _names(world))
    mesh = named.work.hosts["agg1"]["remove"].mesh
    assert isinstance(mesh, MeshRemoval)
    assert mesh.protocols_off[0].protocols[0]["name"] == "babel-acme"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"agg4": {}}, ""),
        ({"agg9": FOUND}, "'agg9' is not a host of the inventory's group; did you mean 'agg"),
        ({"agg1": {**FOUND, "vxacne": {"keep": ["mtu"]}}}, "has no such object on agg1; did you mean 'vxacme'?"),
        (
            {"agg1": {**FOUND, "vxacme": {"keep": ["mtv"]}}},
            "'mtv' is not a field of a VXLAN interface that the network",
        ),
        ({"agg1": {**FOUND, "vxacme": {"keep": ["mtu", "space"]}}}, "'space' is not a field of a VXLAN interface"),
        (
            {"agg1": {**FOUND, "prod_babel_11": {"name": "babel-acne"}}},
            "the management server has no Babel protocol of this name on agg1 (got babel-acne); did you mean "
            "'babel-acme'?",
        ),
        (
            {"agg1": {"prod_ospf_11": {"name": "babel-acme"}}},
            "the management server has no OSPF protocol of this name on agg1 (got babel-acme).",
        ),
        ({"agg1": {**FOUND, "vxacme": {"name": "vxother"}}}, "an interface takes none here. Say its name in vxlan."),
        (
            {"agg1": {**FOUND, "babel_11": {"name": "babel-acme"}}},
            "is not a name that the network prod gives a protocol",
        ),
        ({"agg1": {**FOUND, "vxacme": {"absent": True}}}, "absent: true, but the management server has it on agg1"),
        (
            {"agg1": {**FOUND, "prod_export_11": {"keep": ["body"]}}},
            "keep: the management server has no such object on agg1",
        ),
        (
            {"agg1": {**FOUND, "prod_babel_11": {"name": "babel-acme", "keep": ["import_ipv6", "interfaces"]}}},
            "prod_export_11 is left out (absent), and prod_babel_11 gets it as export_ipv4 (expected keep: ",
        ),
    ],
)
def test_what_fits_nothing_is_refused_with_the_nearest_name(world: World, given: Any, expected: str) -> None:
    world.plan(**TWO, deviations={"agg2": FOUND, "agg1": FOUND, **given})
    own = [text for text in world.report.problems if "bonding_deviations" in text]
    if not expected:
        assert own == []
    else:
        assert any(expected in text for text in own), own


def test_two_objects_of_one_name_are_refused(world: World) -> None:
    for name in ("babel-acme", "prod_babel_11"):
        add_by_hand(world, "babel_protocol", "aggregators/7", {"name": name, "space": "acme", "enabled": True})
    world.plan(**TWO, deviations=deviations())
    assert any("has both prod_babel_11 and babel-acme (expected one of them)" in one for one in world.report.problems)


def test_one_name_for_two_objects_is_refused(world: World) -> None:
    add_by_hand(world, "filter", "aggregators/7", {"name": "babel-acme", "family": "ipv4", "body": "accept;"})
    given = deviations(prod_export_11={"name": "babel-acme"})
    world.plan(**TWO, deviations=given)
    assert any("name babel-acme is also that of prod_babel_11" in one for one in world.report.problems)


def test_a_host_that_is_misspelt_is_named_once(world: World) -> None:
    world.plan(**TWO, deviations={**deviations(), "agg_1": FOUND})
    assert [one for one in world.report.problems if "agg_1" in one] == [
        "bonding_deviations: 'agg_1' is not a host of the inventory's group; did you mean 'agg1'? Take the entry out "
        "of bonding_deviations, or correct it."
    ]


def test_a_teardown_judges_no_deviation(world: World) -> None:
    gone = {"prod_babel_12": {"absent": True}, "prod_ospf_11": {"name": "ospf-acme"}}
    world.plan(**TWO, state="absent", deviations={"agg1": gone})
    assert [one for one in world.report.problems if "deviations" in one] == []
    assert world.report.drift == []


def test_a_filter_of_another_name_is_found_where_a_protocol_names_it(world: World) -> None:
    """The slot of the protocol has the network's name while the plan is made, and the server's where it is written."""
    body = {"family": "ipv4", "body": "accept;"}
    add_by_hand(world, "filter", "aggregators/7", {"name": "out-acme", **body})
    babel = world.objects["protocol", "aggregators/7", "babel-acme"]
    babel.data["export_ipv4"] = {"mode": "filter", "filter": "out-acme"}
    given = deviations(
        prod_babel_11={"name": "babel-acme", "keep": ["import_ipv6", "interfaces"]}, prod_export_11={"name": "out-acme"}
    )
    (item,) = world.plan(**TWO, deviations=given)
    assert (item.kind, item.key, sorted(item.after or {})) == ("filter", "prod_export_11", ["body"])


def _names(world: World) -> ObjectNames:
    params = {"network": "prod", "spaces": [], "cpe_nat_ips": [], **TWO, "deviations": deviations()}
    return object_names(read_desired_network(params, Report()), world.server, Report())


def _plan(add: list[AggregatorInput], remove: MeshRemoval | None = None, gateways: Any = ()) -> Plan:
    plan = Plan()
    plan.work.hosts["agg1"] = {
        "add": HostInputs([], list(gateways), [], add),
        "remove": HostInputs([], [], MeshRemoval(), remove or MeshRemoval()),
    }
    return plan


def test_the_roles_and_the_plan_get_the_names_of_the_server() -> None:
    names = ObjectNames()
    names.add("aggregators/7", "babel_protocol", "babel-acme", "prod_babel_11")
    names.add("aggregators/7", "filter", "out-acme", "prod_export_11")
    names.add("aggregators/7", "static_protocol", "gw-acme", "prod_gateway_11")
    slot = {"export_ipv4": {"mode": "filter", "filter": "prod_export_11"}}
    babel = {"name": "prod_babel_11", "protocol": "babel", **slot}
    known = KnownObjects(objects=[KnownObject("filter", "prod_export_11", 3, {"name": "prod_export_11"})])
    given = AggregatorInput(7, protocols=[babel], filters=[{"name": "prod_export_11", "body": ""}], known=known)
    other = AggregatorInput(12, protocols=[dict(babel)])
    way = replace(
        named_input("prod", "acme", "agg1", "a"),
        aggregator=7,
        protocol="prod_gateway_11",
        filter="prod_export_11",
        kept={"protocol": slot},
    )
    plan = _plan([given, other], gateways=[way])
    change = Change("update", "babel_protocol", "aggregators/7", "prod_babel_11", None, slot)
    plan.items = [item_of("server", change, Placement("add", "private_wan", "agg1"))]
    named = with_server_names(plan, names)
    theirs = {"export_ipv4": {"mode": "filter", "filter": "out-acme"}}
    one, two = named.work.hosts["agg1"]["add"].mesh  # type: ignore[misc]
    assert one.protocols == [{"name": "babel-acme", "protocol": "babel", **theirs}]
    assert one.filters == [{"name": "out-acme", "body": ""}]
    assert one.known.objects == [KnownObject("filter", "out-acme", 3, {"name": "out-acme"})]
    assert two.protocols == [babel]  # another aggregator's
    (found,) = named.work.hosts["agg1"]["add"].gateways
    assert (found.protocol, found.filter, found.kept) == ("gw-acme", "out-acme", {"protocol": theirs})
    assert [(item.key, item.after) for item in named.items] == [("babel-acme", theirs)]


def test_the_role_of_a_gateway_gets_kept_fields_as_they_are_and_no_filter_that_is_left_out() -> None:
    world = plain_world()
    device, protocol = "ens6", "prod_gateway_11"
    world.objects["interface", "aggregators/7", device].data["mtu"] = 9001
    world.objects["protocol", "aggregators/7", protocol].data["import_ipv4"] = ALL
    del world.objects["filter", "aggregators/7", "prod_gateway_import_11"]
    world._follow(world.objects.values())
    given = {
        device: {"keep": ["mtu"]},
        protocol: {"keep": ["import_ipv4"]},
        "prod_gateway_import_11": {"absent": True},
    }
    wider = space(gateway(egress="none", networks=["172.16.0.0/12", "10.99.0.0/16"]))
    items = world.plan(spaces=wider, deviations={"agg1": given})
    assert world.report.problems == []
    assert {item.kind for item in items} == {"route", "static_protocol"}
    ((_host, found), *_more) = world.design.gateways["add"]
    assert (found.filter, found.kept["interface"], found.kept["protocol"]) == (
        None,
        {"mtu": 9001},
        {"import_ipv4": ALL},
    )


def test_the_check_of_an_aggregators_own_interface_stays_where_direct_bgp_would_switch_it_off() -> None:
    world = small_world()
    direct = {"bgp": {"asn": 64512, "mode": "direct"}, "aggregators": [host("agg1"), host("agg3")]}
    kept = {"agg1": {"eni-agg1": {"keep": ["source_dest_check"]}}}
    items = world.plan(**direct, deviations=kept)
    assert world.report.problems == []
    assert [item.key for item in items if item.kind == "source_dest_check"] == ["eni-agg3"]
    entries = [work.entry for work in world.design.security["add"] if isinstance(work.entry, SecurityInterfaceInput)]
    assert [entry.interface_id for entry in entries] == ["eni-agg3"]


@pytest.mark.parametrize(
    ("key", "entry", "expected"),
    [
        ("gateway/acme/agg1", {"keep": ["source_dest_check"]}, ""),
        ("gateway/acme/agg2", {"keep": ["source_dest_check"]}, "has no such network interface on agg1; did you mean "),
        ("eni-agg2", {"keep": ["source_dest_check"]}, "has no such network interface on agg1; did you mean 'eni-agg1'"),
        (
            "gateway/acme/agg1",
            {"keep": ["private_ip"]},
            "can keep its check alone (expected keep: [source_dest_check])",
        ),
        ("gateway/acme/agg1", {"absent": True}, "can keep its check alone (expected keep: [source_dest_check])"),
    ],
)
def test_a_gateways_interface_keeps_its_check_and_nothing_else(key: str, entry: Any, expected: str) -> None:
    world = plain_world()
    own = next(iter(world.cloud.interfaces.values()))
    world.cloud.interfaces[own.id] = replace(own, source_dest_check=True)
    items = world.plan(spaces=space(gateway(egress="none")), deviations={"agg1": {key: entry}})
    if not expected:
        assert (world.report.problems, items) == ([], [])
        assert {work.source_dest_check for _host, work in world.design.gateway_objects.values()} == {True}
    else:
        assert any(expected in text for text in world.report.problems), world.report.problems


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"agg1": ["vxacme"]}, "bonding_deviations, agg1: got a list, expected a dictionary of objects."),
        ({"agg1": {"vxacme": "mtu"}}, "bonding_deviations, agg1, vxacme: got 'mtu', expected a dictionary with name, "),
        ({"agg1": {"vxacme": {"keeps": ["mtu"]}}}, "the key 'keeps' is not known; did you mean 'keep'?"),
        ({"agg1": {"vxacme": {"keep": "mtu"}}}, "keep: got 'mtu', expected a list of fields. Correct it."),
        ({"agg1": {"vxacme": {"absent": "yes"}}}, "absent: got 'yes', expected true or false. Correct it."),
        ({"agg1": {"vxacme": {"name": 7}}}, "name: got 7, expected a text. Correct it."),
        ({"agg1": {"vxacme": {"name": "a\nb"}}}, "expected a name without control characters. Correct it."),
        ({"agg1": {"vxacme": {"absent": True, "keep": ["mtu"]}}}, "absent: true with name or keep"),
    ],
)
def test_a_value_of_another_type_is_refused(given: Any, expected: str) -> None:
    report = Report()
    read_desired_network({"network": "prod", "aggregators": [host("agg1")], "deviations": given}, report)
    (text,) = report.problems
    assert expected in text
