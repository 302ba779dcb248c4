# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second server itself: what it may know, what it refuses, and its process with its control API."""

from __future__ import annotations

import ast
import base64
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

import tests.second_server
from lab.process import Running
from tests.second_server.api import Api, Request
from tests.second_server.fields import Json
from tests.second_server.habits import HABITS
from tests.second_server.seed import seeded

from .engine import SEED, USER

LOGIN = base64.b64encode(f"{USER['email']}:{USER['password']}".encode()).decode()


def test_it_imports_nothing_of_the_stand_ins_and_nothing_of_the_collection() -> None:
    files = sorted(Path(tests.second_server.__path__[0]).glob("*.py"))
    assert len(files) > 5
    named: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= 1, f"{path.name} imports what is not its own"
                named |= {str(node.module).split(".")[0]} if not node.level else set()
    assert not named & {"ansible", "ansible_collections", "django", "lab", "plugins", "rest_framework", "tests"}


@pytest.fixture
def api() -> Api:
    """The small network on a server without habits."""
    return Api(seeded(frozenset(), SEED), SEED["users"])


def ask(api: Api, method: str, path: str, body: Any = None, login: str = LOGIN) -> tuple[int, Any]:
    """Return status and body of an answer."""
    headers = {"Authorization": f"Basic {login}", "Host": "bonding.invalid"}
    answer = api.answer(Request(method, f"/api/v4/{path}", headers, b"" if body is None else json.dumps(body).encode()))
    return answer.status, answer.body


VXLAN: Json = {"name": "vxnew", "vni": 9}
WHERE = "aggregators/7/vxlan_interfaces/"


@pytest.mark.parametrize(
    ("path", "body", "errors"),
    [
        (WHERE, {"vni": 9}, {"name": ["This field is required."]}),
        (WHERE, VXLAN | {"vni": 2**24}, {"vni": ["Ensure this value is between 1 and 16777215."]}),
        (WHERE, VXLAN | {"space": 2}, {"space": ["Incorrect type. Expected URL string."]}),
        (WHERE, VXLAN | {"space": "/api/v4/spaces/acme"}, {"space": ["Invalid hyperlink - No URL match."]}),
        (WHERE, VXLAN | {"space": "/api/v4/bonds/17/"}, {"space": ["Invalid hyperlink - Incorrect URL match."]}),
        (
            "aggregators/7/static_protocols/",
            {"name": "a", "export_ipv4": {"mode": "filter", "filter": None}},
            {"export_ipv4": {"filter": ["A filter is needed in this mode."]}},
        ),
        (
            "bonds/17/cpe_nat_ips/",
            {"ip": "10.1.0.5", "nat_ip": "192.168.77.1"},
            {"nat_ip": ["It is in no private connected network of the bond."]},
        ),
    ],
)
def test_it_refuses_what_the_contract_does(api: Api, path: str, body: Json, errors: Json) -> None:
    assert ask(api, "POST", path, body) == (400, errors)


def test_it_overlooks_unknown_keys_and_refuses_a_filter_in_use(api: Api) -> None:
    filters = "aggregators/7/filters/"
    status, made = ask(api, "POST", filters, {"name": "f", "family": "ipv4", "body": "accept;", "bodi": "x"})
    assert (status, "bodi" in made) == (201, False)
    slot = {"mode": "filter", "filter": made["url"]}
    status, used = ask(api, "POST", "aggregators/7/babel_protocols/", {"name": "b", "import_ipv4": slot})
    assert status == 201
    assert ask(api, "DELETE", f"{filters}{made['id']}/")[0] == 400
    assert ask(api, "POST", "aggregators/8/babel_protocols/", {"name": "b", "import_ipv4": slot})[0] == 400
    assert ask(api, "DELETE", f"aggregators/7/babel_protocols/{used['id']}/")[0] == 204
    assert ask(api, "DELETE", f"{filters}{made['id']}/")[0] == 204


def test_it_knows_its_users(api: Api) -> None:
    assert ask(api, "GET", "spaces/", login=base64.b64encode(b"root@example.com:wrong").decode())[0] == 401
    assert ask(api, "POST", "login/", USER | {"password": "wrong"})[0] == 401
    status, body = ask(api, "POST", "login/", USER)
    token = {"Authorization": f"Token {body['auth_token']}", "Host": "bonding.invalid"}
    assert (status, api.answer(Request("GET", "/api/v4/spaces/", token)).status) == (200, 200)


def test_its_process_and_its_control_api(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(SEED), encoding="utf-8")
    with Running("tests.second_server", "--seed", seed, "--without", "busy_proxy") as server:
        assert server.control("GET", "habits") == sorted(set(HABITS) - {"busy_proxy"})
        headers = {"Authorization": f"Basic {LOGIN}"}
        path = f"{server.url}/api/v4/spaces/acme/"
        request = urllib.request.Request(path, b'{"name": "Other"}', headers, method="PATCH")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 202
        assert [(one["method"], one["path"], one["body"]) for one in server.log()] == [
            ("PATCH", "/api/v4/spaces/acme/", {"name": "Other"})
        ]
        server.save("changed")
        assert "Other" in [space["name"] for space in server.state()["space"]]
        server.reset()
        assert "Other" not in [space["name"] for space in server.state()["space"]]
        server.load("changed")
        assert "Other" in [space["name"] for space in server.state()["space"]]
        server.faults([{"path": "spaces", "status": 500}])
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(path, headers=headers))
        assert refused.value.code == 500
        refused.value.close()
        assert server.pending_faults() == []
