# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""routing_protocol: the four kinds, the filter slots, the password, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.modules.routing_protocol import main
from tests.unit.plugins.api_objects import SLOTS, ethernet, protocol, routing_filter, space
from tests.unit.plugins.scripted import API, delete, get, patch, post, run_module

LIST = "aggregators/7/protocols/"
FILTER_URL = f"{API}aggregators/7/filters/5/"
SPACES = get("spaces/", [space("acme")])

BABEL: dict[str, Any] = {
    "aggregator": 7,
    "name": "prod_babel_3",
    "protocol": "babel",
    "space": "acme",
    "interfaces": [{"patterns": ["vx2", "vx1"], "rxcost": 32}],
    "export_ipv4": {"mode": "filter", "filter": "prod_export_3"},
}
BABEL_ENTRY = {
    "patterns": ["vx2", "vx1"],
    "type": "auto",
    "rxcost": 32,
    "hello_interval": None,
    "update_interval": None,
}
BABEL_BODY = {
    "name": "prod_babel_3",
    "space": f"{API}spaces/acme/",
    "interfaces": [BABEL_ENTRY],
    "export_ipv4": {"mode": "filter", "filter": FILTER_URL},
}
BABEL_MADE = protocol(
    "babel",
    61,
    "prod_babel_3",
    space=f"{API}spaces/acme/",
    interfaces=[{"id": 1, **BABEL_ENTRY}],
    export_ipv4={"mode": "filter", "filter": FILTER_URL},
)
FILTERS = get("aggregators/7/filters/", [routing_filter(5, "prod_export_3")])


def test_babel_with_a_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    step = post("aggregators/7/babel_protocols/", BABEL_BODY, BABEL_MADE)
    result = run_module(monkeypatch, main, BABEL, get(LIST, []), SPACES, FILTERS, step)
    assert result["routing_protocol"] == {
        "name": "prod_babel_3",
        "protocol": "babel",
        "space": "acme",
        "enabled": True,
        **SLOTS,
        "export_ipv4": {"mode": "filter", "filter": "prod_export_3"},
        "interfaces": [BABEL_ENTRY],
    }


def test_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, BABEL, get(LIST, []), SPACES, FILTERS, check=True)
    assert (result["changed"], result["routing_protocol"]["interfaces"]) == (True, [BABEL_ENTRY])
    assert result["routing_protocol"]["import_ipv6"] == {"mode": "all", "filter": None}


def test_a_second_run_only_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, BABEL, get(LIST, [BABEL_MADE]), FILTERS)
    assert (result["changed"], result["action"]) == (False, "none")


def test_the_order_of_patterns_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {**BABEL_ENTRY, "patterns": ["vx1", "vx2"]}
    step = patch("aggregators/7/babel_protocols/61/", {"interfaces": [entry]}, {**BABEL_MADE, "interfaces": [entry]})
    wanted = {**BABEL, "interfaces": [{"patterns": ["vx1", "vx2"], "rxcost": 32}]}
    assert run_module(monkeypatch, main, wanted, get(LIST, [BABEL_MADE]), FILTERS, step)["action"] == "update"


ROUTES = [
    {"network": "0.0.0.0/0", "destination": "gateway", "address": "192.0.2.17"},
    {"network": "2001:db8::/32", "destination": "interface", "interface": "ens6"},
    {"network": "198.51.100.0/24", "destination": "blackhole"},
]
ROUTES_WIRE = [
    {"network": "0.0.0.0/0", "destination": "gateway", "address": "192.0.2.17", "interface": None},
    {"network": "198.51.100.0/24", "destination": "blackhole", "address": None, "interface": None},
    {
        "network": "2001:db8::/32",
        "destination": "interface",
        "address": None,
        "interface": f"{API}aggregators/7/ethernet_interfaces/1/",
    },
]
STATIC = {"aggregator": 7, "name": "gw", "protocol": "static", "routes": ROUTES}
INTERFACES = get("aggregators/7/interfaces/", [ethernet(1, "ens6")])


def test_static_routes_name_interfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    made = protocol("static", 62, "gw", routes=[{"id": 9, **route} for route in reversed(ROUTES_WIRE)])
    body = {"name": "gw", "routes": ROUTES_WIRE}
    steps = [get(LIST, []), INTERFACES, post("aggregators/7/static_protocols/", body, made)]
    result = run_module(monkeypatch, main, STATIC, *steps)
    assert [route["network"] for route in result["routing_protocol"]["routes"]] == [
        "0.0.0.0/0",
        "198.51.100.0/24",
        "2001:db8::/32",
    ]
    again = run_module(monkeypatch, main, STATIC, get(LIST, [made]), INTERFACES)
    assert not again["changed"]


