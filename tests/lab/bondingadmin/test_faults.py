# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand, the log, and the rest of the control API."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from lab.process import LabError, Running

from .conftest import Api

NEW = {"name": "vx5", "vni": 5}
VXLANS = "aggregators/7/vxlan_interfaces/"


def vxlans(server: Running) -> set[str]:
    (found,) = [row for row in server.state()["aggregators"] if row["id"] == 7]
    return {row["name"] for row in found["interfaces"] if row["type"] == "vxlan"}


def test_status_with_body_and_headers(api: Api, server: Running) -> None:
    fault = {"path": "spaces", "status": 429, "body": {"detail": "Slow down."}, "headers": {"Retry-After": 7}}
    server.faults([fault])
    answer = api("GET", "spaces/")
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()) == (429, "7", {"detail": "Slow down."})
    assert api("GET", "spaces/").status_code == 200
    assert server.pending_faults() == []


def test_it_is_not_dealt_with(api: Api, server: Running) -> None:
    server.faults([{"method": "POST", "path": "vxlan_interfaces", "status": 503, "body": "Sorry"}])
    answer = api("POST", VXLANS, NEW)
    assert (answer.status_code, answer.text) == (503, "Sorry")
    assert vxlans(server) == {"vxold"}


def test_count_skip_method_and_path(api: Api, server: Running) -> None:
    server.faults([{"method": "GET", "path": "/spaces/$", "status": 500, "skip": 1, "count": 2}])
    api("OPTIONS", "spaces/")
    statuses = [api("GET", path).status_code for path in ["spaces/", "bonds/", "spaces/", "spaces/acme/", "spaces/"]]
    assert statuses == [200, 200, 500, 200, 500]
    assert api("GET", "spaces/").status_code == 200


def test_without_end_until_they_are_taken_away(api: Api, server: Running) -> None:
    server.faults([{"status": 500, "count": None}])
    assert [api("GET", "spaces/").status_code for _ in range(3)] == [500] * 3
    server.faults([])
    assert api("GET", "spaces/").status_code == 200


def test_path_sees_the_query(api: Api, server: Running) -> None:
    server.faults([{"path": "page=2", "status": 502, "count": None}])
    assert api("GET", "spaces/?page_size=2&page=1").status_code == 200
    assert api("GET", "spaces/?page_size=2&page=2").status_code == 502


def test_delay_and_meanwhile_others_are_served(api: Api, server: Running, as_user: Any) -> None:
    server.faults([{"path": "bonds/$", "delay": 0.6}])
    with pytest.raises(requests.exceptions.ReadTimeout):
        api.session.get(api.url("bonds/"), timeout=0.1)
    started = time.monotonic()
    assert as_user("reader").get("spaces/")
    assert time.monotonic() - started < 0.5
    server.faults([{"path": "bonds/$", "delay": 0.2}])
    started = time.monotonic()
    assert api("GET", "bonds/").status_code == 200
    assert time.monotonic() - started >= 0.2
    # The first one is dealt with late, though nobody waits for it: not in the middle of the next test.
    while len(server.log()) < 3:
        time.sleep(0.05)
    assert [row["path"] for row in server.log()].count("/api/v4/bonds/") == 2


def test_broken_connection(api: Api, server: Running) -> None:
    server.faults([{"method": "POST", "break": True}])
    with pytest.raises(requests.exceptions.ConnectionError):
        api("POST", VXLANS, NEW)
    assert vxlans(server) == {"vxold"}
    assert (server.log()[-1]["status"], server.log()[-1]["fault"]) == (None, "break")


def test_lost_answer(api: Api, server: Running) -> None:
    server.faults([{"method": "POST", "lost": True}])
    with pytest.raises(requests.exceptions.ConnectionError):
        api("POST", VXLANS, NEW)
    assert vxlans(server) == {"vxold", "vx5"}
    assert (server.log()[-1]["status"], server.log()[-1]["fault"]) == (201, "lost")


def test_truncated_answer(api: Api, server: Running) -> None:
    server.faults([{"truncate": True}])
    with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        api("GET", "spaces/")


