# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Log-in, permissions by object type, visibility by space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from lab.process import LabError, Running

from .conftest import Api

AsUser = Callable[..., Api]


def test_login_gives_a_token_that_works(server: Running) -> None:
    given = {"email": "acme@example.com", "password": "acme-secret"}
    answer = requests.post(f"{server.url}/api/v4/login/", json=given, timeout=10)
    assert answer.status_code == 200
    assert answer.json() == {"auth_token": "tokenofacme"}
    headers = {"Authorization": "Token tokenofacme"}
    assert requests.get(f"{server.url}/api/v4/spaces/acme/", headers=headers, timeout=10).status_code == 200


def test_login_makes_a_token_where_there_is_none(server: Running) -> None:
    given = {"email": "root@example.com", "password": "root-secret"}
    first = requests.post(f"{server.url}/api/v4/login/", json=given, timeout=10).json()
    assert first == requests.post(f"{server.url}/api/v4/login/", json=given, timeout=10).json()


def test_login_with_a_wrong_password(server: Running) -> None:
    given = {"email": "acme@example.com", "password": "wrong"}
    answer = requests.post(f"{server.url}/api/v4/login/", json=given, timeout=10)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Unable to log in with provided credentials."}


def test_login_without_a_password(server: Running) -> None:
    answer = requests.post(f"{server.url}/api/v4/login/", json={"email": "acme@example.com"}, timeout=10)
    assert answer.status_code == 400
    assert answer.json() == {"password": ["This field is required."]}


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({}, "Authentication credentials were not provided."),
        ({"Authorization": "Token nonsense"}, "Invalid token."),
        ({"Authorization": "Basic cm9vdEBleGFtcGxlLmNvbTp3cm9uZw=="}, "Invalid username/password."),
    ],
)
@pytest.mark.parametrize("path", ["", "spaces/", "aggregators/7/interfaces/", "aggregators/999/filters/"])
def test_bad_credentials_are_401(server: Running, headers: dict[str, str], detail: str, path: str) -> None:
    answer = requests.get(f"{server.url}/api/v4/{path}", headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="api"'
    assert answer.json() == {"detail": detail}


def test_reader_reads_all_and_writes_nothing(as_user: AsUser, server: Running) -> None:
    reader = as_user("reader")
    before = server.state()
    for path in ["spaces/", "aggregators/7/interfaces/", "aggregators/7/protocols/", "bonds/17/connected_ips/"]:
        assert reader.get(path)
    for method, path in [
        ("POST", "aggregators/7/vxlan_interfaces/"),
        ("PATCH", "bonds/17/"),
        ("PUT", "spaces/acme/"),
        ("DELETE", "aggregators/7/filters/2/"),
        ("POST", "bonds/17/restore_to_primary_agg/"),
    ]:
        answer = reader(method, path, {"name": "x"})
        assert answer.status_code == 403
        assert answer.json() == {"detail": "You do not have permission to perform this action."}
    assert server.state() == before


def test_permissions_are_by_object_type_and_verb(as_user: AsUser) -> None:
    half = as_user("half")
    assert half.get("aggregators/7/vxlan_interfaces/")
    assert half("GET", "aggregators/7/protocols/").status_code == 403
    assert half("GET", "bonds/17/").status_code == 403
    made = half.write("POST", "aggregators/7/vxlan_interfaces/", {"name": "vx1", "vni": 1})
    assert half("PATCH", made["url"], {"mtu": 1500}).status_code == 403
    assert half("DELETE", made["url"]).status_code == 403
    # Changing a bond is enough for bringing it home.
    assert half("POST", "bonds/17/restore_to_primary_agg/").status_code == 200


def test_options_names_only_what_the_user_may_do(as_user: AsUser) -> None:
    assert "actions" not in as_user("reader")("OPTIONS", "aggregators/7/vxlan_interfaces/").json()
    assert "POST" in as_user("half")("OPTIONS", "aggregators/7/vxlan_interfaces/").json()["actions"]


def test_user_sees_its_space_and_the_descendants(as_user: AsUser) -> None:
    acme = as_user("acme")
    assert {space["key"] for space in acme.get("spaces/")} == {"acme", "acme-east"}
    assert {aggregator["name"] for aggregator in acme.get("aggregators/")} == {"acme-agg"}
    assert [bond["id"] for bond in acme.get("bonds/")] == [17]
    assert {node["name"] for node in acme.get("nodes/")} == {"acme-agg", "bonder-branch"}


@pytest.mark.parametrize(
    "path",
    [
        "spaces/globex/",
        "spaces/provider/",
        "aggregators/7/",
        "aggregators/7/interfaces/",
        "aggregators/7/filters/1/",
        "bonds/18/",
        "bonds/18/connected_ips/",
        "bonds/999/",
    ],
)
def test_what_is_outside_reads_as_404_in_json(as_user: AsUser, path: str) -> None:
    answer = as_user("acme")("GET", path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()) == ["detail"]


def test_relation_to_what_is_outside_does_not_exist(as_user: AsUser) -> None:
    acme = as_user("acme")
    body = {"name": "vx1", "vni": 1, "space": acme.url("spaces/globex/")}
    assert acme.refused("POST", "aggregators/1003/vxlan_interfaces/", body) == {
        "space": ["Invalid hyperlink - Object does not exist."]
    }


def test_user_without_a_space_sees_nothing(as_user: AsUser) -> None:
    assert as_user("lost").get("spaces/") == []
    assert as_user("lost")("GET", "aggregators/7/").status_code == 404


def test_interface_in_a_space_outside_is_not_seen(api: Api, as_user: AsUser) -> None:
    for name, vni, space in [("vx1", 1, None), ("vx2", 2, "acme-east"), ("vx3", 3, "globex")]:
        body = {"name": name, "vni": vni, "space": space and api.url(f"spaces/{space}/")}
        api.write("POST", "aggregators/1003/vxlan_interfaces/", body)
    seen = {row["name"] for row in as_user("acme").get("aggregators/1003/interfaces/")}
    assert seen == {"vx1", "vx2"}


def test_new_space_of_a_user_is_below_its_own(as_user: AsUser) -> None:
    acme = as_user("acme")
    required = {"parent": ["This field is required."]}
    assert acme.refused("POST", "spaces/", {"name": "New", "key": "new"}) == required
    assert acme.refused("PATCH", "spaces/acme-east/", {"parent": None}) == required
    acme.write("POST", "spaces/", {"name": "New", "key": "new", "parent": acme.url("spaces/acme-east/")})


def test_permissions_are_given_and_taken_while_it_runs(server: Running, as_user: AsUser) -> None:
    acme, path, new = as_user("acme"), "aggregators/1003/vxlan_interfaces/", {"name": "vx1", "vni": 1}
    server.control("POST", "permissions", {"acme@example.com": ["view_*"]})
    assert acme("POST", path, new).status_code == 403
    server.control("POST", "permissions", {"acme@example.com": ["view_*", "add_interface"]})
    made = acme.write("POST", path, new)
    assert acme("DELETE", made["url"]).status_code == 403
    (user,) = [one for one in server.state()["users"] if one["email"] == "acme@example.com"]
    assert [name for name in user["permissions"] if not name.startswith("view_")] == ["add_interface"]
    refused: list[Any] = [{"nobody@example.com": []}, {"acme@example.com": ["fly"]}, {"acme@example.com": "view_*"}, []]
    for wrong in refused:
        with pytest.raises(LabError):
            server.control("POST", "permissions", wrong)
    server.reset()
    assert acme("POST", path, new).status_code == 201
