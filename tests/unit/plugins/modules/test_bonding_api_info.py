# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bonding_api_info: log-in, versions, listed resources, and the comparison of the API with the table."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._resources import (
    LISTINGS,
    RESOURCES,
    TABLE,
    Listing,
    Resource,
    read_map,
)
from ansible_collections.bonded.internet.plugins.module_utils._resources.fields import Choice, Kind, ListOf, Record
from ansible_collections.bonded.internet.plugins.modules.bonding_api_info import main
from tests.unit.plugins.api_objects import aggregator, bond
from tests.unit.plugins.scripted import API, Step, get, options, run_module

NEW = aggregator(7, "agg1", version="6.6.2")
OLD = aggregator(8, "agg2", version="6.4.9")
UNTOLD = aggregator(9, "agg3", version="")
ROOT = get("", {"spaces": f"{API}spaces/", "bonds": f"{API}bonds/"})


def test_versions_and_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {}, get("aggregators/", [UNTOLD, NEW]), ROOT)
    assert "secret" not in str(result)
    # What was given is shown by some versions of Ansible only.
    assert {name: value for name, value in result.items() if name != "invocation"} == {
        "changed": False,
        "api_url": API,
        "api_map": {"paths": {}, "fields": {}, "values": {}},
        "supported": True,
        "aggregators": [
            {"id": 7, "name": "agg1", "version": "6.6.2", "supported": True},
            {"id": 9, "name": "agg3", "version": "", "supported": None},
        ],
        "resources": ["bonds", "spaces"],
    }


def test_an_old_aggregator_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {}, get("aggregators/", [OLD, NEW]))
    assert result["failed"]
    assert result["msg"] == "Aggregators with a version below 6.5: agg2 (6.4.9)."
    assert result["supported"] is False


def test_or_only_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"require": False}, get("aggregators/", [OLD, NEW]), ROOT)
    assert (result["supported"], result["aggregators"][1]["supported"]) == (False, False)


@pytest.mark.parametrize(("minimum", "supported"), [("6.6.2", True), ("6.6.3", False), ("6.10", False), ("6", True)])
def test_versions_are_compared_as_numbers(monkeypatch: pytest.MonkeyPatch, minimum: str, supported: bool) -> None:
    arguments = {"minimum_version": minimum, "require": False}
    assert run_module(monkeypatch, main, arguments, get("aggregators/", [NEW]), ROOT)["supported"] is supported


def test_a_server_that_lists_no_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    root = get("", {"detail": "Not found."}, 404)
    assert run_module(monkeypatch, main, {}, get("aggregators/", [NEW]), root)["resources"] == []


def test_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    step = get("aggregators/", {"detail": "Invalid username/password."}, 401)
    result = run_module(monkeypatch, main, {}, step)
    assert result["msg"] == (
        "Wrong user or password (api_username is 'ops@example.com'): GET aggregators/ was answered with 401. "
        'The server says: "Invalid username/password."'
    )
    assert result["failure"] == {"method": "GET", "path": "aggregators/", "status": 401, "fields": {}}


ASKED = {"": "", "aggregator": "aggregators/7", "bond": "bonds/17"}
TABLED: dict[str, Listing | Resource] = {**LISTINGS, **RESOURCES}


def described(kind: str, *without: str, **other: Any) -> dict[str, Any]:
    """Return the answer to OPTIONS of a server that has every field; `without` fields of the first level."""
    fields: dict[str, Any] = {"id": {"type": "integer"}, "url": {"type": "field"}, "colour": {"type": "string"}}
    fields |= {field.name: about(field.kind) for field in RESOURCES[kind].fields}
    for name in without:
        del fields[name]
    return {"name": kind, "actions": {"POST": {**fields, **other}}}


def about(kind: Kind) -> dict[str, Any]:
    """A field as Django REST framework describes it: a list has a child, what is nested has children."""
    if isinstance(kind, ListOf):
        return {"type": "field", "child": about(kind.entry)}
    if isinstance(kind, Record):
        return {"type": "nested object", "children": {name: about(part.kind) for name, part in kind.parts.items()}}
    if isinstance(kind, Choice):
        return {"type": "choice", "choices": [{"value": choice} for choice in kind.choices]}
    return {"type": "field"}


def conformance(**other: Step | list[Step]) -> list[Step]:
    """The steps of a whole comparison; ``other`` replaces those of a kind, or the answer to its OPTIONS."""
    steps = [get("aggregators/", [NEW]), ROOT, get("aggregators/", [NEW]), get("bonds/", [bond(17, "branch")])]
    for kind in TABLED:
        path = TABLE.collection(kind, ASKED[TABLED[kind].below])
        one = other.get(kind, options(path, described(kind) if kind in RESOURCES else {"name": "list"}))
        steps += one if isinstance(one, list) else [one, get(path, [])]
    return steps