def test_html_instead_of_json(api: Api, server: Running) -> None:
    server.faults([{"html": True}, {"html": "<p>Bad gateway</p>", "status": 502}])
    answer = api("GET", "spaces/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<h1>Please stand by</h1>" in answer.text
    answer = api("GET", "spaces/")
    assert (answer.status_code, answer.text) == (502, "<p>Bad gateway</p>")


def test_redirect(api: Api, server: Running) -> None:
    server.faults([{"redirect": "https://login.example.com/"}])
    answer = api("GET", "spaces/", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://login.example.com/")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 500, "times": 3}, "unknown in a fault: times; known: alter, big, body, break"),
        ({"path": "x"}, "a fault needs one of: delay, status, break"),
        ({"break": True, "lost": True}, "one action for each fault, not break, lost"),
        ({"break": True, "status": 500}, "one action for each fault, not break, status"),
        ({"path": "(", "status": 500}, "unterminated subpattern"),
        ({"count": "many", "status": 500}, "invalid literal"),
        ("boom", "a fault is an object, not 'boom'"),
    ],
)
def test_faults_that_make_no_sense(server: Running, fault: Any, words: str) -> None:
    with pytest.raises(LabError, match="answered 400"):
        server.control("POST", "faults", [fault])
    with pytest.raises(LabError) as caught:
        server.control("POST", "faults", fault)
    assert words in str(caught.value)
    assert server.pending_faults() == []


def test_faults_spare_the_control_api(server: Running) -> None:
    server.faults([{"status": 500, "count": None}])
    assert server.state()["spaces"]
    assert server.control("GET", "ready") == {"ready": True}
    assert server.pending_faults() == [{"status": 500, "count": None, "skip": 0}]
    server.reset()
    assert server.pending_faults() == []


# The log


def test_log_entries(api: Api, server: Running) -> None:
    started = time.time()
    api("GET", "spaces/?page_size=2&search=acme")
    api("POST", VXLANS, NEW)
    api("DELETE", "spaces/nowhere/")
    entries = server.log()
    assert [(row["method"], row["path"], row["query"], row["body"], row["status"]) for row in entries] == [
        ("GET", "/api/v4/spaces/", "page_size=2&search=acme", None, 200),
        ("POST", "/api/v4/aggregators/7/vxlan_interfaces/", "", NEW, 201),
        ("DELETE", "/api/v4/spaces/nowhere/", "", None, 404),
    ]
    assert [row["n"] - entries[0]["n"] for row in entries] == [0, 1, 2]
    for row in entries:
        assert set(row) == {"n", "t", "ms", "method", "path", "query", "body", "status"}
        assert started - 1 < row["t"] < time.time() + 1
        assert 0 < row["ms"] < 10000
    server.clear_log()
    assert server.log() == []


def test_log_keeps_no_secret(api: Api, server: Running) -> None:
    api("POST", "login/", {"email": "root@example.com", "password": "root-secret"})
    body = {"name": "p", "local_as": 1, "neighbor_as": 1, "neighbor_address": "192.0.2.1", "password": "hush-hush"}
    made = api.write("POST", "aggregators/7/bgp_protocols/", body)
    api.write("PATCH", made["url"], {"password": None})
    api.session.post(api.url("login/"), data="password=root-secret", timeout=10)
    bodies = [row["body"] for row in server.log()]
    assert bodies[0] == {"email": "root@example.com", "password": "********"}
    assert bodies[1] == {**body, "password": "********"}
    assert bodies[2] == {"password": None}
    assert bodies[3] == "********"
    text = json.dumps(server.log())
    assert "root-secret" not in text and "hush-hush" not in text and "Basic" not in text


def test_log_file_has_the_same_lines(tmp_path: Any) -> None:
    from .conftest import SEED

    file = tmp_path / "log.jsonl"
    with Running("lab.bondingadmin", "--seed", SEED, log=file) as server:
        client = Api(server)
        with client.session:
            client.get("spaces/")
            client.write("PATCH", "spaces/globex/", {"name": "Other"})
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        assert lines == server.log()
        assert [line["n"] for line in lines] == [1, 2]


# State


def test_save_and_load(api: Api, server: Running) -> None:
    before = server.state()
    server.save("before")
    api.write("POST", VXLANS, NEW)
    after = server.state()
    server.save("after")
    server.load("before")
    assert server.state() == before
    assert api.write("POST", VXLANS, NEW)
    server.load("after")
    assert server.state() == after
    server.reset()
    assert server.state() == before


def test_load_of_what_was_not_saved(server: Running) -> None:
    with pytest.raises(LabError, match="there is no copy named nowhere"):
        server.load("nowhere")
    with pytest.raises(LabError, match="with a name of letters, digits"):
        server.save("../x")
    with pytest.raises(LabError, match="with a name of letters, digits"):
        server.load("__seed__")


def test_move(api: Api, server: Running) -> None:
    server.control("POST", "move", {"bond": 18, "aggregator": "acme-agg"})
    assert {row["id"] for row in api.get("aggregators/1003/bonds_current/")} == {18}
    assert api.get("bonds/18/")["aggregator"] == api.url("aggregators/7/")
    with pytest.raises(LabError, match="bond branch: one was expected, found: 17, 18"):
        server.control("POST", "move", {"bond": "branch", "aggregator": 7})
    with pytest.raises(LabError, match="aggregator 99: one was expected, found: none"):
        server.control("POST", "move", {"bond": 17, "aggregator": 99})
    with pytest.raises(LabError, match="a move is"):
        server.control("POST", "move", {"bond": 17})


