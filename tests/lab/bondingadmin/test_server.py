# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program itself: HTTP, addresses, TLS, its end."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Callable

import pytest
import requests

from lab.process import ROOT, LabError, Running
from tests.certificates import self_signed

from .conftest import SEED, Api


def test_kept_open_connection_carries_many_requests(server: Running) -> None:
    place = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    connection.connect()
    first = connection.sock
    for path, status in [("spaces/acme/", 200), ("nowhere/", 404), ("spaces/acme/", 200), ("spaces", 301)]:
        connection.request("GET", f"/api/v4/{path}", headers={"Authorization": "Token tokenofroot"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == status
        assert answer.version == 11
        assert int(answer.getheader("Content-Length") or -1) == len(body)
        assert connection.sock is first
    connection.close()


def test_parallel_writes_are_all_done_once(server: Running, as_user: Callable[[str], Api]) -> None:
    clients = [as_user("root") for _ in range(4)]

    def write(n: int) -> int:
        body = {"name": f"f{n}", "family": "ipv4", "body": "accept;"}
        return int(clients[n % 4].write("POST", "aggregators/8/filters/", body)["id"])

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(write, range(40)))
    assert len(set(ids)) == 40
    assert len(server.state()["aggregators"][1]["filters"]) == 41
    assert [row["n"] for row in server.log()] == sorted(row["n"] for row in server.log())


def test_head_has_no_body(api: Api) -> None:
    answer = api("HEAD", "spaces/acme/")
    assert answer.status_code == 200
    assert answer.content == b""


def test_root_lists_the_resources(api: Api) -> None:
    assert api.get("") == {
        name: api.url(f"{name}/") for name in ["aggregators", "bonds", "nodes", "routing_groups", "spaces"]
    }


def test_wrong_path_is_html(api: Api) -> None:
    answer = api("GET", "gateways/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_read_without_slash_is_redirected(api: Api) -> None:
    answer = api("GET", "spaces/acme", allow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/api/v4/spaces/acme/"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_write_without_slash_fails_in_html_and_does_nothing(api: Api, server: Running, method: str) -> None:
    before = server.state()
    answer = api(method, "spaces/globex", {"name": "Other"})
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/html")
    assert server.state() == before


def test_only_json_bodies(api: Api) -> None:
    answer = api.session.post(api.url("spaces/"), data={"name": "x"}, timeout=10)
    assert answer.status_code == 415


def test_broken_json(api: Api) -> None:
    answer = api.session.post(api.url("spaces/"), data="{", headers={"Content-Type": "application/json"}, timeout=10)
    assert answer.status_code == 400
    assert "JSON parse error" in answer.json()["detail"]


def test_method_that_a_resource_has_not(api: Api) -> None:
    answer = api("POST", "aggregators/7/interfaces/", {"name": "x"})
    assert answer.status_code == 405
    assert answer.json() == {"detail": 'Method "POST" not allowed.'}


def test_body_without_length_is_refused(server: Running) -> None:
    answer = requests.post(f"{server.url}/api/v4/login/", data=iter([b"{}"]), timeout=10)
    assert answer.status_code == 411


def test_tls(tmp_path: pathlib.Path) -> None:
    cert = key = self_signed(tmp_path)
    with Running("lab.bondingadmin", "--seed", SEED, "--tls-cert", cert, "--tls-key", key) as server:
        assert server.url.startswith("https://127.0.0.1:")
        # A connection that never says a word holds up nobody.
        place = urllib.parse.urlsplit(server.url)
        with socket.create_connection((place.hostname or "", place.port or 0), 10):
            headers = {"Authorization": "Token tokenofroot"}
            answer = requests.get(f"{server.url}/api/v4/spaces/acme/", headers=headers, verify=str(cert), timeout=10)
            assert answer.json()["url"] == f"{server.url}/api/v4/spaces/acme/"
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{server.url}/api/v4/", timeout=10)
        assert server.state()["routing_groups"] == [{"id": 1, "name": "zone-a"}]


def test_database_is_kept_and_sigterm_ends_it_well(tmp_path: pathlib.Path) -> None:
    database, log = tmp_path / "server.sqlite", tmp_path / "log.jsonl"
    with Running("lab.bondingadmin", "--seed", SEED, "--db", database, log=log) as server:
        client = Api(server)
        with client.session:
            client.write("PATCH", "spaces/globex/", {"name": "Renamed"})
            # A kept-open connection does not hold up the end.
            assert server.stop() == 0
    assert [json.loads(line)["method"] for line in log.read_text().splitlines()] == ["PATCH"]
    with Running("lab.bondingadmin", "--seed", SEED, "--db", database) as server:
        names = {space["key"]: space["name"] for space in server.state()["spaces"]}
        assert names["globex"] == "Renamed"
        server.reset()
        names = {space["key"]: space["name"] for space in server.state()["spaces"]}
        assert names["globex"] == "Globex"
        assert server.stop() == 0


def test_database_of_another_version_is_refused(tmp_path: pathlib.Path) -> None:
    import sqlite3

    database = tmp_path / "server.sqlite"
    other = sqlite3.connect(database)
    other.execute("CREATE TABLE other (id INTEGER)")
    other.close()
    with pytest.raises(LabError, match="made by another version of this program: remove it"):
        Running("lab.bondingadmin", "--seed", SEED, "--db", database).start()


BAD_SEEDS = {
    "spaces: {}": "a seed is a dictionary of lists",
    "rooms: []": "unknown: rooms; known: spaces, routing_groups",
    "spaces: [": "expected the node content",
    "spaces: [{key: a, parent: b}]": "there is no space with the key b",
    "spaces: [{name: a}]": "key is missing or unknown",
    "spaces: [{key: a, colour: red}]": "colour",
    "spaces: [{key: a}]\naggregators: [{name: x, space: a}, {name: x, space: a}]\n"
    "bonds: [{name: b, space: a, aggregator: x}]": "aggregator x: one was expected, found: 1, 2",
    "spaces: [{key: a}]\naggregators: [{name: x, space: a}]\n"
    "aggregator_interfaces: [{aggregator: x, type: bridge, name: br0}]": "bridge is missing or unknown",
    "users: [{email: a@example.com, password: p, permissions: [view_rooms]}]": "there is no permission view_rooms",
    "users: [{email: a@example.com, password: p, role: admin}]": "unknown: role",
}
# In a process of its own, because Django's settings are for a whole process; in one, because it takes a while.
TRY_SEEDS = """
import json, pathlib, sys
from lab.bondingadmin.settings import configure
configure(":memory:")
from lab.bondingadmin import database, seed
database.prepare({})
found = []
for text in json.load(sys.stdin):
    pathlib.Path(sys.argv[1]).write_text(text)
    try:
        seed.fill(seed.read(pathlib.Path(sys.argv[1])))
        found.append(None)
    except seed.SeedError as error:
        found.append(str(error))
json.dump(found, sys.stdout)
"""


def test_bad_seeds_are_refused_with_the_reason_and_the_documented_one_is_not(tmp_path: pathlib.Path) -> None:
    (documented,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/lab-bondingadmin.md").read_text(), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", TRY_SEEDS, str(tmp_path / "seed.yml")],
        input=json.dumps([*BAD_SEEDS, documented]),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    *results, last = json.loads(done.stdout)
    assert last is None
    for (text, words), found in zip(BAD_SEEDS.items(), results, strict=True):
        assert found is not None and words in found, f"{text}: {found}"


def test_bad_seed_ends_the_program(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "seed.yml"
    file.write_text("rooms: []")
    with pytest.raises(LabError, match=r"ended with exit code 1.*\n.*bondingadmin: .*unknown: rooms"):
        Running("lab.bondingadmin", "--seed", file).start()