def asked(kind: str) -> str:
    return TABLE.collection(kind, ASKED[TABLED[kind].below])


def report(result: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [path for path in result["conformance"]["paths"] if path["kind"] == kind]
    return found


def fields(result: dict[str, Any], kind: str) -> dict[str, Any]:
    return {field["field"]: field["has"] for field in report(result, kind)["fields"]}


def compare(monkeypatch: pytest.MonkeyPatch, **other: Step | list[Step]) -> dict[str, Any]:
    return run_module(monkeypatch, main, {"conformance": True}, *conformance(**other))


def test_a_server_that_describes_everything_conforms(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the mixed listings, which say what they have by their objects alone."""
    result = compare(monkeypatch)["conformance"]
    assert (result["conforms"], result["answer"]) == (True, "not shown")
    assert (result["counts"]["differs"], result["counts"]["not_shown"]) == (0, 6)
    assert result["counts"]["conforms"] > 150
    assert len(result["paths"]) == len(LISTINGS) + len(RESOURCES)
    assert result["proposal"] == {"paths": {}, "fields": {}, "values": {}}
    (babel,) = [path for path in result["paths"] if path["kind"] == "babel_protocol"]
    assert (babel["path"], babel["sure"], babel["exists"], babel["lacks"], babel["answer"]) == (
        "aggregators/X/babel_protocols/",
        "A",
        True,
        [],
        "conforms",
    )
    assert babel["unknown"] == ["colour"]


def test_what_is_lacking_is_named_by_path_and_field(monkeypatch: pytest.MonkeyPatch) -> None:
    modes = {"type": "choice", "choices": [{"value": "managed_mesh"}, {"value": "unmanaged"}]}
    result = compare(
        monkeypatch,
        vxlan_interface=options(asked("vxlan_interface"), described("vxlan_interface", "endpoints", "mtu")),
        space=options("spaces/", described("space", private_wan_mode=modes)),
        filter=[options(asked("filter"), "<html><title>Not Found</title></html>", 404)],
    )
    assert (result["conformance"]["conforms"], result["conformance"]["answer"]) == (False, "does not conform")
    assert report(result, "vxlan_interface")["lacks"] == ["mtu", "endpoints"]
    space = report(result, "space")
    assert space["lacks"] == ["private_wan_mode"]
    mode = next(field for field in space["fields"] if field["field"] == "private_wan_mode")
    assert (mode["has"], mode["lacking_choices"]) == (True, ["private_wan_routers"])
    assert (report(result, "filter")["exists"], report(result, "filter")["answer"]) == (False, "does not conform")
    assert set(fields(result, "filter").values()) == {None}
    assert "filter: there is no aggregators/X/filters/." in result["conformance"]["text"]
    assert "vxlan_interface: has no field endpoints." in result["conformance"]["text"]


def test_it_looks_inside_of_lists_and_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = {"remote_address": {"type": "string"}, "remote_vni": {"type": "integer"}, "note": {"read_only": True}}
    endpoints = {"type": "field", "child": {"type": "nested object", "children": strange}}
    slot = {"type": "nested object", "children": {"mode": {"type": "choice"}, "filter_url": {"type": "field"}}}
    result = compare(
        monkeypatch,
        vxlan_interface=options(asked("vxlan_interface"), described("vxlan_interface", endpoints=endpoints)),
        ospf_protocol=options(asked("ospf_protocol"), described("ospf_protocol", import_ipv6=slot)),
    )
    assert report(result, "vxlan_interface")["lacks"] == ["endpoints.ip", "endpoints.vni"]
    assert report(result, "ospf_protocol")["lacks"] == ["import_ipv6.filter"]
    assert result["conformance"]["conforms"] is False


def test_what_may_cure_it_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = {
        "destination_network": {},
        "destination": {"choices": [{"value": "GATEWAY"}]},
        "address": {},
        "interface": {},
    }
    nested = {"type": "field", "child": {"children": routes}}
    result = compare(
        monkeypatch,
        static_protocol=options(asked("static_protocol"), described("static_protocol", routes=nested)),
        space=[options("spaces/", "", 404)],
        cpe_nat_ip=[
            options(asked("cpe_nat_ip"), {"name": "CPE NAT"}),
            get(
                asked("cpe_nat_ip"), [{"id": 3, "url": "u", "ip": "10.0.0.3", "target": "192.168.1.1", "enabled": True}]
            ),
        ],
    )
    assert result["conformance"]["proposal"] == {
        "paths": {},
        "fields": {"static_protocol": {"routes.network": "destination_network"}, "cpe_nat_ip": {"nat_ip": "target"}},
        "values": {"static_protocol": {"routes.destination": {"gateway": "GATEWAY"}}},
    }
    text = result["conformance"]["text"]
    lines = text[text.index("Lines for api_map that may cure it; check each of them:") + 1 :]
    assert read_map(yaml.safe_load("\n".join(lines))).as_dict() == result["conformance"]["proposal"]


def test_the_root_tells_the_path_of_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = conformance(node=[options("nodes/", "", 404)])
    steps[1] = get("", {"spaces": f"{API}spaces/", "bonds": 5, "hardware": f"{API}h/", "nodes": f"{API}all_nodes/"})
    result = run_module(monkeypatch, main, {"conformance": True}, *steps)
    assert result["conformance"]["proposal"]["paths"] == {"node": "all_nodes/"}


def test_the_url_of_an_object_tells_the_path_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    path = asked("interface")
    item = {"id": 4, "type": "vxlan", "url": f"{API}aggregators/7/tunnels/4/"}
    result = compare(
        monkeypatch,
        interface=[options(path, {"name": "list"}), get(path, [item])],
        vxlan_interface=[options(asked("vxlan_interface"), "", 404)],
    )
    assert result["conformance"]["proposal"]["paths"] == {"vxlan_interface": "aggregators/X/tunnels/"}


def test_without_a_description_an_object_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without the right to write gets no description of the fields."""
    slot = {"mode": "all", "filter": None}
    path = asked("static_protocol")
    item = {"id": 1, "url": f"{API}{path}1/", "name": "p", "import_ipv4": slot, "routes": [{"network": "10.0.0.0/8"}]}
    result = compare(
        monkeypatch,
        static_protocol=[options(path, {"name": "static"}), get(path, {"count": 1, "results": [item]})],
        babel_protocol=options(asked("babel_protocol"), {"name": "babel"}),
        bgp_protocol=[
            options(asked("bgp_protocol"), {"name": "bgp"}),
            get(asked("bgp_protocol"), [{"id": 1, "name": "p", "local_as": 5}]),
        ],
    )
    static, bgp = fields(result, "static_protocol"), fields(result, "bgp_protocol")
    assert (static["import_ipv4.filter"], static["export_ipv4"], static["routes.network"]) == (True, False, True)
    assert static["routes.destination"] is False
    assert (bgp["local_as"], bgp["neighbor_as"], bgp["password"]) == (True, False, None)
    assert set(fields(result, "babel_protocol").values()) == {None}
    assert report(result, "babel_protocol")["answer"] == "not shown"


def test_an_object_counts_more_than_an_empty_description(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [{"id": 7, "url": f"{API}routing_groups/7/", "name": "zone-a"}]
    empty = options("routing_groups/", {"actions": {"POST": {}}})
    result = compare(monkeypatch, routing_group=[empty, get("routing_groups/", found)])
    assert report(result, "routing_group")["answer"] == "conforms"


@pytest.mark.parametrize(
    ("item", "lacks"),
    [
        ({"type": "vxlan", "url": f"{API}aggregators/7/vxlan_interfaces/4/"}, []),
        ({"kind": "vxlan", "url": f"{API}aggregators/7/vxlan_interfaces/4/"}, ["type"]),
        ({"type": "vxlan"}, ["url"]),
        ({"type": "vxlan", "url": f"{API}aggregators/7/interfaces/4/"}, ["url"]),
        ({"type": "wireguard", "url": f"{API}aggregators/7/wireguards/4/"}, []),
    ],
)
def test_objects_of_a_mixed_listing_say_kind_and_url(
    monkeypatch: pytest.MonkeyPatch, item: dict[str, Any], lacks: list[str]
) -> None:
    path = asked("interface")
    result = compare(monkeypatch, interface=[options(path, {"name": "list"}), get(path, [{"id": 4, **item}])])
    assert report(result, "interface")["lacks"] == lacks


def test_without_an_aggregator_its_paths_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [get("aggregators/", []), ROOT, get("aggregators/", []), get("bonds/", [])]
    for kind, resource in RESOURCES.items():
        if not resource.below:
            steps += [options(resource.path, described(kind)), get(resource.path, [])]
    result = run_module(monkeypatch, main, {"conformance": True}, *steps)
    assert report(result, "vxlan_interface")["exists"] is None
    assert (result["conformance"]["conforms"], result["conformance"]["answer"]) == (True, "not shown")


def test_a_server_without_aggregators_is_compared_nevertheless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The path may be another one: that is what the comparison shall find out."""
    missing = get("aggregators/", "<html><title>Not Found</title></html>", 404)
    steps = [missing, get("", {"aggregator_nodes": None, "bonds": None}), missing, get("bonds/", [])]
    for kind, resource in RESOURCES.items():
        if kind == "aggregator":
            steps.append(options(resource.path, "", 404))
        elif not resource.below:
            steps += [options(resource.path, described(kind)), get(resource.path, [])]
    result = run_module(monkeypatch, main, {"conformance": True}, *steps)
    assert (result["aggregators"], result["supported"]) == ([], None)
    assert result["conformance"]["proposal"]["paths"] == {"aggregator": "aggregator_nodes/"}
