# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vxlan_interface: the exact requests, what is returned, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.modules.vxlan_interface import main
from tests.unit.plugins.api_objects import aggregator, ethernet, space, vxlan
from tests.unit.plugins.scripted import API, Step, delete, get, lost, patch, post, reply, run_module

LIST = "aggregators/7/interfaces/"
TYPED = "aggregators/7/vxlan_interfaces/"
WANTED: dict[str, Any] = {
    "aggregator": 7,
    "name": "vx10000003",
    "space": "acme",
    "vni": 10000003,
    "mtu": 1500,
    "addresses": ["192.0.2.7/28"],
    "endpoints": [{"ip": "198.51.100.12"}, {"ip": "198.51.100.11", "vni": 10000003}],
}
BODY = {
    "name": "vx10000003",
    "space": f"{API}spaces/acme/",
    "mtu": 1500,
    "addresses": [{"address": "192.0.2.7/28"}],
    "vni": 10000003,
    "endpoints": [{"ip": "198.51.100.11", "vni": 10000003}, {"ip": "198.51.100.12", "vni": 10000003}],
}
RETURNED = {
    "name": "vx10000003",
    "type": "vxlan",
    "space": "acme",
    "enabled": True,
    "mtu": 1500,
    "addresses": ["192.0.2.7/28"],
    "vni": 10000003,
    "endpoints": [{"ip": "198.51.100.11", "vni": 10000003}, {"ip": "198.51.100.12", "vni": 10000003}],
}
# As the server has it afterwards: another order, ids, unknown fields.
MADE = vxlan(
    41, "vx10000003", 10000003, mtu=1500, addresses=["192.0.2.7/28"], endpoints=["198.51.100.12", "198.51.100.11"]
)
BEFORE_CREATE = (
    get(LIST, [ethernet(1, "eth1")]),
    get("aggregators/7/", aggregator(7, "agg1")),
    get("spaces/", [space("acme")]),
)


def test_creates_with_exactly_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, post(TYPED, BODY, MADE))
    assert (result["changed"], result["action"], result["vxlan_interface"]) == (True, "create", RETURNED)
    assert "diff" not in result


def test_check_mode_writes_nothing_and_returns_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, check=True, diff=True)
    assert (result["changed"], result["action"], result["vxlan_interface"]) == (True, "create", RETURNED)
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"] == RETURNED


@pytest.mark.parametrize("check", [False, True])
def test_a_second_run_only_reads(monkeypatch: pytest.MonkeyPatch, check: bool) -> None:
    result = run_module(monkeypatch, main, WANTED, get(LIST, [MADE]), check=check, diff=True)
    assert (result["changed"], result["action"], result["vxlan_interface"]) == (False, "none", RETURNED)
    assert result["diff"] == {"before": {}, "after": {}}


def test_an_aggregator_by_name_costs_one_list_and_no_further_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    run_module(
        monkeypatch,
        main,
        {**WANTED, "aggregator": "agg1"},
        get("aggregators/", [aggregator(8, "agg2"), aggregator(7, "agg1")]),
        get(LIST, []),
        get("spaces/", [space("acme")]),
        post(TYPED, BODY, MADE),
    )


def test_sends_only_what_differs_and_null_clears(monkeypatch: pytest.MonkeyPatch) -> None:
    after = {**MADE, "mtu": None, "endpoints": [], "space": None}
    result = run_module(
        monkeypatch,
        main,
        {"aggregator": 7, "name": "vx10000003", "mtu": None, "endpoints": None, "space": None, "vni": 10000003},
        get(LIST, [MADE]),
        patch(f"{TYPED}41/", {"mtu": None, "endpoints": [], "space": None}, after),
        diff=True,
    )
    assert (result["action"], result["vxlan_interface"]["mtu"]) == ("update", None)
    assert result["diff"]["before"]["mtu"] == 1500
    assert result["diff"]["after"]["endpoints"] == []


def test_what_is_not_given_is_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"aggregator": 7, "name": "vx10000003"}, get(LIST, [MADE]))
    assert (result["changed"], result["vxlan_interface"]) == (False, RETURNED)


@pytest.mark.parametrize(
    ("found", "steps", "action"),
    [([MADE], [delete(f"{TYPED}41/")], "delete"), ([], [], "none"), ([MADE], [delete(f"{TYPED}41/", 404)], "delete")],
)
def test_absent(monkeypatch: pytest.MonkeyPatch, found: list[Any], steps: list[Step], action: str) -> None:
    arguments = {"aggregator": 7, "name": "vx10000003", "state": "absent"}
    result = run_module(monkeypatch, main, arguments, get(LIST, found), *steps)
    assert (result["action"], result["vxlan_interface"]) == (action, None)


def test_absent_in_check_mode_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "name": "vx10000003", "state": "absent"}
    result = run_module(monkeypatch, main, arguments, get(LIST, [MADE]), check=True, diff=True)
    assert (result["action"], result["diff"]["before"], result["diff"]["after"]) == ("delete", RETURNED, {})


def test_the_answer_to_the_post_is_lost_but_it_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, lost("POST", TYPED, BODY), get(TYPED, [MADE]))
    assert (result["action"], result["vxlan_interface"]) == ("create", RETURNED)