def test_ospf_areas_as_number_or_quad(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {
        "aggregator": 7,
        "name": "o",
        "protocol": "ospf",
        "areas": [{"area_id": "0", "interfaces": [{"patterns": ["vx*"], "type": "ptmp", "cost": 10}]}],
    }
    entry = {"patterns": ["vx*"], "type": "ptmp", "cost": 10, "hello": None, "dead": None}
    body = {"name": "o", "areas": [{"area_id": "0.0.0.0", "interfaces": [entry]}]}
    made = protocol("ospf", 63, "o", areas=[{"id": 1, "area_id": "0.0.0.0", "interfaces": [{"id": 2, **entry}]}])
    run_module(monkeypatch, main, arguments, get(LIST, []), post("aggregators/7/ospf_protocols/", body, made))
    assert not run_module(monkeypatch, main, arguments, get(LIST, [made]))["changed"]


BGP: dict[str, Any] = {
    "aggregator": 7,
    "name": "peer",
    "protocol": "bgp",
    "local_as": 64512,
    "neighbor_as": 64512,
    "neighbor_address": "203.0.113.8",
    "password": "hush-hush",
}
BGP_MADE = protocol("bgp", 64, "peer")


def test_a_password_is_sent_once_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {name: value for name, value in BGP.items() if name not in ("aggregator", "protocol")}
    step = post("aggregators/7/bgp_protocols/", body, BGP_MADE)
    result = run_module(monkeypatch, main, BGP, get(LIST, []), step, diff=True)
    assert "hush-hush" not in str(result)
    assert result["diff"]["after"]["password"] == "(sent, not shown)"
    assert not run_module(monkeypatch, main, BGP, get(LIST, [BGP_MADE]))["changed"]


def test_a_password_is_sent_again_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    step = patch("aggregators/7/bgp_protocols/64/", {"password": "hush-hush"}, BGP_MADE)
    result = run_module(monkeypatch, main, {**BGP, "update_password": "always"}, get(LIST, [BGP_MADE]), step, diff=True)
    assert result["action"] == "update"
    assert "hush-hush" not in str(result)


def test_a_null_password_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    step = patch("aggregators/7/bgp_protocols/64/", {"password": None}, BGP_MADE)
    arguments = {"aggregator": 7, "name": "peer", "protocol": "bgp", "password": None, "update_password": "always"}
    assert run_module(monkeypatch, main, arguments, get(LIST, [BGP_MADE]), step)["action"] == "update"


def test_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "name": "peer", "protocol": "bgp", "state": "absent"}
    step = delete("aggregators/7/bgp_protocols/64/")
    assert run_module(monkeypatch, main, arguments, get(LIST, [BGP_MADE]), step)["action"] == "delete"


@pytest.mark.parametrize(
    ("arguments", "steps", "text"),
    [
        ({**BABEL, "routes": []}, [], "routes is not a field of its kind, Babel protocol"),
        ({**BGP, "areas": []}, [], "areas is not a field of its kind, BGP protocol"),
        ({**BABEL, "protocol": "ospf"}, [], "interfaces is not a field of its kind, OSPF protocol"),
        ({**BABEL, "export_ipv4": {"mode": "filter"}}, [], "mode filter wants the name of a filter"),
        ({**BABEL, "export_ipv4": {"mode": "all", "filter": "f"}}, [], "a filter is given (f), but mode is all"),
        ({**BABEL, "export_ipv4": None}, [], "export_ipv4: it cannot be null"),
        ({**BABEL, "interfaces": [{"patterns": ["a"], "rxcost": 0}]}, [], "rxcost: 0 is not a whole number from 1"),
        ({**STATIC, "routes": [{**ROUTES[0], "network": "10.0.0.1/8"}]}, [], "all host bits zero"),
        ({**STATIC, "routes": [{**ROUTES[0], "address": None}]}, [], "has destination gateway, but no address"),
        ({**STATIC, "routes": [{**ROUTES[2], "address": "192.0.2.1"}]}, [], "blackhole, which takes no address"),
        ({**STATIC, "routes": [{**ROUTES[0], "address": "2001:db8::1"}]}, [], "of the other IP version"),
        (
            {**STATIC},
            [get(LIST, []), get("aggregators/7/interfaces/", [ethernet(1, "eth1")])],
            "There is no interface 'ens6' of aggregator 7; there are: eth1.",
        ),
        (
            {**BABEL},
            [get(LIST, []), SPACES, get("aggregators/7/filters/", [])],
            "There is no filter 'prod_export_3' of aggregator 7; there are: none.",
        ),
        ({**BGP, "protocol": "bgp", "local_as": None}, [], "local_as: it cannot be null"),
        (
            {"aggregator": 7, "name": "peer", "protocol": "bgp"},
            [get(LIST, [])],
            "local_as and neighbor_address and neighbor_as must be given",
        ),
        ({**BGP, "name": "prod_babel_3"}, [get(LIST, [BABEL_MADE]), FILTERS], "another kind (got Babel protocol"),
    ],
)
def test_refused_before_any_change(
    monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any], steps: list[Any], text: str
) -> None:
    result = run_module(monkeypatch, main, arguments, *steps)
    assert result["failed"]
    assert text in result["msg"]
    assert "Nothing was changed" in result["msg"]