def test_control_request_that_does_not_exist(server: Running) -> None:
    with pytest.raises(LabError, match="answered 404: .*there is no GET stat; there are: GET ready, GET state"):
        server.control("GET", "stat")


def test_control_requests_are_not_logged(server: Running) -> None:
    server.state()
    server.save("x")
    assert server.log() == []


def test_state_shape(server: Running) -> None:
    state = server.state()
    assert list(state) == ["spaces", "routing_groups", "aggregators", "bonds", "users"]
    assert state["spaces"][0] == {
        "id": 2,
        "key": "acme",
        "name": "Acme Ltd.",
        "parent": "provider",
        "private_wan_enabled": True,
        "private_wan_mode": "managed_mesh",
        "private_wan_include_interfaces": False,
    }
    agg1 = state["aggregators"][0]
    slots = {
        "import_ipv4": {"mode": "all", "filter": None},
        "export_ipv4": {"mode": "none", "filter": None},
        "import_ipv6": {"mode": "all", "filter": None},
        "export_ipv6": {"mode": "none", "filter": None},
    }
    assert [interface["name"] for interface in agg1["interfaces"]] == ["eth1", "eth1.5", "vxold"]
    assert agg1["interfaces"][1] == {
        "id": 3,
        "name": "eth1.5",
        "type": "vlan",
        "space": "globex",
        "enabled": True,
        "mtu": None,
        "addresses": ["10.9.7.1/24"],
        "parent": "eth1",
        "vlan_id": 5,
    }
    assert agg1["interfaces"][2] == {
        "id": 2,
        "name": "vxold",
        "type": "vxlan",
        "space": "acme",
        "enabled": True,
        "mtu": None,
        "addresses": ["10.250.0.7/24"],
        "vni": 900,
        "endpoints": [{"ip": "10.0.0.8", "vni": 900}, {"ip": "10.0.0.9", "vni": 900}],
    }
    assert agg1["filters"][0] == {"id": 1, "name": "keep4", "family": "ipv4", "body": "accept;"}
    mesh, ospf, peer, routes = agg1["protocols"]
    assert mesh == {
        "id": 1,
        "name": "oldmesh",
        "protocol": "babel",
        "space": "acme",
        "enabled": True,
        "active": True,
        **slots,
        "export_ipv4": {"mode": "filter", "filter": "keep4"},
        "interfaces": [
            {"patterns": ["vxold"], "type": "tunnel", "rxcost": None, "hello_interval": None, "update_interval": None}
        ],
    }
    blocks = [{"patterns": ["eth*"], "type": "auto", "cost": None, "hello": None, "dead": None}]
    assert ospf["areas"] == [{"area_id": "0", "interfaces": blocks}]
    assert peer["password"] == "hush"
    assert routes["routes"][0] == {
        "network": "172.20.0.0/16",
        "destination": "interface",
        "address": None,
        "interface": "eth1",
    }
    bond = state["bonds"][0]
    assert {key: value for key, value in bond.items() if not isinstance(value, list)} == {
        "id": 17,
        "name": "branch",
        "space": "acme",
        "aggregator": "agg1",
        "secondary_aggregator": "agg2",
        "current_aggregator": "agg2",
        "bonder": "bonder-branch",
    }
    assert bond["connected_ips"] == [
        {
            "id": 1,
            "interface": "eth1",
            "ip": "192.168.17.1/24",
            "enabled": True,
            "include_private_wan": False,
            "aggregator_routing": "auto",
        }
    ]
    assert bond["cpe_nat_ips"] == [{"id": 1, "ip": "10.0.0.17", "nat_ip": "192.168.17.10", "enabled": True}]
    assert bond["routes"] == [
        {"id": 1, "network": "172.16.17.0/24", "gateway": "192.168.17.2", "include_private_wan": True, "enabled": True}
    ]
    users = {user["email"]: user for user in state["users"]}
    assert users["half@example.com"] == {
        "email": "half@example.com",
        "space": "provider",
        "superuser": False,
        "permissions": ["add_interface", "change_bond", "view_aggregator", "view_interface"],
    }


def test_status(api: Api, server: Running) -> None:
    server.control("POST", "status", {"aggregator": "agg1", "status": "down"})
    assert api.get("aggregators/7/")["status"] == "down"
    with pytest.raises(LabError, match="99"):
        server.control("POST", "status", {"aggregator": 99, "status": "down"})
    with pytest.raises(LabError, match="a status is"):
        server.control("POST", "status", {"aggregator": 7})
