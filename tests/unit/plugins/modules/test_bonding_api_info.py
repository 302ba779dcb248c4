# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""bonding_api_info: log-in, versions, listed resources, and the comparison of the API with the table."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._resources import LISTINGS, RESOURCES
from ansible_collections.bonded.internet.plugins.module_utils._resources.kinds import Choice
from ansible_collections.bonded.internet.plugins.modules.bonding_api_info import main
from tests.unit.plugins.scripted import API, Step, get, options, run_module
from tests.unit.plugins.things import aggregator, bond

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


def described(kind: str, *without: str, **other: Any) -> dict[str, Any]:
    """What a server that has everything answers to OPTIONS."""
    fields: dict[str, Any] = {"id": {"type": "integer"}, "url": {"type": "field"}, "colour": {"type": "string"}}
    for field in RESOURCES[kind].fields:
        fields[field.wire] = {"type": "field"}
        if isinstance(field.kind, Choice):
            fields[field.wire]["choices"] = [{"value": choice} for choice in field.kind.choices]
    for name in without:
        del fields[name]
    return {"name": kind, "actions": {"POST": {**fields, **other}}}


def conformance(**other: Step) -> list[Step]:
    """The steps of a whole comparison; ``other`` replaces those of a kind."""
    steps = [get("aggregators/", [NEW]), ROOT, get("bonds/", [bond(17, "branch")])]
    steps += [options(one.path.replace("/X/", "/7/"), {"name": "list"}) for one in LISTINGS.values()]
    for kind, resource in RESOURCES.items():
        path = resource.path.replace("aggregators/X", "aggregators/7").replace("bonds/X", "bonds/17")
        steps.append(other.get(kind, options(path, described(kind))))
    return steps


def report(result: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [path for path in result["conformance"]["paths"] if path["kind"] == kind]
    return found


def test_a_server_that_has_everything_conforms(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"conformance": True}, *conformance())
    assert result["conformance"]["conforms"] is True
    assert len(result["conformance"]["paths"]) == len(LISTINGS) + len(RESOURCES)
    babel = report(result, "babel_protocol")
    assert (babel["path"], babel["sure"], babel["exists"], babel["lacks"]) == (
        "aggregators/X/babel_protocols/",
        "A",
        True,
        [],
    )
    assert babel["unknown"] == ["colour"]


def test_what_is_lacking_is_named_by_path_and_field(monkeypatch: pytest.MonkeyPatch) -> None:
    modes = {"type": "choice", "choices": [{"value": "managed_mesh"}, {"value": "unmanaged"}]}
    result = run_module(
        monkeypatch,
        main,
        {"conformance": True},
        *conformance(
            vxlan_interface=options(
                "aggregators/7/vxlan_interfaces/", described("vxlan_interface", "endpoints", "mtu")
            ),
            space=options("spaces/", described("space", private_wan_mode=modes)),
            filter=options("aggregators/7/filters/", "<html><title>Not Found</title></html>", 404),
        ),
    )
    assert result["conformance"]["conforms"] is False
    assert report(result, "vxlan_interface")["lacks"] == ["mtu", "endpoints"]
    space = report(result, "space")
    assert space["lacks"] == ["private_wan_mode"]
    mode = next(field for field in space["fields"] if field["field"] == "private_wan_mode")
    assert (mode["has"], mode["lacking_choices"]) == (True, ["private_wan_routers"])
    assert report(result, "filter")["exists"] is False


def test_without_a_description_the_first_object_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without the right to write gets no description of the fields."""
    steps = conformance(
        bgp_protocol=options("aggregators/7/bgp_protocols/", {"name": "bgp"}),
        babel_protocol=options("aggregators/7/babel_protocols/", {"name": "babel"}),
    )
    for path, items in (("bgp", [{"id": 1, "name": "p", "local_as": 5}]), ("babel", [])):
        asked = [step.path for step in steps].index(f"aggregators/7/{path}_protocols/")
        steps.insert(asked + 1, get(f"aggregators/7/{path}_protocols/", items))
    result = run_module(monkeypatch, main, {"conformance": True}, *steps)
    bgp = {field["field"]: field["has"] for field in report(result, "bgp_protocol")["fields"]}
    assert (bgp["local_as"], bgp["neighbor_as"], bgp["password"]) == (True, False, None)
    assert {field["has"] for field in report(result, "babel_protocol")["fields"]} == {None}


def test_without_an_aggregator_its_paths_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [get("aggregators/", []), ROOT, get("bonds/", [])]
    steps += [
        options(resource.path, described(kind)) for kind, resource in RESOURCES.items() if "X" not in resource.path
    ]
    result = run_module(monkeypatch, main, {"conformance": True}, *steps)
    assert report(result, "vxlan_interface")["exists"] is None
    assert result["conformance"]["conforms"] is True