def test_the_answer_to_the_post_is_lost_and_it_was_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [lost("POST", TYPED, BODY), get(TYPED, []), get(TYPED, []), post(TYPED, BODY, MADE)]
    assert run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, *steps)["action"] == "create"


def test_the_answer_is_late_and_so_is_the_object(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [lost("POST", TYPED, BODY), get(TYPED, []), get(TYPED, [MADE])]
    assert run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, *steps)["action"] == "create"


def test_a_gateway_error_on_post_is_unclear_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "<html><head><title>504 Gateway Time-out</title></head><body>...</body></html>"
    steps = [post(TYPED, BODY, page, 504), get(TYPED, [MADE])]
    assert run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, *steps)["action"] == "create"


def test_gives_up_after_two_unclear_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [lost("POST", TYPED, BODY), get(TYPED, []), get(TYPED, [])] * 2
    result = run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, *steps)
    assert result["failed"]
    assert "twice in a row" in result["msg"]
    assert result["failure"] == {"method": "POST", "path": TYPED, "status": None, "fields": {}}


def test_a_field_that_the_server_ignores_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {name: value for name, value in MADE.items() if name != "mtu"}
    result = run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, post(TYPED, BODY, made), get(f"{TYPED}41/", made))
    assert "its answer has no field 'mtu'" in result["msg"]
    result = run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, post(TYPED, BODY, {**MADE, "vni": 5}))
    assert "vni is 5 there, not 10000003" in result["msg"]


@pytest.mark.parametrize(
    ("more", "steps", "text"),
    [
        ({"name": "x" * 16}, [], "not the name of a network interface"),
        ({"name": "eth 1"}, [], "not the name of a network interface"),
        ({"vni": 16777216}, [], "vni: 16777216 is not a whole number from 1 to 16777215"),
        ({"addresses": ["192.0.2.300/28"]}, [], "'192.0.2.300/28' is not an IP address with prefix length"),
        ({"endpoints": [{"ip": "198.51.100.0/24"}]}, [], "endpoints: ip: '198.51.100.0/24' is not an IP address"),
        ({"name": "eth1"}, [get(LIST, [ethernet(1, "eth1")])], "belongs to another kind (got Ethernet interface"),
        (
            {"aggregator": 9},
            [get("aggregators/9/interfaces/", {"detail": "Not found."}, 404)],
            "no aggregator with the id 9",
        ),
        (
            {"addresses": ["203.0.113.7/24"]},
            [get(LIST, []), get("aggregators/7/", aggregator(7, "agg1"))],
            "203.0.113.7/24 is the aggregator's own address",
        ),
        (
            {"space": "nope"},
            [get(LIST, []), get("aggregators/7/", aggregator(7, "agg1")), get("spaces/", [space("acme")])],
            "There is no space with the key 'nope' that this user can see; there are: acme.",
        ),
        (
            {"aggregator": "agg"},
            [get("aggregators/", [aggregator(8, "agg"), aggregator(7, "agg")])],
            "2 aggregators are named 'agg': the ids are 7 (space root), 8 (space root)",
        ),
        ({"aggregator": "agg"}, [get("aggregators/", [])], "There is no aggregator named 'agg'"),
    ],
)
def test_refused_before_any_change(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], steps: list[Step], text: str
) -> None:
    result = run_module(monkeypatch, main, {**WANTED, **more}, *steps)
    assert result["failed"]
    assert text in result["msg"]
    assert "Nothing was changed" in result["msg"]
    assert not result["changed"]


def test_an_endpoint_without_vni_needs_the_interfaces_own(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"aggregator": 7, "name": "vx1", "endpoints": [{"ip": "198.51.100.11"}]}
    assert "endpoints: vni is missing" in run_module(monkeypatch, main, arguments)["msg"]


def test_a_new_one_needs_its_vni(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, main, {"aggregator": 7, "name": "vx1"}, get(LIST, []))
    assert "does not exist, and to create it vni must be given" in result["msg"]


def test_the_servers_words_reach_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = {"vni": ["This VNI is in use."], "endpoints": [{}, {"ip": ["Enter a valid IPv4 address."]}]}
    result = run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, post(TYPED, BODY, refusal, 400))
    assert "POST aggregators/7/vxlan_interfaces/ was answered with 400" in result["msg"]
    assert "vni: This VNI is in use." in result["msg"]
    assert result["failure"]["fields"] == {
        "vni": ["This VNI is in use."],
        "endpoints[1].ip": ["Enter a valid IPv4 address."],
    }
    assert not result["changed"]


def test_a_missing_right_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = {"detail": "You do not have permission to perform this action."}
    result = run_module(monkeypatch, main, WANTED, *BEFORE_CREATE, post(TYPED, BODY, refusal, 403))
    assert "the right to add vxlan interfaces" in result["msg"]
    assert "You do not have permission" in result["msg"]
    assert (result["failure"]["method"], result["failure"]["status"]) == ("POST", 403)


def test_a_full_server_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Step("POST", TYPED, BODY, reply({"detail": "throttled"}, 429, retry_after="2"))
    down = get(LIST, "", 503)
    steps = [down, down, *BEFORE_CREATE, busy, post(TYPED, BODY, MADE)]
    assert run_module(monkeypatch, main, WANTED, *steps)["action"] == "create"
